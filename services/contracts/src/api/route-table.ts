import { defined } from '@breakwater/models/core';
import { z } from 'zod';
import { unit } from '../messages/common.ts';
import { marketSnapshot } from '../messages/snapshot.ts';
import { warningMessage } from '../messages/warning.ts';
import { acknowledgement, feedPage, queries, signingKey } from './events.ts';
import { configReload, reloadRequest } from './reload.ts';
import { assetDetail, assetList, assetTimeline, daemonStatus, liveness, readiness, streamEvent, warningHistory, warningPage } from './views.ts';

/** What a caller may do: `reader` everything that reads, `committee` writes too, `admin` changes what the daemon does. */
export type ApiRouteRole = 'reader' | 'committee' | 'admin';

/** What a route answers with status 200. */
export type ApiAnswer =
  | { readonly kind: 'json'; readonly schema: z.ZodType }
  /** Server-sent events (https://html.spec.whatwg.org, "Server-sent events", read 2026-11); `schema` is that of each `data`. */
  | { readonly kind: 'events'; readonly schema: z.ZodType }
  | { readonly kind: 'text'; readonly type: string };

/** One route of the HTTP API, as data: registration, documentation and the tests of access read the same table. */
export interface ApiRoute {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** With `:name` where a parameter of `params` stands. */
  readonly path: string;
  readonly role: ApiRouteRole;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: ApiAnswer;
}

/** Parameters in paths. */
export const pathParameters = { asset: z.object({ asset: unit.asset }), warning: z.object({ id: unit.warningId }) } as const;

/** Every route of the API. The console's files, which are served beside them, are under the same rules of access. */
export const apiRoutes = [
  { operation: 'status', method: 'GET', path: '/v1/status', role: 'reader', summary: 'What the daemon says of itself: feeds, chains, the last heartbeat.', answer: { kind: 'json', schema: daemonStatus } },
  { operation: 'assets', method: 'GET', path: '/v1/assets', role: 'reader', summary: 'Every asset, the nearest to ignition first.', answer: { kind: 'json', schema: assetList } },
  { operation: 'asset', method: 'GET', path: '/v1/assets/:asset', role: 'reader', summary: 'One asset with its last score.', params: pathParameters.asset, answer: { kind: 'json', schema: assetDetail } },
  {
    operation: 'timeline', method: 'GET', path: '/v1/assets/:asset/timeline', role: 'reader', summary: 'Figures, warnings and large transfers of an asset over the last hours.',
    params: pathParameters.asset, query: queries.timeline, answer: { kind: 'json', schema: assetTimeline },
  },
  {
    operation: 'snapshot', method: 'GET', path: '/v1/assets/:asset/snapshot', role: 'reader', summary: 'The market an asset was last scored from, as a document that the engine can be asked again.',
    params: pathParameters.asset, answer: { kind: 'json', schema: marketSnapshot },
  },
  { operation: 'warnings', method: 'GET', path: '/v1/warnings', role: 'reader', summary: 'The latest revision of each warning, newest onset first, without response curves.', query: queries.warnings, answer: { kind: 'json', schema: warningPage } },
  { operation: 'warning', method: 'GET', path: '/v1/warnings/:id', role: 'reader', summary: 'Every revision of one warning.', params: pathParameters.warning, answer: { kind: 'json', schema: warningHistory } },
  {
    operation: 'acknowledge', method: 'POST', path: '/v1/warnings/:id/acknowledge', role: 'committee', summary: 'Says that somebody is dealing with an open warning; answers its revision in state acknowledged. Repeating it changes nothing.',
    params: pathParameters.warning, body: acknowledgement, answer: { kind: 'json', schema: warningMessage },
  },
  { operation: 'feed', method: 'GET', path: '/v1/feed', role: 'reader', summary: 'Every revision of every warning after a cursor, as CloudEvents in the order of commit, and the latest signed heartbeat.', query: queries.feed, answer: { kind: 'json', schema: feedPage } },
  {
    operation: 'stream', method: 'GET', path: '/v1/stream', role: 'reader', summary: 'Changes as they happen. The id of a `warning` event is the cursor of the feed; Last-Event-ID resumes after it with nothing lost or repeated.',
    query: queries.stream, answer: { kind: 'events', schema: streamEvent },
  },
  {
    operation: 'reload', method: 'POST', path: '/v1/config/reload', role: 'admin', summary: 'Reads the config file anew, as SIGHUP does, and goes on with it: all of it, or none where a problem is found or something needs a restart.',
    body: reloadRequest, answer: { kind: 'json', schema: configReload },
  },
  { operation: 'key', method: 'GET', path: '/v1/key', role: 'reader', summary: 'The public key that heartbeats are signed with.', answer: { kind: 'json', schema: signingKey } },
  { operation: 'openapi', method: 'GET', path: '/v1/openapi.json', role: 'reader', summary: 'This description.', answer: { kind: 'json', schema: z.record(z.string(), z.unknown()) } },
  { operation: 'healthz', method: 'GET', path: '/healthz', role: 'reader', summary: 'That the process is alive.', answer: { kind: 'json', schema: liveness } },
  { operation: 'readyz', method: 'GET', path: '/readyz', role: 'reader', summary: 'That at least one asset has a current score; otherwise the problem not-ready, with status 503.', answer: { kind: 'json', schema: readiness } },
  { operation: 'metrics', method: 'GET', path: '/metrics', role: 'reader', summary: 'Metrics in the Prometheus text format.', answer: { kind: 'text', type: 'text/plain' } },
] as const satisfies readonly ApiRoute[];

/** The name of a route. */
export type ApiOperation = (typeof apiRoutes)[number]['operation'];

/** The route of an operation. */
export function routeOf(operation: ApiOperation): ApiRoute {
  const routes: readonly ApiRoute[] = apiRoutes;
  return defined(routes.find((route) => route.operation === operation), `the route of ${operation}`);
}
