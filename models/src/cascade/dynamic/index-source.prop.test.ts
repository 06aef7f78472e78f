import { describe, expect, it } from '@jest/globals';
import { createRng, ratio, type Rng } from '../../core/index.ts';
import { indexPrice, weightedMedian, type IndexRule } from '../../market/index.ts';
import { createBoard, createIndex, createWeightedMedian, setPrice, SUB_TICKS } from './index-source.ts';

function randomRule(rng: Rng): IndexRule {
  return {
    method: rng.pick(['weightedMean', 'weightedMedian', 'inverseSquareSpread']), weights: {}, equalOfTwo: rng.chance(0.5), monotone: false,
    ...(rng.chance(0.4) ? { clip: { within: ratio(0.02), around: rng.pick(['all', 'others'] as const) } } : {}),
    ...(rng.chance(0.4) ? { exclude: { beyond: ratio(0.05), readmitWithin: ratio(rng.pick([0.02, 0.05])), severalToMedian: rng.chance(0.5) } } : {}),
  };
}

describe('indices without allocation', () => {
  it('are those of indexPrice, to the last bit, over 1,500 rules followed for 12 seconds', () => {
    let excluded = 0;
    for (let seed = 1; seed <= 1_500; seed++) {
      const rng = createRng(seed);
      const n = 1 + rng.int(6);
      const board = createBoard(n);
      for (let i = 0; i < n; i++) setPrice(board, i, 0.01, 10_000);
      const weights = Array.from({ length: n }, () => rng.pick([1, 2, 1 / 3]));
      const rule = randomRule(rng);
      const read = createIndex({ rule, markets: weights.map((_, i) => i), weights }, 0, 0.01, board);
      let before: readonly string[] = [];
      for (let second = 0; second < 12; second++) {
        for (let i = 0; i < n; i++) if (rng.chance(0.5)) board.prices[i] = rng.chance(0.3) ? 100 : 100 + 12 * (rng.next() - 0.5);
        const expected = indexPrice(rule, weights.map((weight, i) => ({ name: String(i), price: board.prices[i] ?? NaN, weight })), before);
        if (!expected.ok) throw new Error('no index');
        before = expected.value.excluded;
        excluded += before.length;
        expect({ seed, second, index: read() }).toEqual({ seed, second, index: Math.round((expected.value.price / 0.01) * SUB_TICKS) });
      }
    }
    expect(excluded).toBeGreaterThan(250);
  });

  it('and weighted medians those of weightedMedian', () => {
    for (let seed = 1; seed <= 1_000; seed++) {
      const rng = createRng(seed);
      const prices = Float64Array.from({ length: 1 + rng.int(6) }, () => 1 + rng.int(5));
      const weights = Float64Array.from(prices, () => 1 + rng.int(3));
      const median = createWeightedMedian(Int32Array.from(prices, (_, i) => i), weights, { ...createBoard(0), prices }, 2);
      expect(median()).toBe(weightedMedian([...prices].map((p) => p / 2), [...weights]));
    }
  });
});
