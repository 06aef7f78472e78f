import { describe, expect, it } from '@jest/globals';
import type { AssetMessage, GlobalMessage, ScoreMessage, SeriesDefinition, SnapshotMessage } from '@breakwater/contracts';
import { marketSnapshot, seriesCatalogue } from '@breakwater/contracts';
import { assetId, createRng, epochMs, price, ratio, sourceId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedDisk, type SimulatedDisk } from '@breakwater/platform/simulated';
import type { Journal, SeriesPoint } from '@breakwater/platform/store';
import { scoringDefaults } from './config.ts';
import { createScoring } from './scoring.ts';
import { book, instrument, ladder, rate, socket, ticker, transfer, watermark } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const levels = ladder(6, 150, 0.004, 20_000);

interface LifeOptions {
  readonly disk?: SimulatedDisk;
  readonly sources?: readonly string[];
  /** What the subscriber of scores does with a batch. */
  readonly onScores?: (batch: readonly ScoreMessage[]) => void | Promise<void>;
  /** Called before every write of checkpoints. */
  readonly onSave?: (names: readonly string[]) => void | Promise<void>;
  readonly startAt?: number;
  readonly early?: readonly AssetMessage[];
}

/** One life of the stage. The clock is not tied to the activity: a batch that is held is in flight the whole time. */
async function live(options: LifeOptions = {}) {
  const disk = options.disk ?? createSimulatedDisk({ rng: createRng(1) });
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(options.startAt ?? t0) });
  const bus = createMemoryBus({ activity, queueLimit: 1_000 });
  const store = disk.open();
  const journal: Journal = {
    ...store.journal,
    saveCheckpoints: async (values) => {
      await options.onSave?.(Object.keys(values));
      await store.journal.saveCheckpoints(values);
    },
  };
  const scores: ScoreMessage[] = [];
  const fatal: unknown[] = [];
  const snapshots: SnapshotMessage[] = [];
  bus.subscribe('snapshots', { group: 'test', handler: (batch) => void snapshots.push(...batch) });
  bus.subscribe('scores', {
    group: 'test', onError: () => undefined,
    handler: async (batch) => {
      await options.onScores?.(batch);
      scores.push(...batch);
    },
  });
  for (const message of options.early ?? []) bus.publish('assets', message);
  const scoring = createScoring({
    bus, journal, series: store.series, clock, activity, log: silentLog, config: { ...scoringDefaults, assets: [{ asset: om, float: 1e9 }] },
    sources: (options.sources ?? ['binance:perp']).map(sourceId), onFatal: (error) => fatal.push(error),
  });
  await scoring.start();
  /** Lets everything that needs no time happen. */
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const globals = async (...messages: readonly GlobalMessage[]): Promise<void> => {
    for (const message of messages) bus.publish('global', message);
    await turns();
  };
  const assets = async (...messages: readonly AssetMessage[]): Promise<void> => {
    for (const message of messages) bus.publish('assets', message);
    await turns();
  };
  /** Advances one second at a time, with turns for the bus between. */
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      await clock.advanceTo(epochMs(clock.now() + 1_000));
      await turns();
    }
  };
  const saved = async (): Promise<number | undefined> => {
    const text = await store.journal.checkpoint('scoring:OM');
    return text === undefined ? undefined : (JSON.parse(text) as { lastTick: number }).lastTick;
  };
  return { disk, activity, clock, bus, store, scoring, scores, snapshots, fatal, turns, globals, assets, pass, saved, times: () => scores.map((s) => s.eventTime - t0) };
}

