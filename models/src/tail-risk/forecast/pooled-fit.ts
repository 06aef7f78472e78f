import { assert } from '../../core/index.ts';
import { lawOf, type PooledLaw } from './pooled-model.ts';
import { solvePositive } from './solve-positive.ts';

/**
 * The pooled regression of the tail: log s = x . b for the features x of every market at every bar, with one b for all of them, such that s is the size that the next return exceeds, upwards or
 * downwards, with probability 2 `tail`. Fitted is what it is judged by: the mean of log s + (size / s - 1)+ / (2 tail ratio), which is the FZ0 score (Patton, Ziegel and Chen 2019, Journal of Econometrics 211(2)) of VaR s and
 * shortfall ratio s up to a constant. It is convex in b, so there is one lowest point.
 */
export interface PooledFit {
  /** Adds one row: features (`width` of them) and the return that followed. O(width^2). */
  add(x: ArrayLike<number>, following: number): void;
  /** Rows added. */
  readonly rows: number;
  /** The coefficients for a tail of `tail` in (0, 0.5) on each side, from all rows so far. Begins where its last call for the same tail ended. O(rows width) a step, some 20 steps at first and 3 later. */
  coefficients(tail: number): Float64Array;
  /** The law of losses (minus returns) in units of the scale that `coefficients` say, of up to some ten thousand rows. */
  law(coefficients: Float64Array): PooledLaw;
}

/** ES / VaR that is taken for granted in the score: that of a law with tail index 4 is about 1.35 [A]; the constant moves nothing but the balance between how many exceedances and how large. */
const RATIO = 1.35;
/** The most multiples of s that a return counts as: one crash must not decide what every market is like [A]. */
const LARGEST = 8;
/** Bound on the curvature of the score in units of the features' second moments: the tail index of returns, from above. */
const CURVATURE = 5;
/** Rows that quantiles are taken of. */
const SAMPLE = 50_000;
/** Steps of the first fit of a tail and of later ones. */
const [FIRST_STEPS, LATER_STEPS] = [24, 3] as const;

/** A fit of rows of `width` features, `capacity` of them at most. `start` are coefficients to begin from; the first feature must be the constant 1. Keeps 4 bytes a feature and row. */
export function createPooledFit(width: number, capacity: number, start: ArrayLike<number>): PooledFit {
  assert(width >= 1 && capacity >= 1 && start.length === width, `as many coefficients to start from as features, got ${start.length} for ${width}`);
  const features = new Float32Array(width * capacity);
  const returns = new Float64Array(capacity);
  const moments = new Float64Array(width * width);
  const sums = new Float64Array(width);
  const last = new Map<number, Float64Array>();
  let rows = 0;

  const logScale = (b: Float64Array, row: number): number => {
    let sum = 0;
    for (let k = 0, i = row * width; k < width; k++, i++) sum += (b[k] ?? 0) * (features[i] ?? 0);
    return sum;
  };
  /** Losses in units of the scale, of rows spread evenly over all. */
  const standardised = (b: Float64Array): Float64Array => {
    const stride = Math.max(1, Math.floor(rows / SAMPLE));
    return Float64Array.from({ length: Math.ceil(rows / stride) }, (_, i) => -(returns[i * stride] ?? 0) * Math.exp(-logScale(b, i * stride)));
  };
  /** The constant at which the right share exceeds. */
  const centred = (b: Float64Array, tail: number): Float64Array => {
    const relative = standardised(b).map(Math.abs).sort();
    const at = relative[Math.min(relative.length - 1, Math.floor((1 - 2 * tail) * relative.length))] ?? 1;
    const moved = b.slice();
    if (at > 0) moved[0] = (moved[0] ?? 0) + Math.log(at);
    return moved;
  };
  /** Minus the slope of the summed score. */
  const slope = (b: Float64Array, tail: number): Float64Array => {
    const down = sums.map((x) => -x);
    const weight = 1 / (2 * tail * RATIO);
    for (let row = 0; row < rows; row++) {
      const relative = Math.abs(returns[row] ?? 0) * Math.exp(-logScale(b, row));
      if (!(relative > 1)) continue;
      const w = weight * Math.min(LARGEST, relative);
      for (let k = 0, i = row * width; k < width; k++, i++) down[k] = (down[k] ?? 0) + w * (features[i] ?? 0);
    }
    return down;
  };
  return {
    add: (x, following) => {
      assert(rows < capacity, `at most ${capacity} rows`);
      for (let k = 0, i = rows * width; k < width; k++, i++) features[i] = x[k] ?? NaN;
      returns[rows] = following;
      for (let i = 0; i < width; i++) {
        const xi = x[i] ?? NaN;
        if (xi === 0) continue;
        sums[i] = (sums[i] ?? 0) + xi;
        for (let j = 0; j <= i; j++) moments[i * width + j] = (moments[i * width + j] ?? 0) + xi * (x[j] ?? NaN);
      }
      rows++;
    },
    get rows() {
      return rows;
    },
    coefficients: (tail) => {
      assert(tail > 0 && tail < 0.5, `a tail in (0, 0.5), got ${tail}`);
      const before = last.get(tail);
      let b = before ?? centred(Float64Array.from(start), tail);
      // One row of each feature at size one is added, so that what has never varied stays where it began.
      const curvature = moments.map((m, i) => CURVATURE * m + (i % (width + 1) === 0 ? 1 : 0));
      for (let step = before === undefined ? FIRST_STEPS : LATER_STEPS; step > 0; step--) {
        const change = solvePositive(curvature, slope(b, tail));
        b = b.map((value, k) => value + (change[k] ?? 0));
      }
      last.set(tail, b);
      return b.slice();
    },
    law: (coefficients) => lawOf(standardised(coefficients)),
  };
}
