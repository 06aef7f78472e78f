import { describe, expect, it } from '@jest/globals';
import type { NetworkScore, ScoreMessage } from '@breakwater/contracts';
import { hawkesScore } from '@breakwater/contracts';
import { assetId, createRng, epochMs, ratio } from '@breakwater/models/core';
import { silentLog, type Log } from '@breakwater/platform/log';
import { branchingOf, isFittedAt } from './branching.ts';
import { createForcedEvents, type ForcedEvents } from './forced-events.ts';
import { createTickPublisher } from './tick-publisher.ts';
import { scoringDefaults } from './config.ts';

const t0 = 1_700_000_000_000;
const network = (value: number, half = 0.05): NetworkScore => ({ reproduction: { value: ratio(value), low: ratio(value - half), high: ratio(value + half), status: 'inferred' }, markets: [], links: [] });
const withEvents = (seconds: readonly number[]): ForcedEvents => {
  const forced = createForcedEvents();
  forced.listen(epochMs(t0));
  for (const time of seconds) forced.fold({ eventTime: epochMs(t0 + Math.round(time * 1_000)) });
  return forced;
};

describe('what liquidations say of the reproduction number', () => {
  // A sixth of an event a second over an hour, each setting off 0.7 more some two seconds after the next mark.
  const rng = createRng(4);
  const wait = (rate: number): number => -Math.log(1 - rng.next()) / rate;
  const born: number[] = [];
  for (let t = wait(0.05); t < 3_600; t += wait(0.05)) born.push(t);
  for (let i = 0; i < born.length; i++) for (let x = wait(1); x < 0.7; x += wait(1)) born.push((born[i] ?? NaN) + 1 + wait(0.5));
  const times = born.filter((t) => t < 3_600).sort((a, b) => a - b);
  const forced = withEvents(Array.from(times));
  const at = epochMs(t0 + 3_600_000);

  it('is the branching ratio with its band, and whether the engine says the same', () => {
    const agreeing = branchingOf(forced, at, network(0.7));
    expect(hawkesScore.safeParse(agreeing).success).toBe(true);
    expect(agreeing).toMatchObject({ events: times.length, disagreement: false, branching: { status: 'inferred' } });
    const { low, value, high } = agreeing?.branching ?? { low: NaN, value: NaN, high: NaN };
    expect(Math.abs(value - 0.7)).toBeLessThan(0.12);
    expect(low < 0.7 && 0.7 < high).toBe(true);
    expect(branchingOf(forced, at, network(0.1))?.disagreement).toBe(true);
    // Far apart, and the bands touch.
    expect(branchingOf(forced, at, network(0.25, 0.4))?.disagreement).toBe(false);
  });

  it('does not take the orders of one mark for each other\'s cause', () => {
    const draw = createRng(6);
    const clusters = Array.from({ length: 200 }, () => 3_598 * draw.next()).flatMap((t) => [0, 1, 2, 3, 4].map((k) => t + k / 1_000));
    const alone = branchingOf(withEvents(clusters.sort((a, b) => a - b)), at, network(0.7));
    expect(alone?.events).toBe(1_000);
    expect(alone?.branching.low).toBeLessThan(0.05);
    expect(alone?.branching.value).toBeLessThan(0.3);
  });

  it('is nothing without an engine\'s figure or with few events, and comes once in five minutes', () => {
    expect(branchingOf(forced, at, null)).toBeNull();
    expect(branchingOf(withEvents([1, 2, 3]), at, network(0.7))).toBeNull();
    const due = (asset: string): number[] => Array.from({ length: 600 }, (_, i) => t0 + i * 1_000).filter((time) => isFittedAt(assetId(asset), epochMs(time)));
    expect(['OM', 'ARB', 'TIA', 'BTC'].map((asset) => due(asset).length)).toEqual([2, 2, 2, 2]);
    expect(new Set(['OM', 'ARB', 'TIA', 'BTC', 'ETH', 'INJ'].map((asset) => (due(asset)[0] ?? 0) % 300_000)).size).toBeGreaterThan(2);
    for (const time of due('OM')) expect(time % 30_000).toBe(0);
  });

  it('is told to whoever runs the system when it begins to disagree, and when that is over', async () => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, warn: (text, fields) => void lines.push(`warn ${text} ${JSON.stringify(fields)}`), info: (text) => void lines.push(`info ${text}`) };
    const publisher = createTickPublisher({
      bus: { publish: () => undefined, publishDurable: async () => undefined } as never, series: { append: async () => undefined } as never, clock: { now: () => epochMs(t0), after: () => () => undefined }, log, config: { ...scoringDefaults, assets: [] },
    });
    const tell = async (reproduction: number): Promise<void> => {
      const score = { kind: 'score', asset: assetId('OM'), eventTime: at, markets: [], inputs: [], price: null, network: network(reproduction), hawkes: branchingOf(forced, at, network(reproduction)) } as unknown as ScoreMessage;
      await publisher.publish({ at, lagging: [], scores: [score], modelled: [[]] });
    };
    for (const reproduction of [0.7, 0.1, 0.1, 0.7, 0.7]) await tell(reproduction);
    expect(lines.map((line) => line.slice(0, 16))).toEqual(['warn model alarm', 'info model alarm']);
    expect(lines[0]).toContain('"asset":"OM"');
  });
});
