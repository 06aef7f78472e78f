import { assert } from '../../core/index.ts';
import { fitLogistic, logit, sigmoid } from './logistic.ts';
import type { Matrix } from './matrix.ts';

const clipped = (p: number): number => Math.min(1 - 1e-12, Math.max(1e-12, p));

/** A rising step function: the value at x is that of the last step that begins at or below x; below the first it is the first's. */
export interface Isotonic {
  readonly from: readonly number[];
  readonly value: readonly number[];
}

/**
 * The rising function of a score that is nearest to the labels in squares, by pooling adjacent violators; equal scores have equal values. O(n log n). Crashes without rows.
 * Source: Ayer et al. 1955, Annals of Mathematical Statistics 26(4); for calibration Zadrozny and Elkan 2002, KDD.
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): Isotonic {
  assert(scores.length === labels.length && scores.length > 0, 'a score a label');
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[a] ?? NaN) - (scores[b] ?? NaN));
  const blocks: { from: number; sum: number; weight: number }[] = [];
  for (let i = 0; i < order.length; ) {
    const from = scores[order[i] ?? 0] ?? NaN;
    let [sum, weight] = [0, 0];
    for (; i < order.length && scores[order[i] ?? 0] === from; i++, weight++) sum += labels[order[i] ?? 0] ?? NaN;
    let block = { from, sum, weight };
    for (let before = blocks.at(-1); before !== undefined && before.sum / before.weight >= block.sum / block.weight; before = blocks.at(-1)) {
      block = { from: before.from, sum: before.sum + block.sum, weight: before.weight + block.weight };
      blocks.pop();
    }
    blocks.push(block);
  }
  return { from: blocks.map((block) => block.from), value: blocks.map((block) => block.sum / block.weight) };
}

/** The calibrated probability of a score. O(log steps). */
export function isotonicAt({ from, value }: Isotonic, score: number): number {
  let [low, high] = [0, from.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((from[middle] ?? NaN) <= score) low = middle;
    else high = middle - 1;
  }
  return value[low] ?? NaN;
}

