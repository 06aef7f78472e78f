import { assert } from '../core/index.ts';
import type { PositionSide } from '../market/index.ts';
import { DEFAULT_LEVERAGE_PRIOR, type LeveragePrior } from './leverage-prior.ts';

/**
 * Mean time a position is held unless it is liquidated, days, and volatility a day [A]: what the open interest that is there before the first minute,
 * and the step from shares of open interest to shares of what is opened, are worked out with.
 */
export const HOLD_DAYS = 1;
/** See `HOLD_DAYS`. */
export const SIGMA_DAILY = 0.06;

/** Spread of effective distances about that of the nominal leverage, standard deviation in log-distance [A]: margin added, margin shared, maintenance. */
const distanceSpread = 0.3;

/** Log-distances from opening to liquidation: `count` of them, evenly spaced in their logarithm; position `count` is a class that is never liquidated (Infinity). */
export function classDistances(count: number, nearest: number, farthest: number): Float64Array {
  assert(count >= 2 && nearest > 0 && farthest > nearest, 'classes go from a distance > 0 to a larger one, two at least');
  const ratio = (farthest / nearest) ** (1 / (count - 1));
  return Float64Array.from({ length: count + 1 }, (_, k) => (k === count ? Infinity : nearest * ratio ** k));
}

/**
 * Share of a class that lives to be closed by its owner, when positions are closed at rate `closesPerDay` and liquidated where a Brownian log-price of
 * volatility `sigma` a day first is `distance` away: 1 - exp(-distance sqrt(2 rate) / sigma), from the Laplace transform of the first-passage time. Open
 * interest by class is what is opened by class times this.
 */
export function survivingShare(distance: number, closesPerDay: number = 1 / HOLD_DAYS, sigma: number = SIGMA_DAILY): number {
  return 1 - Math.exp((-distance * Math.sqrt(2 * closesPerDay)) / sigma);
}

/**
 * What is opened by class before anything is observed, sum 1, from shares of open interest by leverage: each leverage l is a log-distance
 * -ln(1 - 1/l) (longs) or ln(1 + 1/l) (shorts), spread log-normally, and counts for more the shorter its positions live. Longs without leverage are never liquidated.
 */
export function openingPrior(distances: Float64Array, side: PositionSide, prior: LeveragePrior = DEFAULT_LEVERAGE_PRIOR): Float64Array {
  const weights = new Float64Array(distances.length);
  const last = distances.length - 1;
  for (const { leverage, weight } of prior) {
    const distance = side === 'long' ? -Math.log1p(-Math.min(1, 1 / leverage)) : Math.log1p(1 / leverage);
    // Half of the shorts without leverage are hedged or backed by coins: nothing liquidates them [A].
    const never = leverage <= 1 ? (side === 'long' ? 1 : 0.5) : 0;
    weights[last] = (weights[last] ?? 0) + weight * never;
    if (never === 1) continue;
    const kernel = distances.map((d) => (d === Infinity ? 0 : Math.exp(-0.5 * (Math.log(d / distance) / distanceSpread) ** 2)));
    const total = kernel.reduce((sum, x) => sum + x, 0);
    for (const [k, x] of kernel.entries()) weights[k] = (weights[k] ?? 0) + ((1 - never) * weight * x) / total / survivingShare(distances[k] ?? Infinity);
  }
  // A class the list has nobody in is rare, not impossible.
  const sum = weights.reduce((s, x) => s + x, 0);
  const floor = 0.002;
  return weights.map((x) => (x / sum + floor) / (1 + floor * weights.length));
}
