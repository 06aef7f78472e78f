import { describe, expect, it } from '@jest/globals';
import { normalCdf } from '../../core/index.ts';
import { defaultFactors, FACTORS, factorValues, type FactorName } from './factors.ts';
import { paretoQuantile, paretoThrough, sizeAt, tabulateQuantile } from './quantile.ts';

/** A point with one coordinate set. */
const point = (name: FactorName, z: number): number[] => FACTORS.map((factor) => (factor === name ? z : 0));
const model = defaultFactors(1_000, 900);

describe('tail quantiles', () => {
  it('Pareto: the size x with (1 + shape x / scale)^(-1/shape) = survival; exponential at shape 0 and near it', () => {
    for (const survival of [0.9, 0.1, 1e-3, 1e-12]) {
      const x = sizeAt(paretoQuantile(7, 0.5), survival);
      expect(((1 + (0.5 * x) / 7) ** -2) / survival).toBeCloseTo(1, 12);
      expect(sizeAt(paretoQuantile(7, 0), survival)).toBeCloseTo(-7 * Math.log(survival), 12);
      expect(sizeAt(paretoQuantile(7, 1e-12), survival)).toBeCloseTo(-7 * Math.log(survival), 8);
    }
    expect(sizeAt(paretoThrough(1_000, 0.01, 0.5), 0.01)).toBeCloseTo(1_000, 9);
    expect(sizeAt(paretoQuantile(7, 0.5), 1)).toBe(0);
  });
  it('a tail as a table is the function to 2e-4, and goes on beyond it', () => {
    const tail = paretoQuantile(3, 0.4);
    const table = tabulateQuantile((s) => sizeAt(tail, s));
    for (const survival of [0.5, 0.01, 1e-6, 1e-15]) expect(Math.abs(sizeAt(table, survival) / sizeAt(tail, survival) - 1)).toBeLessThan(2e-4);
    expect(sizeAt(table, 1e-20)).toBeGreaterThan(sizeAt(table, 1e-17));
    expect(structuredClone(table)).toEqual(table);
    expect(sizeAt({ kind: 'function', of: (s) => 1 / s }, 0.25)).toBe(4);
    expect(() => tabulateQuantile((s) => s)).toThrow('does not fall');
  });
});

describe('factors', () => {
  it('at 0 leave everything as it is, with the median sale', () => {
    const values = factorValues(model, FACTORS.map(() => 0));
    expect({ ...values, saleUnits: 0 }).toEqual({ saleUnits: 0, shift: 0, depthScale: 1, densityScale: 1, capacityScale: 1, hedgeLogOdds: 0, depeg: 0 });
    // Scale 1000 x 0.5 / (0.01^-0.5 - 1); the median is scale (0.5^-0.5 - 1) / 0.5.
    expect(values.saleUnits).toBeCloseTo((1_000 * (Math.SQRT2 - 1)) / 9, 9);
  });
  it('each by hand', () => {
    const of = (name: FactorName, z: number): ReturnType<typeof factorValues> => factorValues(model, point(name, z));
    // The 99 % quantile of the sale is at z = 2.3263.
    expect(of('shock', 2.3263478740408408).saleUnits).toBeCloseTo(1_000, 6);
    // Exponential with mean 0.4 % to each side: -0.004 ln(2 Phi(-1)).
    expect(of('market', 1).shift).toBeCloseTo(-0.004 * Math.log(2 * normalCdf(-1)), 12);
    expect(of('market', -1).shift).toBe(-of('market', 1).shift);
    expect(of('kappa', 2).depthScale).toBeCloseTo(Math.exp(-1), 12);
    expect(of('density', 1).densityScale).toBeCloseTo(Math.exp(0.4), 12);
    // Delay of 60 e^3 s against 900 s: 1 - e^(-900 / 1205) = 0.5261 of the half that travels; at the median 1 - e^-15.
    expect(of('latency', 3).capacityScale).toBeCloseTo((0.5 + 0.5 * (1 - Math.exp(-15 / Math.exp(3)))) / (0.5 + 0.5 * (1 - Math.exp(-15))), 12);
    expect(of('psi', 1.5).hedgeLogOdds).toBe(1.5);
    expect(of('depeg', 2.3).depeg).toBe(0);
    // Exceeded with probability 1e-4, so with 0.01 of the depegs: scale (0.01^-0.5 - 1) / 0.5 = 0.9.
    expect(of('depeg', 3.719016485455681).depeg).toBeCloseTo(1 - Math.exp(-0.9), 9);
    const both = factorValues(model, FACTORS.map((factor) => (factor === 'market' || factor === 'beta' ? 1 : 0)));
    expect(both.shift).toBeCloseTo(Math.exp(0.3) * of('market', 1).shift, 12);
  });
  it('more is never better: each value moves one way with its factor, far into both tails', () => {
    const worse: readonly (readonly [FactorName, (values: ReturnType<typeof factorValues>) => number])[] = [
      ['shock', (v) => v.saleUnits], ['market', (v) => v.shift], ['kappa', (v) => -v.depthScale], ['density', (v) => v.densityScale], ['latency', (v) => -v.capacityScale],
      ['psi', (v) => v.hedgeLogOdds], ['depeg', (v) => v.depeg],
    ];
    for (const [name, figure] of worse) {
      let before = -Infinity;
      for (let z = -8; z <= 16; z += 0.25) {
        const now = figure(factorValues(model, point(name, z)));
        expect(Number.isFinite(now)).toBe(true);
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
    }
  });
});