/** logit(calibrated) = a ln(p) - b ln(1 - p) + c, with a and b >= 0: a = b = 1, c = 0 changes nothing. */
export interface BetaCalibration {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/**
 * Beta calibration of probabilities: a logistic regression on ln(p) and -ln(1 - p), without a column whose coefficient comes out negative. Source: Kull, Silva Filho and Flach 2017, AISTATS, "Beta calibration". A slight
 * penalty keeps it finite where scores separate the labels. Probabilities that say the opposite of the labels are given no weight: what is left is the prevalence (kept from 0 and 1 by 1e-12). Crashes without rows.
 */
export function fitBeta(probabilities: ArrayLike<number>, labels: ArrayLike<number>): BetaCalibration {
  assert(probabilities.length === labels.length && labels.length > 0, 'a probability a label');
  const fit = (columns: readonly ((p: number) => number)[]): readonly number[] => {
    const rows: Matrix = { rows: labels.length, columns: columns.length, values: new Float64Array(labels.length * columns.length) };
    for (let i = 0; i < labels.length; i++) columns.forEach((of, j) => (rows.values[i * columns.length + j] = of(clipped(probabilities[i] ?? NaN))));
    return fitLogistic(rows, labels, { penalty: 1e-6 }).coefficients;
  };
  const [up, down] = [(p: number): number => Math.log(p), (p: number): number => -Math.log1p(-p)];
  const [c = 0, a = 1, b = 1] = fit([up, down]);
  if (a >= 0 && b >= 0) return { a, b, c };
  const [ownC = 0, slope = 1] = fit([a < 0 ? down : up]);
  // Without any slope the intercept that was fitted beside one is not the one that is right.
  if (slope < 0) return { a: 0, b: 0, c: logit(clipped(Array.from(labels).reduce((sum, y) => sum + y, 0) / labels.length)) };
  return a < 0 ? { a: 0, b: slope, c: ownC } : { a: slope, b: 0, c: ownC };
}

/**
 * The same curve with a = b, so that log odds are stretched and moved and no more: what a few dozen cases can say. Without any slope upwards what is left is the prevalence. Source: Platt 1999, Advances in Large Margin
 * Classifiers, on log odds. Crashes without rows.
 */
export function fitStretch(probabilities: ArrayLike<number>, labels: ArrayLike<number>): BetaCalibration {
  assert(probabilities.length === labels.length && labels.length > 0, 'a probability a label');
  const rows: Matrix = { rows: labels.length, columns: 1, values: Float64Array.from(probabilities, (p) => logit(clipped(p))) };
  const [c = 0, slope = 1] = fitLogistic(rows, labels, { penalty: 1e-6 }).coefficients;
  if (slope > 0) return { a: slope, b: slope, c };
  return { a: 0, b: 0, c: logit(clipped(Array.from(labels).reduce((sum, y) => sum + y, 0) / labels.length)) };
}

/** The calibrated probability. */
export function betaAt({ a, b, c }: BetaCalibration, probability: number): number {
  const p = clipped(probability);
  return sigmoid(a * Math.log(p) - b * Math.log1p(-p) + c);
}

/** A curve that makes probabilities of probabilities. */
export type Calibration = ({ readonly kind: 'beta' } & BetaCalibration) | ({ readonly kind: 'isotonic' } & Isotonic);

/** Isotonic steps reach 0 and 1, which no log odds are: they are kept from both by this [A]. */
const floor = 1e-4;

/** Log odds after calibration, finite; without a curve as they were. */
export function calibrated(calibration: Calibration | undefined, logOdds: number): number {
  if (calibration === undefined) return logOdds;
  const probability = calibration.kind === 'beta' ? betaAt(calibration, sigmoid(logOdds)) : Math.min(1 - floor, Math.max(floor, isotonicAt(calibration, sigmoid(logOdds))));
  return logit(clipped(probability));
}

/** What is added to log odds that were fitted at prevalence `fitted` so that they hold at `real`: logit(real) - logit(fitted). Both in (0, 1). Source: Elkan 2001, IJCAI, theorem 2. */
export function priorShift(fitted: number, real: number): number {
  assert(fitted > 0 && fitted < 1 && real > 0 && real < 1, `prevalences in (0, 1), got ${fitted} and ${real}`);
  return logit(real) - logit(fitted);
}

/** Mean squared error of probabilities and what it is made of. */
export interface Brier {
  readonly score: number;
  /** Mean squared distance of forecasts from what came, by bin; less is better. */
  readonly reliability: number;
  /** How much what came differs between bins; more is better. */
  readonly resolution: number;
  /** Prevalence times one less it: what cannot be helped. */
  readonly uncertainty: number;
  /** What is lost by binning forecasts that differ: score = reliability - resolution + uncertainty + withinBins exactly. */
  readonly withinBins: number;
  /** Expected calibration error: mean distance of forecasts from what came, by bin. */
  readonly calibrationError: number;
}

/**
 * Brier score with its decomposition over `bins` groups of about equally many rows (equal forecasts stay together), and the expected calibration error over the same. O(n log n).
 * Source: Murphy 1973, Journal of Applied Meteorology 12; the part within bins: Stephenson, Coelho and Jolliffe 2008, Weather and Forecasting 23.
 */
export function brierOf(probabilities: ArrayLike<number>, labels: ArrayLike<number>, bins = 10): Brier {
  const n = labels.length;
  assert(probabilities.length === n && n > 0 && bins >= 1, 'a probability a label');
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => (probabilities[a] ?? NaN) - (probabilities[b] ?? NaN));
  const prevalence = Array.from(labels).reduce((a, b) => a + b, 0) / n;
  let [score, reliability, resolution, calibrationError] = [0, 0, 0, 0];
  for (let i = 0, bin = 1; i < n; bin++) {
    const until = Math.max(i + 1, Math.round((bin * n) / bins));
    let [count, sum, came] = [0, 0, 0];
    for (; i < n && (i < until || probabilities[order[i] ?? 0] === probabilities[order[i - 1] ?? 0]); i++, count++) {
      const [p, y] = [probabilities[order[i] ?? 0] ?? NaN, labels[order[i] ?? 0] ?? NaN];
      score += (p - y) ** 2;
      sum += p;
      came += y;
    }
    reliability += (sum - came) ** 2 / count;
    resolution += count * (came / count - prevalence) ** 2;
    calibrationError += Math.abs(sum - came);
  }
  [score, reliability, resolution, calibrationError] = [score / n, reliability / n, resolution / n, calibrationError / n];
  const uncertainty = prevalence * (1 - prevalence);
  return { score, reliability, resolution, uncertainty, withinBins: score - reliability + resolution - uncertainty, calibrationError };
}
