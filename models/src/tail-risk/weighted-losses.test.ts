import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalQuantile } from '../core/index.ts';
import { normalLaw } from './es-backtest.ts';
import { exceedanceCurve, tailOfLosses } from './weighted-losses.ts';

const normalSample = Array.from({ length: 20_000 }, (_, i) => normalQuantile((i + 0.5) / 20_000));

describe('the tail of a sample', () => {
  it('of even quantiles of N(0, 1): VaR at 99 % 2.32635, shortfall at 97.5 % 2.33780', () => {
    expect(tailOfLosses({ losses: normalSample }, 0.99).valueAtRisk).toBeCloseTo(2.32635, 2);
    expect(tailOfLosses({ losses: normalSample }, 0.975).expectedShortfall).toBeCloseTo(normalLaw.shortfall(0.025), 3);
  });

  it('counts only the part of an outcome that is in the tail', () => {
    // Four outcomes of a quarter each: the worst 40 % are all of 4 and 0.15 of 3.
    expect(tailOfLosses({ losses: [1, 4, 2, 3] }, 0.6).expectedShortfall).toBeCloseTo((0.25 * 4 + 0.15 * 3) / 0.4, 12);
    expect(tailOfLosses({ losses: [1, 4, 2, 3] }, 0.6).valueAtRisk).toBe(3);
    // The worst quarter is exactly one outcome, and more than 3 is lost with probability a quarter.
    expect(tailOfLosses({ losses: [1, 4, 2, 3] }, 0.75)).toEqual({ valueAtRisk: 3, expectedShortfall: 4 });
    expect(tailOfLosses({ losses: [7] }, 0.99)).toEqual({ valueAtRisk: 7, expectedShortfall: 7 });
  });

  it('takes weights as so many equal outcomes', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 30 }).filter((rows) => rows.some(([, w]) => w > 0)), fc.integer({ min: 1, max: 99 }), (rows, percent) => {
      const weighted = tailOfLosses({ losses: rows.map(([loss]) => loss), weights: rows.map(([, w]) => w) }, percent / 100);
      const plain = tailOfLosses({ losses: rows.flatMap(([loss, w]) => new Array<number>(w).fill(loss)) }, percent / 100);
      expect(weighted.valueAtRisk).toBe(plain.valueAtRisk);
      expect(weighted.expectedShortfall).toBeCloseTo(plain.expectedShortfall, 9);
      expect(weighted.expectedShortfall).toBeGreaterThanOrEqual(weighted.valueAtRisk - 1e-9);
    }));
  });

  it('refuses what is no sample', () => {
    expect(() => tailOfLosses({ losses: [] }, 0.99)).toThrow('losses');
    expect(() => tailOfLosses({ losses: [1], weights: [0] }, 0.99)).toThrow('weights');
    expect(() => tailOfLosses({ losses: [NaN] }, 0.99)).toThrow('finite');
    expect(() => tailOfLosses({ losses: [1] }, 1)).toThrow('level');
  });
});

describe('the curve of exceedance probabilities', () => {
  it('says how much of the sample is larger, from a half on', () => {
    expect(exceedanceCurve({ losses: [1, 2, 2, 3, 4] })).toEqual([[2, expect.closeTo(0.4, 12)], [3, expect.closeTo(0.2, 12)]]);
    expect(exceedanceCurve({ losses: [3, 3, 3] })).toEqual([]);
  });

  it('keeps to its points, with both ends, losses rising and probabilities falling', () => {
    const curve = exceedanceCurve({ losses: normalSample }, 48);
    expect(curve.length).toBeLessThanOrEqual(48);
    expect(curve.length).toBeGreaterThan(40);
    expect(curve.at(-1)?.[1]).toBeCloseTo(1 / 20_000, 12);
    expect(curve[0]?.[1]).toBeCloseTo(0.5, 2);
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i]?.[0]).toBeGreaterThan(curve[i - 1]?.[0] ?? NaN);
      expect(curve[i]?.[1]).toBeLessThan(curve[i - 1]?.[1] ?? NaN);
    }
    for (const [loss, probability] of curve) expect(normalSample.filter((x) => x > loss).length / 20_000).toBeCloseTo(probability, 12);
  });
});
