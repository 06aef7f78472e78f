import type { Result } from '../core/index.ts';
import { assert, err, ok, z95 } from '../core/index.ts';

/** A generalised Pareto law of excesses over a threshold: P(Y > y) = (1 + shape y / scale)^(-1 / shape). */
export interface GpdFit {
  /** xi; above 0 the tail is heavy, and its mean exists only below 1. */
  readonly shape: number;
  /** beta, > 0, in the unit of the excesses. */
  readonly scale: number;
  /** Standard errors; NaN for weighted moments, whose own are not known here. */
  readonly shapeError: number;
  readonly scaleError: number;
  /** Covariance of the two estimates; NaN as above. */
  readonly covariance: number;
  /** Log-likelihood at the estimate. */
  readonly logLikelihood: number;
  /** Excesses used. */
  readonly count: number;
}

/** Why excesses were not fitted. */
export type GpdProblem = 'too-few' | 'not-positive' | 'no-spread' | 'moments-do-not-exist' | 'no-maximum';

/** Fewer say next to nothing about a tail (design assumption; 50 and more are usual). */
const LEAST = 10;
/** The likelihood has no bound for shapes below -1 and rises towards them: a fit that ends so near to it has found that edge and no maximum. */
const EDGE = -0.99;
/** The shape below which an exponential law is meant. */
const EXPONENTIAL = 1e-8;

/**
 * Fits a generalised Pareto law to excesses over a threshold (> 0, any unit, at least ten that are not all the same). `mle` maximises the likelihood over the one parameter
 * shape / scale, for which the rest has a closed form (Grimshaw 1993, Technometrics 35(2)), with errors from the observed information, which are those of a normal law only for shapes above -0.5 (Smith 1985, Biometrika 72(1)), and `no-maximum` where it is highest at the edge, a shape of -1, as for excesses that pile up at the largest; `pwm` takes probability-weighted moments at the plotting positions
 * (i - 0.35) / n, `pwm-unbiased` their unbiased estimates (Hosking and Wallis 1987, Technometrics 29(3)), both good only for shapes below 0.5. O(n log n).
 */
export function fitGpd(excesses: readonly number[], method: 'mle' | 'pwm' | 'pwm-unbiased' = 'mle'): Result<GpdFit, GpdProblem> {
  if (excesses.length < LEAST) return err('too-few');
  if (excesses.some((y) => !(y > 0) || y === Infinity)) return err('not-positive');
  const sorted = [...excesses].sort((a, b) => a - b);
  const largest = sorted.at(-1) ?? NaN;
  if (sorted[0] === largest) return err('no-spread');
  const moments = gpdMoments(sorted, method === 'pwm-unbiased');
  if (method !== 'mle') {
    if (!(moments.shape < 0.5) || !(moments.scale > 0)) return err('moments-do-not-exist');
    return ok({ ...moments, shapeError: NaN, scaleError: NaN, covariance: NaN, logLikelihood: logLikelihood(sorted, moments.shape, moments.scale), count: sorted.length });
  }
  const { shape, scale } = maximise(sorted, largest, moments.shape / moments.scale);
  if (shape < EDGE) return err('no-maximum');
  return ok({ shape, scale, ...errorsOf(sorted, shape, scale), logLikelihood: logLikelihood(sorted, shape, scale), count: sorted.length });
}

/**
 * The weighted moments' estimates whatever they are: from a shape of 0.5 on they have no variance, and `fitGpd` refuses them. `sorted` are excesses, ascending, at least two; `unbiased` takes unbiased moments and not plotting
 * positions. O(n).
 */
export function gpdMoments(sorted: readonly number[], unbiased: boolean): { readonly shape: number; readonly scale: number } {
  const n = sorted.length;
  let a0 = 0;
  let a1 = 0;
  sorted.forEach((y, i) => {
    a0 += y / n;
    a1 += (y * (unbiased ? (n - 1 - i) / (n - 1) : 1 - (i + 0.65) / n)) / n;
  });
  return { shape: 2 - a0 / (a0 - 2 * a1), scale: (2 * a0 * a1) / (a0 - 2 * a1) };
}

function logLikelihood(excesses: readonly number[], shape: number, scale: number): number {
  const n = excesses.length;
  if (Math.abs(shape) < EXPONENTIAL) return -n * Math.log(scale) - excesses.reduce((sum, y) => sum + y / scale, 0);
  return -n * Math.log(scale) - (1 / shape + 1) * excesses.reduce((sum, y) => sum + Math.log1p((shape * y) / scale), 0);
}

