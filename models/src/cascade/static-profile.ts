import { at, lotsAt, tickAt } from '../market/index.ts';
import { isGap, isWithin, ladderOf, quoteValue, signOf, triggersOf, usableLots, type CascadeMarket, type ShockSide } from './cascade-market.ts';

/**
 * The outcome of every shock X at once: a sale of at most `lots[k]` and more than `lots[k - 1]` ends at `ticks[k]`, level
 * `levels[k]` of the ladder, with `fired[k]` lots liquidated. `lots` rises strictly. Beyond the last entry visible depth ends.
 */
export interface ProfileSteps {
  readonly lots: Float64Array;
  readonly ticks: Int32Array;
  readonly levels: Int32Array;
  readonly fired: Float64Array;
}

/** How one market alone, with its own price as mark and market orders, answers shocks of every size from one side. */
export interface StaticProfile {
  readonly steps: ProfileSteps;
  /** A shock of 0 already ends at least the ignition gap away, or exhausts the visible depth. */
  readonly ignitedAtZero: boolean;
  /** The last safe shock: one lot more ends at least the ignition gap further, with liquidations between. Null: nothing ignites. */
  readonly ignitionLots: number | null;
  /** Where one lot more than `ignitionLots` ends; null when nothing ignites or visible depth ends first. */
  readonly landingTick: number | null;
  /** Lots liquidated at the landing, at the last known level when there is no landing; null when nothing ignites. */
  readonly landingFired: number | null;
  /** What `ignitionLots` alone fetches (sell) or costs (buy) on the usable book, quote currency. */
  readonly ignitionQuote: number | null;
  /** Lots liquidated over usable lots within 1 % of the best price; null when there are none. Forced sales feed themselves at 1. */
  readonly gainNow: number | null;
}

/**
 * The response curve of one market: with H = D - Q (usable depth less fired triggers) along the ladder, a shock X ends at
 * the first level whose running maximum of H reaches X, so one O(levels + triggers) pass answers every X. Ignition is
 * the first jump of at least `ignitionGap` (share of the larger price, in (0, 1)) in which triggers fire. An empty ladder
 * has an empty profile and counts as ignited at zero.
 */
export function staticProfile(market: CascadeMarket, side: ShockSide, ignitionGap: number): StaticProfile {
  const { ticks } = ladderOf(market, side);
  const usable = usableLots(market, side);
  const { steps, gainNow, firedAtEnd, jumpAt } = scan(market, side, ticks, usable, ignitionGap);
  const ignition = findIgnition(steps, ticks, firedAtEnd, ignitionGap, jumpAt);
  const ignitionQuote = ignition.ignitionLots === null ? null : walkQuote(market, ticks, usable, ignition.ignitionLots);
  return { steps, gainNow, ...ignition, ignitionQuote };
}

/** The step a shock of `lots` >= 0 ends on: its index, or -1 when visible depth ends before. O(log steps). */
export function stepFor(steps: ProfileSteps, lots: number): number {
  let low = 0;
  let high = steps.lots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(steps.lots, middle) >= lots) high = middle;
    else low = middle + 1;
  }
  return low < steps.lots.length ? low : -1;
}

interface Scan {
  readonly steps: ProfileSteps;
  readonly gainNow: number | null;
  readonly firedAtEnd: number;
  /** The step before the first jump of the gap in which triggers fire; -1 when there is none. */
  readonly jumpAt: number;
}

function scan(market: CascadeMarket, side: ShockSide, ticks: Int32Array, usable: Float64Array, gap: number): Scan {
  const n = ticks.length;
  const sign = signOf(side);
  const { ticks: triggerTicks, lots: triggerLots } = triggersOf(market, side);
  const triggers = triggerTicks.length;
  const [lots, firedAt] = [new Float64Array(n), new Float64Array(n)];
  const [stepTicks, levels] = [new Int32Array(n), new Int32Array(n)];
  let count = 0;
  let depth = 0;
  let fired = 0;
  let next = 0;
  let highest = -1;
  let gainNow: number | null = null;
  let isNear = true;
  let jumpAt = -1;
  let [tickBefore, firedBefore] = [0, 0];
  // A product first, a shade wider than the gap itself: it rules most steps out without a division.
  const wide = gap - 2e-12;
  const best = n > 0 ? tickAt(ticks, 0) : 1;
  for (let i = 0; i < n; i++) {
    const tick = tickAt(ticks, i);
    depth += lotsAt(usable, i);
    for (; next < triggers && sign * tickAt(triggerTicks, next) >= sign * tick; next++) fired += lotsAt(triggerLots, next);
    if (isNear) {
      // Levels only get farther: once one is not near, none is.
      isNear = isWithin(tick, best, 0.01);
      if (isNear) gainNow = depth > 0 ? fired / depth : null;
    }
    const net = depth - fired;
    if (net <= highest) continue;
    highest = net;
    if (jumpAt < 0 && count > 0 && fired > firedBefore && Math.abs(tickBefore - tick) >= wide * Math.max(tickBefore, tick) && isGap(tickBefore, tick, gap)) jumpAt = count - 1;
    tickBefore = tick;
    firedBefore = fired;
    lots[count] = net;
    levels[count] = i;
    stepTicks[count] = tick;
    firedAt[count++] = fired;
  }
  return { steps: { lots: lots.subarray(0, count), levels: levels.subarray(0, count), ticks: stepTicks.subarray(0, count), fired: firedAt.subarray(0, count) }, gainNow, firedAtEnd: fired, jumpAt };
}

type Ignition = Pick<StaticProfile, 'ignitedAtZero' | 'ignitionLots' | 'landingTick' | 'landingFired'>;

function findIgnition(steps: ProfileSteps, ticks: Int32Array, firedAtEnd: number, gap: number, jumpAt: number): Ignition {
  const n = steps.lots.length;
  if (n === 0) return { ignitedAtZero: true, ignitionLots: 0, landingTick: null, landingFired: firedAtEnd };
  if (isGap(at(ticks, 0), at(steps.ticks, 0), gap)) {
    return { ignitedAtZero: true, ignitionLots: 0, landingTick: at(steps.ticks, 0), landingFired: at(steps.fired, 0) };
  }
  if (jumpAt >= 0) {
    return { ignitedAtZero: false, ignitionLots: at(steps.lots, jumpAt), landingTick: at(steps.ticks, jumpAt + 1), landingFired: at(steps.fired, jumpAt + 1) };
  }
  // Past the last step visible depth ends; its last level stands in for the landing, which is not known.
  const last = n - 1;
  if (isGap(at(steps.ticks, last), at(ticks, ticks.length - 1), gap) && firedAtEnd > at(steps.fired, last)) {
    return { ignitedAtZero: false, ignitionLots: at(steps.lots, last), landingTick: null, landingFired: firedAtEnd };
  }
  return { ignitedAtZero: false, ignitionLots: null, landingTick: null, landingFired: null };
}

function walkQuote(market: CascadeMarket, ticks: Int32Array, usable: Float64Array, lots: number): number {
  let left = lots;
  let quote = 0;
  for (let i = 0; i < ticks.length && left > 0; i++) {
    const take = Math.min(left, at(usable, i));
    quote += quoteValue(market, take, at(ticks, i));
    left -= take;
  }
  return quote;
}
