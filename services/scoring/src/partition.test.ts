import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage, TickDueMessage } from '@breakwater/contracts';
import { assetId, createRng, epochMs, sourceId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { OpenedPartition, PartitionMessage } from '@breakwater/platform/bus';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog, type Log } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import type { StateStore } from '@breakwater/platform/state';
import { createMemoryStates } from '@breakwater/platform/state/memory';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { openPartition, type ScoredPartition } from './partition.ts';
import { createScoring } from './scoring.ts';
import type { Computed } from './compute-score.ts';
import { book, instrument, ladder, rate, ticker, transfer, watermark } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const levels = ladder(6, 60, 0.004, 20_000);
const market = (venue: string, at = t0): PartitionMessage[] => [instrument(venue, at), book(venue, at, levels.bids, levels.asks), ticker(venue, at, 6, 2_000_000)];

/** A worker on a log that is an array, with its own clock; what it says is written down. */
async function worker(log: PartitionMessage[], options: { readonly states?: StateStore; readonly config?: Partial<ScoringConfig>; readonly opened?: Partial<OpenedPartition>; readonly at?: number; readonly sources?: readonly string[]; readonly log?: Log } = {}) {
  const clock = createSimulatedClock({ start: epochMs(options.at ?? t0) });
  const told: Computed[] = [];
  const asked: TickDueMessage[] = [];
  const states = options.states ?? createMemoryStates();
  const reader: ScoredPartition = await openPartition({
    clock, states, log: options.log ?? silentLog, config: { ...scoringDefaults, assets: [{ asset: om, float: 1e9 }], ...options.config }, sources: (options.sources ?? ['binance:perp', 'bybit:perp']).map(sourceId), startedAt: clock.now(), startGraceMs: 3_000,
    publisher: { publish: async ({ scores }) => void told.push(...scores), published: () => told.length },
    bus: { publish: (_, message) => (message.kind === 'tick.due' ? void asked.push(message) : undefined) },
  }, { partition: 3, holds: () => true, handled: undefined, kept: { from: 0, until: log.length }, ...options.opened });
  let position = reader.from ?? options.opened?.kept?.from ?? 0;
  const read = async (until = log.length): Promise<void> => {
    await reader.handler(log.slice(position, until), until);
    position = until;
  };
  const pass = async (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  return { reader, read, pass, told, asked, states, clock, times: () => told.map(({ eventTime }) => eventTime - t0) };
}

describe('a tick that waits no longer', () => {
  it('is asked for in the log, once, is made where it is read there, and is the same for whoever reads the log again', async () => {
    const log = [rate('binance:perp', t0, 1), ...market('binance'), watermark('binance', t0 + 500)];
    const first = await worker(log);
    await first.read();
    await first.pass(2_900);
    expect(first.asked).toEqual([]);
    await first.pass(150);
    expect(first.asked.map(({ kind, eventTime, asset }) => [kind, eventTime - t0, asset])).toEqual([['tick.due', 2_000, 'OM']]);
    await first.pass(300);
    // The next one is due a second later, and this one is not asked for again.
    expect(first.asked.map(({ eventTime }) => eventTime - t0)).toEqual([2_000, 3_000]);
    await first.pass(600);
    expect(first.asked).toHaveLength(2);
    expect(first.told).toEqual([]);
    // The source that lags comes before the request in the log: what it says counts.
    log.push(...market('bybit', t0 + 100), ...first.asked, book('binance', t0 + 1_500, [5.998, 0], [], false));
    await first.read();
    expect(first.times()).toEqual([2_000, 3_000]);
    expect(first.told[0]?.markets).toHaveLength(2);
    expect(first.reader.stats().forced).toBe(2);
    log.push(watermark('binance', t0 + 5_000), watermark('bybit', t0 + 5_000));
    await first.read();
    // Asked for again by one who did not know: done already.
    log.push(...first.asked);
    await first.read();
    expect(first.times()).toEqual([2_000, 3_000, 5_000]);
    const second = await worker(log, { at: t0 + 60_000, config: { catchUpMs: Infinity } });
    await second.read();
    expect(second.told).toEqual(first.told);
  });
});

describe('a source whose process died', () => {
  const due = (at: number): TickDueMessage => ({ kind: 'tick.due', source: sourceId('scoring.ticks'), seq: 0, eventTime: epochMs(at), receivedAt: epochMs(at), asset: om });
  /** Binance is not heard of after the first second. */
  const died = [rate('binance:perp', t0, 1), ...market('binance'), ...market('bybit'), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
  const later = (at: number): PartitionMessage[] => [rate('bybit:perp', t0 + at - 1, 1), watermark('bybit', t0 + at), due(t0 + at)];
  const bookOf = (score: Computed | undefined, venue: string): unknown => score?.inputs.find(({ name }) => name === `book.${venue}:perp:OMUSDT`)?.status;

  it('has stale books as soon as its watermark is old, in no centre and no pessimistic end, until it speaks again', async () => {
    const log: PartitionMessage[] = [...died, ...later(61_000), ...later(62_000)];
    const one = await worker(log, { config: { catchUpMs: Infinity } });
    await one.read();
    expect(one.told.map((score) => [score.eventTime - t0, bookOf(score, 'binance'), bookOf(score, 'bybit')])).toEqual([[1_000, 'exact', 'exact'], [61_000, 'exact', 'exact'], [62_000, 'stale', 'exact']]);
    const [, before, after] = one.told;
    const depth = (score: Computed | undefined): number => score?.depth2pctUsd ?? NaN;
    expect(depth(after)).toBeCloseTo(depth(before) / 2, 3);
    expect(after?.ignitionUsd?.value ?? NaN).toBeLessThan(before?.ignitionUsd?.value ?? NaN);
    log.push(watermark('binance', t0 + 63_000), watermark('bybit', t0 + 63_000));
    await one.read();
    expect(bookOf(one.told[3], 'binance')).toBe('exact');
    // Another worker that reads the same log says the same, from wherever it begins.
    const states = createMemoryStates();
    const cut = await worker(log, { states, config: { catchUpMs: Infinity } });
    await cut.read(died.length + 1);
    await cut.reader.close('stopped');
    const next = await worker(log, { states, config: { catchUpMs: Infinity } });
    await next.read();
    expect([...cut.told, ...next.told]).toEqual(one.told);
    // The figures differ, so the hash does: it has what they come from.
    const fresh = await worker([...died, ...later(61_000), watermark('binance', t0 + 62_000), ...later(62_000)], { config: { catchUpMs: Infinity } });
    await fresh.read();
    expect(fresh.told.map(({ inputHash }) => inputHash === after?.inputHash)).toEqual([false, false, false]);
    expect(fresh.told[1]).toEqual(before);
  });
});

describe('a deposit that was reverted', () => {
  it('is told by the next worker where the last one skipped the tick of it and told nothing after', async () => {
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), transfer('0x1', t0 + 400, 900_000), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
    const states = createMemoryStates();
    const first = await worker(log, { states });
    await first.read();
    await first.reader.close('stopped');
    log.push(transfer('0x1', t0 + 400, 900_000, { state: 'reverted' }), watermark('binance', t0 + 2_000), watermark('bybit', t0 + 2_000));
    const skipped = log.length;
    const second = await worker(log, { states, at: t0 + 90_000 });
    await second.read();
    expect(second.told).toEqual([]);
    log.push(rate('binance:perp', t0 + 89_000, 1), watermark('binance', t0 + 90_000), watermark('bybit', t0 + 90_000));
    // What the second read is handled, and it died before it wrote down what it held.
    const third = await worker(log, { states, at: t0 + 91_000, opened: { handled: skipped } });
    await third.read(skipped);
    await third.read();
    expect(third.told.map(({ eventTime, reverted }) => [eventTime - t0, reverted?.map(({ tx }) => tx)])).toEqual([[90_000, ['0x1']]]);
  });
});

describe('a worker that is far behind', () => {
  it('tells only what it had to compute until it has caught up, and then what one tells that was never behind', async () => {
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), ...market('bybit')];
    for (let second = 10; second <= 400; second += 10) {
      log.push(book('binance', t0 + second * 1_000 - 300, [5.99 + (second % 7) / 1_000, 1_000 + second], [], false));
      if (second === 200) log.push(transfer('0x1', t0 + 199_500, 900_000));
      if (second === 210) log.push(transfer('0x1', t0 + 199_500, 900_000, { state: 'reverted' }));
      log.push(watermark('binance', t0 + second * 1_000), watermark('bybit', t0 + second * 1_000));
    }
    const behind = await worker(log, { at: t0 + 402_000, config: { catchUpMs: 25_000, tickEveryMs: 10_000 } });
    await behind.read();
    // The first moment of each five minutes is remembered, and the last three ticks are young enough.
    expect(behind.times()).toEqual([10_000, 300_000, 380_000, 390_000, 400_000]);
    expect(behind.told[1]?.reverted?.map(({ tx }) => tx)).toEqual(['0x1']);
    const steady = await worker(log, { config: { catchUpMs: Infinity, tickEveryMs: 10_000 } });
    await steady.read(log.length - 9);
    const before = steady.told.length;
    await steady.read();
    expect(behind.told.slice(-3)).toEqual(steady.told.slice(before));
  }, 120_000);
});

