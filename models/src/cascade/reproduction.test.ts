import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { triggersFromRows, type Ladder } from '../market/index.ts';
import { cascadeMarket } from './cascade-market.ts';
import { perronRoot } from './perron.ts';
import { randomSystem } from './random-system.ts';
import { reproductionOf } from './reproduction.ts';

const ladder = (rows: readonly (readonly [number, number])[]): Ladder => ({ ticks: Int32Array.from(rows, ([tick]) => tick), lots: Float64Array.from(rows, ([, lots]) => lots) });

describe('the Perron root', () => {
  it('two venues, G = [[.3, .2], [.25, .4]]: 0.57913 (closed form, (0.7 + sqrt(0.01 + 0.2)) / 2)', () => {
    const { radius, vector } = perronRoot([[0.3, 0.2], [0.25, 0.4]]);
    expect(radius).toBeCloseTo((0.7 + Math.sqrt(0.21)) / 2, 14);
    expect(radius).toBeCloseTo(0.57913, 5);
    // (0.3 - r) x + 0.2 y = 0.
    expect((vector?.[1] ?? 0) / (vector?.[0] ?? 1)).toBeCloseTo((radius - 0.3) / 0.2, 12);
  });
  it('is exactly 0, without a vector, where nothing comes back to where it began', () => {
    expect(perronRoot([[0, 1e9, 3], [0, 0, 1e-9], [0, 0, 0]])).toEqual({ radius: 0, vector: null });
    expect(perronRoot([])).toEqual({ radius: 0, vector: null });
  });
  it('does not swing on a cycle: [[0, 4], [1, 0]] has 2, with (2/3, 1/3)', () => {
    const { radius, vector } = perronRoot([[0, 4], [1, 0]]);
    expect(radius).toBeCloseTo(2, 14);
    expect(vector?.[0]).toBeCloseTo(2 / 3, 12);
  });
  it('takes the mean over classes that share the radius, and reaches the ones that lead to a class', () => {
    expect(perronRoot([[0.5, 0], [0, 0.5]]).vector).toEqual([0.5, 0.5]);
    // x2 = 1: (0.5 - 0) x1 = 0.25 x2, so x1 = 0.5; normalised (1/3, 2/3).
    const led = perronRoot([[0, 0.25], [0, 0.5]]);
    expect(led.radius).toBe(0.5);
    expect(led.vector?.[0]).toBeCloseTo(1 / 3, 14);
    // The class of the second shares its radius with one that leads to it: only the first has a non-negative vector.
    expect(perronRoot([[0.5, 1], [0, 0.5]]).vector).toEqual([1, 0]);
  });
  it('random matrices: N x = r x to 1e-9, over sizes, scales and sparsity', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const rng = createRng(seed);
      const n = 1 + rng.int(9);
      const matrix = Array.from({ length: n }, () => Array.from({ length: n }, () => (rng.chance(0.5) ? 0 : 10 ** (6 * rng.next() - 3))));
      const { radius, vector } = perronRoot(matrix);
      if (vector === null) {
        expect(radius).toBe(0);
        continue;
      }
      expect(vector.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...vector)).toBeGreaterThanOrEqual(0);
      const scale = Math.max(...vector);
      for (const [i, row] of matrix.entries()) {
        const product = row.reduce((sum, x, j) => sum + x * (vector[j] ?? 0), 0);
        expect(Math.abs(product - radius * (vector[i] ?? 0)) / (radius * scale)).toBeLessThan(1e-9);
      }
    }
  });
});

describe('the reproduction number', () => {
  it('two markets worked by hand', () => {
    // a: 100 lots at 1000 and 100 at 990 (1 % away): value 199,000. b: 50 at 500, 50 at 495: 49,750.
    // a's positions: 40 lots fire at 995 (own price). b's mark is the mean of a and b (weights 1): a at 990 alone puts it at 745 ticks of b... out of range of b's triggers at 746.
    const a = cascadeMarket({ id: 'a', tickSize: 1, lotSize: 1, bids: ladder([[1000, 100], [990, 100]]), asks: ladder([[1001, 1]]), longTriggers: triggersFromRows([[995, 40, 900]], 'long') });
    const b = cascadeMarket({ id: 'b', tickSize: 1, lotSize: 1, bids: ladder([[500, 50], [495, 50]]), asks: ladder([[501, 1]]), longTriggers: triggersFromRows([[746, 20, 400]], 'long') });
    const marks = [null, { rule: 'mean', markets: [0, 1], weights: [1, 1] } as const];
    const { next, number, vector, byMarket } = reproductionOf({ side: 'sell', markets: [a, b], edges: [], hedges: [], marks });
    // With all at best b's mark is 750; with a at 990 it is 745, and 20 lots worth 10,000 fire; with b at 495 it is 747: nothing.
    expect(next).toEqual([[40_000 / 199_000, 0], [10_000 / 199_000, 0]]);
    expect(number).toBeCloseTo(40 / 199, 15);
    expect(vector?.[0]).toBeCloseTo(0.8, 12);
    expect(byMarket[0]).toBeCloseTo(50 / 199, 15);
    // Half of what is liquidated in b has its hedge in a.
    const hedged = reproductionOf({ side: 'sell', markets: [a, b], edges: [], hedges: [{ from: 1, to: 0, share: 0.5 }], marks });
    expect(hedged.next[0]?.[0]).toBeCloseTo(45 / 199, 15);
  });
  it('is finite and non-negative whatever the system', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const { number, byMarket } = reproductionOf(randomSystem(createRng(seed), 8, 20).system);
      for (const x of [number, ...byMarket]) expect(x).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(number)).toBe(true);
    }
  });
});
