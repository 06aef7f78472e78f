import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { conditionalRisk, extremalIndex, fitPot, fitPotAbove, NO_MEAN, NOT_COVERED, potQuantileBand, potShortfallBand, returnLevel, type PotFit } from './conditional-risk.ts';
import { covers, potQuantile, potShortfall } from './gpd.ts';

const fitted = (losses: ArrayLike<number>, exceedances?: number): PotFit => {
  const fit = fitPot(losses, exceedances);
  if (!fit.ok) throw new Error(fit.error);
  return fit.value;
};
/** Student's t with four degrees of freedom from four normals and one: z / sqrt(chi-square / 4). */
const t4 = (seed: number, n: number): number[] => {
  const rng = createRng(seed);
  const square = (): number => rng.normal() ** 2;
  return Array.from({ length: n }, () => rng.normal() / Math.sqrt((square() + square() + square() + square()) / 4));
};
const pareto = (seed: number, n: number, shape: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => ((1 - rng.next()) ** -shape - 1) / shape);
};

describe('peaks over the (k + 1)-th largest loss', () => {
  it('McNeil and Frey 2000: 100 of 1,000 above the 101st', () => {
    const losses = t4(1, 1_000);
    const pot = fitted(losses, 100);
    expect(pot.threshold).toBe([...losses].sort((a, b) => b - a)[100]);
    expect(pot).toMatchObject({ share: 0.1, observations: 1_000, fit: { count: 100 } });
    expect(fitted(losses).threshold).toBe(pot.threshold);
  });

  it('refuses too few, and counts ties with the threshold as not above', () => {
    expect(fitPot([1, 2, 3], 1)).toMatchObject({ error: 'too-few' });
    expect(fitPot([1, 2, 3], 3)).toMatchObject({ error: 'too-few' });
    const losses = [...new Array<number>(30).fill(5), ...Array.from({ length: 15 }, (_, i) => 5 + 2 ** (i / 3))];
    expect(fitted(losses, 20)).toMatchObject({ threshold: 5, fit: { count: 15 }, share: 15 / 45 });
  });

  it('a band holds the truth about nine times in ten', () => {
    const truth = { quantile: (0.005 ** -0.3 - 1) / 0.3, shortfall: NaN };
    truth.shortfall = (truth.quantile + 1) / 0.7;
    let [quantiles, shortfalls] = [0, 0];
    const runs = 120;
    for (let seed = 0; seed < runs; seed++) {
      const pot = fitted(pareto(seed, 1_200, 0.3));
      const [q, e] = [potQuantileBand(pot, 0.005), potShortfallBand(pot, 0.005)];
      expect(q.low <= q.value && q.value <= q.high).toBe(true);
      if (q.low <= truth.quantile && truth.quantile <= q.high) quantiles++;
      if (e !== undefined && e.low <= truth.shortfall && truth.shortfall <= e.high) shortfalls++;
    }
    expect(quantiles / runs).toBeGreaterThan(0.83);
    expect(quantiles / runs).toBeLessThan(0.97);
    expect(shortfalls / runs).toBeGreaterThan(0.8);
    expect(shortfalls / runs).toBeLessThan(0.97);
  });
});