describe('what a worker finds', () => {
  it('has markets without their books when the log does not reach back to it, and deposits and what was remembered', async () => {
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), transfer('0x1', t0 + 400, 900_000), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
    const first = await worker(log);
    await first.read();
    await first.reader.close('stopped');
    log.push(rate('binance:perp', t0 + 1_500, 1), ...market('bybit', t0 + 1_600), watermark('binance', t0 + 2_000), watermark('bybit', t0 + 2_000));
    const whole = await worker(log, { states: first.states });
    await whole.read();
    const cut = await worker(log, { states: first.states, opened: { kept: { from: log.length - 5, until: log.length } } });
    await cut.read();
    const seen = ({ told }: typeof whole): unknown => told.map(({ markets, deposits, eventTime }) => [eventTime - t0, markets.map(({ venue, price: at }) => [venue, at]), deposits.day.count]);
    expect(seen(whole)).toEqual([[2_000, [['binance', 5.998], ['bybit', 5.998]], 1]]);
    expect(seen(cut)).toEqual([[2_000, [['binance', null], ['bybit', 5.998]], 1]]);
    expect(cut.told[0]?.inputs.filter(({ name }) => name.includes('binance')).map(({ name, status }) => [name, status])).toEqual([
      ['book.binance:perp:OMUSDT', 'missing'], ['openInterest.binance:perp:OMUSDT', 'missing'], ['mark.binance:perp:OMUSDT', 'missing'], ['positions.binance:perp:OMUSDT', 'missing'],
    ]);
    // Its venue does not define the market again, and its next book is one.
    log.push(book('binance', t0 + 2_500, [5.99, 1_000], [6.01, 1_000]), watermark('binance', t0 + 3_000), watermark('bybit', t0 + 3_000));
    await cut.read();
    expect(cut.told[1]?.markets.map(({ venue, price: at }) => [venue, at])).toEqual([['binance', 5.99], ['bybit', 5.998]]);
  });

  it('waits for no source that the config has no more, and has none of its markets', async () => {
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), ...market('okx'), watermark('okx', t0 + 1_000), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
    const first = await worker(log, { sources: ['binance:perp', 'bybit:perp', 'okx:perp'] });
    await first.read();
    await first.reader.close('stopped');
    log.push(watermark('binance', t0 + 2_000), watermark('bybit', t0 + 2_000));
    const next = await worker(log, { states: first.states });
    await next.read();
    const venues = ({ told }: typeof next): unknown => told.map(({ eventTime, markets, inputs }) => [eventTime - t0, markets.map(({ venue }) => venue), inputs.filter(({ name }) => name.startsWith('book.')).length]);
    expect([venues(first), venues(next), next.reader.stats().forced]).toEqual([[[1_000, ['binance', 'okx'], 2]], [[2_000, ['binance'], 1]], 0]);
  });

  it('says so when an asset is not in it, whose definitions nobody may send before the next hour', async () => {
    const said: unknown[] = [];
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
    const states = createMemoryStates();
    const errors = { ...silentLog, error: (text: string, fields?: object) => void said.push([text, fields]) };
    const first = await worker(log, { states, log: errors });
    await first.read();
    await first.reader.close('stopped');
    await worker(log, { states, log: errors });
    expect(said).toEqual([]);
    await worker(log, { states, log: errors, config: { assets: [{ asset: om, float: 1e9 }, { asset: assetId('ARB') }] } });
    expect(said).toEqual([['asset not in the state of its partition: scored when its venues define their markets again', { partition: 3, asset: 'ARB' }]]);
  });

  it('is not used when it is of another log, or unreadable to this version', async () => {
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
    const states = createMemoryStates();
    await states.save(3, { position: 99, text: JSON.stringify({ form: 1 }) });
    expect((await worker(log, { states })).reader.from).toBeUndefined();
    await states.save(3, { position: 2, text: JSON.stringify({ form: 'older' }) });
    expect((await worker(log, { states })).reader.from).toBeUndefined();
  });

  it('is written by nobody whose batch was cut in the middle', async () => {
    const states = createMemoryStates();
    const log: PartitionMessage[] = [rate('binance:perp', t0, 1), ...market('binance'), watermark('binance', t0 + 1_000), watermark('bybit', t0 + 1_000)];
    const reader = await openPartition({
      clock: createSimulatedClock({ start: epochMs(t0) }), states, log: silentLog, config: { ...scoringDefaults, assets: [{ asset: om }] }, sources: [], startedAt: epochMs(t0), startGraceMs: 0, bus: { publish: () => undefined },
      publisher: { publish: () => Promise.reject(new Error('away')), published: () => 0 },
    }, { partition: 0, holds: () => true, handled: undefined, kept: { from: 0, until: log.length } });
    await expect(reader.handler(log, log.length)).rejects.toThrow('away');
    await reader.close('stopped');
    expect(await states.newest(0)).toBeUndefined();
  });
});

