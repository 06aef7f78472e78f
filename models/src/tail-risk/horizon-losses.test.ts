import { describe, expect, it } from '@jest/globals';
import { createRng, normalQuantile } from '../core/index.ts';
import { potQuantile } from './gpd.ts';
import { horizonLosses, planHorizon, type HorizonModel } from './horizon-losses.ts';
import { tailOfLosses } from './weighted-losses.ts';

const normal = Array.from({ length: 4_000 }, (_, i) => normalQuantile((i + 0.5) / 4_000));
const plan = planHorizon({ seed: 1, steps: 12 });
const still: HorizonModel = { sigma: 0.01, persistence: 0, news: 0, innovations: normal };
const returnsOf = (losses: Float64Array): Float64Array => losses.map((loss) => Math.log1p(-loss));
const moment = (values: Float64Array, k: number): number => values.reduce((sum, x) => sum + x ** k, 0) / values.length;

describe('the plan of paths', () => {
  it('draws each part once a step, and each path has its mirror image', () => {
    const { paths, steps, strata } = planHorizon({ seed: 7, paths: 64, steps: 5 });
    for (let step = 0; step < steps; step++) {
      const drawn = strata.slice(step * paths, (step + 1) * paths);
      expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: paths }, (_, i) => i));
      for (let i = 0; i < paths / 2; i++) expect((drawn[i] ?? NaN) + (drawn[i + paths / 2] ?? NaN)).toBe(paths - 1);
    }
  });

  it('is the same for the same seed, and its steps are not alike', () => {
    const [a, b, c] = [planHorizon({ seed: 3, paths: 512, steps: 4 }), planHorizon({ seed: 3, paths: 512, steps: 4 }), planHorizon({ seed: 4, paths: 512, steps: 4 })];
    expect(a.strata).toEqual(b.strata);
    expect(a.strata).not.toEqual(c.strata);
    // Rank correlation of two steps is nothing but chance, 1 / sqrt(256) of the half that is drawn.
    const at = (step: number, i: number): number => ((a.strata[step * 512 + i] ?? NaN) - 255.5) / 147.8;
    for (const [s, t] of [[0, 1], [1, 2], [0, 3]] as const) expect(Math.abs(Array.from({ length: 512 }, (_, i) => at(s, i) * at(t, i)).reduce((x, y) => x + y, 0) / 512)).toBeLessThan(4 / 16);
  });

  it('refuses odd numbers of paths', () => expect(() => planHorizon({ seed: 1, paths: 5, steps: 1 })).toThrow('even'));
});

describe('losses at the horizon', () => {
  it('of normal innovations of one size are those of a normal law of sigma sqrt(12)', () => {
    const losses = horizonLosses(plan, still);
    const returns = returnsOf(losses);
    // Mirror images leave no mean at all.
    expect(moment(returns, 1)).toBeCloseTo(0, 12);
    expect(Math.sqrt(moment(returns, 2)) / (0.01 * Math.sqrt(12))).toBeCloseTo(1, 2);
    expect(tailOfLosses({ losses }, 0.99).valueAtRisk).toBeCloseTo(1 - Math.exp(-2.32635 * 0.01 * Math.sqrt(12)), 2);
  });

  it('scale with the forecast, shift with the mean, and stay below everything', () => {
    const [one, two] = [returnsOf(horizonLosses(plan, still)), returnsOf(horizonLosses(plan, { ...still, sigma: 0.02, mean: 0.001 }))];
    one.forEach((r, i) => expect(two[i]).toBeCloseTo(2 * r + 0.012, 10));
    expect(Math.max(...horizonLosses(plan, { ...still, sigma: 5 }))).toBeLessThanOrEqual(1);
  });

  it('go back to the long run as a GARCH forecast does', () => {
    // Expected variance of 12 returns: 12 L + (v - L)(1 - p^12) / (1 - p).
    const [sigma, longRun, p] = [0.03, 0.01, 0.8];
    const expected = 12 * longRun ** 2 + ((sigma ** 2 - longRun ** 2) * (1 - p ** 12)) / (1 - p);
    for (const news of [0, 0.1]) expect(moment(returnsOf(horizonLosses(plan, { ...still, sigma, longRun, persistence: p, news })), 2) / expected).toBeCloseTo(1, 1);
  });

  it('have a heavier tail where volatility follows the last return', () => {
    const kurtosis = (news: number): number => {
      const returns = returnsOf(horizonLosses(plan, { ...still, persistence: 0.98, news }));
      return moment(returns, 4) / moment(returns, 2) ** 2;
    };
    expect(kurtosis(0)).toBeCloseTo(3, 0);
    expect(kurtosis(0.4)).toBeGreaterThan(kurtosis(0) + 0.5);
  });

  it('are those of a plain simulation of the same model', () => {
    const model = { ...still, sigma: 0.01, longRun: 0.012, persistence: 0.95, news: 0.15 };
    const rng = createRng(5);
    const simulated = Array.from({ length: 20_000 }, () => {
      let [sum, v] = [0, model.sigma ** 2];
      for (let step = 0; step < 12; step++) {
        const z = rng.normal();
        sum += Math.sqrt(v) * z;
        v = model.longRun ** 2 * 0.05 + 0.95 * (0.85 * v + 0.15 * v * z * z);
      }
      return 1 - Math.exp(sum);
    });
    const [ours, plain] = [tailOfLosses({ losses: horizonLosses(plan, model) }, 0.975), tailOfLosses({ losses: simulated }, 0.975)];
    expect(ours.expectedShortfall / plain.expectedShortfall).toBeGreaterThan(0.95);
    expect(ours.expectedShortfall / plain.expectedShortfall).toBeLessThan(1.05);
  });

  it('take falls rarer than its share from the tail', () => {
    const tail = { fit: { shape: 0.5, scale: 0.8 }, threshold: 1.645, share: 0.05 };
    const single = planHorizon({ seed: 1, paths: 4_096, steps: 1 });
    const losses = horizonLosses(single, { ...still, tail });
    expect(Math.max(...losses)).toBeCloseTo(-Math.expm1(-0.01 * potQuantile(tail, 0.5 / 4_096)), 12);
    const above = losses.filter((loss) => loss > -Math.expm1(-0.01 * potQuantile(tail, 0.01)));
    expect(above.length / 4_096).toBeCloseTo(0.01, 3);
    expect(tailOfLosses({ losses }, 0.99).valueAtRisk).toBeGreaterThan(tailOfLosses({ losses: horizonLosses(single, still) }, 0.99).valueAtRisk);
  });

  it('refuse innovations that are no numbers', () => {
    for (const bad of [NaN, Infinity, -Infinity]) expect(() => horizonLosses(plan, { ...still, innovations: [-1, 0, bad] })).toThrow('finite');
    expect(() => horizonLosses(plan, { ...still, innovations: [] })).toThrow('finite');
  });

  it('draw a small pool by its ranks', () => {
    const losses = horizonLosses(planHorizon({ seed: 1, paths: 1_000, steps: 1 }), { ...still, innovations: [-2, 0, 1] });
    // Below rank 1 of 3, a quarter, is the smallest itself.
    expect([...losses].filter((loss) => Math.abs(loss + Math.expm1(-0.02)) < 1e-12).length).toBe(250);
  });
});
