import type { Server, ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import type { ApiJsonOperation, ApiOperation } from '@breakwater/contracts';
import { apiRoutes, readApiInput, routeOf } from '@breakwater/contracts';
import { defined } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import { noTracer, type Span, type Tracer } from '@breakwater/platform/trace';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { Caller } from './access.ts';
import { createAccess } from './access.ts';
import type { ApiConfig, ApiRole } from './config.ts';
import { createGate } from './gate.ts';
import { createLimits } from './limits.ts';
import type { Problem } from './problems.ts';
import { bodyOf, problems } from './problems.ts';
import { registerConsole } from './routes/console.ts';
import type { JsonHandlers } from './routes/handler.ts';
import type { StaticFile } from './static-files.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the table of routes; absent for the console's files. */
    readonly operation?: ApiOperation;
    readonly role?: ApiRole;
  }
}

/** What the server is made of besides its routes. */
export interface ServerDeps {
  readonly config: ApiConfig;
  /** Certificate and key, PEM; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly handlers: JsonHandlers;
  /** Takes a reader of the stream in, or says why not. */
  readonly openStream: (request: FastifyRequest, reply: FastifyReply, caller: Caller) => Promise<Problem | null>;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Makes a span of each request. */
  readonly tracer?: Tracer | undefined;
  /** The built console; empty where there is none. */
  readonly console: ReadonlyMap<string, StaticFile>;
}

/** The server, not yet listening. */
export type ApiServer = FastifyInstance<Server>;

/** Largest body, bytes. */
const bodyLimit = 65_536;
/** Largest head of a request, bytes. */
const maxHeaderSize = 16_384;
/** How long a head, and a whole request, may take to arrive, and how long a connection may be silent: longer than the pings of a stream are apart. Milliseconds. */
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const idleTimeoutMs = 60_000;
const keepAliveTimeoutMs = 5_000;
const checkEveryMs = 1_000;
/** Longest parameter in a path: a warning's id has at most 52 characters. */
const maxParamLength = 64;

/** Makes the server: every route of the table, the console's files, and what each answer carries. The settings must have passed `apiProblems`. */
export async function createServer(deps: ServerDeps): Promise<ApiServer> {
  const { config, log, metrics, tracer = noTracer } = deps;
  const spans = new WeakMap<FastifyRequest, Span>();
  const callers = new WeakMap<FastifyRequest, Caller>();
  const answered = metrics.counter('breakwater_api_requests_total', 'Requests answered, by route and status', ['operation', 'status']);
  const wrongLogins = metrics.counter('breakwater_api_wrong_logins_total', 'Requests with a token that is none of this server');

  const app = newInstance(config, deps.tls);
  await app.register(helmet, headersOf(config));
  const limits = await createLimits(app, config.requestsPerMinute);
  const gate = createGate({
    config, access: createAccess(config.tokens), limits,
    onWrongLogin: (request) => {
      wrongLogins.inc({});
      log.warn('wrong token', { address: request.ip, path: request.originalUrl.split('?')[0]?.slice(0, 200) });
    },
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    if (tracer.enabled) spans.set(request, tracer.start('api request'));
    void reply.header('cache-control', 'no-store').header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    const passed = await gate(request, request.routeOptions.config.role ?? 'reader');
    if (!passed.ok) return sendProblem(reply, passed.error);
    callers.set(request, passed.value);
    return undefined;
  });
  app.addHook('onResponse', async (request, reply) => {
    const operation = request.routeOptions.config.operation ?? 'console';
    answered.inc({ operation, status: String(reply.statusCode) });
    spans.get(request)?.end({ operation, method: request.method, status: reply.statusCode }, reply.statusCode >= 500 ? 'the server failed' : undefined);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem.code === 'internal' || problem.code === 'unavailable') log.error('request failed', { operation: request.routeOptions.config.operation, error: messageOf(error) });
    return sendProblem(reply, problem);
  });
  registerConsole(app, { files: deps.console, sendProblem });

  const callerOf = (request: FastifyRequest): Caller => defined(callers.get(request), 'the caller of a request that passed the gate');
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it ties the handler to its own input
  const registerJson = <O extends ApiJsonOperation>(operation: O): void => {
    const handle = deps.handlers[operation];
    register(app, operation, async (request, reply) => {
      const input = readApiInput(operation, request);
      if (!input.ok) return sendProblem(reply, inputProblem(operation, input.error));
      const answer = await handle(input.value, { caller: callerOf(request), isGone: () => reply.raw.destroyed });
      return answer.ok ? reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.value)) : sendProblem(reply, answer.error);
    });
  };
  for (const { operation } of apiRoutes) if (isJson(operation)) registerJson(operation);
  register(app, 'metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  register(app, 'stream', async (request, reply) => {
    const refused = await deps.openStream(request, reply, callerOf(request));
    return refused === null ? reply : sendProblem(reply, refused);
  });
  return app;
}

