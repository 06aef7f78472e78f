import { describe, expect, it } from '@jest/globals';
import { normalCdf } from '../../core/index.ts';
import type { Severity } from './design-point.ts';
import { proposalFor, rareEvent, type RareEventOptions } from './importance.ts';
import { crudeProposal, drawFrom, scenarioDraws } from './proposal.ts';
import { plainProbability } from './weighted.ts';

/** a.Z for the unit vector a in proportion to 1, 2, ..., d: standard normal. */
function projection(d: number): { readonly a: readonly number[]; readonly severity: Severity } {
  const norm = Math.sqrt((d * (d + 1) * (2 * d + 1)) / 6);
  const a = Array.from({ length: d }, (_, j) => (j + 1) / norm);
  return { a, severity: (z) => a.reduce((sum, x, j) => sum + x * (z[j] ?? 0), 0) };
}

const within3se = ({ p, se }: { readonly p: number; readonly se: number }, want: number): void => {
  expect(Math.abs(p - want)).toBeLessThan(3 * se);
};

/** Phi(-4). */
const phi4 = 3.1671241833119921e-5;

describe('rare event estimator, against closed forms', () => {
  it('P(a.Z > 4) = 3.1671e-5 in 8 dimensions by N(z*, I): relative deviation 2.124 / sqrt(n), a variance 6,999 times smaller than crude', () => {
    const { a, severity } = projection(8);
    const samples = 20_000;
    const got = rareEvent(severity, 4, 8, { seed: 11, samples, defensive: 0, crude: 0 });
    expect(normalCdf(-4)).toBeCloseTo(phi4, 18);
    within3se(got, phi4);
    expect(got.found.method).toBe('design-point');
    for (const [j, x] of got.zstar.entries()) expect(Math.abs(x - 4 * (a[j] ?? 0))).toBeLessThan(0.02);
    // Exact: sqrt(e^16 Phi(-8) / Phi(-4)^2 - 1) = 2.12394, and crude sqrt((1 - p) / p) = 177.69; 31,573.4 / 4.51111 = 6,999.
    expect(Math.abs((got.se / got.p) * Math.sqrt(samples) - 2.12394)).toBeLessThan(0.05);
    expect(got.varianceRatio).toBeGreaterThan(1_000);
    expect(Math.abs(got.varianceRatio / 6_999 - 1)).toBeLessThan(0.08);
    expect(got.ci.low).toBeLessThan(phi4);
    expect(got.ci.high).toBeGreaterThan(phi4);
  });
  it('the same with a tenth of N(0, I) beside it: 2.2635 / sqrt(n) and 6,163, and crude Monte Carlo agrees where the event is not rare', () => {
    const { severity } = projection(8);
    const samples = 20_000;
    const got = rareEvent(severity, 4, 8, { seed: 12, samples });
    within3se(got, phi4);
    // By quadrature: integral over x > 4 of phi(x) / (0.1 + 0.9 exp(4x - 8)), over p^2, less 1 = 5.1233.
    expect(Math.abs((got.se / got.p) * Math.sqrt(samples) - 2.2635)).toBeLessThan(0.05);
    expect(Math.abs(got.varianceRatio / 6_163 - 1)).toBeLessThan(0.08);
    expect(got.hits).toBeGreaterThan(0.4 * samples);
    expect(got.ess).toBeLessThan(got.hits);
    expect(Math.abs(got.meanWeight.value - 1)).toBeLessThan(3 * got.meanWeight.se);
    expect(Math.abs(got.overlap?.deviation ?? NaN)).toBeLessThan(3);
    // The tenth part of a standard normal variable begins at 1.2816.
    expect(Math.abs((got.overlap?.level ?? NaN) - 1.2816)).toBeLessThan(0.2);
  });
  it('crude Monte Carlo of Phi(-4) has the relative deviation 177.7 / sqrt(n)', () => {
    const samples = 200_000;
    const draws = scenarioDraws(13, ['z']);
    const z = new Float64Array(1);
    const weights = new Float64Array(samples);
    const drawn = weights.map((_, i) => {
      weights[i] = drawFrom(crudeProposal(1), draws, i, z);
      return z[0] ?? NaN;
    });
    const { value, se } = plainProbability(weights, (i) => (drawn[i] ?? NaN) > 4, 0.95, 1);
    expect(Math.abs(value - phi4)).toBeLessThan(3 * 177.69 * phi4 / Math.sqrt(samples));
    expect((se / value) * Math.sqrt(samples)).toBeCloseTo(Math.sqrt((1 - value) / value), 2);
  });
  it('two tails, |Z1| > 4: both design points, and 2 Phi(-4)', () => {
    const got = rareEvent((z) => Math.abs(z[0] ?? 0), 4, 3, { seed: 14 });
    expect(got.found.points.map(({ beta }) => beta.toFixed(2))).toEqual(['4.00', '4.00']);
    within3se(got, 2 * phi4);
    expect(got.se / got.p).toBeLessThan(0.08);
  });
  it('two planes of different distance, max(Z1 / 3.5, Z2 / 4) > 1: 1 - Phi(3.5) Phi(4)', () => {
    const got = rareEvent((z) => Math.max((z[0] ?? 0) / 3.5, (z[1] ?? 0) / 4), 1, 4, { seed: 15, samples: 5_000 });
    expect(got.found.points.length).toBe(2);
    within3se(got, 1 - (1 - normalCdf(-3.5)) * (1 - phi4));
    expect(got.varianceRatio).toBeGreaterThan(100);
  });
  it('a round boundary, |Z| > 4.5 in the plane: exp(-4.5^2 / 2)', () => {
    const got = rareEvent((z) => Math.hypot(z[0] ?? 0, z[1] ?? 0), 4.5, 2, { seed: 16, samples: 20_000 });
    within3se(got, Math.exp(-(4.5 ** 2) / 2));
  });
  it('a severity of steps, as a cascade has: the same design point and probability', () => {
    const { severity } = projection(8);
    const steps: Severity = (z) => (severity(z) > 4 ? 10 : severity(z) > 1.5 ? 1 : 0);
    const got = rareEvent(steps, 5, 8, { seed: 17 });
    expect(Math.abs(Math.hypot(...got.zstar) - 4)).toBeLessThan(0.05);
    within3se(got, phi4);
    expect(got.varianceRatio).toBeGreaterThan(1_000);
  });
  it('where no ray reaches the event, cross-entropy rounds do: a disc of radius 0.7 around (2.5, 2.5)', () => {
    const disc: Severity = (z) => -Math.hypot((z[0] ?? 0) - 2.5, (z[1] ?? 0) - 2.5);
    const got = rareEvent(disc, -0.7, 2, { seed: 18, samples: 20_000 });
    expect(got.found.method).toBe('cross-entropy');
    expect(got.found.evaluations).toBeGreaterThanOrEqual(1_500);
    // By quadrature in polar coordinates (mpmath, 30 digits).
    within3se(got, 8.15007374981573e-4);
    expect(got.varianceRatio).toBeGreaterThan(10);
  });
  it('an event that is not rare needs no shift: P(Z > -1)', () => {
    const got = rareEvent((z) => z[0] ?? 0, -1, 2, { seed: 19, samples: 5_000 });
    expect(got.found.method).toBe('not-rare');
    within3se(got, 1 - normalCdf(-1));
    expect(got.ess).toBeCloseTo(got.hits, 9);
  });
  it('an event that cannot be has an interval from 0 to what defensive scenarios would have shown', () => {
    const got = rareEvent((z) => Math.tanh(z[0] ?? 0), 2, 2, { seed: 20, samples: 1_000 });
    expect(got.found.method).toBe('cross-entropy-short');
    expect(got.p).toBe(0);
    // 10 times 1 - 0.05^(1 / 1000).
    expect(got.ci).toEqual({ low: 0, high: 10 * (1 - 0.05 ** (1 / 1_000)) });
  });
});

