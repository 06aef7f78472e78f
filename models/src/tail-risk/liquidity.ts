import { assert } from '../core/index.ts';

/** Liquidity horizons of the Basel market risk rules, days (MAR33.12). */
export const baselHorizons: readonly number[] = [10, 20, 40, 60, 120];

/**
 * Expected shortfall over liquidity horizons, MAR33.4 of the Basel framework: sqrt(sum_j (ES_j sqrt((LH_j - LH_(j-1)) / T))^2), LH_0 = 0. `shortfalls[j]` (>= 0) is the expected shortfall over the base horizon T
 * of the positions whose horizon is at least `horizons[j]`; horizons rise, and the first is T. O(horizons).
 */
export function liquidityHorizonShortfall(shortfalls: readonly number[], horizons: readonly number[] = baselHorizons): number {
  const base = horizons[0] ?? NaN;
  assert(shortfalls.length > 0 && shortfalls.length <= horizons.length && base > 0, `a shortfall for each of up to ${horizons.length} horizons, got ${shortfalls.length}`);
  return Math.sqrt(shortfalls.reduce((sum, shortfall, j) => {
    const span = (horizons[j] ?? NaN) - (j === 0 ? 0 : (horizons[j - 1] ?? NaN));
    assert(shortfall >= 0 && span > 0, 'shortfalls from 0 on over horizons that rise');
    return sum + shortfall ** 2 * (span / base);
  }, 0));
}

/** Share of the turnover that can be sold without being the market [A]. */
const PARTICIPATION = 0.1;

/**
 * The liquidity horizon of a position [A]: how long it takes to sell at a tenth of the turnover, not below the base horizon. `positionUsd` >= 0, `dailyVolumeUsd` > 0; hours, base 1 by default. The
 * Basel rules name horizons by class; here they follow from size.
 */
export function liquidityHorizonHours(positionUsd: number, dailyVolumeUsd: number, baseHours: number = 1): number {
  assert(positionUsd >= 0 && dailyVolumeUsd > 0 && baseHours > 0, 'a position from 0 on, a turnover and a base horizon above 0');
  return Math.max(baseHours, (24 * positionUsd) / (PARTICIPATION * dailyVolumeUsd));
}

/** A position in a portfolio whose expected shortfall is wanted over liquidity horizons. */
export interface LiquidityPosition {
  readonly positionUsd: number;
  readonly dailyVolumeUsd: number;
}

/**
 * The same for positions with horizons by their size: `shortfallOf` gives the expected shortfall over the base horizon of some of them (indices, those that last at least as long as each horizon in turn), so it
 * is asked once for each different horizon. One position of horizon LH has ES sqrt(LH / T). O(positions log positions) beside the questions.
 */
export function portfolioLiquidityShortfall(positions: readonly LiquidityPosition[], shortfallOf: (members: readonly number[]) => number, baseHours: number = 1): number {
  if (positions.length === 0) return 0;
  const hours = positions.map(({ positionUsd, dailyVolumeUsd }) => liquidityHorizonHours(positionUsd, dailyVolumeUsd, baseHours));
  const horizons = [...new Set([baseHours, ...hours])].sort((a, b) => a - b);
  return liquidityHorizonShortfall(horizons.map((from) => shortfallOf(hours.flatMap((h, i) => (h >= from ? [i] : [])))), horizons);
}

/** What liquidation costs beside the fall itself, shares of the price. */
export interface LiquidityCost {
  /** Half of the spread at its stressed width. */
  readonly spread: number;
  /** What walking the book costs beyond the best price, on average over the position. */
  readonly walk: number;
}

/** A relative spread (ask less bid over mid): its mean and standard deviation, and how many of these stress adds. */
export interface SpreadLaw {
  readonly mean: number;
  readonly deviation: number;
  /** k, 2 to 4.5 (Bangia, Diebold, Schuermann and Stroughair 1999); 3 by default. */
  readonly multiple?: number;
}

/**
 * Liquidity-adjusted value at risk: VaR + (mean + k deviation) / 2 of the spread + C(Q) / Q, shares of the price. The first two are Bangia, Diebold, Schuermann and Stroughair 1999 ("Modeling liquidity risk"), the
 * exogenous part; `walk` is the endogenous one, `bookWalkCost` of the position under stressed depth. A sum, so the worst of each at once. O(1).
 */
export function liquidityAdjustedVar(valueAtRisk: number, spread: SpreadLaw, walk: number): { readonly value: number; readonly cost: LiquidityCost } {
  const { mean, deviation, multiple = 3 } = spread;
  assert(mean >= 0 && deviation >= 0 && multiple >= 0 && walk >= 0, 'costs from 0 on');
  const cost = { spread: (mean + multiple * deviation) / 2, walk };
  return { value: valueAtRisk + cost.spread + cost.walk, cost };
}

/** What is sold into bids. */
export interface BookWalk {
  /** C(Q, kappa) / (Q p0): the mean shortfall below the best price, as its share. */
  readonly cost: number;
  /** What the bids did not take, in the unit of the quantity; it counts at the last price, so the cost is then a lower bound. */
  readonly unfilled: number;
}

/**
 * Sells `quantity` (> 0) into bids, best first (price > 0 falling, size >= 0), of whose sizes a share kappa(price) in [0, 1] is left under stress (default all; `cascade`'s `withdrawal` is such a law). O(levels).
 */
export function bookWalkCost(bids: readonly (readonly [price: number, size: number])[], quantity: number, kappa: (price: number) => number = () => 1): BookWalk {
  const best = bids[0]?.[0] ?? NaN;
  assert(quantity > 0 && best > 0, 'a quantity above 0 and at least one bid');
  let [left, fetched, last] = [quantity, 0, best];
  for (const [price, size] of bids) {
    assert(price > 0 && price <= last && size >= 0, 'bids best first, with prices above 0 and sizes from 0 on');
    const taken = Math.min(left, size * kappa(price));
    fetched += taken * price;
    left -= taken;
    last = price;
    if (left <= 0) break;
  }
  fetched += left * last;
  return { cost: Math.max(0, 1 - fetched / (quantity * best)), unfilled: left };
}