function newInstance(config: ApiConfig, tls: ServerDeps['tls']): ApiServer {
  const shared: ServerOptions = { maxHeaderSize, connectionsCheckingInterval: checkEveryMs, headersTimeout: headersTimeoutMs };
  const app = Fastify({
    // Both are given, since which one makes the server is decided by `https`.
    https: tls === undefined ? null : { ...shared, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: requestTimeoutMs }, ...(tls === undefined ? { http: shared } : {}),
    logger: false, exposeHeadRoutes: false, bodyLimit, routerOptions: { maxParamLength },
    requestTimeout: requestTimeoutMs, connectionTimeout: idleTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs, forceCloseConnections: true,
    trustProxy: config.behindProxy ? 'loopback' : false,
    // Addresses that are none, before any hook: nothing is said but that.
    frameworkErrors: (_error, _request, reply) => void reply.raw.writeHead(400, { ...bareHeaders, 'content-length': Buffer.byteLength(bareBody) }).end(bareBody),
    clientErrorHandler: refuseConnection,
  });
  app.server.maxConnections = config.maxConnections;
  return app;
}

function register(app: ApiServer, operation: ApiOperation, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>): void {
  const { method, path, role } = routeOf(operation);
  app.route({ method, url: path, config: { operation, role }, handler });
}

function isJson(operation: ApiOperation): operation is ApiJsonOperation {
  return routeOf(operation).answer.kind === 'json';
}

/** A content policy that lets the console load what is its own and nothing else, and the headers that keep its answers from other pages. */
function headersOf(config: ApiConfig): Parameters<typeof helmet>[1] {
  const self = ["'self'"];
  const none = ["'none'"];
  return {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: none, scriptSrc: self, styleSrc: self, imgSrc: ["'self'", 'data:'], connectSrc: self, baseUri: none, formAction: none, frameAncestors: none } },
    crossOriginOpenerPolicy: { policy: 'same-origin' }, crossOriginResourcePolicy: { policy: 'same-origin' }, crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' }, xFrameOptions: { action: 'deny' },
    strictTransportSecurity: config.tls !== undefined || config.behindProxy ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  };
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status } = problems[problem.code];
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="Breakwater"');
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', String(problem.retryAfterSeconds));
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(bodyOf(problem)));
}

/** What is said of an error; of ours and of the store's only that there was one. */
function problemOf(error: FastifyError | BreakwaterError): Problem {
  if (error instanceof BreakwaterError) return { code: 'unavailable', retryAfterSeconds: 5 };
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { code: 'too-large' };
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'wrong-content-type' };
  const status = error.statusCode ?? 500;
  if (status === 404 || status === 403) return { code: 'not-found' };
  return { code: status >= 400 && status < 500 ? 'bad-body' : 'internal' };
}

function inputProblem(operation: ApiOperation, { part, rules }: { readonly part: 'params' | 'query' | 'body'; readonly rules: readonly string[] }): Problem {
  if (part === 'params') return { code: routeOf(operation).path.includes(':asset') ? 'unknown-asset' : 'unknown-warning' };
  return { code: part === 'query' ? 'bad-query' : 'bad-body', detail: `${rules.join('; ').slice(0, 500)}.` };
}

/** What is said where no request could be made of what came. */
const bareBody = JSON.stringify(bodyOf({ code: 'bad-request' }));
const bareHeaders = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Answers what is no HTTP, or came too slowly or too large, before there is a request. */
function refuseConnection(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const headers = Object.entries({ ...bareHeaders, 'content-length': Buffer.byteLength(bareBody), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\n${headers.join('')}\r\n${bareBody}`);
  socket.destroySoon();
}
