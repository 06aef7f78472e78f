import { assert } from '../core/index.ts';
import { chiSquareAbove } from './chi-square.ts';

/** A likelihood-ratio or Wald test: its statistic and how often chance alone gives as much. */
export interface TestResult {
  readonly statistic: number;
  readonly degrees: number;
  /** In [0, 1]; a model is rejected at 5 % when it is below 0.05. */
  readonly pValue: number;
}

const tested = (statistic: number, degrees: number): TestResult => ({ statistic, degrees, pValue: chiSquareAbove(Math.max(0, statistic), degrees) });

/** x log(y), 0 for x = 0 whatever y is: a count of none says nothing of its probability. */
function xlog(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(y);
}

/** Log-likelihood of `ones` of `n` at probability `p`. */
function binomial(n: number, ones: number, p: number): number {
  return xlog(ones, p) + xlog(n - ones, 1 - p);
}

/**
 * Kupiec's test of unconditional coverage: are there as many exceedances as there should be? `exceedances` of `n` forecasts (n >= 1) whose VaR is exceeded with
 * probability `p` in (0, 1). Source: Kupiec 1995, Journal of Derivatives 3(2), the "proportion of failures" likelihood ratio.
 */
export function kupiec(n: number, exceedances: number, p: number): TestResult {
  assert(n >= 1 && exceedances >= 0 && exceedances <= n && p > 0 && p < 1, `counts of forecasts and a probability, got ${n}, ${exceedances}, ${p}`);
  return tested(2 * (binomial(n, exceedances, exceedances / n) - binomial(n, exceedances, p)), 1);
}

/** How often an exceedance (1) or none (0) followed one or none. */
export interface Transitions {
  readonly n00: number;
  readonly n01: number;
  readonly n10: number;
  readonly n11: number;
}

/** Counts the transitions of a series of exceedances (true) in the order of time. O(n). */
export function transitionsOf(exceeded: readonly boolean[]): Transitions {
  const counts = [0, 0, 0, 0];
  for (let i = 1; i < exceeded.length; i++) {
    const at = 2 * Number(exceeded[i - 1]) + Number(exceeded[i]);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const [n00 = 0, n01 = 0, n10 = 0, n11 = 0] = counts;
  return { n00, n01, n10, n11 };
}

/**
 * Christoffersen's test of independence: is an exceedance as likely after one as after none? A first-order Markov chain against a constant probability.
 * Source: Christoffersen 1998, International Economic Review 39(4).
 */
export function christoffersen({ n00, n01, n10, n11 }: Transitions): TestResult {
  const [from0, from1] = [n00 + n01, n10 + n11];
  const ones = n01 + n11;
  const all = from0 + from1;
  if (all === 0) return tested(0, 1);
  const free = binomial(from0, n01, n01 / Math.max(1, from0)) + binomial(from1, n11, n11 / Math.max(1, from1));
  return tested(2 * (free - binomial(all, ones, ones / all)), 1);
}

/** Both at once, Christoffersen's conditional coverage: two degrees of freedom. */
export function conditionalCoverage(coverage: TestResult, independence: TestResult): TestResult {
  return tested(coverage.statistic + independence.statistic, 2);
}

/**
 * Engle and Manganelli's dynamic-quantile test: can exceedances be foretold from a constant, their own `lags` last values and the VaR forecast? A Wald statistic
 * of a linear regression of (exceeded - p), chi-square with lags + 2 degrees. `vars` are the forecasts (a loss, any unit), one for each of `exceeded`.
 * Source: Engle and Manganelli 2004, Journal of Business & Economic Statistics 22(4), the out-of-sample form. O(n lags^2).
 */
export function dynamicQuantile(exceeded: readonly boolean[], vars: readonly number[], p: number, lags = 4): TestResult {
  assert(exceeded.length === vars.length && exceeded.length > 2 * (lags + 2), `one forecast for each of enough outcomes, got ${exceeded.length} and ${vars.length}`);
  const size = lags + 2;
  const normal = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const right = new Array<number>(size).fill(0);
  // The forecast in units of its own spread: its scale must not decide whether the equations can be solved.
  const centre = vars.reduce((a, b) => a + b, 0) / vars.length;
  const spread = Math.sqrt(vars.reduce((sum, v) => sum + (v - centre) ** 2, 0) / vars.length);
  const hit = (i: number): number => Number(exceeded[i]) - p;
  const row = new Array<number>(size).fill(1);
  for (let t = lags; t < exceeded.length; t++) {
    for (let lag = 1; lag <= lags; lag++) row[lag] = hit(t - lag);
    row[size - 1] = spread > 0 ? ((vars[t] ?? NaN) - centre) / spread : 0;
    for (let i = 0; i < size; i++) {
      right[i] = (right[i] ?? 0) + (row[i] ?? 0) * hit(t);
      const equation = normal[i];
      if (equation === undefined) continue;
      for (let j = 0; j < size; j++) equation[j] = (equation[j] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0);
    }
  }
  return dynamicQuantileOf(normal, right, p);
}

/** The same test from the sums of its regression: of the products of regressors, and of each with (exceeded - p). Sums of parts of a series add up. */
export function dynamicQuantileOf(normal: readonly (readonly number[])[], right: readonly number[], p: number): TestResult {
  const { solution, rank } = solveSymmetric(normal, right);
  return tested(solution.reduce((sum, b, i) => sum + b * (right[i] ?? 0), 0) / (p * (1 - p)), Math.max(1, rank));
}

/** Solves symmetric positive semidefinite equations by elimination; what depends on the unknowns before it (a constant forecast, say) is left out. */
function solveSymmetric(matrix: readonly (readonly number[])[], right: readonly number[]): { readonly solution: readonly number[]; readonly rank: number } {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const pivots: number[] = [];
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let k = 0; k < n; k++) {
    const pivot = cell(k, k);
    if (!(pivot > 1e-10 * Math.max(1e-300, matrix[k]?.[k] ?? 0))) continue;
    pivots.push(k);
    for (let i = 0; i < n; i++) {
      const row = rows[i];
      if (i === k || row === undefined) continue;
      const factor = cell(i, k) / pivot;
      if (factor !== 0) for (let j = k; j <= n; j++) row[j] = (row[j] ?? 0) - factor * cell(k, j);
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (const k of pivots) solution[k] = cell(k, n) / cell(k, k);
  return { solution, rank: pivots.length };
}
