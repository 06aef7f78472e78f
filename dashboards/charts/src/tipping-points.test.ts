import { describe, expect, it } from '@jest/globals';
import type { Step } from './steps.ts';
import { tippingPointsOf } from './tipping-points.ts';

const gap = 0.02;
/** Steps of `by` dollars, each `fall` (share) below the one before, from $10. */
function slope(count: number, fall: number, by = 1e5): Step[] {
  return Array.from({ length: count }, (_, i) => ({ saleUsd: (i + 1) * by, price: 10 * (1 - fall) ** i }));
}
/** The same, with everything behind step `at` lower by `fall`. */
function dropped(steps: readonly Step[], at: number, fall: number): Step[] {
  return steps.map(({ saleUsd, price }, i) => ({ saleUsd, price: i > at ? price * (1 - fall) : price }));
}

describe('tipping points', () => {
  it('are the jumps of the curve with forced sales that the other curve does not have', () => {
    const calm = slope(40, 0.001);
    expect(tippingPointsOf(dropped(calm, 9, 0.05), calm, 10, gap)).toEqual([{ saleUsd: 1e6, from: calm[9]?.price, to: (calm[10]?.price ?? 0) * 0.95 }]);
    expect(tippingPointsOf(dropped(dropped(calm, 9, 0.05), 20, 0.3), calm, 10, gap).map(({ saleUsd }) => saleUsd)).toEqual([1e6, 2.1e6]);
    // A hole in the book is in both curves.
    expect(tippingPointsOf(dropped(calm, 9, 0.05), dropped(calm, 9, 0.05), 10, gap)).toEqual([]);
    // Less than the gap is none: 1.9 % with the slope in it.
    expect(tippingPointsOf(dropped(calm, 9, 0.018), calm, 10, gap)).toEqual([]);
  });
  it('are not the steps of a slope that was thinned', () => {
    const [steep, calm] = [slope(40, 0.03), slope(40, 0.004)];
    expect(tippingPointsOf(steep, calm, 10, gap)).toEqual([]);
    expect(tippingPointsOf(dropped(steep, 9, 0.2), calm, 10, gap).map(({ saleUsd }) => saleUsd)).toEqual([1e6]);
  });
  it('are found in the shortest curves, and in none', () => {
    expect(tippingPointsOf([{ saleUsd: 1, price: 10 }, { saleUsd: 2, price: 5 }], [{ saleUsd: 2, price: 10 }], 10, gap)).toEqual([{ saleUsd: 1, from: 10, to: 5 }]);
    expect([tippingPointsOf([], [], 10, gap), tippingPointsOf([{ saleUsd: 1, price: 10 }], [], 10, gap)]).toEqual([[], []]);
  });
  it('are the deepest where there are very many, in rising order of sale', () => {
    const calm = slope(300, 0.0001);
    const many = calm.map(({ saleUsd, price }, i) => ({ saleUsd, price: price * 0.97 ** Math.floor(i / 10) }));
    const found = tippingPointsOf(many, calm, 10, gap);
    expect(found).toHaveLength(20);
    expect([...found].sort((a, b) => a.saleUsd - b.saleUsd)).toEqual(found);
  });
});
