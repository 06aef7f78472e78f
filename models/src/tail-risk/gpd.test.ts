import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../core/index.ts';
import type { GpdFit } from './gpd.ts';
import { fitGpd, meanIsIdentified, potQuantile, potShortfall } from './gpd.ts';

/** A sample as even as can be: the law's own quantiles. */
const evenSample = (shape: number, scale: number, n: number): number[] => Array.from({ length: n }, (_, i) => (scale * (((n - i - 0.5) / n) ** -shape - 1)) / shape);
const randomSample = (seed: number, shape: number, scale: number, n: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => (scale * ((1 - (rng.next() + 2 ** -33)) ** -shape - 1)) / shape);
};
const fitted = (excesses: readonly number[], method?: 'mle' | 'pwm'): GpdFit => {
  const result = fitGpd(excesses, method);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('peaks over a threshold', () => {
  it('McNeil 1997, Danish fire insurance over 10: 109 of 2,167 claims', () => {
    const danish = { fit: { shape: 0.497, scale: 6.9755 }, threshold: 10, share: 109 / 2_167 };
    expect([0.01, 0.001, 0.0001].map((p) => potQuantile(danish, p))).toEqual([expect.closeTo(27.29, 1), expect.closeTo(94.34, 0), expect.closeTo(304.9, -1)]);
    expect([0.01, 0.001, 0.0001].map((p) => potShortfall(danish, p))).toEqual([expect.closeTo(58.24, 1), expect.closeTo(191.54, 0), expect.closeTo(610.1, -1)]);
    // To a part in a thousand, as published.
    expect(potQuantile(danish, 0.01) / 27.29).toBeCloseTo(1, 3);
    expect(potShortfall(danish, 0.01) / 58.24).toBeCloseTo(1, 3);
    expect(potQuantile(danish, 0.0001) / 304.9).toBeCloseTo(1, 3);
    expect(potShortfall(danish, 0.0001) / 610.1).toBeCloseTo(1, 3);
  });

  it('Coles 2001, daily rainfall over 30: the level of a hundred years', () => {
    const rain = { fit: { shape: 0.184, scale: 7.44 }, threshold: 30, share: 152 / 17_531 };
    expect(potQuantile(rain, 1 / 36_525) / 106.3).toBeCloseTo(1, 2);
  });

  it('an exponential tail is the limit of small shapes', () => {
    const at = (shape: number): number => potQuantile({ fit: { shape, scale: 2 }, threshold: 1, share: 0.1 }, 0.01);
    expect(at(0)).toBeCloseTo(1 + 2 * Math.log(10), 12);
    expect(at(1e-6)).toBeCloseTo(at(0), 4);
  });

  it('the shortfall is the mean of the quantiles beyond', () => {
    const pot = { fit: { shape: 0.3, scale: 2 }, threshold: 5, share: 0.1 };
    // The mean of quantiles over u in (0, 0.025), with u = 0.025 v^2 so that the steps are fine where they matter.
    const n = 200_000;
    let mean = 0;
    for (let i = 0; i < n; i++) {
      const v = (i + 0.5) / n;
      mean += (potQuantile(pot, 0.025 * v * v) * 2 * v) / n;
    }
    expect(potShortfall(pot, 0.025)).toBeCloseTo(mean, 3);
    expect(potShortfall({ ...pot, fit: { shape: 1, scale: 1 } }, 0.01)).toBe(Infinity);
  });
});

describe('fits of generalised Pareto laws', () => {
  it.each([[0.5, 7], [0.18, 7.4], [-0.3, 2], [1.2, 1]] as const)('find shape %f and scale %f in an even sample', (shape, scale) => {
    const fit = fitted(evenSample(shape, scale, 4_000));
    expect(fit.shape).toBeCloseTo(shape, 1);
    expect(fit.scale / scale).toBeCloseTo(1, 1);
  });

  it('are where the likelihood is highest', () => {
    fc.assert(fc.property(fc.integer(), fc.double({ min: -0.4, max: 1.1, noNaN: true }).filter((x) => Math.abs(x) > 0.02), (seed, shape) => {
      const sample = randomSample(seed, shape, 3, 120);
      const fit = fitted(sample);
      const at = (xi: number, beta: number): number => -sample.length * Math.log(beta) - (1 / xi + 1) * sample.reduce((sum, y) => sum + (1 + (xi * y) / beta > 0 ? Math.log1p((xi * y) / beta) : Infinity), 0);
      for (const [dx, db] of [[1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3], [1e-3, 1e-3], [-1e-3, 1e-3]] as const) {
        expect(at(fit.shape + dx, fit.scale * (1 + db))).toBeLessThanOrEqual(fit.logLikelihood + 1e-7);
      }
    }), { numRuns: 60 });
  });

  it('have errors that hold the truth as often as they say', () => {
    let within = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { shape, shapeError } = fitted(randomSample(seed, 0.3, 1, 200));
      if (Math.abs(shape - 0.3) < 1.96 * shapeError) within++;
    }
    expect(within / 300).toBeGreaterThan(0.9);
    expect(within / 300).toBeLessThan(0.99);
  });

  it('by weighted moments come near, and refuse tails without a variance', () => {
    const { shape, scale } = fitted(evenSample(0.2, 3, 4_000), 'pwm');
    expect(shape).toBeCloseTo(0.2, 1);
    expect(scale).toBeCloseTo(3, 0);
    expect(fitGpd(evenSample(0.9, 1, 4_000), 'pwm')).toMatchObject({ ok: false, error: 'moments-do-not-exist' });
  });

  it('scale with the unit', () => {
    const sample = randomSample(4, 0.4, 1, 150);
    const [one, thousand] = [fitted(sample), fitted(sample.map((y) => 1_000 * y))];
    expect(thousand.shape).toBeCloseTo(one.shape, 6);
    expect(thousand.scale / one.scale).toBeCloseTo(1_000, 3);
  });

  it('refuse what says nothing', () => {
    expect(fitGpd([1, 2, 3])).toMatchObject({ error: 'too-few' });
    expect(fitGpd(new Array<number>(20).fill(2))).toMatchObject({ error: 'no-spread' });
    expect(fitGpd([0, ...evenSample(0.2, 1, 20)])).toMatchObject({ error: 'not-positive' });
    expect(fitGpd([Infinity, ...evenSample(0.2, 1, 20)])).toMatchObject({ error: 'not-positive' });
  });

  it('refuse excesses whose likelihood is highest at its edge: there the largest ones are the law', () => {
    // Ever more of them the larger they are, as when most moves are of the same number of ticks.
    const rng = createRng(12);
    expect(fitGpd(Array.from({ length: 200 }, () => Math.max(rng.next(), rng.next(), rng.next())))).toMatchObject({ error: 'no-maximum' });
    // Even up to their end, a shape of -1, and a shape just above it that has a maximum.
    expect(fitGpd(Array.from({ length: 400 }, (_, i) => (i + 1) / 400))).toMatchObject({ error: 'no-maximum' });
    expect(fitted(evenSample(-0.6, 1, 4_000)).shape).toBeCloseTo(-0.6, 1);
  });

  it('say when the mean of a tail is not identified', () => {
    expect(meanIsIdentified({ shape: 0.497, shapeError: 0.136 })).toBe(true);
    expect(meanIsIdentified({ shape: 0.8, shapeError: 0.136 })).toBe(false);
    expect(meanIsIdentified({ shape: 0.1, shapeError: NaN })).toBe(false);
  });
});