const market = (venue: string, at = t0): AssetMessage[] => [instrument(venue, at), book(venue, at, levels.bids, levels.asks), ticker(venue, at, 6, 2_000_000)];
const figures = (score: ScoreMessage): unknown => ({ ...score, seq: 0, receivedAt: 0 });
/** A gate that holds whoever passes until it is opened. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('snapshots', () => {
  it('are published every 30 s of event time, say what the score was computed from, and are whole documents', async () => {
    const s = await live();
    await s.globals(rate('binance:perp', t0, 1));
    await s.assets(...market('binance'));
    for (let second = 1; second <= 65; second++) await s.globals(watermark('binance', t0 + second * 1_000));
    expect(s.snapshots.map((x) => x.eventTime - t0)).toEqual([1_000, 31_000, 61_000]);
    const [first] = s.snapshots;
    expect(first?.inputHash).toBe(s.scores[0]?.inputHash);
    expect(marketSnapshot.safeParse(JSON.parse(JSON.stringify(first?.document))).success).toBe(true);
    const [only] = first?.document.markets ?? [];
    // The levels that were given come first: the best to the digit, then as much of each as makers are taken to leave there.
    expect(only?.bids[0]).toEqual([levels.bids[0], levels.bids[1]]);
    expect(only?.bids.slice(1, 3).map(([price]) => price)).toEqual([levels.bids[2], levels.bids[4]]);
    for (const [, units] of only?.bids.slice(1, 3) ?? []) expect(units > 19_000 && units < 20_000).toBe(true);
    expect(only?.longTriggers?.length ?? 0).toBeGreaterThan(0);
    await s.scoring.stop();
  });
});

describe('ticks of the stage', () => {
  it('publish one score each, once the source has passed, and not before', async () => {
    const s = await live();
    await s.globals(rate('binance:perp', t0, 1));
    await s.assets(...market('binance'));
    await s.pass(5);
    expect(s.scores).toEqual([]);
    await s.globals(watermark('binance', t0 + 999));
    expect(s.times()).toEqual([0]);
    await s.globals(watermark('binance', t0 + 1_999), watermark('binance', t0 + 2_400));
    await s.globals(watermark('binance', t0 + 3_000));
    expect(s.times()).toEqual([0, 2_000, 3_000]);
    expect(s.scores.map((x) => x.seq)).toEqual([0, 1, 2]);
    expect(s.scores[0]?.price?.value).toBeCloseTo(5.998, 9);
    expect(await s.saved()).toBe(t0 + 3_000);
    const points = await s.store.series.range('price', { asset: 'OM' }, epochMs(0), epochMs(t0 + 10_000));
    expect(points.map((p) => p.time - t0)).toEqual([0, 2_000, 3_000]);
    await s.scoring.stop();
  });

  it('wait for every source, but not for one that is down', async () => {
    const s = await live({ sources: ['binance:perp', 'bybit:perp'] });
    await s.globals(rate('binance:perp', t0, 1));
    await s.assets(...market('binance'));
    await s.globals(watermark('binance', t0 + 1_000));
    expect(s.scores).toEqual([]);
    await s.globals(socket('bybit', t0 + 500, 'down'));
    expect(s.times()).toEqual([1_000]);
    // Back with its first watermark: it is waited for again.
    await s.globals(watermark('bybit', t0 + 1_500), watermark('binance', t0 + 2_000));
    expect(s.times()).toEqual([1_000]);
    await s.globals(watermark('bybit', t0 + 2_000));
    expect(s.times()).toEqual([1_000, 2_000]);
    await s.scoring.stop();
  });

  it('are forced by the clock when a source lags, though not while sources are starting', async () => {
    const s = await live({ sources: ['binance:perp', 'bybit:perp'] });
    await s.assets(...market('binance'));
    await s.globals(watermark('binance', t0 + 500));
    await s.pass(9);
    expect(s.scores).toEqual([]);
    await s.pass(3);
    expect(s.times()).toEqual([9_000, 10_000, 11_000]);
    expect(s.scoring.stats().forced).toBe(3);
    await s.scoring.stop();
  });

  it('are not held up by what was published before the stage subscribed', async () => {
    const s = await live({ early: market('okx') });
    await s.assets(...market('binance'));
    await s.globals(watermark('binance', t0 + 1_000));
    expect(s.scores.map((x) => x.markets.length)).toEqual([1]);
    await s.scoring.stop();
  });
});

describe('a watermark that overtakes the data published before it', () => {
  it('makes no tick without that data, neither when nothing is under way nor during another tick', async () => {
    const scoresGate = gate();
    const journalGate = gate();
    let isGated = false;
    const s = await live({
      onScores: (batch) => (batch[0]?.eventTime === t0 + 2_000 ? scoresGate.opened : undefined),
      onSave: (names) => (isGated && names.some((name) => name.startsWith('scoring:transfers')) ? journalGate.opened : undefined),
    });
    await s.globals(rate('binance:perp', t0, 1));
    // Published in one turn: the queues of the two topics are independent.
    for (const message of market('binance')) s.bus.publish('assets', message);
    await s.globals(watermark('binance', t0 + 1_000));
    expect(s.scores[0]?.price?.value).toBeCloseTo(5.998, 9);
    await s.globals(watermark('binance', t0 + 2_000));
    expect(s.times()).toEqual([1_000]);
    // The tick at 2 s is being handled. A transfer holds the assets queue up; behind it the best bid goes, then the watermark of 3 s comes.
    isGated = true;
    s.bus.publish('assets', transfer('0x1', t0 + 2_100, 500_000));
    await s.turns();
    s.bus.publish('assets', book('binance', t0 + 2_500, [5.998, 0], [], false));
    await s.globals(watermark('binance', t0 + 3_000));
    scoresGate.open();
    await s.turns();
    expect(s.times()).toEqual([1_000, 2_000]);
    journalGate.open();
    await s.turns();
    expect(s.times()).toEqual([1_000, 2_000, 3_000]);
    expect(s.scores[2]?.price?.value).toBeCloseTo(5.994, 9);
    expect(s.scores[2]?.deposits.horizon.count).toBe(1);
    await s.scoring.stop();
  });
});

describe('what survives', () => {
  it('is saved only when the scores have been taken', async () => {
    const held = gate();
    const s = await live({ onScores: () => held.opened });
    await s.assets(...market('binance'));
    await s.globals(watermark('binance', t0 + 1_000));
    expect(await s.saved()).toBeUndefined();
    held.open();
    await s.turns();
    expect(await s.saved()).toBe(t0 + 1_000);
    await s.scoring.stop();
  });

  it('has the points of every tick that is saved', async () => {
    const saving: (readonly [number, number])[] = [];
    const s = await live({
      onSave: async (names) => {
        if (names.includes('scoring:OM')) saving.push([s.scores.at(-1)?.eventTime ?? 0, (await s.store.series.range('price', { asset: 'OM' }, epochMs(0), epochMs(t0 + 60_000))).at(-1)?.time ?? 0]);
      },
    });
    await s.globals(rate('binance:perp', t0, 1));
    await s.assets(...market('binance'));
    await s.globals(watermark('binance', t0 + 1_000));
    await s.globals(watermark('binance', t0 + 2_000));
    expect(saving).toEqual([[t0 + 1_000, t0 + 1_000], [t0 + 2_000, t0 + 2_000]]);
    await s.scoring.stop();
  });

  it('lets a restart go on after the last saved tick, repeating none', async () => {
    const first = await live();
    await first.assets(...market('binance'));
    for (const at of [1_000, 2_000]) await first.globals(watermark('binance', t0 + at));
    await first.scoring.stop();
    await first.store.close();
    const second = await live({ disk: first.disk, startAt: t0 + 2_500 });
    await second.assets(...market('binance'));
    await second.globals(watermark('binance', t0 + 2_000));
    expect(second.scores).toEqual([]);
    await second.globals(watermark('binance', t0 + 3_000));
    expect([...first.times(), ...second.times()]).toEqual([1_000, 2_000, 3_000]);
    await second.scoring.stop();
  });

  it('has every transfer that was acknowledged, in whatever state it is', async () => {
    const first = await live();
    await first.assets(...market('binance'));
    await first.globals(watermark('binance', t0 + 1_000));
    await first.bus.publishDurable('assets', [transfer('0x1', t0 + 1_500, 900_000), transfer('0x2', t0 + 1_600, 100_000)]);
    await first.bus.publishDurable('assets', [transfer('0x2', t0 + 1_600, 100_000, { state: 'reverted' }), transfer('0x3', t0 + 1_700, 7)]);
    first.disk.crash();
    const second = await live({ disk: first.disk, startAt: t0 + 1_900 });
    await second.assets(...market('binance'));
    await second.globals(watermark('binance', t0 + 2_000));
    expect(second.scores[0]?.deposits.horizon).toMatchObject({ units: 900_007, count: 2 });
    // Once more, although it was folded and saved.
    await second.scoring.stop();
    await second.store.close();
    const third = await live({ disk: first.disk, startAt: t0 + 2_900 });
    await third.assets(...market('binance'));
    await third.globals(watermark('binance', t0 + 3_000));
    expect(third.scores[0]?.deposits.horizon).toMatchObject({ units: 900_007, count: 2 });
    await third.scoring.stop();
  });

  it('does not call a transfer reverted that was mined again, after a restart either', async () => {
    const first = await live();
    await first.assets(...market('binance'));
    const states = [transfer('0x1', t0 + 100, 900_000), transfer('0x1', t0 + 100, 900_000, { state: 'reverted' }), transfer('0x1', t0 + 300, 900_000)];
    for (const [i, state] of states.entries()) {
      await first.bus.publishDurable('assets', [state]);
      await first.globals(watermark('binance', t0 + (i + 1) * 1_000));
    }
    expect(first.scores.map((s) => [s.deposits.day.count, s.reverted?.length])).toEqual([[1, 0], [0, 1], [1, 0]]);
    first.disk.crash();
    const second = await live({ disk: first.disk, startAt: t0 + 3_500 });
    await second.assets(...market('binance'));
    await second.globals(watermark('binance', t0 + 4_000));
    expect(second.scores.map((s) => [s.deposits.day.count, s.reverted?.length])).toEqual([[1, 0]]);
    await second.scoring.stop();
  });

  it('makes a crash between publishing and saving repeat the tick with equal figures', async () => {
    const disk = createSimulatedDisk({ rng: createRng(1) });
    const feed = [...market('binance'), book('binance', t0 + 1_200, [5.998, 5], [], false)];
    const first = await live({ disk, onScores: (batch) => (batch[0]?.eventTime === t0 + 2_000 ? disk.crash() : undefined) });
    await first.globals(rate('binance:perp', t0, 1));
    await first.assets(...feed);
    await first.bus.publishDurable('assets', [transfer('0x1', t0 + 500, 900_000)]);
    await first.globals(watermark('binance', t0 + 1_000));
    await first.globals(watermark('binance', t0 + 2_000));
    expect(first.times()).toEqual([1_000, 2_000]);
    const second = await live({ disk, startAt: t0 + 2_500 });
    await second.globals(rate('binance:perp', t0, 1));
    await second.assets(...feed);
    await second.globals(watermark('binance', t0 + 2_000));
    expect(second.times()).toEqual([2_000]);
    expect(second.scores.map(figures)).toEqual(first.scores.slice(1).map(figures));
    await second.scoring.stop();
  });
});

describe('a disk that fails', () => {
  it('holds ticks and acknowledgements until it works again; then nothing is lost and nothing out of order', async () => {
    const s = await live();
    await s.globals(rate('binance:perp', t0, 1));
    await s.assets(...market('binance'));
    s.disk.setFaults({ failBefore: 1 });
    await s.globals(watermark('binance', t0 + 1_000));
    let acknowledged = false;
    const sent = s.bus.publishDurable('assets', [transfer('0x1', t0 + 1_100, 900_000)]).then(() => (acknowledged = true));
    for (let at = 2_000; at <= 20_000; at += 1_000) {
      s.bus.publish('assets', book('binance', t0 + at - 500, [5.998, at], [], false));
      await s.globals(watermark('binance', t0 + at));
      await s.pass(1);
    }
    expect(s.times()).toEqual([1_000]);
    expect(acknowledged).toBe(false);
    expect(await s.saved()).toBeUndefined();
    s.disk.setFaults({ failBefore: 0 });
    await s.pass(40);
    await sent;
    const times = s.times();
    expect(times.length).toBeGreaterThan(1);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    // All that was held is folded by the first tick after it: the deposit, and the last change of the book.
    const after = s.scores.find((x) => x.eventTime >= t0 + 20_000);
    expect(after?.deposits.horizon.count).toBe(1);
    const whole = await live({ startAt: t0 + 20_000 });
    await whole.globals(rate('binance:perp', t0, 1));
    await whole.assets(...market('binance'), book('binance', t0 + 19_500, [5.998, 20_000], [], false));
    await whole.globals(watermark('binance', (after?.eventTime ?? 0)));
    expect(after?.markets).toEqual(whole.scores[0]?.markets);
    expect(s.fatal).toEqual([]);
    await s.scoring.stop();
    await whole.scoring.stop();
  });

  it('write every series of the catalogue but those of alerting, with its labels, and no other', async () => {
    const disk = createSimulatedDisk({ rng: createRng(1) });
    const written: SeriesPoint[] = [];
    /** Scores what is there at `at` at some seconds after it. */
    const life = async (at: number, seconds: readonly number[], ...more: readonly AssetMessage[]): Promise<void> => {
      const s = await live({ disk, startAt: at });
      Object.assign(s.store.series, { append: async (points: readonly SeriesPoint[]) => void written.push(...points) });
      await s.globals(rate('binance:perp', at, 1));
      await s.assets(...market('binance', at).map((message) => (message.kind === 'ticker' ? { ...message, index: price(5.9), fundingRate: ratio(-0.0002) } : message)), ...more);
      for (const second of seconds) {
        // No further ahead of the clock than is believed.
        if (second > 5) await s.pass(second - 5);
        await s.globals(watermark('binance', at + second * 1_000));
      }
      await s.scoring.stop();
      await s.store.journal.close();
    };
    const day = 86_400_000;
    await life(t0, [1, 4]);
    await life(t0 + day - 10_000, [1, 10], transfer('0x1', t0 + day - 9_500, 100_000));
    const labelsOf = (names: (point: SeriesPoint) => readonly string[]): Record<string, readonly string[]> => Object.fromEntries(written.map((point) => [point.series, names(point)]));
    const catalogue: Readonly<Record<string, SeriesDefinition>> = seriesCatalogue;
    // Those of the tail want an hour of prices, those of branching fifty liquidations, and those of holders, reserves and settlement a chain: `series-points.test.ts`, `part-points.test.ts`.
    const elsewhere = /^(value_at_risk|expected_shortfall|cascade_shortfall|tail_index|branching_ratio|holders|supply_units|effective_float|unlock_overhang|deposit_risk|owner_deposits|reserve_|settlement_|rescue_|producers_)/;
    const own = Object.entries(catalogue).filter(([name, { pace }]) => pace !== 'revision' && !elsewhere.test(name));
    expect(labelsOf(({ labels }) => Object.keys(labels))).toEqual(Object.fromEntries(own.map(([name, { labels }]) => [name, labels])));
    // Those of a market, and what follows from other figures, come at whole multiples of ten seconds alone, curves and maps at those of thirty.
    const timesOf = (...paces: readonly SeriesDefinition['pace'][]): Set<number> => new Set(written.filter(({ series }) => paces.includes(catalogue[series]?.pace ?? 'revision')).map(({ time }) => time - t0));
    expect(timesOf('score')).toEqual(new Set([1_000, 4_000, day - 9_000, day]));
    expect(timesOf('coarse')).toEqual(new Set([day]));
    expect(timesOf('shape')).toEqual(new Set([day]));
    const valueOf = (name: string): number => written.find(({ series }) => series === name)?.value ?? NaN;
    expect(valueOf('market_funding')).toBe(-0.0002);
    expect(valueOf('market_basis')).toBeCloseTo(5.998 / 5.9 - 1, 9);
    expect(valueOf('issuer_float_share')).toBe(100_000 / 1e9);
    for (const [name, { band }] of own) {
      if (band === undefined) continue;
      for (const { time, labels, value } of written.filter(({ series }) => series === name)) {
        const at = (series: string): number => written.find((point) => point.series === series && point.time === time && JSON.stringify(point.labels) === JSON.stringify(labels))?.value ?? value;
        expect(at(band.low)).toBeLessThanOrEqual(value);
        expect(at(band.high)).toBeGreaterThanOrEqual(value);
      }
    }
  });

  it('of series alone delays no score', async () => {
    const s = await live();
    const { series } = s.store;
    Object.assign(series, { append: () => Promise.reject(new Error('series away')) });
    await s.assets(...market('binance'));
    await s.globals(watermark('binance', t0 + 1_000));
    await s.globals(watermark('binance', t0 + 2_000));
    expect(s.times()).toEqual([1_000, 2_000]);
    expect(await s.saved()).toBe(t0 + 2_000);
    await s.scoring.stop();
  });
});

