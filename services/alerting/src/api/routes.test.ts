import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiOperation, MarketSnapshot, WarningMessage } from '@breakwater/contracts';
import { apiProblem, apiRoutes, daemonStatus, routeOf } from '@breakwater/contracts';
import { epochMs, price, sourceId, usd, warningId } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createMetrics } from '@breakwater/platform/metrics';
import type { SeriesPoint } from '@breakwater/platform/store';
import { createRecordingTracer } from '@breakwater/platform/simulated';
import { apiWorld } from '../testing/api-world.ts';
import { ask, listenOnLoopback } from '../testing/http-client.ts';
import { sampleDeposit, sampleScore, sampleTime } from '../testing/sample.ts';
import { sampleHeartbeat } from '../testing/sample-heartbeat.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import type { Api } from './start.ts';
import { createApi } from './start.ts';

type World = Awaited<ReturnType<typeof apiWorld>>;
const document: MarketSnapshot = { asset: 'OM', asOf: '2025-04-13T18:00:00Z', markets: [{ id: 'x', kind: 'spot', tickSize: 1, lotSize: 1, bids: [[1, 1]], asks: [[2, 1]] }] };
const curve: NonNullable<WarningMessage['response']> = { price: price(5), central: [{ saleUsd: usd(1), price: price(4) }], pessimistic: [], optimistic: [], withoutForced: [] };
const warningOf = (n: number, change: Partial<WarningMessage> = {}): WarningMessage => sampleWarning({ id: warningId(`BW-OM-20250413-${String(n).padStart(8, '0')}`), onset: epochMs(sampleTime + n), eventTime: epochMs(sampleTime + n), ...change });

