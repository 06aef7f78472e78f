import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { createPooledFit } from './pooled-fit.ts';
import { lawProbabilities, sampleOf } from './pooled-model.ts';

/** Returns that exceed exp(x . b) with probability 2 tail: Pareto beyond, uniform within. */
function rowsOf(seed: number, count: number, b: readonly number[], tail: number): { readonly x: number[]; readonly r: number }[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const x = [1, ...b.slice(1).map(() => rng.normal())];
    const scale = Math.exp(x.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0));
    const p = rng.next();
    const relative = p < 2 * tail ? (p / (2 * tail)) ** (-1 / 4) : 1 - p;
    return { x, r: (rng.chance(0.5) ? 1 : -1) * relative * scale };
  });
}

/** What is minimised, from its definition. */
const scoreOf = (rows: readonly { readonly x: readonly number[]; readonly r: number }[], b: ArrayLike<number>, tail: number): number => rows.reduce((sum, { x, r }) => {
  const log = x.reduce((s, value, k) => s + value * (b[k] ?? 0), 0);
  const beyond = Math.abs(r) * Math.exp(-log) - 1;
  return sum + log + Math.max(0, beyond) / (2 * tail * 1.35);
}, 0);

describe('the pooled fit', () => {
  const truth = [-3, 0.4, -0.2, 0];
  it('finds the coefficients that returns were made with', () => {
    const fit = createPooledFit(4, 60_000, [0, 0, 0, 0]);
    for (const { x, r } of rowsOf(1, 60_000, truth, 0.025)) fit.add(x, r);
    const b = fit.coefficients(0.025);
    truth.forEach((value, k) => expect(Math.abs((b[k] ?? NaN) - value)).toBeLessThan(0.03));
  });

  it('is at the lowest score, also when rows come day by day', () => {
    const rows = rowsOf(2, 12_000, truth, 0.05);
    const fit = createPooledFit(4, 12_000, [0, 0, 0, 0]);
    let b: Float64Array = new Float64Array(4);
    rows.forEach(({ x, r }, i) => {
      fit.add(x, r);
      if (i >= 3_000 && i % 1_000 === 0) b = fit.coefficients(0.05);
    });
    for (let k = 0; k < 4; k++) b = fit.coefficients(0.05);
    const lowest = scoreOf(rows, b, 0.05);
    for (let k = 0; k < 4; k++) for (const step of [-0.03, 0.03]) expect(scoreOf(rows, b.map((value, j) => value + (j === k ? step : 0)), 0.05)).toBeGreaterThan(lowest);
  });

  it('passes rows over only where that changes nothing', () => {
    // One fit from all rows at once, which looks at each, and one whose rows were looked at before: both go to one point.
    const rows = rowsOf(3, 8_000, truth, 0.05);
    const [once, often] = [createPooledFit(4, 8_000, [-2, 0, 0, 0]), createPooledFit(4, 8_000, [-2, 0, 0, 0])];
    rows.forEach(({ x, r }, i) => {
      once.add(x, r);
      often.add(x, r);
      if (i === 4_000) often.coefficients(0.05);
    });
    let [a, b] = [once.coefficients(0.05), often.coefficients(0.05)];
    for (let k = 0; k < 8; k++) [a, b] = [once.coefficients(0.05), often.coefficients(0.05)];
    expect(scoreOf(rows, b, 0.05)).toBeCloseTo(scoreOf(rows, a, 0.05), 0);
    a.forEach((value, k) => expect(Math.abs((b[k] ?? NaN) - value)).toBeLessThan(0.005));
  });

  it('tells what makes losses larger and gains smaller', () => {
    const rng = createRng(6);
    const fit = createPooledFit(3, 60_000, [0, 0, 0], new Set([2]));
    for (let i = 0; i < 60_000; i++) {
      const x = [1, rng.normal(), rng.normal()];
      const falls = rng.chance(0.5);
      const log = -3 + 0.4 * (x[1] ?? NaN) + (falls ? 0.2 : -0.2) * (x[2] ?? NaN);
      const p = rng.next();
      fit.add(x, (falls ? -1 : 1) * (p < 0.05 ? (p / 0.05) ** (-1 / 4) : 1 - p) * Math.exp(log));
    }
    const b = fit.coefficients(0.025);
    [-3, 0.4, 0.2].forEach((value, k) => expect(Math.abs((b[k] ?? NaN) - value)).toBeLessThan(0.03));
    // Of a rise the loss's scale is meant, too.
    expect(fit.law(b)[lawProbabilities.indexOf(0.975)]).toBeCloseTo(1, 1);
  });

  it('says the law of losses in its unit, from which a sample is made again', () => {
    const fit = createPooledFit(4, 40_000, [0, 0, 0, 0]);
    for (const { x, r } of rowsOf(4, 40_000, truth, 0.025)) fit.add(x, r);
    const law = fit.law(fit.coefficients(0.025));
    expect(law).toHaveLength(lawProbabilities.length);
    expect(law[lawProbabilities.indexOf(0.975)]).toBeCloseTo(1, 1);
    expect(law[lawProbabilities.indexOf(0.025)]).toBeCloseTo(-1, 1);
    const sample = sampleOf(law, 2_000);
    expect(Array.from(sample)).toEqual([...sample].sort((p, q) => p - q));
    expect(sample.filter((z) => z > 1).length).toBeGreaterThan(40);
    expect(sample.filter((z) => z > 1).length).toBeLessThan(60);
  });
});
