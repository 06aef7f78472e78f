import { describe, expect, it } from '@jest/globals';
import { createRng, normalCdf } from '../core/index.ts';
import { normalLaw, z2Critical, type LossLaw } from './es-backtest.ts';
import { studentAbove } from './tail-dependence.ts';

interface Law extends LossLaw {
  readonly above: (x: number) => number;
}

/** Quantiles from a table in the logarithm of the probability, 2.5 % down to e^-25, by bisection. */
function lawOf(above: (x: number) => number, shortfall: (quantile: number) => number): Law {
  const [from, to, points] = [-25, Math.log(0.025), 4_000];
  const quantiles = Float64Array.from({ length: points + 1 }, (_, i) => {
    const p = Math.exp(from + ((to - from) * i) / points);
    let [low, high] = [0, 1];
    while (above(high) > p) high *= 2;
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (above(middle) > p) low = middle;
      else high = middle;
    }
    return low;
  });
  const exceededWith = (p: number): number => {
    const x = ((Math.log(p) - from) / (to - from)) * points;
    const i = Math.min(points - 1, Math.max(0, Math.floor(x)));
    return (quantiles[i] ?? NaN) + ((quantiles[i + 1] ?? NaN) - (quantiles[i] ?? NaN)) * (x - i);
  };
  return { above, exceededWith, shortfall: () => shortfall(exceededWith(0.025)) };
}

/** ES = density (nu + q^2) / (nu - 1) over the tail; gamma(nu / 2 + 1 / 2) / gamma(nu / 2) is given. */
const student = (degrees: number, gammas: number): Law => lawOf((x) => studentAbove(x, degrees),
  (q) => ((gammas / Math.sqrt(degrees * Math.PI)) * (1 + (q * q) / degrees) ** (-(degrees + 1) / 2) * (degrees + q * q)) / (degrees - 1) / 0.025);
const laws = {
  normal: lawOf((x) => normalCdf(-x), () => normalLaw.shortfall(0.025)),
  // gamma(5.5) / gamma(5), gamma(3) / gamma(2.5), gamma(2) / gamma(1.5).
  t10: student(10, 52.34277778455352 / 24), t5: student(5, 2 / 1.329340388179137), t3: student(3, 1 / 0.886226925452758),
};

/** The critical value without simulation: the sum of a binomial number of losses, on a grid, by Panjer's recursion (Panjer 1981, ASTIN Bulletin 12). */
function exactCritical({ above, exceededWith, shortfall }: Law, significances: readonly number[]): readonly number[] {
  const [p, n, step, cells] = [0.025, 250, 0.008, 6_000];
  const es = shortfall(p);
  const from = exceededWith(p);
  const size = Float64Array.from({ length: cells + 1 }, (_, j) => (above(Math.max(from, (j - 0.5) * step * es)) - above(Math.max(from, (j + 0.5) * step * es))) / p);
  const [a, b] = [-p / (1 - p), ((n + 1) * p) / (1 - p)];
  const total = new Float64Array(cells + 1);
  total[0] = (1 - p) ** n;
  for (let s = 1; s <= cells; s++) {
    let sum = 0;
    for (let j = 1; j <= s; j++) sum += (a + (b * j) / s) * (size[j] ?? 0) * (total[s - j] ?? 0);
    total[s] = sum;
  }
  return significances.map((significance) => {
    let [below, cell] = [0, 0];
    while ((below += total[cell] ?? 1) <= 1 - significance) cell++;
    return 1 - (cell * step) / (n * p);
  });
}

const simulated = (law: LossLaw, significance: number, draws: number): number => z2Critical({ length: 250, tail: 0.025, significance, draws, law, rng: createRng(7) });

describe("critical values of Acerbi and Szekely's second test, 250 forecasts of a 97.5 % shortfall (Acerbi and Szekely 2014)", () => {
  it.each([['normal', -0.7], ['t10', -0.713], ['t5', -0.733], ['t3', -0.811]] as const)('at 5 %% for %s losses: %f', (name, printed) => {
    expect(Math.abs(simulated(laws[name], 0.05, 40_000) - printed)).toBeLessThan(0.02);
    expect(Math.abs((exactCritical(laws[name], [0.05])[0] ?? NaN) - printed)).toBeLessThan(0.006);
  });

  it('at 0.01 %: -1.8 from the normal law to t10, and -4.56 for t3, of which a simulation of some hundred thousand sums knows no more than the first digit', () => {
    for (const name of ['normal', 't10'] as const) expect(exactCritical(laws[name], [0.0001])[0]?.toFixed(1)).toBe('-1.8');
    expect(exactCritical(laws.t3, [0.0001])[0]).toBeCloseTo(-4.56, 1);
    expect(Math.abs(simulated(laws.normal, 0.0001, 60_000) + 1.8)).toBeLessThan(0.1);
  });

  it('the shortfalls of these laws: 2.81900, 3.52158, 5.03958', () => {
    expect([laws.t10, laws.t5, laws.t3].map((law) => law.shortfall(0.025))).toEqual([expect.closeTo(2.819, 3), expect.closeTo(3.52158, 3), expect.closeTo(5.03958, 3)]);
  });
});
