import { describe, expect, it } from '@jest/globals';
import { createStream, normalQuantile } from '../../core/index.ts';
import { effectiveSize, exactSum, plainProbability, selfNormalisedMean, weightedQuantiles } from './weighted.ts';

describe('sums of weighted draws', () => {
  it('exactSum keeps what a plain sum loses', () => {
    const values = [1e16, 1, -1e16, 1];
    expect(exactSum(values.length, (i) => values[i] ?? 0)).toBe(2);
    expect(values.reduce((a, b) => a + b, 0)).toBe(1);
  });
  it('effective size: n for equal weights, 1 for one weight, (1 + 3)^2 / (1 + 9) = 1.6 for 1 and 3', () => {
    const of = (...w: number[]): number => effectiveSize(w.length, (i) => w[i] ?? 0);
    expect(of(2, 2, 2)).toBe(3);
    expect(of(0, 5, 0)).toBe(1);
    expect(of(1, 3)).toBe(1.6);
    expect(of(0, 0)).toBe(0);
  });
  it('a probability by hand: weights 1, 2, 0.5, 0.5 and hits at the second and third', () => {
    // (2 + 0.5) / 4 = 0.625; squares about it: 0.625^2 + 1.375^2 + 0.125^2 + 0.625^2 = 2.6875, over 3 x 4.
    const got = plainProbability(Float64Array.of(1, 2, 0.5, 0.5), (i) => i === 1 || i === 2, 0.95, 2);
    expect(got.value).toBe(0.625);
    expect(got.se).toBeCloseTo(Math.sqrt(2.6875 / 12), 14);
    expect(got.low).toBeGreaterThan(0);
    expect(got.high).toBeLessThan(1);
    // Without a hit: 1 - 0.05^(1/4) of the draws at the most, each worth 2 at the most.
    expect(plainProbability(new Float64Array(4).fill(1), () => false, 0.95, 2)).toMatchObject({ value: 0, low: 0, high: 1 });
    expect(plainProbability(new Float64Array(100).fill(1), () => false, 0.95, 2).high).toBeCloseTo(2 * (1 - 0.05 ** 0.01), 14);
  });
  it('a self-normalised mean by hand, and exact for a constant', () => {
    // (1 x 10 + 3 x 20) / 4 = 17.5; sqrt((1 x 7.5)^2 + (3 x 2.5)^2) / 4.
    const got = selfNormalisedMean(Float64Array.of(1, 3), (i) => (i === 0 ? 10 : 20), 0.95);
    expect(got.value).toBe(17.5);
    expect(got.se).toBeCloseTo(Math.sqrt(2 * 7.5 ** 2) / 4, 14);
    expect(selfNormalisedMean(Float64Array.of(0.3, 7, 1e-9), () => 2, 0.95)).toMatchObject({ value: 2, se: 0, low: 2, high: 2 });
  });
});

describe('weighted quantiles', () => {
  it('by hand: values 5, 1, 3 with weights 1, 2, 1', () => {
    const quantiles = weightedQuantiles(Float64Array.of(1, 2, 1), Float64Array.of(5, 1, 3));
    expect([0.1, 0.5, 0.51, 0.75, 0.76, 0.99].map((p) => quantiles.at(p))).toEqual([1, 1, 3, 3, 5, 5]);
  });
  it('95th percentile of N(0, 1) from 2,000 draws: the interval holds 1.6449 in 90 to 99 % of 200 runs', () => {
    let held = 0;
    const want = normalQuantile(0.95);
    const weights = new Float64Array(2_000).fill(1);
    for (let run = 0; run < 200; run++) {
      const stream = createStream(run, 'quantiles');
      const { low, high, value, se } = weightedQuantiles(weights, weights.map((_, i) => stream.normal(i))).estimate(0.95, 0.95);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(se).toBeGreaterThan(0);
      if (low <= want && want <= high) held++;
    }
    expect(held).toBeGreaterThan(180);
    expect(held).toBeLessThan(198);
  });
});