describe('rare event estimator', () => {
  it('95 % intervals hold the truth in 90 to 99 % of 300 runs', () => {
    const { severity } = projection(2);
    const options: RareEventOptions = { samples: 400, crude: 0 };
    let held = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const { ci } = rareEvent(severity, 4, 2, { ...options, seed });
      if (ci.low <= phi4 && phi4 <= ci.high) held++;
    }
    expect(held / 300).toBeGreaterThan(0.9);
    expect(held / 300).toBeLessThan(0.99);
  });
  it('another level shares the random numbers: scenarios differ by the shift alone, factor by factor', () => {
    const { severity } = projection(4);
    const draws = scenarioDraws(21, ['a', 'b', 'c', 'd']);
    const [near, far] = [3, 5].map((level) => proposalFor(severity, level, 4, { defensive: 0 }).proposal);
    const points = [near, far].map((proposal) => {
      const z = new Float64Array(4);
      if (proposal !== undefined) drawFrom(proposal, draws, 77, z);
      return Array.from(z, (x, j) => x - (proposal?.components[0]?.mean[j] ?? NaN));
    });
    for (let j = 0; j < 4; j++) expect(points[0]?.[j]).toBeCloseTo(draws.normal(77, j), 12);
    for (let j = 0; j < 4; j++) expect(points[1]?.[j]).toBeCloseTo(draws.normal(77, j), 12);
  });
  it('refuses a severity that is no number', () => {
    expect(() => rareEvent(() => NaN, 1, 2)).toThrow('finite');
  });
});