describe('the end of the stage', () => {
  it('comes at once and leaves nothing pending, also with a disk that fails; what was not stored is not acknowledged', async () => {
    const s = await live();
    await s.assets(...market('binance'));
    s.disk.setFaults({ failBefore: 1 });
    await s.globals(watermark('binance', t0 + 1_000));
    const sent = s.bus.publishDurable('assets', [transfer('0x1', t0 + 1_100, 900_000)]);
    const outcome = expect(sent).rejects.toMatchObject({ code: 'aborted' });
    await s.pass(10);
    await s.scoring.stop();
    await outcome;
    await s.turns();
    expect(s.clock.nextTimer()).toBeUndefined();
    expect(s.activity.pending()).toEqual([]);
    expect(s.fatal).toEqual([]);
    const before = s.times();
    await s.globals(watermark('binance', t0 + 20_000));
    await s.pass(30);
    expect(s.times()).toEqual(before);
  });

  it('is asked for once when scores are not taken, and no later tick is saved', async () => {
    const s = await live({ onScores: (batch) => (batch[0]?.eventTime === t0 + 2_000 ? Promise.reject(new Error('not taken')) : undefined) });
    await s.assets(...market('binance'));
    for (const at of [1_000, 2_000, 3_000, 4_000]) await s.globals(watermark('binance', t0 + at));
    await s.pass(30);
    expect(s.fatal).toHaveLength(1);
    expect(await s.saved()).toBe(t0 + 1_000);
    await s.scoring.stop();
  });
});
