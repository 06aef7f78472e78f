import { assert } from '../core/index.ts';

/** A figure with its 5 to 95 % band, `low <= value <= high`. */
export interface Banded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A distribution of losses as a sample: shares of a price or any one unit, positive is a loss. Without weights all are equally likely. */
export interface LossSample {
  readonly losses: ArrayLike<number>;
  /** One for each loss, >= 0, with a sum > 0; need not add up to one. */
  readonly weights?: ArrayLike<number>;
}

/** What the worst share of a sample is like. */
export interface SampleTail {
  /** The smallest loss that is exceeded with probability at most 1 - level. */
  readonly valueAtRisk: number;
  /** Mean of the worst share 1 - level; of an outcome that lies across its edge only the part inside counts (Acerbi and Tasche 2002, Journal of Banking & Finance 26(7)). */
  readonly expectedShortfall: number;
}

/** A sample put in order, worst first, with the probability of each outcome. */
interface Ordered {
  readonly losses: Float64Array;
  readonly shares: Float64Array;
}

function ordered({ losses, weights }: LossSample): Ordered {
  const n = losses.length;
  assert(n > 0 && (weights === undefined || weights.length === n), `losses with a weight for each, got ${n} and ${weights?.length ?? n}`);
  if (weights === undefined) {
    // Typed arrays sort by number, ascending.
    const sorted = Float64Array.from(losses).sort().reverse();
    assert(sorted.every(Number.isFinite), 'losses are finite');
    return { losses: sorted, shares: new Float64Array(n).fill(1 / n) };
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => (losses[b] ?? NaN) - (losses[a] ?? NaN));
  const total = order.reduce((sum, i) => sum + (weights[i] ?? NaN), 0);
  assert(total > 0 && order.every((i) => (weights[i] ?? NaN) >= 0 && Number.isFinite(losses[i])), 'finite losses and weights from 0 on with a sum above 0');
  return { losses: Float64Array.from(order, (i) => losses[i] ?? NaN), shares: Float64Array.from(order, (i) => (weights[i] ?? NaN) / total) };
}

/** Value at risk and expected shortfall of a sample at `level` in (0, 1). Crashes on an empty one. O(n log n). */
export function tailOfLosses(sample: LossSample, level: number): SampleTail {
  assert(level > 0 && level < 1, `a level between 0 and 1, got ${level}`);
  const { losses, shares } = ordered(sample);
  // Sums of many equal shares are off by some ulps: an outcome that just fills the tail is inside it.
  const tail = (1 - level) * (1 + 1e-12);
  let [mass, sum] = [0, 0];
  for (let i = 0; i < losses.length; i++) {
    const share = shares[i] ?? 0;
    const loss = losses[i] ?? NaN;
    if (mass + share > tail || i === losses.length - 1) return { valueAtRisk: loss, expectedShortfall: (sum + Math.max(0, 1 - level - mass) * loss) / (1 - level) };
    sum += share * loss;
    mass += share;
  }
  return { valueAtRisk: NaN, expectedShortfall: NaN };
}

/**
 * The curve of exceedance probabilities of a sample, for pictures: at most `points` (>= 2) pairs of a loss and the probability that the loss is larger, losses rising. Points are
 * equally spaced in the logarithm of the probability, from one half down; the worst outcome, of which nothing is larger, and losses below `least` are left out. O(n log n).
 */
export function exceedanceCurve(sample: LossSample, points: number = 48, least: number = 0): readonly (readonly [loss: number, probability: number])[] {
  assert(points >= 2, `at least two points, got ${points}`);
  const { losses, shares } = ordered(sample);
  const curve: [number, number][] = [];
  // Worst first: what is strictly larger than a loss is what came before it.
  let [larger, mass] = [0, 0];
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i] ?? NaN;
    if (i > 0 && loss < (losses[i - 1] ?? NaN)) larger = mass;
    mass += shares[i] ?? 0;
    if (larger > 0.5 || loss < least) break;
    if (larger > 0 && (curve.length === 0 || loss < (curve.at(-1)?.[0] ?? NaN))) curve.push([loss, Math.min(1, larger)]);
  }
  return thinned(curve, points).reverse();
}

function thinned(curve: readonly [number, number][], points: number): (readonly [number, number])[] {
  const [first, last] = [curve[0], curve.at(-1)];
  if (first === undefined || last === undefined || curve.length <= points) return [...curve];
  const kept = [first];
  for (let k = 1; k < points; k++) {
    const wanted = first[1] * (last[1] / first[1]) ** (k / (points - 1)) * (1 + 1e-12);
    // The last point whose probability does not pass the wanted one; probabilities rise along the list.
    let [low, high] = [0, curve.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((curve[middle]?.[1] ?? NaN) <= wanted) low = middle;
      else high = middle - 1;
    }
    const point = curve[low];
    if (point !== undefined && point !== kept.at(-1)) kept.push(point);
  }
  return kept;
}
