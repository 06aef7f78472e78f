import type { Result } from '../core/index.ts';
import { err, ok } from '../core/index.ts';
import { minimise } from './minimise.ts';

/**
 * r_t = mean + carry r_(t-1) + e_t, with e_t = sqrt(h_t) z_t and h_t = base + shock e_(t-1)^2 + fall e_(t-1)^2 [e_(t-1) < 0] + memory h_(t-1).
 * Known as AR(1)-GARCH(1,1), with `fall` as GJR-GARCH (Bollerslev 1986; Glosten, Jagannathan and Runkle 1993).
 */
export interface Garch {
  /** mu, in the unit of the returns. */
  readonly mean: number;
  /** phi, between -1 and 1. */
  readonly carry: number;
  /** omega > 0, in squared units of the returns. */
  readonly base: number;
  /** alpha >= 0. */
  readonly shock: number;
  /** gamma >= 0: what a fall adds. */
  readonly fall: number;
  /** beta >= 0; alpha + gamma / 2 + beta < 1. */
  readonly memory: number;
}

/** A fit by quasi-maximum likelihood. */
export interface GarchFit extends Garch {
  /** Gaussian log-likelihood of the returns after the first (of all without a carry). */
  readonly logLikelihood: number;
  readonly converged: boolean;
}

/** What is fitted; what is not is 0. */
export interface GarchOptions {
  /** Whether a return carries over to the next (default true). */
  readonly carry?: boolean;
  /** Whether falls count for more (default false). */
  readonly fall?: boolean;
  /** A fit of returns not long before, to begin from. */
  readonly start?: Garch;
}

/** Why returns were not fitted. */
export type GarchProblem = 'too-few' | 'not-finite' | 'no-spread';

/** Fewer leave the parameters open (design assumption; 1,000 to 2,000 are usual). */
const LEAST = 100;
/** The most that alpha + gamma / 2 + beta may be: a variance that is finite. */
const MOST_PERSISTENT = 0.9998;

/** Fits the model to returns (at least 100, oldest first) by Gaussian quasi-maximum likelihood with analytic slopes. What came before the first is taken to be the mean square of the residuals, for the variance and the last shock alike (Fiorentini, Calzolari and Panattoni 1996, Journal of Applied Econometrics 11(4)). O(n) a step, some dozens of steps. */
export function fitGarch(returns: ArrayLike<number>, options: GarchOptions = {}): Result<GarchFit, GarchProblem> {
  const n = returns.length;
  if (n < LEAST) return err('too-few');
  const plain = Float64Array.from(returns);
  if (!plain.every(Number.isFinite)) return err('not-finite');
  const average = plain.reduce((a, b) => a + b, 0) / n;
  const unit = Math.sqrt(plain.reduce((sum, r) => sum + (r - average) ** 2, 0) / n);
  if (!(unit > 0)) return err('no-spread');
  // In units of their own spread, so that no parameter is far from one.
  const scaled = plain.map((r) => r / unit);
  const { carry = true, fall = false } = options;
  const free = { carry, fall };
  const likelihood = createLikelihood(scaled, carry);
  const slopes = new Float64Array(6);
  const objective = (x: Float64Array, gradient: Float64Array): number => {
    const value = likelihood(modelOf(x, free), slopes);
    chain(x, free, slopes, gradient);
    return -value / n;
  };
  const starts = [coordinatesOf(options.start === undefined ? { mean: average / unit, carry: 0, base: 0.05, shock: 0.07, fall: fall ? 0.04 : 0, memory: 0.86 } : scaledBy(options.start, 1 / unit), free)];
  if (options.start === undefined) starts.push(coordinatesOf({ mean: average / unit, carry: 0, base: 0.3, shock: 0.2, fall: fall ? 0.1 : 0, memory: 0.45 }, free));
  const found = starts.map((start) => minimise((x, gradient) => objective(x, gradient), start)).sort((a, b) => a.value - b.value)[0];
  if (found === undefined) return err('no-spread');
  const fitted = scaledBy(modelOf(found.x, free), unit);
  const used = carry ? n - 1 : n;
  return ok({ ...fitted, logLikelihood: -found.value * n - used * Math.log(unit), converged: found.converged });
}

/** The same model of returns that are `unit` times as large. */
function scaledBy(model: Garch, unit: number): Garch {
  return { ...model, mean: model.mean * unit, base: model.base * unit * unit };
}

interface Free {
  readonly carry: boolean;
  readonly fall: boolean;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));
const inside = (p: number): number => Math.min(0.999999, Math.max(1e-6, p));

/** Coordinates without bounds: mean, atanh of the carry, log of the base, logits of the persistence, of memory's share of it, and of the symmetric share of what shocks add. */
function coordinatesOf(model: Garch, free: Free): Float64Array {
  const news = model.shock + model.fall / 2;
  const persistence = news + model.memory;
  const x = [model.mean, Math.log(model.base), logit(inside(persistence / MOST_PERSISTENT)), logit(inside(model.memory / persistence))];
  if (free.carry) x.push(Math.atanh(Math.max(-0.99, Math.min(0.99, model.carry))));
  if (free.fall) x.push(logit(inside(model.shock / news)));
  return Float64Array.from(x);
}

