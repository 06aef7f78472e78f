import { assert } from '../core/index.ts';
import { at } from '../market/index.ts';
import { ladderOf, quoteValue, usableLots, type CascadeMarket, type ShockSide } from './cascade-market.ts';
import type { StaticProfile } from './static-profile.ts';

/** One step: a shock that alone would fetch (sell) or cost (buy) at most `quote`, and more than the step before, ends at `price`. */
export interface ResponsePoint {
  /** Quote currency, >= 0. */
  readonly quote: number;
  /** Quote currency a unit, > 0. */
  readonly price: number;
}

/** The answer of a market to shocks of every size, as step curves of a few points. */
export interface ResponseCurves {
  readonly withForced: readonly ResponsePoint[];
  /** The same book without triggers. */
  readonly withoutForced: readonly ResponsePoint[];
}

/** How much of a curve is kept. */
export interface ResponseRange {
  /** Steps that begin beyond this are left out, quote currency, > 0; `Infinity` keeps all. */
  readonly maxQuote: number;
  /** Points each curve has at the most, at least 8. */
  readonly maxPoints: number;
}

/**
 * A profile as curves that can be drawn: shocks are measured by what they alone would fetch on the usable book, so both curves share an
 * axis with `ignitionQuote`. Steps closer in price than a share of the whole range are joined towards the worse price; larger jumps, and the
 * one at ignition whatever its size, are kept whole. O(levels).
 */
export function responseCurves(market: CascadeMarket, side: ShockSide, profile: StaticProfile, range: ResponseRange): ResponseCurves {
  assert(range.maxPoints >= 8 && range.maxQuote > 0, 'a response curve needs at least 8 points and a range');
  const { ticks } = ladderOf(market, side);
  const usable = usableLots(market, side);
  const withoutForced: ResponsePoint[] = [];
  const withForced: ResponsePoint[] = [];
  const { steps } = profile;
  let lots = 0;
  let quote = 0;
  let next = 0;
  let ignition = -1;
  for (let i = 0; i < ticks.length; i++) {
    const tick = at(ticks, i);
    const here = at(usable, i);
    for (; next < steps.lots.length && at(steps.lots, next) <= lots + here; next++) {
      const value = quote + quoteValue(market, at(steps.lots, next) - lots, tick);
      if (at(steps.lots, next) === profile.ignitionLots) ignition = withForced.length;
      withForced.push({ quote: value, price: at(steps.ticks, next) * market.tickSize });
    }
    lots += here;
    quote += quoteValue(market, here, tick);
    if (here > 0) withoutForced.push({ quote, price: tick * market.tickSize });
  }
  return {
    withForced: thinned(within(withForced, range.maxQuote), range.maxPoints, ignition),
    withoutForced: thinned(within(withoutForced, range.maxQuote), range.maxPoints, -1),
  };
}

/** The steps up to and with the first one that reaches `maxQuote`. */
function within(points: readonly ResponsePoint[], maxQuote: number): readonly ResponsePoint[] {
  const end = points.findIndex((point) => point.quote >= maxQuote);
  return end < 0 ? points : points.slice(0, end + 1);
}

/** `whole` is the index of a point that is kept together with the next one; -1 for none. */
function thinned(points: readonly ResponsePoint[], maxPoints: number, whole: number): readonly ResponsePoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length <= maxPoints) return points;
  // Every two points kept span more than this, so there are at most twice as many as spans, the two ends and the two that are kept whole.
  const span = (2 * Math.abs(Math.log(first.price / last.price))) / (maxPoints - 4);
  const kept: ResponsePoint[] = [first];
  let held = first;
  for (let i = 1; i < points.length; i++) {
    const [point, after] = [points[i], points[i + 1]];
    if (point === undefined) break;
    const isWhole = i === whole || i === whole + 1;
    if (after !== undefined && !isWhole && Math.abs(Math.log(held.price / after.price)) <= span) continue;
    kept.push(point);
    held = point;
  }
  return kept;
}
