import { assert, defined, normalQuantile } from '../../core/index.ts';

/** An estimate, its standard error, and the ends of a confidence interval around it; all in the unit of the figure. */
export interface Estimated {
  readonly value: number;
  readonly se: number;
  readonly low: number;
  readonly high: number;
}

/** Sum with the rounding error carried along (Neumaier 1974): the same for the same order, and right to the last digits for long lists. */
export function exactSum(n: number, term: (i: number) => number): number {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < n; i++) {
    const x = term(i);
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Kish's effective sample size (sum w)^2 / sum w^2: how many equally weighted draws would carry as much; 0 when all weights are 0. O(n). */
export function effectiveSize(n: number, weight: (i: number) => number): number {
  const squares = exactSum(n, (i) => weight(i) ** 2);
  return squares === 0 ? 0 : exactSum(n, weight) ** 2 / squares;
}

/**
 * The probability of an event from weighted draws, unbiased: mean of weight x indicator. The interval is symmetric in log-odds, so that it stays in (0, 1).
 * Without a hit it goes from 0 to `bound` times the largest share of hits that would show none, 1 - (1 - confidence)^(1/n) (`bound`: the largest possible weight).
 */
export function plainProbability(weights: Float64Array, isHit: (i: number) => boolean, confidence: number, bound: number): Estimated {
  const n = weights.length;
  const term = (i: number): number => (isHit(i) ? (weights[i] ?? 0) : 0);
  const value = exactSum(n, term) / n;
  const se = Math.sqrt(exactSum(n, (i) => (term(i) - value) ** 2) / (n - 1) / n);
  const unseen = Math.min(1, (bound === Infinity ? 1 : bound) * (1 - (1 - confidence) ** (1 / n)));
  if (value === 0) return { value, se, low: 0, high: bound === Infinity ? 1 : unseen };
  if (value >= 1) return { value: 1, se, low: Math.max(0, 1 - Math.max(unseen, -normalQuantile((1 - confidence) / 2) * se)), high: 1 };
  const spread = Math.exp((-normalQuantile((1 - confidence) / 2) * se) / (value * (1 - value)));
  const odds = value / (1 - value);
  return { value, se, low: odds / spread / (1 + odds / spread), high: spread === Infinity ? 1 : (odds * spread) / (1 + odds * spread) };
}

/**
 * The mean of a figure from weighted draws, weights normalised to sum 1: sum(w x) / sum(w), its standard error by the delta method,
 * sqrt(sum w^2 (x - mean)^2) / sum(w). The bias is of order 1/n and 0 for constant x. At least one positive weight.
 */
export function selfNormalisedMean(weights: Float64Array, figure: (i: number) => number, confidence: number): Estimated {
  const n = weights.length;
  const total = exactSum(n, (i) => weights[i] ?? 0);
  assert(total > 0, 'no draw has any weight');
  const value = exactSum(n, (i) => (weights[i] ?? 0) * figure(i)) / total;
  const se = Math.sqrt(exactSum(n, (i) => ((weights[i] ?? 0) * (figure(i) - value)) ** 2)) / total;
  const reach = -normalQuantile((1 - confidence) / 2) * se;
  return { value, se, low: value - reach, high: value + reach };
}

/** Quantiles of one figure under normalised weights. */
export interface WeightedQuantiles {
  /** The least value that at least a share `p` (in (0, 1)) of the weight does not exceed. O(log n). */
  at(p: number): number;
  /**
   * The quantile with the interval that the standard error of the distribution function at it makes (Woodruff 1952, JASA 47); `se` is a quarter
   * of the two-standard-error interval's width. O(n).
   */
  estimate(p: number, confidence: number): Estimated;
}

/** Sorts `values` once for any number of quantiles. O(n log n). Ties keep the order of draws, which changes nothing. */
export function weightedQuantiles(weights: Float64Array, values: Float64Array): WeightedQuantiles {
  const n = weights.length;
  const total = exactSum(n, (i) => weights[i] ?? 0);
  assert(n > 0 && values.length === n && total > 0, 'no draw has any weight');
  const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const sorted = Float64Array.from(order, (i) => values[i] ?? 0);
  const below = new Float64Array(n);
  let sum = 0;
  for (const [rank, i] of order.entries()) below[rank] = (sum += weights[i] ?? 0) / total;
  const at = (p: number): number => {
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      // A sum of equal weights that rounding left just below its share counts as it.
      if ((below[middle] ?? 1) >= p - 1e-12) high = middle;
      else low = middle + 1;
    }
    return defined(sorted[low], 'a sorted value');
  };
  const errorAt = (p: number, quantile: number): number =>
    Math.sqrt(exactSum(n, (i) => ((weights[i] ?? 0) * (((values[i] ?? 0) <= quantile ? 1 : 0) - p)) ** 2)) / total;
  return {
    at,
    estimate: (p, confidence) => {
      const value = at(p);
      const se = errorAt(p, value);
      const between = (q: number): number => at(Math.min(1, Math.max(0, q)));
      const reach = -normalQuantile((1 - confidence) / 2) * se;
      return { value, se: (between(p + 2 * se) - between(p - 2 * se)) / 4, low: between(p - reach), high: between(p + reach) };
    },
  };
}
