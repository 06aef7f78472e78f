import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../core/index.ts';
import { chiSquareAbove } from './chi-square.ts';
import { christoffersen, conditionalCoverage, dynamicQuantile, kupiec, transitionsOf } from './var-backtest.ts';

describe('the chi-square distribution', () => {
  it('is above what tables print as its 5 % points', () => {
    // Any table of the distribution, six digits.
    for (const [degrees, x] of [[1, 3.841459], [2, 5.991465], [3, 7.814728], [4, 9.487729], [5, 11.0705], [6, 12.59159], [10, 18.30704]] as const) expect(chiSquareAbove(x, degrees)).toBeCloseTo(0.05, 6);
    expect(chiSquareAbove(0, 3)).toBe(1);
    expect(chiSquareAbove(1e4, 3)).toBe(0);
  });
});

describe("Kupiec's and Christoffersen's tests", () => {
  it('MathWorks varbacktest: 57 of 1,043 at 5 %, transitions 932, 53, 53, 4', () => {
    const coverage = kupiec(1043, 57, 0.05);
    expect(coverage.statistic).toBeCloseTo(0.46147, 5);
    expect(coverage.pValue).toBeCloseTo(0.49694, 5);
    const independence = christoffersen({ n00: 932, n01: 53, n10: 53, n11: 4 });
    expect(independence.statistic).toBeCloseTo(0.25866, 5);
    expect(independence.pValue).toBeCloseTo(0.61104, 5);
    const both = conditionalCoverage(coverage, independence);
    expect(both.statistic).toBeCloseTo(0.72013, 5);
    expect(both.pValue).toBeCloseTo(0.69763, 5);
  });

  it('Kupiec 1995: exceedances that are not rejected at 5 %', () => {
    const accepted = (n: number, p: number): string => {
      const all = Array.from({ length: n + 1 }, (_, x) => x).filter((x) => kupiec(n, x, p).pValue >= 0.05);
      return `${all[0]}-${all.at(-1)}`;
    };
    expect([255, 510, 1000].map((n) => accepted(n, 0.01))).toEqual(['1-6', '2-10', '5-16']);
    expect([255, 510, 1000].map((n) => accepted(n, 0.05))).toEqual(['7-20', '17-35', '38-64']);
  });

  it('counts what followed what', () => {
    expect(transitionsOf([false, true, true, false, false, true])).toEqual({ n00: 1, n01: 2, n10: 1, n11: 1 });
    expect(transitionsOf([])).toEqual({ n00: 0, n01: 0, n10: 0, n11: 0 });
  });

  it('never gives what is no probability', () => {
    fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (exceeded, p) => {
      const ones = exceeded.filter(Boolean).length;
      for (const { statistic, pValue } of [kupiec(exceeded.length, ones, p), christoffersen(transitionsOf(exceeded))]) {
        expect(pValue >= 0 && pValue <= 1 && statistic > -1e-9).toBe(true);
      }
    }));
  });
});

describe("Engle and Manganelli's dynamic quantile test", () => {
  const outcomes = (seed: number, n: number, chance: (t: number, last: boolean) => number): { readonly exceeded: boolean[]; readonly vars: number[] } => {
    const rng = createRng(seed);
    const exceeded: boolean[] = [];
    const vars: number[] = [];
    for (let t = 0; t < n; t++) {
      vars.push(1 + 0.3 * Math.sin(t / 50) + 0.1 * rng.next());
      exceeded.push(rng.chance(chance(t, exceeded[t - 1] ?? false)));
    }
    return { exceeded, vars };
  };

  it('rejects a true model about as often as it says, and a clustered one nearly always', () => {
    const rejected = (chance: (last: boolean) => number): number => Array.from({ length: 120 }, (_, seed) => {
      const { exceeded, vars } = outcomes(seed, 3_000, (_t, last) => chance(last));
      return dynamicQuantile(exceeded, vars, 0.01).pValue < 0.05 ? 1 : 0;
    }).reduce<number>((a, b) => a + b, 0) / 120;
    // Exceedances of 1 % are rare, so the statistic is chi-square only nearly.
    expect(rejected(() => 0.01)).toBeGreaterThan(0.02);
    expect(rejected(() => 0.01)).toBeLessThan(0.12);
    expect(rejected((last) => (last ? 0.2 : 0.008))).toBeGreaterThan(0.95);
  });

  it('sees exceedances that follow the forecast', () => {
    const { exceeded, vars } = outcomes(7, 5_000, (t) => (Math.sin(t / 50) < 0 ? 0.019 : 0.001));
    expect(kupiec(5_000, exceeded.filter(Boolean).length, 0.01).pValue).toBeGreaterThan(0.05);
    expect(dynamicQuantile(exceeded, vars, 0.01).pValue).toBeLessThan(0.001);
  });

  it('bears a forecast that never changes, and exceedances that never come', () => {
    const { exceeded } = outcomes(3, 1_000, () => 0.01);
    const { degrees, pValue } = dynamicQuantile(exceeded, exceeded.map(() => 2), 0.01);
    expect(degrees).toBe(5);
    expect(pValue).toBeGreaterThan(0);
    expect(dynamicQuantile(exceeded.map(() => false), exceeded.map((_, i) => i), 0.01).degrees).toBe(2);
  });

  it('is the Wald statistic of its regression, counted by hand for one lag', () => {
    // Eight outcomes, p = 0.5, constant forecast, so a constant and one lag: with hits of +-0.5 the normal equations are
    // [7, s][s, 7/4] where s is the sum of lagged hits.
    const exceeded = [true, false, true, true, false, false, true, true];
    const hits = exceeded.map((e) => (e ? 0.5 : -0.5));
    const [a, s] = [7, hits.slice(0, 7).reduce((x, y) => x + y, 0)];
    const b = 7 / 4;
    const r0 = hits.slice(1).reduce((x, y) => x + y, 0);
    const r1 = hits.slice(1).reduce((x, h, i) => x + h * (hits[i] ?? 0), 0);
    const det = a * b - s * s;
    const wald = (r0 * (b * r0 - s * r1) + r1 * (a * r1 - s * r0)) / det / 0.25;
    expect(dynamicQuantile(exceeded, exceeded.map(() => 1), 0.5, 1).statistic).toBeCloseTo(wald, 10);
  });
});