describe('value at risk and expected shortfall of the next return', () => {
  const pot = fitted(t4(2, 20_000), 1_000);
  const levels = { valueAtRisk: 0.99, expectedShortfall: 0.975 };

  it('are -mean + sigma times those of the innovations, which for t4 are 3.747 and 3.994', () => {
    const { valueAtRisk, expectedShortfall } = conditionalRisk({ mean: 0.001, sigma: 0.02 }, pot, levels);
    if (!expectedShortfall.ok || !valueAtRisk.ok) throw new Error('no figures');
    expect(valueAtRisk.value.value).toBeCloseTo(0.02 * potQuantile(pot, 0.01) - 0.001, 12);
    expect(expectedShortfall.value.value).toBeCloseTo(0.02 * potShortfall(pot, 0.025) - 0.001, 12);
    expect((valueAtRisk.value.value + 0.001) / 0.02 / 3.747).toBeCloseTo(1, 1);
    expect((expectedShortfall.value.value + 0.001) / 0.02 / 3.99356).toBeCloseTo(1, 1);
    expect(valueAtRisk.value.low).toBeLessThan(valueAtRisk.value.value);
    expect(expectedShortfall.value.high).toBeGreaterThan(expectedShortfall.value.value);
  });

  it('there is no shortfall where the mean of the tail is not identified', () => {
    const heavy = fitted(pareto(3, 600, 0.85), 60);
    expect(heavy.fit.shape + 1.645 * heavy.fit.shapeError).toBeGreaterThan(1);
    expect(conditionalRisk({ mean: 0, sigma: 1 }, heavy, levels).expectedShortfall).toEqual({ ok: false, error: NO_MEAN });
    expect(NO_MEAN).toBe('mean tail not identified');
    expect(potShortfallBand(heavy, 0.01)).toBeUndefined();
    expect(conditionalRisk({ mean: 0, sigma: 1 }, heavy, levels).valueAtRisk).toMatchObject({ ok: true });
  });

  it('there is none at a level within the threshold, as for a price that mostly rests', () => {
    const rng = createRng(8);
    const losses = Array.from({ length: 2_000 }, () => (rng.next() < 0.012 ? -Math.log(1 - rng.next()) : 0));
    const resting = fitted(losses);
    expect(resting.threshold).toBe(0);
    expect(resting.share).toBeLessThan(0.025);
    expect(conditionalRisk({ mean: 0, sigma: 1 }, resting, levels).expectedShortfall).toEqual({ ok: false, error: NOT_COVERED });
    expect(conditionalRisk({ mean: 0, sigma: 1 }, { ...resting, share: 0.009 }, levels).valueAtRisk).toEqual({ ok: false, error: NOT_COVERED });
    expect(conditionalRisk({ mean: 0, sigma: 1 }, resting, { ...levels, expectedShortfall: 0.99 })).toMatchObject({ valueAtRisk: { ok: true }, expectedShortfall: { ok: true } });
  });

  it('a share of a fortieth answers at 0.975, although 1 - 0.975 is above it by a rounding', () => {
    const fortieth = fitted(t4(5, 4_000), 100);
    expect(fortieth.share).toBe(0.025);
    expect(1 - 0.975).toBeGreaterThan(fortieth.share);
    expect(covers(fortieth, 1 - 0.975)).toBe(true);
    expect(potQuantile(fortieth, 1 - 0.975)).toBe(fortieth.threshold);
    const { expectedShortfall } = conditionalRisk({ mean: 0, sigma: 1 }, fortieth, levels);
    if (!expectedShortfall.ok) throw new Error(expectedShortfall.error);
    expect(expectedShortfall.value.value).toBeCloseTo(fortieth.threshold + fortieth.fit.scale / (1 - fortieth.fit.shape), 12);
    expect([0, -0.01, 0.0250001, NaN].map((tail) => covers(fortieth, tail))).toEqual([false, false, false, false]);
    expect(() => potQuantile(fortieth, 0.0250001)).toThrow('that of the threshold');
  });
});

describe('the extremal index by runs', () => {
  it('counts clusters by hand', () => {
    const values = [0, 5, 6, 0, 5, 0, 0, 0, 9, 0];
    expect(extremalIndex(values, 4, 1)).toEqual({ value: 3 / 4, clusters: 3, exceedances: 4 });
    expect(extremalIndex(values, 4, 2)).toEqual({ value: 2 / 4, clusters: 2, exceedances: 4 });
    expect(extremalIndex(values, 4, 4)).toEqual({ value: 1 / 4, clusters: 1, exceedances: 4 });
    expect(extremalIndex(values, 9, 1)).toBeUndefined();
  });

  it('of a moving maximum of two Frechet numbers is a half, of independent ones 1', () => {
    const rng = createRng(4);
    const alone = Array.from({ length: 40_000 }, () => -1 / Math.log(1 - rng.next()));
    const moving = alone.map((x, i) => Math.max(x, alone[i - 1] ?? 0));
    expect(extremalIndex(moving, 200, 2)?.value).toBeCloseTo(0.5, 1);
    expect(extremalIndex(alone, 200, 1)?.value).toBeGreaterThan(0.97);
  });
});

describe('return levels', () => {
  it('are exceeded once in so many observations, by clusters less often', () => {
    const pot = { fit: { shape: 0.2, scale: 1.5 }, threshold: 3, share: 0.04 };
    // u + scale / shape ((m share theta)^shape - 1).
    expect(returnLevel(pot, 10_000)).toBeCloseTo(3 + 7.5 * (400 ** 0.2 - 1), 12);
    expect(returnLevel(pot, 10_000, 0.5)).toBeCloseTo(3 + 7.5 * (200 ** 0.2 - 1), 12);
    const sample = pareto(6, 50_000, 0.2);
    const fit = fitPotAbove(sample, 1);
    if (!fit.ok) throw new Error(fit.error);
    const level = returnLevel(fit.value, 1_000);
    expect(sample.filter((x) => x > level).length / 50).toBeCloseTo(1, 0);
  });
});
