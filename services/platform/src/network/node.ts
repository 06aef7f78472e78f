import { WebSocket } from 'ws';
import type { Activity } from '../activity.ts';
import { BreakwaterError } from '../errors.ts';
import { failureReason } from './failures.ts';
import type { HttpRequest, HttpResponse, Network, Socket, SocketHandlers, SocketOptions } from './index.ts';

/** What the real network is made of. */
export interface NodeNetworkOptions {
  /** Sent with every request and socket opening. */
  readonly userAgent: string;
  /** Told of requests awaited and sockets opening. */
  readonly activity?: Activity;
}

/** Bytes that may wait to be sent on one socket; a server that reads nothing is cut off. We send subscriptions only, some kilobytes. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
/** The reason a request's own timeout gives for aborting it. */
const TIMED_OUT = 'timed out';
/** How long an aborted socket may take over its closing handshake. */
const ABORT_GRACE_MS = 1_000;

/**
 * The real network: WebSockets through `ws`, HTTP through the built-in `fetch`. Timeouts use the system's timers, not a `Clock`: they
 * bound how long the machine's own I/O takes, which a simulated clock knows nothing of. Messages name hosts only, never paths or
 * queries, which may hold keys.
 */
export function createNodeNetwork(options: NodeNetworkOptions): Network {
  return {
    openSocket: (url, handlers, socketOptions = {}) => openSocket(url, handlers, socketOptions, options),
    request: (request) => sendRequest(request, options),
  };
}

function openSocket(url: string, handlers: SocketHandlers, options: SocketOptions, network: NodeNetworkOptions): Socket {
  const host = hostOf(url);
  const endActivity = network.activity?.begin(`socket ${host}`) ?? (() => undefined);
  const maxPayload = options.maxFrameBytes ?? 16 * 1024 * 1024;
  let closed = false;
  let failure: string | undefined;
  const finish = (code: number, reason: string): void => {
    if (closed) return;
    closed = true;
    clearTimeout(openTimer);
    clearTimeout(abortTimer);
    clearInterval(pingTimer);
    options.signal?.removeEventListener('abort', onAbort);
    handlers.onClose(code, reason);
    endActivity();
  };
  let abortTimer: NodeJS.Timeout | undefined;
  let pingTimer: NodeJS.Timeout | undefined;
  const stop = (reason: string): void => {
    failure ??= reason;
    ws?.terminate();
  };
  const onAbort = (): void => {
    if (ws?.readyState !== WebSocket.OPEN) {
      stop('aborted');
      return;
    }
    ws.close(1000, 'aborted');
    abortTimer = setTimeout(() => stop('aborted'), ABORT_GRACE_MS);
  };
  const ws = options.signal?.aborted === true ? undefined : connect(url, maxPayload, { 'user-agent': network.userAgent, ...options.headers });
  if (ws === undefined) {
    const reason = options.signal?.aborted === true ? 'aborted' : `${host}: not a WebSocket address`;
    setImmediate(() => {
      handlers.onClose(1006, reason);
      endActivity();
    });
    return { send: () => false, close: () => undefined };
  }
  options.signal?.addEventListener('abort', onAbort, { once: true });
  // The total time, which the `handshakeTimeout` of `ws` is not: that one starts anew with every byte a slow server sends.
  const openTimer = setTimeout(() => stop('open timeout'), options.openTimeoutMs ?? 10_000);
  ws.on('open', () => {
    clearTimeout(openTimer);
    if (options.pingFrameEveryMs !== undefined) pingTimer = setInterval(() => { if (ws.readyState === WebSocket.OPEN) ws.ping(); }, options.pingFrameEveryMs);
    handlers.onOpen();
    endActivity();
  });
  ws.on('message', (data) => {
    if (!closed) handlers.onFrame(data as Buffer); // `nodebuffer`, the default binary type, delivers one Buffer a message.
  });
  ws.on('error', (error) => {
    failure ??= `${host}: ${failureReason(error)}`;
    if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') finish(1009, `a frame is larger than ${String(maxPayload)} bytes`);
  });
  ws.on('close', (code, reason) => finish(code, code === 1006 ? (failure ?? `${host}: connection lost`) : reason.toString('utf8')));
  return {
    send: (text) => {
      if (closed || ws.readyState !== WebSocket.OPEN) return false;
      if (ws.bufferedAmount > MAX_UNSENT_BYTES) {
        stop(`${host}: reads nothing`);
        return false;
      }
      ws.send(text);
      return true;
    },
    close: (code = 1000, reason = '') => {
      if (ws.readyState === WebSocket.CONNECTING) stop('closed before it opened');
      else ws.close(code, reason);
    },
  };
}

function connect(url: string, maxPayload: number, headers: Readonly<Record<string, string>>): WebSocket | undefined {
  try {
    return new WebSocket(url, { perMessageDeflate: false, maxPayload, followRedirects: false, headers });
  } catch (error) {
    // The constructor throws for an address it cannot use; anything else is a bug.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

async function sendRequest(request: HttpRequest, network: NodeNetworkOptions): Promise<HttpResponse> {
  const what = `${request.method} ${hostOf(request.url)} failed`;
  const timeoutMs = request.timeoutMs ?? 10_000;
  const endActivity = network.activity?.begin(what) ?? (() => undefined);
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  const timer = setTimeout(() => controller.abort(TIMED_OUT), timeoutMs);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted === true) controller.abort();
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { 'user-agent': network.userAgent, ...request.headers },
      // Not followed: the answer is passed on as it is, so that no redirect leads to a host nobody configured.
      redirect: 'manual',
      signal: controller.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = await readBody(response, request.maxBytes ?? 32 * 1024 * 1024, what, controller);
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    if (error instanceof BreakwaterError) throw error;
    if (controller.signal.reason === TIMED_OUT) throw new BreakwaterError('http-timeout', `${what}: no answer in ${String(timeoutMs)} ms`);
    if (request.signal?.aborted === true) throw new BreakwaterError('aborted', `${what}: the caller stopped`);
    throw new BreakwaterError('http-failed', `${what}: ${URL.canParse(request.url) ? failureReason(error) : 'not an address'}`, { cause: error });
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    endActivity();
  }
}

/** Reads at most `maxBytes` after decompression, so that a small answer cannot unpack into a large one. */
async function readBody(response: Response, maxBytes: number, what: string, controller: AbortController): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, total).toString('utf8');
    total += value.byteLength;
    if (total > maxBytes) {
      controller.abort();
      throw new BreakwaterError('http-too-large', `${what}: the answer is larger than ${String(maxBytes)} bytes`);
    }
    chunks.push(value);
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an unreadable address';
}
