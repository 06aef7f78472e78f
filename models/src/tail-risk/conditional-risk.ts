import type { Result } from '../core/index.ts';
import { assert, err, ok, z95 } from '../core/index.ts';
import { covers, fitGpd, meanIsIdentified, potQuantile, potShortfall, type GpdFit, type GpdProblem, type PotTail } from './gpd.ts';
import type { Banded } from './weighted-losses.ts';

/** Peaks over a threshold, fitted by maximum likelihood. */
export interface PotFit extends PotTail {
  readonly fit: GpdFit;
  /** Losses that it was fitted to, those below the threshold among them. */
  readonly observations: number;
}

/**
 * Fits the tail of losses (any unit; for McNeil and Frey the innovations -z) by the `exceedances` largest of them: the threshold is the next largest. Default a tenth of the losses, as McNeil and Frey
 * 2000 (Journal of Empirical Finance 7: 100 of 1,000). Losses that tie with the threshold are not above it, so that the share of a
 * price that rests may be far below what was asked for: see `covers`. O(n log n).
 */
export function fitPot(losses: ArrayLike<number>, exceedances: number = Math.floor(losses.length / 10)): Result<PotFit, GpdProblem> {
  const n = losses.length;
  assert(Number.isInteger(exceedances) && exceedances >= 0 && exceedances <= n, `a count of exceedances up to ${n}, got ${exceedances}`);
  if (exceedances >= n) return err('too-few');
  const sorted = Float64Array.from(losses).sort();
  return fitPotAbove(sorted, sorted[n - 1 - exceedances] ?? NaN);
}

/** The same above a given threshold. */
export function fitPotAbove(losses: ArrayLike<number>, threshold: number): Result<PotFit, GpdProblem> {
  const n = losses.length;
  const excesses: number[] = [];
  for (let i = 0; i < n; i++) if ((losses[i] ?? NaN) > threshold) excesses.push((losses[i] ?? NaN) - threshold);
  const fitted = fitGpd(excesses);
  return fitted.ok ? ok({ fit: fitted.value, threshold, share: excesses.length / n, observations: n }) : fitted;
}

/** Step of the slopes by which errors go over, relative to the size of a parameter. */
const STEP = 1e-5;

/** The loss exceeded with probability `tail` (one that the tail `covers`) and its 5 to 95 % band, which holds the uncertainty of shape, scale and share (`spread`). O(1). */
export function potQuantileBand(pot: PotFit, tail: number): Banded {
  return spread(pot, (law) => potQuantile(law, tail), tail);
}

/** The mean beyond that loss with its band; undefined when the data do not show that the tail has a mean (`meanIsIdentified`). O(1). */
export function potShortfallBand(pot: PotFit, tail: number): Banded | undefined {
  return meanIsIdentified(pot.fit) ? spread(pot, (law) => potShortfall(law, tail), tail) : undefined;
}

/** The delta method on the logarithm of what a figure has above the threshold, which is closer to normal than the figure and never below 0; the share of exceedances is binomial (Coles 2001, section 4.3.3). */
function spread(pot: PotFit, figure: (law: PotTail) => number, tail: number): Banded {
  const { fit: { shape, scale, shapeError, scaleError, covariance }, threshold, share, observations } = pot;
  const value = figure(pot);
  const above = value - threshold;
  if (!(above > 0)) return { value, low: value, high: value };
  const at = (dShape: number, dScale: number, factor: number): number => figure({ threshold, fit: { shape: shape + dShape, scale: scale + dScale }, share: Math.max(tail, share * factor) });
  const byShape = (at(STEP, 0, 1) - at(-STEP, 0, 1)) / (2 * STEP);
  const byScale = (at(0, STEP * scale, 1) - at(0, -STEP * scale, 1)) / (2 * STEP * scale);
  const byShare = (at(0, 0, 1 + STEP) - value) / (STEP * share);
  const variance = (byShape * shapeError) ** 2 + (byScale * scaleError) ** 2 + 2 * byShape * byScale * covariance + byShare ** 2 * ((share * (1 - share)) / observations);
  const factor = Math.exp((z95 * Math.sqrt(Math.max(0, variance))) / above);
  return { value, low: threshold + above / factor, high: threshold + above * factor };
}

