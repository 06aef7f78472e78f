import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import type { Garch, GarchFit, GarchOptions } from './garch.ts';
import { filterGarch, fitGarch } from './garch.ts';
import { minimise } from './minimise.ts';

const simulated = (model: Garch, n: number, seed: number): number[] => {
  const rng = createRng(seed);
  let h = model.base / (1 - model.shock - model.fall / 2 - model.memory);
  let r = model.mean;
  return Array.from({ length: n }, () => {
    const e = Math.sqrt(h) * rng.normal();
    h = model.base + (e < 0 ? model.shock + model.fall : model.shock) * e * e + model.memory * h;
    return (r = model.mean + model.carry * r + e);
  });
};
const fitted = (returns: readonly number[], options?: GarchOptions): GarchFit => {
  const result = fitGarch(returns, options);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
/** The likelihood once more, from its definition alone. */
const likelihoodOf = (returns: readonly number[], { mean, carry, base, shock, fall, memory }: Garch, carries: boolean): number => {
  const errors = returns.slice(carries ? 1 : 0).map((r, i) => r - mean - (carries ? carry * (returns[i] ?? NaN) : 0));
  let h = base + (shock + fall / 2 + memory) * (errors.reduce((s, e) => s + e * e, 0) / errors.length);
  let sum = 0;
  for (const e of errors) {
    sum -= 0.5 * Math.log(2 * Math.PI * h) + (e * e) / (2 * h);
    h = base + (shock + (e < 0 ? fall : 0)) * e * e + memory * h;
  }
  return sum;
};

describe('a search for the lowest point', () => {
  it("finds the bottom of Rosenbrock's valley", () => {
    const found = minimise((x, g) => {
      const [a = 0, b = 0] = x;
      g[0] = -2 * (1 - a) - 400 * a * (b - a * a);
      g[1] = 200 * (b - a * a);
      return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
    }, [-1.2, 1]);
    expect(found.converged).toBe(true);
    expect([...found.x]).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
  });

  it('stays where a function is defined', () => {
    const { x } = minimise(([a = 0], g) => {
      g[0] = 1 - 1 / a;
      return a > 0 ? a - Math.log(a) : NaN;
    }, [5]);
    expect(x[0]).toBeCloseTo(1, 6);
  });
});

describe('AR-GARCH', () => {
  const truth: Garch = { mean: -0.006, carry: 0.1, base: 0.0108, shock: 0.153, fall: 0, memory: 0.806 };

  it('finds what made the returns', () => {
    const fit = fitted(simulated(truth, 20_000, 1));
    expect(fit.converged).toBe(true);
    // Within about three standard errors at this length.
    expect(fit.carry).toBeCloseTo(0.1, 1);
    expect(Math.abs(fit.shock - truth.shock)).toBeLessThan(0.025);
    expect(Math.abs(fit.memory - truth.memory)).toBeLessThan(0.03);
    expect(Math.abs(fit.base / truth.base - 1)).toBeLessThan(0.25);
  });

  it('with falls that count for more finds how much', () => {
    const asymmetric = { ...truth, shock: 0.05, fall: 0.15, memory: 0.82 };
    const fit = fitted(simulated(asymmetric, 20_000, 2), { fall: true });
    expect(Math.abs(fit.fall - 0.15)).toBeLessThan(0.04);
    expect(Math.abs(fit.shock - 0.05)).toBeLessThan(0.025);
  });

  it.each([{ carry: true, fall: false }, { carry: false, fall: false }, { carry: true, fall: true }])('is at the top of the likelihood as it is defined: %o', (options) => {
    const returns = simulated({ ...truth, fall: options.fall ? 0.05 : 0 }, 1_500, 3);
    const fit = fitted(returns, options);
    expect(fit.logLikelihood).toBeCloseTo(likelihoodOf(returns, fit, options.carry), 6);
    const names = ['mean', 'base', 'shock', 'memory', ...(options.carry ? ['carry'] : []), ...(options.fall ? ['fall'] : [])] as const;
    for (const name of names) {
      for (const step of [1e-3, -1e-3]) {
        const near = { ...fit, [name]: (fit[name as keyof Garch] || 1e-3) * (1 + step) };
        expect(likelihoodOf(returns, near, options.carry)).toBeLessThanOrEqual(fit.logLikelihood + 1e-6);
      }
    }
  });

  it('does not depend on the unit', () => {
    const returns = simulated(truth, 1_000, 4);
    const [one, small] = [fitted(returns), fitted(returns.map((r) => r * 1e-4))];
    expect(small.shock).toBeCloseTo(one.shock, 6);
    expect(small.base / 1e-8).toBeCloseTo(one.base, 6);
    expect(small.logLikelihood).toBeCloseTo(one.logLikelihood - 999 * Math.log(1e-4), 4);
  });

  it('begun from a fit of before ends where one begun anew does', () => {
    const returns = simulated(truth, 2_300, 5);
    const before = fitted(returns.slice(0, 2_000));
    const warm = fitted(returns.slice(288), { start: before });
    const cold = fitted(returns.slice(288));
    expect(warm.logLikelihood).toBeCloseTo(cold.logLikelihood, 4);
  });

  it('filters: residuals have unit variance, and the next spread follows the last shock', () => {
    const returns = simulated(truth, 5_000, 6);
    const { residuals, nextMean, nextSigma } = filterGarch(returns, truth);
    expect(residuals.reduce((s, z) => s + z * z, 0) / residuals.length).toBeCloseTo(1, 1);
    expect(nextMean).toBeCloseTo(truth.mean + truth.carry * (returns.at(-1) ?? NaN), 12);
    const shaken = filterGarch([...returns, -5], truth);
    expect(shaken.nextSigma).toBeGreaterThan(1.8);
    expect(nextSigma).toBeLessThan(1.5);
  });

  it('refuses what says nothing', () => {
    expect(fitGarch(new Array<number>(99).fill(1))).toMatchObject({ error: 'too-few' });
    expect(fitGarch(new Array<number>(200).fill(1))).toMatchObject({ error: 'no-spread' });
    expect(fitGarch([...new Array<number>(200).fill(1), NaN])).toMatchObject({ error: 'not-finite' });
  });
});