function modelOf(x: Float64Array, free: Free): Garch {
  const persistence = MOST_PERSISTENT * sigmoid(x[2] ?? NaN);
  const memory = persistence * sigmoid(x[3] ?? NaN);
  const news = persistence - memory;
  const symmetric = free.fall ? sigmoid(x[free.carry ? 5 : 4] ?? NaN) : 1;
  return { mean: x[0] ?? NaN, carry: free.carry ? Math.tanh(x[4] ?? NaN) : 0, base: Math.exp(x[1] ?? NaN), shock: news * symmetric, fall: 2 * news * (1 - symmetric), memory };
}

/** Slopes in the coordinates from those in the parameters, of minus the mean log-likelihood. */
function chain(x: Float64Array, free: Free, slopes: Float64Array, gradient: Float64Array): void {
  const [dMean = 0, dCarry = 0, dBase = 0, dShock = 0, dFall = 0, dMemory = 0] = slopes;
  const { base, carry } = modelOf(x, free);
  const p = sigmoid(x[2] ?? NaN);
  const share = sigmoid(x[3] ?? NaN);
  const symmetric = free.fall ? sigmoid(x[free.carry ? 5 : 4] ?? NaN) : 1;
  const persistence = MOST_PERSISTENT * p;
  const dNews = symmetric * dShock + 2 * (1 - symmetric) * dFall;
  gradient[0] = dMean;
  gradient[1] = dBase * base;
  gradient[2] = (dNews * (1 - share) + dMemory * share) * MOST_PERSISTENT * p * (1 - p);
  gradient[3] = (dMemory - dNews) * persistence * share * (1 - share);
  if (free.carry) gradient[4] = dCarry * (1 - carry * carry);
  if (free.fall) gradient[free.carry ? 5 : 4] = (dShock - 2 * dFall) * persistence * (1 - share) * symmetric * (1 - symmetric);
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** The log-likelihood of returns under a model; its slopes by mean, carry, base, shock, fall and memory, times -1 / n, go into `slopes`. */
function createLikelihood(returns: Float64Array, carries: boolean): (model: Garch, slopes: Float64Array) => number {
  const n = returns.length;
  const first = carries ? 1 : 0;
  return ({ mean, carry, base, shock, fall, memory }, slopes) => {
    const count = n - first;
    let [squares, sum, products] = [0, 0, 0];
    for (let t = first; t < n; t++) {
      const before = carries ? (returns[t - 1] ?? 0) : 0;
      const e = (returns[t] ?? 0) - mean - carry * before;
      squares += e * e;
      sum += e;
      products += e * before;
    }
    const presample = squares / count;
    const persistence = shock + fall / 2 + memory;
    let h = base + persistence * presample;
    // Slopes of h by each parameter.
    let [hMean, hCarry, hBase, hShock, hFall, hMemory] = [(-2 * persistence * sum) / count, (-2 * persistence * products) / count, 1, presample, presample / 2, presample];
    let [value, gMean, gCarry, gBase, gShock, gFall, gMemory] = [0, 0, 0, 0, 0, 0, 0];
    for (let t = first; t < n; t++) {
      const before = carries ? (returns[t - 1] ?? 0) : 0;
      const e = (returns[t] ?? 0) - mean - carry * before;
      const square = e * e;
      value -= 0.5 * (LOG_TWO_PI + Math.log(h) + square / h);
      const byH = -0.5 * (1 / h - square / (h * h));
      gMean += byH * hMean + e / h;
      gCarry += byH * hCarry + (e * before) / h;
      gBase += byH * hBase;
      gShock += byH * hShock;
      gFall += byH * hFall;
      gMemory += byH * hMemory;
      const news = e < 0 ? shock + fall : shock;
      hMean = memory * hMean - 2 * news * e;
      hCarry = memory * hCarry - 2 * news * e * before;
      hBase = memory * hBase + 1;
      hShock = memory * hShock + square;
      hFall = memory * hFall + (e < 0 ? square : 0);
      hMemory = memory * hMemory + h;
      h = base + news * square + memory * h;
    }
    slopes[0] = -gMean / n;
    slopes[1] = -gCarry / n;
    slopes[2] = -gBase / n;
    slopes[3] = -gShock / n;
    slopes[4] = -gFall / n;
    slopes[5] = -gMemory / n;
    return value;
  };
}

/** What a model says of returns, oldest first: standardised residuals, and the mean and spread it expects next. */
export interface GarchFilter {
  /** z, one for each return after the first (for each without a carry). */
  readonly residuals: Float64Array;
  /** Expected next return. */
  readonly nextMean: number;
  /** Its standard deviation. */
  readonly nextSigma: number;
}

/** Runs a model over returns, from the same start as the fit. O(n). */
export function filterGarch(returns: ArrayLike<number>, model: Garch): GarchFilter {
  const { mean, carry, base, shock, fall, memory } = model;
  const n = returns.length;
  const first = carry === 0 ? 0 : 1;
  const errors = Float64Array.from({ length: Math.max(0, n - first) }, (_, i) => (returns[i + first] ?? NaN) - mean - carry * (first === 0 ? 0 : (returns[i] ?? NaN)));
  let h = base + (shock + fall / 2 + memory) * (errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  const residuals = new Float64Array(errors.length);
  errors.forEach((e, i) => {
    residuals[i] = e / Math.sqrt(h);
    h = base + (e < 0 ? shock + fall : shock) * e * e + memory * h;
  });
  return { residuals, nextMean: mean + carry * (returns[n - 1] ?? NaN), nextSigma: Math.sqrt(h) };
}
