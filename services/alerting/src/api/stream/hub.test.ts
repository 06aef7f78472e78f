import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import { streamEvent } from '@breakwater/contracts';
import { assetId, epochMs, sourceId, warningId } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createMetrics } from '@breakwater/platform/metrics';
import { apiWorld } from '../../testing/api-world.ts';
import { sampleScore, sampleTime } from '../../testing/sample.ts';
import { sampleHeartbeat } from '../../testing/sample-heartbeat.ts';
import { sampleWarning } from '../../testing/sample-warning.ts';
import type { SseEvent } from '../../testing/sse-client.ts';
import { createSseParser } from '../../testing/sse-client.ts';
import { statusOf } from '../routes/status.ts';
import type { StreamSink } from './connection.ts';
import type { StreamHub } from './hub.ts';
import { createStreamHub } from './hub.ts';
import { createWarningTail } from './warning-tail.ts';

const om = assetId('OM');
const warningOf = (n: number, change: Partial<WarningMessage> = {}): WarningMessage => sampleWarning({ id: warningId(`BW-OM-20250413-${String(n).padStart(8, '0')}`), ...change });

/** A reader that takes everything at once, or nothing while `stuck`. */
function reader() {
  const parser = createSseParser();
  const events: SseEvent[] = [];
  let waiting = '';
  let text = '';
  let onDrain = (): void => undefined;
  const onClose: (() => void)[] = [];
  const state = { stuck: false, ended: false };
  const sink: StreamSink = {
    write: (chunk) => {
      if (state.ended) throw new Error('written after the end');
      text += chunk;
      if (state.stuck) waiting += chunk;
      else events.push(...parser.take(chunk));
    },
    buffered: () => waiting.length,
    onDrain: (fn) => void (onDrain = fn),
    onClose: (fn) => void onClose.push(fn),
    end: () => {
      if (state.ended) return;
      state.ended = true;
      for (const fn of onClose) fn();
    },
  };
  return {
    sink, state, events, text: () => text,
    drain: () => {
      state.stuck = false;
      events.push(...parser.take(waiting));
      waiting = '';
      onDrain();
    },
    kinds: () => events.map((e) => e.event),
    warnings: () => events.filter((e) => e.event === 'warning').map((e) => `${String(e.id)} ${(e.data as { readonly warning: WarningMessage }).warning.id.slice(-2)}`),
  };
}

const metricsTaken = new WeakSet();