/** Why there is no expected shortfall. */
export const NO_MEAN = 'mean tail not identified';
/** Why there is no figure at a level: the threshold is rarer than that (`covers`). */
export const NOT_COVERED = 'level within the threshold';

/** Value at risk and expected shortfall of the next return, as losses in the unit of the returns. */
export interface ConditionalRisk {
  readonly valueAtRisk: Result<Banded, typeof NOT_COVERED>;
  readonly expectedShortfall: Result<Banded, typeof NO_MEAN | typeof NOT_COVERED>;
}

/**
 * What the next return may cost: VaR = -mean + sigma z_q and ES = -mean + sigma ES_q(z) (McNeil and Frey 2000), where z_q and ES_q belong to the tail of standardised losses, -z. The band is that of the tail; the
 * forecast of mean and sigma is taken as it is. No expected shortfall where shape + 1.645 standard errors reach 1: scenarios (`gap-scenarios.ts`) must say what there is to say. No figure at a level below 1 - share, which the tail does not cover. O(1).
 */
export function conditionalRisk(next: { readonly mean: number; readonly sigma: number }, pot: PotFit, levels: { readonly valueAtRisk: number; readonly expectedShortfall: number }): ConditionalRisk {
  assert(next.sigma >= 0, `a spread from 0 on, got ${next.sigma}`);
  const scaled = ({ value, low, high }: Banded): Banded => ({ value: next.sigma * value - next.mean, low: next.sigma * low - next.mean, high: next.sigma * high - next.mean });
  const [tail, beyond] = [1 - levels.valueAtRisk, 1 - levels.expectedShortfall];
  const shortfall = (): ConditionalRisk['expectedShortfall'] => {
    if (!covers(pot, beyond)) return err(NOT_COVERED);
    const band = potShortfallBand(pot, beyond);
    return band === undefined ? err(NO_MEAN) : ok(scaled(band));
  };
  return { valueAtRisk: covers(pot, tail) ? ok(scaled(potQuantileBand(pot, tail))) : err(NOT_COVERED), expectedShortfall: shortfall() };
}

/** The extremal index by the runs estimator. */
export interface ExtremalIndex {
  /** theta in (0, 1]: one over the mean size of a cluster of exceedances; 1 when they come alone. */
  readonly value: number;
  readonly clusters: number;
  readonly exceedances: number;
}

/** Counts clusters of values above `threshold`, in the order of time: one ends when `run` (>= 1) values in a row are not above. Undefined without an exceedance. Smith and Weissman 1994, JRSS B 56(3). O(n). */
export function extremalIndex(values: ArrayLike<number>, threshold: number, run: number): ExtremalIndex | undefined {
  assert(Number.isInteger(run) && run >= 1, `a run of at least one value, got ${run}`);
  let [clusters, exceedances, since] = [0, 0, Infinity];
  for (let i = 0; i < values.length; i++) {
    if ((values[i] ?? NaN) > threshold) {
      exceedances++;
      if (since >= run) clusters++;
      since = 0;
    } else since++;
  }
  return exceedances === 0 ? undefined : { value: clusters / exceedances, clusters, exceedances };
}

/** The loss that the largest of `observations` stays below with probability 1/e, once in as many on average: u + (scale / shape) ((m share theta)^shape - 1). Where that lies in the threshold it is not this law's: m share theta >= 1 (asserted). O(1). */
export function returnLevel(pot: PotTail, observations: number, index: number = 1): number {
  assert(index > 0 && index <= 1, `an extremal index in (0, 1], got ${index}`);
  return potQuantile(pot, 1 / (observations * index));
}
