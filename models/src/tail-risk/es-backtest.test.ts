import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { acerbiSzekelyZ2, dieboldMariano, fisslerZiegel, normalLaw, z2Critical, type LossLaw } from './es-backtest.ts';

/** Student's t with four degrees of freedom, whose quantiles have a closed form (Shaw 2006, Journal of Computational Finance 9(4)). */
const t4Law: LossLaw = {
  exceededWith: (p) => {
    const a = 4 * p * (1 - p);
    const q = 2 * Math.sqrt(Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a) - 1);
    return p < 0.5 ? q : -q;
  },
  shortfall: (tail) => {
    const q = t4Law.exceededWith(tail);
    // ES = (nu + q^2) / (nu - 1) times the density over the tail; the density of t4 is 12 / (4 + q^2)^(5/2).
    return (((4 + q * q) / 3) * (12 / (4 + q * q) ** 2.5)) / tail;
  },
};

describe('expected shortfall', () => {
  it('closed forms: N(0, 1) and t4 at 97.5 %', () => {
    expect(normalLaw.shortfall(0.025)).toBeCloseTo(2.3378, 5);
    expect(normalLaw.exceededWith(0.01)).toBeCloseTo(2.32635, 5);
    expect(t4Law.exceededWith(0.025)).toBeCloseTo(2.77645, 5);
    expect(t4Law.shortfall(0.025)).toBeCloseTo(3.99356, 5);
  });
});

describe("Acerbi and Szekely's second test", () => {
  it('is zero when the losses beyond sum to what was expected', () => {
    // 40 forecasts at 2.5 %: one exceedance is expected, of the size of the shortfall.
    const of = (loss: number): number => acerbiSzekelyZ2({ losses: [loss, ...new Array<number>(39).fill(0)], vars: new Array<number>(40).fill(2), shortfalls: new Array<number>(40).fill(2.5) }, 0.025);
    expect(of(2.5)).toBe(0);
    expect(of(5)).toBe(-1);
    expect(of(1)).toBe(1);
  });

  it('Acerbi and Szekely 2014: critical values at 5 % for 250 forecasts, normal and t4-like tails', () => {
    const critical = (law: LossLaw, significance = 0.05): number => z2Critical({ length: 250, tail: 0.025, significance, draws: 20_000, law, rng: createRng(1) });
    // Published: -0.70 for the normal law; -0.733 for t5 and -0.811 for t3, so t4 lies between.
    expect(Math.abs(critical(normalLaw) + 0.7)).toBeLessThan(0.02);
    expect(critical(t4Law)).toBeLessThan(-0.73);
    expect(critical(t4Law)).toBeGreaterThan(-0.811);
  });

  it('shrinks with the length as its variance says', () => {
    // Var Z2 = E[X^2 | beyond] / (T tail ES^2), and of a normal X beyond its quantile z the mean square is 1 + z ES: 0.0784 for 6,639 forecasts, times 1.645.
    const spread = Math.sqrt((1 + 1.959964 * 2.337803) / (6_639 * 0.025 * 2.337803 ** 2));
    expect(z2Critical({ length: 6_639, tail: 0.025, significance: 0.05, draws: 5_000, rng: createRng(2) })).toBeCloseTo(-1.645 * spread, 2);
  });
});

describe('the Fissler-Ziegel score', () => {
  const mean = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length;

  it('is lowest at the true VaR and shortfall', () => {
    const rng = createRng(5);
    const losses = Array.from({ length: 100_000 }, () => rng.normal());
    const score = (v: number, e: number): number => mean(fisslerZiegel({ losses, vars: losses.map(() => v), shortfalls: losses.map(() => e) }, 0.025));
    const best = score(1.95996, 2.3378);
    for (const [v, e] of [[1.6, 2.3378], [2.3, 2.4], [1.95996, 1.99], [1.95996, 2.8]] as const) expect(score(v, e)).toBeGreaterThan(best);
  });

  it('counts two outcomes by hand', () => {
    // Within: 2 / 2.5 + log 2.5 - 1. Beyond by one: that plus 1 / (0.025 * 2.5).
    const within = 0.8 + Math.log(2.5) - 1;
    expect([...fisslerZiegel({ losses: [1, 3], vars: [2, 2], shortfalls: [2.5, 2.5] }, 0.025)]).toEqual([expect.closeTo(within, 12), expect.closeTo(within + 16, 12)]);
  });
});

describe("Diebold and Mariano's comparison", () => {
  it('has a standard normal t when there is no difference, also with serial correlation', () => {
    const rejected = Array.from({ length: 200 }, (_, seed) => {
      const rng = createRng(seed);
      let x = 0;
      const scores = Array.from({ length: 1_000 }, () => (x = 0.4 * x + rng.normal()));
      return Math.abs(dieboldMariano(scores, scores.map(() => 0)).t) > 1.96 ? 1 : 0;
    }).reduce<number>((a, b) => a + b, 0) / 200;
    // The window is finite, so it rejects a little too often: 5 % would be right.
    expect(rejected).toBeGreaterThan(0.03);
    expect(rejected).toBeLessThan(0.12);
  });

  it('without lags is the plain t statistic', () => {
    // Differences 1, 2, 3: mean 2, variance 2/3.
    expect(dieboldMariano([1, 2, 3], [0, 0, 0], 0)).toEqual({ difference: 2, t: expect.closeTo(2 / Math.sqrt(2 / 9), 12) });
    expect(dieboldMariano([1, 1], [1, 1], 0)).toEqual({ difference: 0, t: 0 });
  });
});
