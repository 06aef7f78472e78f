import { createServer, type Server } from 'node:http';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';

/** What a process says of itself to supervisors. */
export interface ProbesDeps {
  readonly host: string;
  readonly port: number;
  /** Whether it can do its work now. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Largest head, bytes, and how long a request may take and a connection last, milliseconds: a probe is one line. */
const limits = { maxHeaderSize: 16_384, headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 1_000 };
const maxConnections = 64;
const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * Serves `/healthz` (200 while the process lives), `/readyz` (503 while it cannot work) and `/metrics`, for supervisors and for Prometheus; everything else is 404. Resolves
 * with what ends it, once it listens. Fails with `listen-failed`.
 */
export async function serveProbes(deps: ProbesDeps): Promise<() => Promise<void>> {
  const { host, metrics, log } = deps;
  const server = createServer(limits, (request, response) => {
    const json = (status: number, body: unknown): void => void response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') json(405, { error: 'only GET is answered' });
    else if (path === '/healthz') json(200, { status: 'ok' });
    else if (path === '/readyz') json(deps.isReady() ? 200 : 503, { status: deps.isReady() ? 'ready' : 'not-ready' });
    else if (path !== '/metrics') json(404, { error: 'there are /healthz, /readyz and /metrics' });
    else {
      void metrics.text().then((text) => response.writeHead(200, { ...headers, 'content-type': metrics.contentType }).end(text), (error: unknown) => {
        log.error('metrics not served', { error: messageOf(error) });
        json(500, { error: 'internal' });
      });
    }
  });
  server.maxConnections = maxConnections;
  await listen(server, host, deps.port);
  const bound = server.address();
  log.info('probes', { address: `http://${host.includes(':') ? `[${host}]` : host}:${typeof bound === 'object' && bound !== null ? bound.port : deps.port}/` });
  return () => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new BreakwaterError('listen-failed', `probes not served at ${host}:${port}: ${messageOf(error)}`, { cause: error }));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