/** For a ratio of shape to scale the best shape is the mean of log(1 + ratio y); what is left is a function of the ratio alone, on a scale of 1 / largest. */
function maximise(excesses: readonly number[], largest: number, start: number): { readonly shape: number; readonly scale: number } {
  const n = excesses.length;
  const shapeAt = (ratio: number): number => excesses.reduce((sum, y) => sum + Math.log1p(ratio * y), 0) / n;
  const value = (ratio: number): number => {
    if (Math.abs(ratio * largest) < 1e-9) return -n * (Math.log(excesses.reduce((a, b) => a + b, 0) / n) + 1);
    const shape = shapeAt(ratio);
    // A shape below -1 has a likelihood without a bound, at the largest excess.
    return shape <= -1 ? -Infinity : -n * (Math.log(shape / ratio) + shape + 1);
  };
  // From just above where the law would end at the largest excess, to where that is ten decades out in the tail; the weighted moments among them.
  const grid = [
    ...Array.from({ length: 24 }, (_, i) => (-1 + 10 ** (-6 + i / 4)) / largest).filter((r) => r * largest < -1e-3),
    ...Array.from({ length: 53 }, (_, i) => 10 ** (-3 + i / 4) / largest), 0, start,
  ].filter((ratio) => ratio * largest > -1 && Number.isFinite(ratio)).sort((a, b) => a - b);
  let best = 0;
  for (let i = 1; i < grid.length; i++) if (value(grid[i] ?? NaN) > value(grid[best] ?? NaN)) best = i;
  const ratio = goldenMaximum(value, grid[Math.max(0, best - 1)] ?? NaN, grid[Math.min(grid.length - 1, best + 1)] ?? NaN);
  const shape = shapeAt(ratio);
  return Math.abs(ratio * largest) < 1e-9 ? { shape: 0, scale: excesses.reduce((a, b) => a + b, 0) / n } : { shape, scale: shape / ratio };
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function goldenMaximum(f: (x: number) => number, from: number, to: number): number {
  let [a, b] = [from, to];
  let [x, y] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [fx, fy] = [f(x), f(y)];
  for (let i = 0; i < 80 && b - a > 1e-10 * (Math.abs(a) + Math.abs(b)); i++) {
    if (fx >= fy) {
      [b, y, fy] = [y, x, fx];
      x = b - GOLDEN * (b - a);
      fx = f(x);
    } else {
      [a, x, fx] = [x, y, fy];
      y = a + GOLDEN * (b - a);
      fy = f(y);
    }
  }
  return (a + b) / 2;
}

/** Errors from the observed information; from the expected one (Smith 1987) where that cannot be inverted. */
function errorsOf(excesses: readonly number[], shape: number, scale: number): Pick<GpdFit, 'shapeError' | 'scaleError' | 'covariance'> {
  const n = excesses.length;
  const expected = { shapeError: (1 + shape) / Math.sqrt(n), scaleError: scale * Math.sqrt((2 * (1 + shape)) / n), covariance: (-scale * (1 + shape)) / n };
  if (Math.abs(shape) < 1e-4) return expected;
  let [logs, s1, s2, t2] = [0, 0, 0, 0];
  for (const y of excesses) {
    const z = y / scale;
    const u = 1 + shape * z;
    logs += Math.log(u);
    s1 += z / u;
    s2 += (z / u) ** 2;
    t2 += z / (u * u);
  }
  const a = (2 * logs) / shape ** 3 - (2 * s1) / shape ** 2 - (1 / shape + 1) * s2;
  const b = (-s1 + (1 + shape) * s2) / scale;
  const c = (-n + (1 + shape) * (s1 + t2)) / scale ** 2;
  const determinant = a * c - b * b;
  return a > 0 && determinant > 0 ? { shapeError: Math.sqrt(c / determinant), scaleError: Math.sqrt(a / determinant), covariance: -b / determinant } : expected;
}

/** A tail as peaks over a threshold say it. */
export interface PotTail {
  readonly fit: Pick<GpdFit, 'shape' | 'scale'>;
  /** The threshold, in the unit of the losses. */
  readonly threshold: number;
  /** Share of all losses that are above it, in (0, 1). */
  readonly share: number;
}

/** By how much of itself a probability may be above the share for rounding: 1 - 0.975 is 0.025000000000000022. */
const SLACK = 1e-9;

/** Whether a tail can be asked for the probability `tail`: in (0, share], up to rounding. Losses that tie with the threshold are not above it, so the share may be less than was asked for; what is more likely is for the losses themselves to tell. */
export function covers({ share }: Pick<PotTail, 'share'>, tail: number): boolean {
  return tail > 0 && tail <= share * (1 + SLACK);
}

/** The loss that is exceeded with probability `tail`, one that the tail `covers` (asserted): what lies within the threshold is not this law's. Source: McNeil 1997, ASTIN Bulletin 27(1). */
export function potQuantile(pot: PotTail, tail: number): number {
  const { fit: { shape, scale }, threshold, share } = pot;
  assert(covers(pot, tail), `a probability up to that of the threshold (${share}), got ${tail}`);
  const ratio = Math.min(1, tail / share);
  return threshold + (Math.abs(shape) < EXPONENTIAL ? -scale * Math.log(ratio) : (scale * (ratio ** -shape - 1)) / shape);
}

/** The mean of the losses beyond `potQuantile`, with the same domain; infinite for a shape from 1 on. */
export function potShortfall(pot: PotTail, tail: number): number {
  const { fit: { shape, scale }, threshold } = pot;
  if (shape >= 1) return Infinity;
  return (potQuantile(pot, tail) + scale - shape * threshold) / (1 - shape);
}

/** Whether the data leave no doubt (one-sided, 95 %) that the tail has a mean. Where they do, an expected shortfall is a number; else scenarios must do. */
export function meanIsIdentified({ shape, shapeError }: Pick<GpdFit, 'shape' | 'shapeError'>): boolean {
  return shape + z95 * (Number.isNaN(shapeError) ? Infinity : shapeError) < 1;
}
