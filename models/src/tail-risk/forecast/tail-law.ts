import { fitPot } from '../conditional-risk.ts';
import { covers, potQuantile, potShortfall } from '../gpd.ts';
import { createRollingTail, type RollingTail } from './rolling-tail.ts';
import { forecastTails } from './types.ts';

/** Quantiles and shortfall of losses at the levels that are forecast, in their unit. */
export interface TailLaw {
  /** Exceeded with probability 0.01. */
  readonly valueAtRisk: number;
  /** Exceeded with probability 0.025. */
  readonly shortfallQuantile: number;
  /** Mean beyond that. */
  readonly expectedShortfall: number;
}

/** The law that a window of losses is by itself. O(window). */
export function lawOf(losses: RollingTail): TailLaw {
  return { valueAtRisk: losses.quantile(forecastTails.valueAtRisk), shortfallQuantile: losses.quantile(forecastTails.shortfall), expectedShortfall: losses.shortfall(forecastTails.shortfall) };
}

/**
 * The law of standardised losses: generalised Pareto beyond the largest `share` of them. Where that is refused, has no mean, begins below 0 or does not reach the levels (losses that tie with the threshold are not above it), the losses are
 * their own law. O(n log n).
 */
export function potLaw(losses: Float64Array, share: number): TailLaw {
  const fitted = fitPot(losses, Math.round(share * losses.length));
  if (fitted.ok && fitted.value.threshold > 0 && covers(fitted.value, forecastTails.shortfall)) {
    const pot = fitted.value;
    const expectedShortfall = potShortfall(pot, forecastTails.shortfall);
    if (Number.isFinite(expectedShortfall)) return { valueAtRisk: potQuantile(pot, forecastTails.valueAtRisk), shortfallQuantile: potQuantile(pot, forecastTails.shortfall), expectedShortfall };
  }
  return lawOf(createRollingTail(losses.length, losses));
}
