import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, type Rng } from '../core/index.ts';
import { liquidationTotal, type LiquidationBlock } from './liquidation-sample.ts';

const block = (windows: number, sizes: readonly number[]): LiquidationBlock => ({
  windows, count: sizes.length, volume: sizes.reduce((a, b) => a + b, 0), squares: sizes.reduce((a, b) => a + b * b, 0),
});

/** A Poisson number by Knuth's product of uniforms; for small means. */
function poisson(mean: number, rng: Rng): number {
  const limit = Math.exp(-mean);
  let n = 0;
  for (let product = rng.next(); product > limit; product *= rng.next()) n++;
  return n;
}

const sizes = {
  exponential: (rng: Rng): number => -Math.log(1 - rng.next()),
  // Of mean 1 with sigma 1: the largest of a hundred is some ten times the median.
  'log-normal': (rng: Rng): number => Math.exp(rng.normal() - 0.5),
} as const;

/** An hour in minutes of 60 one-second windows: what really was, and what a venue shows that publishes the last order of each window. */
function simulate(means: readonly number[], draw: (rng: Rng) => number, rng: Rng): { readonly truth: number; readonly blocks: readonly LiquidationBlock[] } {
  let truth = 0;
  const blocks = means.map((mean) => {
    const shown: number[] = [];
    for (let w = 0; w < 60; w++) {
      let last: number | undefined;
      for (let n = poisson(mean, rng); n > 0; n--) {
        last = draw(rng);
        truth += last;
      }
      if (last !== undefined) shown.push(last);
    }
    return block(60, shown);
  });
  return { truth, blocks };
}

describe('a total of sampled liquidations', () => {
  it('is mu x windows x mean size', () => {
    // 30 of 60 windows: mu = 1/31 + ... + 1/60 = 0.684883 (ln 2 = 0.693147 less its bias of 0.5 / (120 x 0.5)), so 41.093 orders of 100 each.
    const { kind, total, low, high, observed } = liquidationTotal([block(60, Array.from({ length: 30 }, () => 100))], 'last');
    expect([kind, observed]).toEqual(['estimated', 3_000]);
    expect(total).toBeCloseTo(4_109.3, 1);
    // All sizes are equal, so the doubt is in the number of orders alone: 11.1 unseen, with a standard deviation of 4.47 (3.54 by chance and 2.73 by mu).
    expect(low).toBeGreaterThan(3_000);
    expect(low).toBeLessThan(total - 400);
    expect(high ?? 0).toBeGreaterThan(total + 500);
    expect(high ?? 0).toBeLessThan(total + 1_200);
  });

  it('counts a burst for what it was: pooled over the hour it would be less than a third', () => {
    const burst = [block(60, Array.from({ length: 58 }, () => 1)), ...Array.from({ length: 59 }, () => block(60, []))];
    const pooled = liquidationTotal([block(3_600, Array.from({ length: 58 }, () => 1))], 'last');
    const { total } = liquidationTotal(burst, 'last');
    // 1/3 + ... + 1/60 = 3.17987.
    expect(total).toBeCloseTo(60 * 3.17987, 2);
    expect(pooled.total).toBeLessThan(total / 3);
  });

  it('has no upper end when every window of a block had an order', () => {
    const full = liquidationTotal([block(60, Array.from({ length: 60 }, () => 2)), block(60, [2])], 'last');
    expect(full).toMatchObject({ kind: 'lower-bound', high: null });
    // With 60 of 60 mu is at least 3.02 (95 %): -ln(1 - 0.05^(1/60)).
    expect(full.total).toBeGreaterThan(60 * 3 * 2);
    expect(full.total).toBeLessThan(60 * 3.1 * 2 + 10);
    expect(full.low).toBe(full.total);
  });

  it('is exact where all is published, and only a bound where the largest is', () => {
    const blocks = [block(60, [1, 2, 3])];
    expect(liquidationTotal(blocks, 'complete')).toEqual({ kind: 'exact', total: 6, low: 6, high: 6, observed: 6 });
    expect(liquidationTotal(blocks, 'largest')).toEqual({ kind: 'lower-bound', total: 6, low: 6, high: null, observed: 6 });
    expect(liquidationTotal([block(60, [])], 'last')).toEqual({ kind: 'estimated', total: 0, low: 0, high: 0, observed: 0 });
  });

  it.each([
    ['a steady trickle', Array.from({ length: 60 }, () => 0.2)],
    ['a busy hour', Array.from({ length: 60 }, () => 1)],
    ['a burst in a quiet hour', [...Array.from({ length: 55 }, () => 0.02), 0.5, 1.5, 2, 1, 0.3]],
  ] as const)('has a band that holds the truth as often as it says: %s', (name, means) => {
    const rng = createRng(7).fork(name);
    for (const draw of Object.values(sizes)) {
      let held = 0;
      let bias = 0;
      const runs = 200;
      for (let i = 0; i < runs; i++) {
        const { truth, blocks } = simulate(means, draw, rng);
        const { low, high, total } = liquidationTotal(blocks, 'last');
        if (low <= truth && truth <= (high ?? Infinity)) held++;
        bias += total / truth - 1;
      }
      // 90 % claimed; with 200 runs chance alone moves it by 4.
      expect(held / runs).toBeGreaterThanOrEqual(0.85);
      expect(held / runs).toBeLessThanOrEqual(0.955);
      expect(Math.abs(bias / runs)).toBeLessThan(0.03);
    }
  });

  it('holds the truth at least as often as it says where next to nothing is unseen', () => {
    const rng = createRng(11);
    let held = 0;
    for (let i = 0; i < 300; i++) {
      const { truth, blocks } = simulate(Array.from({ length: 60 }, () => 0.005), sizes.exponential, rng);
      const { low, high } = liquidationTotal(blocks, 'last');
      // What was published may be all there was.
      if (low <= truth + 1e-9 && truth <= (high ?? Infinity) + 1e-9) held++;
    }
    expect(held / 300).toBeGreaterThan(0.88);
  });

  it('is in order, never below what was seen, and grows with every order seen, whatever the blocks', () => {
    fc.assert(fc.property(
      fc.array(fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { maxLength: 60 }), { minLength: 1, maxLength: 20 }), fc.constantFrom('complete' as const, 'last' as const, 'largest' as const),
      (lists, sampling) => {
        const result = liquidationTotal(lists.map((list) => block(60, list)), sampling);
        const slack = 1e-9 * (1 + result.total);
        expect(result.observed).toBeLessThanOrEqual(result.low + slack);
        expect(result.low).toBeLessThanOrEqual(result.total + slack);
        if (result.high !== null) expect(result.total).toBeLessThanOrEqual(result.high + slack);
        expect(Number.isFinite(result.total)).toBe(true);
        expect(result.high === null).toBe(result.kind === 'lower-bound');
      },
    ));
  });
});
