import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConfigReload, SignedHeartbeat, SigningKey } from '@breakwater/contracts';
import { apiRoutes, openApiDocument } from '@breakwater/contracts';
import { assert, ok } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { printProblem } from '@breakwater/platform/config';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Tracer } from '@breakwater/platform/trace';
import type { Journal, SeriesStore } from '@breakwater/platform/store';
import type { ApiConfig } from './config.ts';
import { apiProblems } from './config.ts';
import type { LiveView } from './live-view.ts';
import type { AssetRoutesDeps } from './routes/assets.ts';
import { assetRoutes } from './routes/assets.ts';
import { feedRoutes } from './routes/feed.ts';
import type { JsonHandlers } from './routes/handler.ts';
import type { DaemonFacts } from './routes/status.ts';
import { healthRoutes, statusOf } from './routes/status.ts';
import { openStream } from './routes/stream.ts';
import { timelineRoute } from './routes/timeline.ts';
import type { WarningRoutesDeps } from './routes/warnings.ts';
import { warningRoutes } from './routes/warnings.ts';
import type { ApiServer } from './server.ts';
import { createServer } from './server.ts';
import type { StaticFile } from './static-files.ts';
import { readConsole } from './static-files.ts';
import type { StreamHub } from './stream/hub.ts';
import { createStreamHub } from './stream/hub.ts';
import { createWarningTail } from './stream/warning-tail.ts';

/** What the API stands on. */
export interface ApiDeps {
  readonly config: ApiConfig;
  readonly facts: DaemonFacts;
  /** The daemon's clock; it may be simulated. */
  readonly clock: Clock;
  /** Wall time, for pings, limits of sending and waits. */
  readonly wall: Clock;
  /** Started before. */
  readonly view: LiveView;
  readonly journal: Journal;
  readonly series: SeriesStore;
  /** `Alerting.acknowledge`. */
  readonly acknowledge: WarningRoutesDeps['acknowledge'];
  /** Where the active instance can be reached, when this one is not it. */
  readonly activeAt?: WarningRoutesDeps['activeAt'];
  /** Reads the config file anew and goes on with it. */
  readonly reload: () => Promise<ConfigReload>;
  /** The market an asset was last scored from, e.g. `view.snapshot`. */
  readonly snapshotOf: AssetRoutesDeps['snapshotOf'];
  /** The latest signed heartbeat, e.g. of the heartbeat maker. */
  readonly signedHeartbeat: () => SignedHeartbeat | null;
  readonly signingKey: SigningKey;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly tracer?: Tracer | undefined;
  /** Where the console was built to; undefined where there is none. */
  readonly consoleFolder?: string | undefined;
}

/** The API, made and not yet listening: for tests without a socket. */
export interface Api {
  readonly server: ApiServer;
  readonly hub: StreamHub;
}

/** The API, listening. */
export interface RunningApi {
  /** Where it is served: `http://127.0.0.1:8710/`. */
  readonly address: string;
  /** Ends streams and connections at once and resolves when the port is free. */
  close(): Promise<void>;
}

/** Makes the API. Fails with `listen-failed` when certificate or key cannot be used. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const { config, view, clock, wall, journal, metrics, log, facts } = deps;
  const wrong = apiProblems(config);
  assert(wrong.length === 0, `the API is not served with unsafe settings: ${wrong.map(printProblem).join('; ')}`);
  const tls = config.tls === undefined ? undefined : readTls(config.tls);
  const console = deps.consoleFolder === undefined ? new Map<string, StaticFile>() : readConsole(deps.consoleFolder);
  const hub = createStreamHub({ view, clock, wall, log, metrics, maxStreams: config.maxStreams, tail: createWarningTail({ journal, now: () => clock.now() }) });
  await hub.start();
  const description = openApiDocument(apiRoutes);
  const handlers: JsonHandlers = {
    status: async (_input, { caller }) => ok(statusOf(facts, view, clock, caller)),
    openapi: async () => ok(description),
    ...healthRoutes(view),
    ...assetRoutes({ view, snapshotOf: deps.snapshotOf }),
    ...timelineRoute({ view, journal, series: deps.series, clock }),
    ...warningRoutes({ journal, acknowledge: deps.acknowledge, activeAt: deps.activeAt, wall }),
    reload: async () => ok(await deps.reload()),
    ...feedRoutes({ journal, signedHeartbeat: deps.signedHeartbeat, signingKey: deps.signingKey }),
  };
  const server = await createServer({
    config, tls, console, handlers, metrics, log, tracer: deps.tracer,
    openStream: (request, reply, caller) => openStream({ hub, view, status: () => statusOf(facts, view, clock, caller) }, request, reply),
  });
  return { server, hub };
}

/**
 * Serves the API and the console. Fails with `listen-failed` when the port is taken, the address is none of this machine's or a certificate
 * cannot be used, saying which.
 */
export async function startApi(deps: ApiDeps): Promise<RunningApi> {
  const { config, log } = deps;
  const { server, hub } = await createApi(deps);
  const close = async (): Promise<void> => {
    hub.close();
    await server.close();
  };
  try {
    await server.listen({ host: config.host, port: config.port, backlog: config.maxConnections });
  } catch (error) {
    await close();
    throw new BreakwaterError('listen-failed', `API not served at ${config.host}:${config.port}: ${reasonOf(error)}`, { cause: error });
  }
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : config.port;
  const name = config.host.includes(':') ? `[${config.host}]` : config.host;
  const address = `${config.tls === undefined ? 'http' : 'https'}://${name}:${port}/`;
  log.info('api', { address });
  return { address, close };
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'the address is none of this machine';
  return code === 'EACCES' ? 'the port needs more rights than this user has' : messageOf(error);
}

function readTls({ certFile, keyFile }: NonNullable<ApiConfig['tls']>): { readonly cert: string; readonly key: string } {
  const tls = { cert: readPem(certFile), key: readPem(keyFile) };
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new BreakwaterError('listen-failed', `API not served: ${certFile} and ${keyFile} are no certificate and its key: ${messageOf(error)}`, { cause: error });
  }
  return tls;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BreakwaterError('listen-failed', `API not served: ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
