import { assert } from '../core/index.ts';

/** A liquidation after Almgren and Chriss: arithmetic price, linear impact, any unit of time. */
export interface Liquidation {
  /** X, units held. */
  readonly units: number;
  /** T, and N, into how many intervals it is cut. */
  readonly time: number;
  readonly intervals: number;
  /** sigma, price units by the root of time. */
  readonly sigma: number;
  /** epsilon: half of the spread and fees, price units. */
  readonly fixedCost: number;
  /** gamma, permanent impact, price units a unit sold; eta, temporary impact, price units by units a time. */
  readonly permanent: number;
  readonly temporary: number;
}

/** What a schedule of a liquidation costs. */
export interface LiquidationCost {
  /** Held after each interval, from X on: N + 1 figures. */
  readonly holdings: readonly number[];
  /** Expected cost against the first price, and its variance, in money. */
  readonly expected: number;
  readonly variance: number;
}

/** The schedule with the least expected + aversion x variance (aversion >= 0; at 0 equal parts), and the rate and half-life it goes by. */
export interface OptimalLiquidation extends LiquidationCost {
  /** kappa, by time; 0 for equal parts. */
  readonly rate: number;
  /** theta = 1 / kappa, the time in which a position of no hurry shrinks by e; infinite for equal parts. */
  readonly halfLife: number;
}

/** Cost of given holdings (from X to 0). Source: Almgren and Chriss 2000, Journal of Risk 3(2), equations 4 and 5. O(intervals). */
export function liquidationCost(plan: Liquidation, holdings: readonly number[]): LiquidationCost {
  const step = plan.time / plan.intervals;
  let [expected, variance] = [0.5 * plan.permanent * plan.units ** 2 + plan.fixedCost * plan.units, 0];
  for (let k = 1; k < holdings.length; k++) {
    const sold = (holdings[k - 1] ?? NaN) - (holdings[k] ?? NaN);
    expected += ((plan.temporary - (plan.permanent * step) / 2) / step) * sold ** 2;
    variance += plan.sigma ** 2 * step * (holdings[k] ?? NaN) ** 2;
  }
  return { holdings, expected, variance };
}

/** The optimal schedule, in closed form (the same, equations 16 to 21). O(intervals). */
export function optimalLiquidation(plan: Liquidation, aversion: number): OptimalLiquidation {
  const { units, time, intervals, sigma, permanent, temporary } = plan;
  assert(units > 0 && time > 0 && Number.isInteger(intervals) && intervals >= 1 && aversion >= 0, 'units, a time and whole intervals above 0, and an aversion from 0 on');
  const step = time / intervals;
  const adjusted = temporary - (permanent * step) / 2;
  assert(adjusted > 0, 'temporary impact above half of the permanent one of an interval');
  const square = (aversion * sigma * sigma) / adjusted;
  const rate = Math.acosh(1 + (square * step * step) / 2) / step;
  const holdings = Array.from({ length: intervals + 1 }, (_, k) => (rate === 0 ? units * (1 - k / intervals) : (units * Math.sinh(rate * (time - k * step))) / Math.sinh(rate * time)));
  return { ...liquidationCost(plan, holdings), rate, halfLife: 1 / rate };
}

/** Almgren and Chriss's liquidity-adjusted value at risk: expected cost and so many standard deviations, in money; the cross-check of the sum above. */
export function almgrenChrissVar({ expected, variance }: LiquidationCost, deviations: number): number {
  return expected + deviations * Math.sqrt(variance);
}