describe('createStreamHub', () => {
  let world: Awaited<ReturnType<typeof apiWorld>>;
  let hub: StreamHub;
  beforeEach(async () => {
    world = await apiWorld();
    hub = await hubOf();
  });
  afterEach(async () => {
    hub.close();
    expect(world.wall.nextTimer()).toBeUndefined();
    await world.dispose();
  });
  const hubOf = async (change: { readonly journal?: Pick<typeof world.journal, 'warnings' | 'checkpoint'>; readonly maxBuffered?: number; readonly maxStreams?: number } = {}): Promise<StreamHub> => {
    const { view, clock, wall, metrics, deps } = world;
    // A registry takes the metrics of one hub.
    const isFirst = !metricsTaken.has(metrics);
    metricsTaken.add(metrics);
    const made = createStreamHub({
      view, clock, wall, log: deps.log, metrics: isFirst ? metrics : createMetrics(),
      maxStreams: change.maxStreams ?? 4, ...(change.maxBuffered === undefined ? {} : { maxBuffered: change.maxBuffered }), tail: createWarningTail({ journal: change.journal ?? world.journal, now: () => clock.now() }),
    });
    await made.start();
    return made;
  };
  const open = async (terms: { readonly asset?: string; readonly after?: number } = {}, on = hub): Promise<ReturnType<typeof reader>> => {
    const one = reader();
    const { facts, clock } = world.deps;
    const opened = await on.open({ sink: () => one.sink, asset: terms.asset === undefined ? undefined : assetId(terms.asset), after: terms.after, status: () => statusOf(facts, world.view, clock, { name: 'r', role: 'reader' }) });
    expect(opened.ok).toBe(true);
    return one;
  };
  const settle = async (): Promise<void> => {
    await world.bus.idle();
    for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const wall = (seconds: number): Promise<void> => world.wall.advanceTo(epochMs(sampleTime + seconds * 1_000));

  it('tells the state of everything first, and then what changes', async () => {
    await world.bus.publishDurable('scores', [sampleScore()]);
    const [one, two] = [await open({ asset: 'OM' }), await open()];
    expect([one.kinds(), two.kinds()]).toEqual([['status', 'assets', 'asset'], ['status', 'assets']]);
    expect(one.text()).toMatch(/^retry: 2000\nid: 0\nevent: status\n/);
    world.bus.publish('heartbeats', sampleHeartbeat(1).message);
    world.bus.publish('global', { kind: 'watermark', source: sourceId('binance:usdm'), seq: 1, eventTime: epochMs(sampleTime), receivedAt: epochMs(sampleTime) });
    await world.bus.publishDurable('scores', [sampleScore({ at: 1, threshold: 3 })]);
    await world.commit(warningOf(1));
    await settle();
    await wall(0.25);
    expect(one.kinds().slice(3).sort()).toEqual(['asset', 'assets', 'feeds', 'heartbeat', 'warning']);
    expect(two.kinds().slice(2).sort()).toEqual(['assets', 'feeds', 'heartbeat', 'warning']);
    for (const { event, data } of [...one.events, ...two.events]) {
      const parsed = streamEvent.parse(data);
      expect([parsed.kind, parsed]).toEqual([event, data]);
    }
    expect(one.events.at(-1)?.data).toMatchObject({ kind: 'feeds', now: sampleTime });
    expect(one.events.findLast((e) => e.event === 'asset')?.data).toMatchObject({ detail: { summary: { asset: 'OM', ignitionUsd: { value: 3e6 }, openWarnings: 1 } } });
  });
  it('sends summaries at most four times a second of wall time, each time the latest', async () => {
    const one = await open();
    for (let i = 1; i <= 40; i++) {
      await world.bus.publishDurable('scores', [sampleScore({ at: i, threshold: i }), sampleScore({ at: i, asset: 'TIA' })]);
      await wall(i * 0.05);
    }
    const sent = one.events.filter((e) => e.event === 'assets').slice(1).map((e) => e.data as { readonly assets: readonly { readonly asset: string; readonly ignitionUsd: { readonly value: number } }[] });
    // Two seconds: one at once and one every quarter.
    expect([sent.length >= 8, sent.length <= 9]).toEqual([true, true]);
    expect(sent.every(({ assets }) => assets.length === 2)).toBe(true);
    expect(sent.at(-1)?.assets.find((a) => a.asset === 'OM')?.ignitionUsd.value).toBeGreaterThanOrEqual(36e6);
  });
  it('says when an asset falls silent, pings, and shows how far feeds have come', async () => {
    await world.bus.publishDurable('scores', [sampleScore()]);
    const one = await open();
    await wall(0.9);
    world.clock.setNow(epochMs(sampleTime + 60_000));
    await wall(1.5);
    expect(one.events.at(-1)?.data).toMatchObject({ kind: 'assets', assets: [{ asset: 'OM', state: 'stale' }] });
    await wall(45.5);
    expect(one.events.filter((e) => e.event === 'feeds')).toHaveLength(9);
    expect(one.text().split(': ping\n\n')).toHaveLength(4);
    expect(one.events.filter((e) => e.event === 'assets')).toHaveLength(2);
  });
  it('computes nothing while nobody reads', async () => {
    const one = await open();
    one.sink.end();
    expect(world.wall.nextTimer()).toBeUndefined();
    await world.bus.publishDurable('scores', [sampleScore()]);
    expect(world.wall.nextTimer()).toBeUndefined();
  });
  it('resumes after a cursor, with every warning once and in order, whatever is committed meanwhile', async () => {
    for (let n = 1; n <= 350; n++) await world.journal.commitWarnings({ warnings: [warningOf(n)], recipients: [], checkpoints: {}, at: world.clock.now() });
    hub.close();
    hub = await hubOf();
    const readers = [await open({ after: 0 }), await open({ after: 340 }), await open(), await open({ after: 9_999 })];
    for (let n = 351; n <= 400; n++) await world.commit(warningOf(n));
    await settle();
    const expected = (from: number): readonly string[] => Array.from({ length: 400 - from }, (_, i) => `${from + i + 1} ${String(from + i + 1).slice(-2).padStart(2, '0')}`);
    expect(readers.map((r) => r.warnings())).toEqual([expected(0), expected(340), expected(350), expected(350)]);
    expect(readers.map((r) => r.events[0]?.id)).toEqual(['0', '340', '350', '350']);
  });
  it('asks the store before it takes a cursor for that of another one', async () => {
    const before = await open();
    await world.journal.commitWarnings({ warnings: [warningOf(1), warningOf(2)], recipients: [], checkpoints: {}, at: world.clock.now() });
    // Nothing was published of these yet; a reader of the feed has seen the first.
    const one = await open({ after: 1 });
    await settle();
    expect([one.warnings(), before.warnings()]).toEqual([['2 02'], ['1 01', '2 02']]);
  });
  it('gives a reader that was behind the latest state and every warning, and loses nobody else', async () => {
    const small = await hubOf({ maxBuffered: 20_000 });
    const [slow, quick] = [await open({ asset: 'OM' }, small), await open({}, small)];
    await settle();
    slow.state.stuck = true;
    for (let n = 1; n <= 20; n++) {
      await world.bus.publishDurable('scores', [sampleScore({ at: n, threshold: n })]);
      await world.commit(warningOf(n));
      await settle();
      await wall(n * 0.25);
    }
    expect(slow.state.ended).toBe(false);
    expect(slow.sink.buffered()).toBeLessThanOrEqual(20_000);
    slow.drain();
    await settle();
    const warnings = Array.from({ length: 20 }, (_, i) => `${i + 1} ${String(i + 1).padStart(2, '0')}`);
    expect([slow.warnings(), quick.warnings()]).toEqual([warnings, warnings]);
    expect(slow.events.filter((e) => e.event === 'assets').length).toBeLessThan(quick.events.filter((e) => e.event === 'assets').length);
    expect(slow.events.findLast((e) => e.event === 'asset')?.data).toMatchObject({ detail: { summary: { asset: om, ignitionUsd: { value: 20e6 } } } });
    small.close();
  });
  it('ends a reader that takes nothing between two pings, and one whose buffer overflows', async () => {
    const small = await hubOf({ maxBuffered: 20_000 });
    const [hanging, fine] = [await open({}, small), await open({}, small)];
    hanging.state.stuck = true;
    for (let n = 1; n <= 10; n++) await world.commit(warningOf(n));
    await settle();
    await wall(15);
    expect(hanging.state.ended).toBe(false);
    await wall(30);
    expect([hanging.state.ended, fine.state.ended]).toEqual([true, false]);
    fine.state.stuck = true;
    await world.commit(warningOf(99, { reasons: Array.from({ length: 1_000 }, () => ({ code: 'ignited-at-zero' as const })) }));
    await settle();
    expect(fine.state.ended).toBe(true);
    expect(world.wall.nextTimer()).toBeUndefined();
    small.close();
  });
  it('takes in only so many, none after it was closed, and ends all at once', async () => {
    const readers = [await open(), await open(), await open(), await open()];
    const refused = { sink: (): StreamSink => { throw new Error('taken over all the same'); }, asset: undefined, after: undefined, status: () => { throw new Error('asked'); } };
    expect(await hub.open(refused)).toEqual({ ok: false, error: 'too-many-streams' });
    readers[0]?.sink.end();
    readers.push(await open());
    hub.close();
    expect(readers.every((r) => r.state.ended)).toBe(true);
    expect(await hub.open(refused)).toEqual({ ok: false, error: 'too-many-streams' });
    const text = await world.metrics.text();
    for (const line of ['breakwater_api_streams 0', 'breakwater_api_streams_ended_total{reason="reader"} 1', 'breakwater_api_streams_ended_total{reason="server"} 4']) expect(text).toContain(line);
  });
  it('reads on when the store could not be read', async () => {
    let failing = false;
    const journal = { checkpoint: world.journal.checkpoint.bind(world.journal), warnings: (after: number, limit: number) => (failing ? Promise.reject(new BreakwaterError('store-failed', 'away')) : world.journal.warnings(after, limit)) };
    const other = await hubOf({ journal });
    const one = await open({}, other);
    failing = true;
    await world.commit(warningOf(1));
    await settle();
    expect(one.warnings()).toEqual([]);
    failing = false;
    await wall(1);
    await settle();
    expect(one.warnings()).toEqual(['1 01']);
    other.close();
  });
});
