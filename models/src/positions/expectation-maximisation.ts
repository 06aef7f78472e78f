import { assert } from '../core/index.ts';
import { at } from '../market/index.ts';

/**
 * Counts in intervals that are Poisson with mean reporting x sum over classes of weight x exposure, plus a small stray rate; all in effective liquidated orders.
 */
export interface ExposureData {
  /** What was liquidated in interval i, >= 0. */
  readonly counts: Float64Array;
  /** What would have been liquidated in interval i had all openings been of class k: exposures[i * classes + k], >= 0. */
  readonly exposures: Float64Array;
  /** How much interval i counts, >= 0: age, misfit, the bootstrap. */
  readonly weights: Float64Array;
  readonly classes: number;
  /** Mean of what no class explains, in each interval, > 0. */
  readonly stray: number;
}

/** What is known of the weights without data. */
export interface ClassPrior {
  /** Pseudo-counts by class, >= 0: the logarithm of the prior is their sum weighted with the logarithms of the weights. All 0 where the reported share is free. */
  readonly counts: Float64Array;
  /** The share of liquidations that is reported, in (0, 1], known; null when the weights are free and their sum is that share. */
  readonly reporting: number | null;
}

/** What the algorithm found. */
export interface FittedWeights {
  /** By class; they sum to 1, or to the reported share where that is free. */
  readonly weights: Float64Array;
  /** Log-likelihood plus log-prior (constants left out) after each sweep: it never falls. */
  readonly objective: readonly number[];
  /** Sum over intervals of weight x exposure, by class. */
  readonly exposure: Float64Array;
}

/** Ends when a sweep gains less than this. */
const smallestGain = 1e-7;

/**
 * Maximum of likelihood x prior by expectation-maximisation, from `start` (all > 0). The counts of each interval are shared out among classes in proportion to what they explain; a class's
 * weight is then (its share + its prior count) / (its exposure + l), with l such that the weights sum to 1. Without a reported share l is 0, and a class that was never
 * crossed has weight 0 and not 1: its mass is missing from the sum. The objective never falls (Dempster, Laird and Rubin 1977). O(sweeps x intervals x classes).
 */
export function fitWeights(data: ExposureData, prior: ClassPrior, start: Float64Array, sweeps: number): FittedWeights {
  const { counts, weights: importance, classes } = data;
  assert(data.exposures.length === counts.length * classes && importance.length === counts.length && start.length === classes, 'exposures for each interval and class');
  assert(prior.reporting !== null || prior.counts.every((n) => n === 0), 'without a reported share there is no prior');
  const reporting = prior.reporting ?? 1;
  const exposure = new Float64Array(classes);
  for (let i = 0; i < counts.length; i++) for (let k = 0; k < classes; k++) exposure[k] = at(exposure, k) + at(importance, i) * at(data.exposures, i * classes + k);
  const pressures = exposure.map((x) => x * reporting);
  let weights = start.slice();
  const objective: number[] = [];
  const shares = new Float64Array(classes);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    objective.push(shareOut(data, prior, weights, pressures, reporting, shares));
    const gain = (objective.at(-1) ?? 0) - (objective.at(-2) ?? -Infinity);
    if (gain < smallestGain) break;
    const total = shares.map((n, k) => n + at(prior.counts, k));
    const multiplier = prior.reporting === null ? 0 : multiplierFor(total, pressures);
    weights = total.map((n, k) => (at(pressures, k) + multiplier > 0 ? n / (at(pressures, k) + multiplier) : 0));
  }
  return { weights, objective, exposure };
}

/** Shares each interval's count out among the classes into `shares`; returns the objective at `weights`. */
function shareOut({ counts, exposures, weights: importance, classes, stray }: ExposureData, prior: ClassPrior, weights: Float64Array, pressures: Float64Array, reporting: number, shares: Float64Array): number {
  shares.fill(0);
  let objective = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = at(counts, i) * at(importance, i);
    if (count === 0) continue;
    const row = i * classes;
    let mean = stray;
    for (let k = 0; k < classes; k++) mean += reporting * at(weights, k) * at(exposures, row + k);
    objective += count * Math.log(mean);
    const scale = (reporting * count) / mean;
    for (let k = 0; k < classes; k++) shares[k] = at(shares, k) + scale * at(weights, k) * at(exposures, row + k);
  }
  for (let k = 0; k < classes; k++) {
    const w = at(weights, k);
    objective -= w * at(pressures, k);
    if (at(prior.counts, k) > 0) objective += at(prior.counts, k) * Math.log(Math.max(w, Number.MIN_VALUE));
  }
  return objective;
}

/** The l with sum of n / (pressure + l) = 1: the sum falls in l, steeply at the left end; Newton on its inverse converges from either side of a bracket. */
function multiplierFor(counts: Float64Array, pressures: Float64Array): number {
  let low = -Infinity;
  let total = 0;
  for (let k = 0; k < counts.length; k++) {
    if (at(counts, k) === 0) continue;
    low = Math.max(low, at(counts, k) - at(pressures, k));
    total += at(counts, k);
  }
  // One class alone already needs l >= n - pressure; all together never need more than the sum of n less the least pressure.
  if (total === 0) return 1;
  let least = Infinity;
  for (let k = 0; k < counts.length; k++) if (at(counts, k) > 0) least = Math.min(least, at(pressures, k));
  let high = total - least;
  let l = low;
  for (let i = 0; i < 100; i++) {
    let sum = 0;
    let slope = 0;
    for (let k = 0; k < counts.length; k++) {
      if (at(counts, k) === 0) continue;
      const share = at(counts, k) / (at(pressures, k) + l);
      sum += share;
      slope -= share / (at(pressures, k) + l);
    }
    if (sum >= 1) low = l;
    else high = l;
    if (Math.abs(sum - 1) < 1e-13) break;
    // 1/sum is concave and rising in l.
    const newton = l + ((1 / sum - 1) * sum * sum) / slope;
    l = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return l;
}
