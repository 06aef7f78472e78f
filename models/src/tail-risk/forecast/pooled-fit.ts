import { assert, solvePositive } from '../../core/index.ts';
import { lawOf, type PooledLaw } from './pooled-model.ts';

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

/** Where the search for one tail is. */
interface Descent {
  b: Float64Array;
  /** For each row: while `moved` is below this, its return is within its scale. */
  readonly within: Float32Array;
  /** The most that any log scale can have changed since the search began. */
  moved: number;
}

/**
 * A fit of rows of `width` features, `capacity` of them at most. `start` are coefficients to begin from; the first feature must be the constant 1. Features that are `sided` (by index) count for falls as they are and for rises with the other sign:
 * they say what makes losses larger and gains smaller. Keeps 4 bytes a feature and row.
 */
export function createPooledFit(width: number, capacity: number, start: ArrayLike<number>, sided: ReadonlySet<number> = new Set()): PooledFit {
  assert(width >= 1 && capacity >= 1 && start.length === width, `as many coefficients to start from as features, got ${start.length} for ${width}`);
  const features = new Float32Array(width * capacity);
  const returns = new Float64Array(capacity);
  /** Logs of the sizes of the returns: most rows are told from those beyond the scale without an exponential. */
  const logSizes = new Float64Array(capacity);
  const moments = new Float64Array(width * width);
  const sums = new Float64Array(width);
  /** The largest size of each feature. */
  const largest = new Float64Array(width);
  const last = new Map<number, Descent>();
  let rows = 0;

  /** Four sums side by side: one alone waits for itself at every feature, and this is where the time goes. */
  const logScale = (b: Float64Array, row: number): number => {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    const from = row * width;
    let k = 0;
    for (; k + 3 < width; k += 4) {
      s0 += (b[k] ?? 0) * (features[from + k] ?? 0);
      s1 += (b[k + 1] ?? 0) * (features[from + k + 1] ?? 0);
      s2 += (b[k + 2] ?? 0) * (features[from + k + 2] ?? 0);
      s3 += (b[k + 3] ?? 0) * (features[from + k + 3] ?? 0);
    }
    for (; k < width; k++) s0 += (b[k] ?? 0) * (features[from + k] ?? 0);
    return s0 + s1 + (s2 + s3);
  };
  /** Losses in units of the scale, of rows spread evenly over all. */
  const standardised = (b: Float64Array): Float64Array => {
    const stride = Math.max(1, Math.floor(rows / SAMPLE));
    // Rows of rises are kept with the other sign.
    const mirrored = b.map((value, k) => (sided.has(k) ? -value : value));
    return Float64Array.from({ length: Math.ceil(rows / stride) }, (_, i) => {
      const r = returns[i * stride] ?? 0;
      return -r * Math.exp(-logScale(r < 0 ? b : mirrored, i * stride));
    });
  };
  /** The constant at which the right share exceeds. */
  const centred = (b: Float64Array, tail: number): Float64Array => {
    const relative = standardised(b).map(Math.abs).sort();
    const at = relative[Math.min(relative.length - 1, Math.floor((1 - 2 * tail) * relative.length))] ?? 1;
    const moved = b.slice();
    if (at > 0) moved[0] = (moved[0] ?? 0) + Math.log(at);
    return moved;
  };
  /** Minus the slope of the summed score. A row is passed over while the coefficients cannot have moved as far as it was within the scale. */
  const slope = ({ b, within, moved }: Descent, tail: number): Float64Array => {
    const down = sums.map((x) => -x);
    const weight = 1 / (2 * tail * RATIO);
    for (let row = 0; row < rows; row++) {
      if ((within[row] ?? 0) > moved) continue;
      const beyond = (logSizes[row] ?? 0) - logScale(b, row);
      if (beyond <= 0) {
        within[row] = moved - beyond;
        continue;
      }
      const w = weight * Math.min(LARGEST, Math.exp(beyond));
      for (let k = 0, i = row * width; k < width; k++, i++) down[k] = (down[k] ?? 0) + w * (features[i] ?? 0);
    }
    return down;
  };
  return {
    add: (x, following) => {
      assert(rows < capacity, `at most ${capacity} rows`);
      for (let k = 0, i = rows * width; k < width; k++, i++) features[i] = sided.has(k) && following >= 0 ? -(x[k] ?? NaN) : (x[k] ?? NaN);
      returns[rows] = following;
      logSizes[rows] = Math.log(Math.abs(following));
      for (let i = 0; i < width; i++) {
        const xi = x[i] ?? NaN;
        if (xi === 0) continue;
        largest[i] = Math.max(largest[i] ?? 0, Math.abs(xi));
        // Each row is a loss and a gain that may have been: what is sided cancels in sums, and against what is not.
        if (!sided.has(i)) sums[i] = (sums[i] ?? 0) + xi;
        for (let j = 0; j <= i; j++) if (sided.has(i) === sided.has(j)) moments[i * width + j] = (moments[i * width + j] ?? 0) + xi * (x[j] ?? NaN);
      }
      rows++;
    },
    get rows() {
      return rows;
    },
    coefficients: (tail) => {
      assert(tail > 0 && tail < 0.5, `a tail in (0, 0.5), got ${tail}`);
      const before = last.get(tail);
      const descent = before ?? { b: centred(Float64Array.from(start), tail), within: new Float32Array(capacity), moved: 0 };
      last.set(tail, descent);
      // One row of each feature at size one is added, so that what has never varied stays where it began.
      const curvature = moments.map((m, i) => CURVATURE * m + (i % (width + 1) === 0 ? 1 : 0));
      for (let step = before === undefined ? FIRST_STEPS : LATER_STEPS; step > 0; step--) {
        const change = solvePositive(curvature, slope(descent, tail));
        descent.b = descent.b.map((value, k) => value + (change[k] ?? 0));
        descent.moved += change.reduce((sum, d, k) => sum + Math.abs(d) * (largest[k] ?? 0), 0);
      }
      return descent.b.slice();
    },
    law: (coefficients) => lawOf(standardised(coefficients)),
  };
}