describe('the routes of the API', () => {
  const checked = new Set<string>();
  // None of the table is left out above.
  afterAll(() => expect([...checked].sort()).toEqual(apiRoutes.filter((route) => route.answer.kind === 'json').map((route) => route.operation).sort()));
  let world: World;
  let api: Api;
  let port: number;
  beforeEach(async () => {
    world = await apiWorld();
    api = await createApi(world.deps);
    port = await listenOnLoopback(api);
  });
  afterEach(async () => {
    api.hub.close();
    await api.server.close();
    await world.dispose();
  });
  const answerOf = async (operation: ApiOperation, url: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> => {
    const route = routeOf(operation);
    const response = await ask(port, { method: route.method, path: url, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
    const answer: unknown = JSON.parse(response.text);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    // Whatever a route answers is what its contract says: strictly, nothing is left out by reading it.
    const schema = response.status === 200 && route.answer.kind === 'json' ? route.answer.schema : apiProblem;
    expect(schema.parse(answer)).toEqual(answer);
    if (response.status === 200) checked.add(operation);
    return { status: response.status, body: answer };
  };
  const codeOf = async (operation: ApiOperation, url: string, body?: unknown): Promise<unknown> => {
    const answer = await answerOf(operation, url, body);
    return [answer.status, (answer.body as { readonly code: string }).code];
  };

  it('/v1/status says what the daemon is and how it is', async () => {
    const { message } = sampleHeartbeat(1);
    world.bus.publish('heartbeats', message);
    world.bus.publish('global', { kind: 'watermark', source: sourceId('binance:usdm'), seq: 1, eventTime: epochMs(sampleTime), receivedAt: epochMs(sampleTime) });
    await world.bus.idle();
    expect((await answerOf('status', '/v1/status')).body).toMatchObject({
      version: '0.1.0', instance: 'test', clock: 'simulated', now: sampleTime, startedAt: sampleTime, horizonSeconds: 900, heartbeat: { seq: 1 }, mayWrite: true,
      feeds: [{ source: 'binance:usdm', status: 'ok', through: sampleTime }, { source: 'eip155:1', status: 'waiting' }],
    });
  });
  it('/v1/assets lists the nearest to ignition first, /v1/assets/:asset gives one with its score', async () => {
    await world.bus.publishDurable('scores', [sampleScore({ threshold: 9, deposits: 1 }), sampleScore({ asset: 'TIA', threshold: 3, deposits: 1 })]);
    expect((await answerOf('assets', '/v1/assets')).body).toMatchObject([{ asset: 'TIA', margin: 3 }, { asset: 'OM', margin: 9 }]);
    expect((await answerOf('asset', '/v1/assets/OM')).body).toMatchObject({ summary: { asset: 'OM', state: 'live' }, score: { asset: 'OM', eventTime: sampleTime } });
    expect(await codeOf('asset', '/v1/assets/DOGE')).toEqual([404, 'unknown-asset']);
    expect(await codeOf('asset', '/v1/assets/om')).toEqual([404, 'unknown-asset']);
    expect(await codeOf('asset', `/v1/assets/${'A'.repeat(65)}`)).toEqual([404, 'not-found']);
  });
  it('/v1/assets/:asset/snapshot gives the market, or says that there is none yet', async () => {
    expect(await codeOf('snapshot', '/v1/assets/OM/snapshot')).toEqual([404, 'no-snapshot']);
    expect(await codeOf('snapshot', '/v1/assets/DOGE/snapshot')).toEqual([404, 'unknown-asset']);
    world.bus.publish('snapshots', { kind: 'snapshot', source: sourceId('scoring'), seq: 0, eventTime: epochMs(sampleTime), receivedAt: epochMs(sampleTime), asset: sampleScore().asset, document, inputHash: 'sha256:00' });
    await world.bus.idle();
    expect((await answerOf('snapshot', '/v1/assets/OM/snapshot')).body).toEqual(document);
  });
  it('/v1/assets/:asset/timeline has figures, warnings with every revision, and transfers of the window', async () => {
    const { asset } = sampleScore();
    const figures = { price: 5, ignition_usd: 4e6, ignition_usd_low: 3e6, ignition_usd_high: 6e6 };
    const points = [-7_200, -1_800, -600, 0].flatMap((at, i) => Object.entries(figures).map(([series, value]): SeriesPoint => ({ series, labels: { asset }, time: epochMs(sampleTime + at * 1_000), value: value + i })));
    await world.series.append(points);
    await world.bus.publishDurable('scores', [sampleScore({ deposits: 2, trigger: sampleDeposit(2, '0xa', -300) }), sampleScore({ asset: 'TIA' })]);
    const before = { eventTime: epochMs(sampleTime - 4_000_000), onset: epochMs(sampleTime - 4_000_000) };
    await world.commit(warningOf(1, { ...before, response: curve }), warningOf(1, { ...before, revision: 2, state: 'resolved', eventTime: epochMs(sampleTime - 1_000) }), warningOf(2, { ...before, eventTime: epochMs(sampleTime - 3_700_000) }), warningOf(3, { id: warningId('BW-TIA-20250413-00000003'), asset: sampleScore({ asset: 'TIA' }).asset, eventTime: epochMs(sampleTime) }));
    const { body } = await answerOf('timeline', '/v1/assets/OM/timeline?hours=1&points=100');
    expect(body).toMatchObject({ asset: 'OM', from: sampleTime - 3_600_000, to: sampleTime, transfers: [{ tx: '0xa' }] });
    expect((body as { readonly points: readonly unknown[] }).points).toEqual(
      [-1_800, -600, 0].map((at, i) => ({ time: sampleTime + at * 1_000, price: 6 + i, ignitionUsd: 4e6 + 1 + i, ignitionLowUsd: 3e6 + 1 + i, ignitionHighUsd: 6e6 + 1 + i })),
    );
    expect((body as { readonly warnings: readonly WarningMessage[] }).warnings.map((w) => `${w.id.slice(-1)}#${w.revision}`)).toEqual(['1#2']);
    expect(await codeOf('timeline', '/v1/assets/OM/timeline?hours=0')).toEqual([400, 'bad-query']);
    expect(await codeOf('timeline', '/v1/assets/DOGE/timeline')).toEqual([404, 'unknown-asset']);
  });
  it('/v1/warnings pages through the latest revisions, narrowed and without curves', async () => {
    for (let n = 1; n <= 5; n++) await world.commit(warningOf(n, { response: curve }));
    await world.commit(warningOf(2, { revision: 2, state: 'resolved' }), warningOf(4, { revision: 2, state: 'acknowledged', acknowledgedBy: 'ada' }));
    const list = async (query: string): Promise<readonly [readonly string[], string | null]> => {
      const page = (await answerOf('warnings', `/v1/warnings${query}`)).body as { readonly warnings: readonly WarningMessage[]; readonly next: string | null };
      expect(page.warnings.every((w) => !('response' in w))).toBe(true);
      return [page.warnings.map((w) => `${w.id.slice(-1)}#${w.revision}`), page.next];
    };
    expect(await list('')).toEqual([['5#1', '4#2', '3#1', '2#2', '1#1'], null]);
    expect(await list('?limit=2')).toEqual([['5#1', '4#2'], '4']);
    expect(await list('?limit=2&before=4')).toEqual([['3#1', '2#2'], '2']);
    expect(await list('?limit=2&before=2')).toEqual([['1#1'], null]);
    expect(await list('?state=open&limit=4')).toEqual([['5#1', '4#2', '3#1', '1#1'], null]);
    expect(await list('?state=ended')).toEqual([['2#2'], null]);
    expect(await list('?asset=TIA')).toEqual([[], null]);
    for (const query of ['?state=firing', '?limit=0', '?limit=501', '?before=x', '?other=1', '?asset=om', '?limit=1&limit=2']) expect(await codeOf('warnings', `/v1/warnings${query}`)).toEqual([400, 'bad-query']);
  });
  it('/v1/warnings/:id gives every revision, with its curve', async () => {
    await world.commit(warningOf(1, { response: curve }), warningOf(1, { revision: 2, state: 'resolved' }));
    expect((await answerOf('warning', `/v1/warnings/${warningOf(1).id}`)).body).toMatchObject({ id: warningOf(1).id, revisions: [{ revision: 1, response: { price: 5 } }, { revision: 2, state: 'resolved' }] });
    expect(await codeOf('warning', `/v1/warnings/${warningOf(9).id}`)).toEqual([404, 'unknown-warning']);
    expect(await codeOf('warning', '/v1/warnings/nonsense')).toEqual([404, 'unknown-warning']);
  });
  it('acknowledges in the name of the caller, and says what cannot be', async () => {
    await world.commit(warningOf(1), warningOf(2, { state: 'resolved' }));
    const path = (n: number): string => `/v1/warnings/${warningOf(n).id}/acknowledge`;
    expect((await answerOf('acknowledge', path(1), { note: 'on it' })).body).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'local' });
    expect(world.acknowledged).toEqual([[warningOf(1).id, 'local', 'on it']]);
    expect(await codeOf('acknowledge', path(2), {})).toEqual([409, 'not-open']);
    expect(await codeOf('acknowledge', path(3), {})).toEqual([404, 'unknown-warning']);
    expect(await codeOf('acknowledge', path(1), { note: 7 })).toEqual([400, 'bad-body']);
    expect(await codeOf('acknowledge', path(1), { other: 'x' })).toEqual([400, 'bad-body']);
  });
  it('/v1/feed gives events after a cursor, in the order of commit, with the latest heartbeat', async () => {
    await world.commit(warningOf(1), warningOf(2), warningOf(1, { revision: 2, state: 'resolved' }));
    const first = (await answerOf('feed', '/v1/feed?limit=2')).body;
    expect(first).toMatchObject({ events: [{ id: `${warningOf(1).id}#1` }, { id: `${warningOf(2).id}#1` }], cursor: '2', more: true, heartbeat: { keyId: '0123456789abcdef' } });
    expect((await answerOf('feed', '/v1/feed?after=2&limit=2')).body).toMatchObject({ events: [{ id: `${warningOf(1).id}#2`, type: 'io.breakwater.warning.v1' }], cursor: '3', more: false });
    expect((await answerOf('feed', '/v1/feed?after=3')).body).toMatchObject({ events: [], cursor: '3', more: false });
  });
  it('/v1/status says how a database of series is that may be away, where there is one', async () => {
    expect((await answerOf('status', '/v1/status')).body).not.toHaveProperty('series');
    const series = { state: 'away', waiting: 12, waitingInMemory: 0, dropped: 3 } as const;
    const other = await createApi({ ...world.deps, metrics: createMetrics(), facts: { ...world.deps.facts, series: () => series } });
    const answer = await ask(await listenOnLoopback(other), { path: '/v1/status' });
    expect(daemonStatus.parse(JSON.parse(answer.text)).series).toEqual(series);
    other.hub.close();
    await other.server.close();
  });

  it('/healthz says that the process is alive, /readyz that it does its work', async () => {
    expect((await answerOf('healthz', '/healthz')).body).toEqual({ status: 'ok' });
    expect(await codeOf('readyz', '/readyz')).toEqual([503, 'not-ready']);
    await world.bus.publishDurable('scores', [sampleScore({})]);
    expect((await answerOf('readyz', '/readyz')).body).toEqual({ status: 'ready', assets: { live: 1, total: 2 }, feeds: { ok: 0, total: 1 }, chains: { ok: 0, total: 1 } });
    // A score that is too old is none.
    await world.clock.advanceTo(epochMs(sampleTime + 60_000));
    expect(await codeOf('readyz', '/readyz')).toEqual([503, 'not-ready']);
  });

  it('/v1/key, /v1/openapi.json and /metrics', async () => {
    expect((await answerOf('key', '/v1/key')).body).toMatchObject({ algorithm: 'ed25519' });
    const description = (await answerOf('openapi', '/v1/openapi.json')).body as { readonly paths: Readonly<Record<string, unknown>> };
    expect(Object.keys(description.paths)).toHaveLength(new Set(apiRoutes.map((r) => r.path)).size);
    const metrics = await ask(port, { path: '/metrics' });
    expect([metrics.status, metrics.headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(metrics.text).toContain('breakwater_api_requests_total{operation="key",status="200"} 1');
  });
  it('tells nothing of the inside when something fails there', async () => {
    const failing = async (error: Error): Promise<unknown> => {
      const broken = await createApi({ ...world.deps, metrics: createMetrics(), snapshotOf: async () => Promise.reject(error) });
      const response = await ask(await listenOnLoopback(broken), { path: '/v1/assets/OM/snapshot' });
      await broken.server.close();
      return [response.status, response.headers['retry-after'], JSON.parse(response.text)];
    };
    expect(await failing(new BreakwaterError('store-failed', 'store /secret/path failed: no room'))).toEqual([503, '5', { code: 'unavailable', message: 'The store could not be used.', todo: expect.any(String) }]);
    expect(await failing(new Error('at /secret/path:1'))).toEqual([500, undefined, { code: 'internal', message: 'The server made a mistake.', todo: expect.any(String) }]);
  });
  it('makes a span of each request, and of none where nothing is traced', async () => {
    const tracer = createRecordingTracer();
    const traced = await createApi({ ...world.deps, metrics: createMetrics(), tracer });
    const at = await listenOnLoopback(traced);
    await ask(at, { method: 'GET', path: '/v1/assets' });
    await ask(at, { method: 'GET', path: '/v1/nothing' });
    traced.hub.close();
    await traced.server.close();
    expect(tracer.spans.map(({ name, place, attributes }) => [name, place, attributes])).toEqual([
      ['api request', undefined, { operation: 'assets', method: 'GET', status: 200 }], ['api request', undefined, { operation: 'console', method: 'GET', status: 404 }],
    ]);
  });
  it('/v1/config/reload reloads, and answers what came of it', async () => {
    expect(await answerOf('reload', '/v1/config/reload', {})).toEqual({ status: 200, body: { outcome: 'unchanged', changes: [], problems: [], restart: [] } });
    expect(world.reloads()).toBe(1);
    expect(await codeOf('reload', '/v1/config/reload', { file: '/etc/passwd' })).toEqual([400, 'bad-body']);
  });
});
