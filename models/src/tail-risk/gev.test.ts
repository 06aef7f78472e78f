import { describe, expect, it } from '@jest/globals';
import { fitGev } from './gev.ts';

const even = (location: number, scale: number, shape: number, n: number): number[] => Array.from({ length: n }, (_, i) => {
  const y = -Math.log((i + 0.5) / n);
  return location + scale * (shape === 0 ? -Math.log(y) : (y ** -shape - 1) / shape);
});

describe('generalised extreme value laws', () => {
  it.each([[3.87, 0.198, -0.05], [100, 20, 0.3], [0, 1, -0.25], [-2, 0.5, 0]] as const)('location %f, scale %f, shape %f are found in an even sample', (location, scale, shape) => {
    const fitted = fitGev(even(location, scale, shape, 4_000));
    if (!fitted.ok) throw new Error(fitted.error);
    expect(Math.abs(fitted.value.location - location) / scale).toBeLessThan(0.01);
    expect(fitted.value.scale / scale).toBeCloseTo(1, 1);
    expect(Math.abs(fitted.value.shape - shape)).toBeLessThan(0.01);
  });

  it('the likelihood is that of the density, and highest at the estimate', () => {
    const sample = even(1, 2, 0.2, 200);
    const fitted = fitGev(sample);
    if (!fitted.ok) throw new Error(fitted.error);
    const density = (x: number, m: number, s: number, k: number): number => {
      const y = (1 + (k * (x - m)) / s) ** (-1 / k);
      return (y ** (k + 1) * Math.exp(-y)) / s;
    };
    const at = (m: number, s: number, k: number): number => sample.reduce((sum, x) => sum + Math.log(density(x, m, s, k)), 0);
    const { location, scale, shape, logLikelihood } = fitted.value;
    expect(logLikelihood).toBeCloseTo(at(location, scale, shape), 6);
    for (const [dm, ds, dk] of [[0.01, 0, 0], [-0.01, 0, 0], [0, 0.01, 0], [0, -0.01, 0], [0, 0, 0.01], [0, 0, -0.01]] as const) expect(at(location + dm, scale + ds, shape + dk)).toBeLessThan(logLikelihood);
  });

  it('refuses shapes for which the largest value alone would tell the end', () => {
    expect(fitGev(even(0, 1, -0.7, 2_000))).toMatchObject({ error: 'not-regular' });
    expect(fitGev(even(0, 1, -0.4, 2_000))).toMatchObject({ ok: true });
  });

  it('refuses what says nothing', () => {
    expect(fitGev([1, 2, 3])).toMatchObject({ error: 'too-few' });
    expect(fitGev(new Array<number>(30).fill(2))).toMatchObject({ error: 'no-spread' });
    expect(fitGev([...new Array<number>(30).fill(2), NaN])).toMatchObject({ error: 'not-finite' });
  });
});
