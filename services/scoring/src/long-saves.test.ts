import { describe, expect, it } from '@jest/globals';
import type { AssetMessage } from '@breakwater/contracts';
import { assetId, createRng, epochMs, hash32, sourceId } from '@breakwater/models/core';
import type { Computed } from './compute-score.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { readSaved } from './long-saves.ts';
import { createScorer, type Scorer } from './scorer.ts';
import { book, instrument, ladder, liquidation, rate, ticker, trade, watermark } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const tickMs = 60_000;
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: om }], tickEveryMs: tickMs };
const venues = ['binance', 'bybit'] as const;

/** What the venues say within the step that ends at tick `n`: whoever subscribes anew is told the same. */
function stepOf(n: number): readonly AssetMessage[] {
  const at = t0 + n * tickMs;
  return venues.flatMap((venue) => {
    const rng = createRng(3).fork(`${venue} ${String(n)}`);
    const mid = 6 * Math.exp(0.01 * Math.sin(n / 7) + 0.001 * rng.normal());
    const { bids, asks } = ladder(mid, 30, 0.02, 50_000);
    return [
      book(venue, at, bids, asks), ticker(venue, at, mid, 2_000_000 + 1_000 * n), trade(venue, at, mid, 1_000 + rng.int(9_000), rng.chance(0.5) ? 'buy' : 'sell'),
      ...(rng.chance(0.3) ? [liquidation(venue, at, mid, 100 + rng.int(900))] : []),
    ];
  });
}

/** A life from what was stored, which takes its steps from `first` on; gives every score. */
function begin(saved: Awaited<ReturnType<typeof readSaved>>): Scorer {
  const scorer = createScorer(config, epochMs(t0), { startGraceMs: 0 });
  scorer.watch({ asset: om }, saved);
  for (const venue of venues) {
    scorer.aligner.expect(sourceId(`${venue}:perp`));
    scorer.push(instrument(venue, t0));
  }
  scorer.push(rate('binance:perp', t0, 1));
  return scorer;
}
const take = (scorer: Scorer, n: number): readonly Computed[] => {
  for (const message of stepOf(n)) scorer.push(message);
  for (const venue of venues) scorer.push(watermark(venue, t0 + n * tickMs));
  return scorer.due(epochMs(0))?.scores ?? [];
};
/** Each field by a hash of it. Ages are left out, which are the time since a life began, and the last hour of liquidations, which is not kept. */
const told = (scores: readonly Computed[]): readonly (readonly [field: string, hash: number])[] => scores.flatMap((score) => Object.entries(score).filter(([field]) => field !== 'liquidations')
  .map(([field, value]) => [field, hash32(JSON.stringify(value, (key, inner: unknown) => (key === 'ageMs' ? undefined : inner)))] as const));

describe('what survives of an asset', () => {
  it('gives the scores of a life without an end, tails and positions included, and is written as it changes', async () => {
    const whole = begin(undefined);
    const store = new Map<string, string>();
    const writes = new Map<string, number>();
    let scorer = begin(undefined);
    let [lives, tails, largest] = [1, 0, 0];
    for (let n = 1; n <= 100; n++) {
      const expected = take(whole, n);
      let scores = take(scorer, n);
      // Dies with the tick in hand: it is told again by the next life, whose venues repeat the step.
      if (n % 13 === 0) {
        scorer = begin(await readSaved(om, async (name) => store.get(name)));
        lives++;
        scores = take(scorer, n);
      }
      expect([n, told(scores)]).toEqual([n, told(expected)]);
      if (scores.some(({ tail }) => tail !== null && tail !== undefined)) tails++;
      store.set('scoring:OM', JSON.stringify(scorer.save(om, epochMs(t0 + n * tickMs))));
      largest = Math.max(largest, store.get('scoring:OM')?.length ?? 0);
      for (const [name, value] of Object.entries(scorer.saveLong(om))) {
        store.set(name, JSON.stringify(value));
        writes.set(name, (writes.get(name) ?? 0) + 1);
      }
      // Dies after it has stored: the step that is repeated counts once.
      if (n % 17 === 0) {
        scorer = begin(await readSaved(om, async (name) => store.get(name)));
        lives++;
        for (const message of stepOf(n)) scorer.push(message);
      }
    }
    // And the inference has seen the same of every minute.
    const positionsOf = (of: Scorer): unknown => of.hold().assets.map(([, { positions, minutes }]) => ({ positions, minutes }));
    expect(positionsOf(scorer)).toEqual(positionsOf(whole));
    expect(lives).toBe(13);
    expect(tails).toBeGreaterThan(35);
    // With every tick some kilobytes; a bar when it has ended, once more after each start; minutes with each minute, a fit with each hour.
    expect(largest).toBeLessThan(12_000);
    expect([...writes.keys()].sort()).toEqual(['scoring:minutes:binance:perp:OMUSDT', 'scoring:minutes:bybit:perp:OMUSDT', 'scoring:past:OM', 'scoring:positions:binance:perp:OMUSDT', 'scoring:positions:bybit:perp:OMUSDT']);
    expect(writes.get('scoring:past:OM') ?? 0).toBeLessThan(100 / 5 + lives + 1);
    expect(writes.get('scoring:positions:bybit:perp:OMUSDT') ?? 0).toBeLessThan(3 + lives);
  }, 240_000);
});