describe('the stage with partitions', () => {
  it('goes on after an orderly end with the books it had, although nobody sends them again', async () => {
    const activity = createActivity();
    const clock = createSimulatedClock({ start: epochMs(t0) });
    const states = createMemoryStates();
    const scores: ScoreMessage[] = [];
    const bus = createMemoryBus({ activity, queueLimit: 1_000 });
    bus.subscribe('scores', { group: 'test', handler: (batch) => void scores.push(...batch) });
    const store = createSimulatedDisk({ rng: createRng(1) }).open();
    const fatal: unknown[] = [];
    const stage = () => createScoring({
      bus, states, journal: store.journal, series: store.series, clock, activity, log: silentLog, config: { ...scoringDefaults, assets: [{ asset: om, float: 1e9 }] }, sources: [sourceId('binance:perp')], onFatal: (error) => fatal.push(error),
    });
    const send = async (...messages: readonly PartitionMessage[]): Promise<void> => {
      for (const message of messages) {
        if (message.kind === 'rate' || message.kind === 'watermark' || message.kind === 'feed.health' || message.kind === 'rate.cross') bus.publish('global', message);
        else bus.publish('assets', message);
      }
      await bus.idle();
    };
    const first = stage();
    await first.start();
    await send(rate('binance:perp', t0, 1), ...market('binance'), watermark('binance', t0 + 1_000));
    await first.stop();
    const second = stage();
    await second.start();
    await send(book('binance', t0 + 1_500, [5.998, 0], [], false), watermark('binance', t0 + 2_000));
    await second.stop();
    expect(scores.map(({ eventTime, price: at }) => [eventTime - t0, at?.value])).toEqual([[1_000, 5.998], [2_000, 5.994]]);
    expect([first.stats().scores, second.stats().scores, fatal]).toEqual([1, 1, []]);
    expect((await store.series.range('price', { asset: 'OM' }, epochMs(0), epochMs(t0 + 10_000))).length).toBe(2);
    await bus.close();
  });
});
