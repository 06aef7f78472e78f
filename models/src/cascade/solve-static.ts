import { assert } from '../core/index.ts';
import { at, type Triggers } from '../market/index.ts';
import { ladderOf, signOf, triggersOf, usableLots, type CascadeMarket, type ShockSide } from './cascade-market.ts';
import { createLimitOrders } from './limit-orders.ts';

/** Where one shock of one market ends, in whole ticks and lots. Shock + liquidated = sold + fund + unfilled. */
export interface StaticOutcome {
  /** Level of the ladder the market ends on, and its tick. */
  readonly level: number;
  readonly tick: number;
  /** Ticks from the best price, >= 0. */
  readonly dropTicks: number;
  readonly liquidatedLots: number;
  /** Lots the insurance fund took at the bankruptcy price; 0 with market orders. */
  readonly fundLots: number;
  /** Lots for which visible depth was not enough. */
  readonly unfilledLots: number;
  /** Visible depth ended: the price is a bound (too high for a sale, too low for a purchase). */
  readonly exhausted: boolean;
  /** Lots the book took. */
  readonly soldLots: number;
  /** Price change over the change without liquidations; null when the latter is 0. */
  readonly amplification: number | null;
}

/**
 * The price a shock of `shockLots` (whole, >= 0) takes the market to:
 * p* = the best level with D(t) >= X + Q(t) (C1), the greatest fixed point, and equal to liquidating one position at a
 * time in any order. With `limitAtBankruptcy` orders the levels are gone through one by one instead: triggers fire,
 * orders whose bankruptcy price has been passed go to the fund, the shock is filled first, then orders by bankruptcy
 * price, and the walk stops where nothing is left. O(levels + triggers), with a log factor for limit orders.
 * Null for an empty ladder.
 */
export function solveStatic(market: CascadeMarket, side: ShockSide, shockLots: number): StaticOutcome | null {
  assert(Number.isSafeInteger(shockLots) && shockLots >= 0, `a shock is a whole number of lots, got ${shockLots}`);
  const { ticks } = ladderOf(market, side);
  if (ticks.length === 0) return null;
  const usable = usableLots(market, side);
  const walk: Walk = { ticks, usable, triggers: triggersOf(market, side), sign: signOf(side), shockLots };
  const end = market.liquidationOrder === 'market' ? walkMarketOrders(walk) : walkLimitOrders(walk);
  const best = at(ticks, 0);
  const tick = at(ticks, end.level);
  const calm = Math.abs(best - at(ticks, levelWithout(usable, shockLots)));
  const dropTicks = Math.abs(best - tick);
  return {
    ...end, tick, dropTicks, exhausted: end.unfilledLots > 0,
    soldLots: shockLots + end.liquidatedLots - end.unfilledLots - end.fundLots,
    amplification: calm === 0 ? null : dropTicks / calm,
  };
}

interface Walk {
  readonly ticks: Int32Array;
  readonly usable: Float64Array;
  readonly triggers: Triggers;
  readonly sign: 1 | -1;
  readonly shockLots: number;
}

type WalkEnd = Pick<StaticOutcome, 'level' | 'liquidatedLots' | 'fundLots' | 'unfilledLots'>;

function walkMarketOrders({ ticks, usable, triggers, sign, shockLots }: Walk): WalkEnd {
  let depth = 0;
  let fired = 0;
  let next = 0;
  for (let i = 0; i < ticks.length; i++) {
    const reached = sign * at(ticks, i);
    depth += at(usable, i);
    for (; next < triggers.ticks.length && sign * at(triggers.ticks, next) >= reached; next++) fired += at(triggers.lots, next);
    if (depth >= shockLots + fired) return { level: i, liquidatedLots: fired, fundLots: 0, unfilledLots: 0 };
  }
  return { level: ticks.length - 1, liquidatedLots: fired, fundLots: 0, unfilledLots: shockLots + fired - depth };
}

function walkLimitOrders({ ticks, usable, triggers, sign, shockLots }: Walk): WalkEnd {
  const orders = createLimitOrders(triggers.ticks.length);
  let shockLeft = shockLots;
  let fired = 0;
  let fund = 0;
  let next = 0;
  for (let i = 0; i < ticks.length; i++) {
    const reached = sign * at(ticks, i);
    for (; next < triggers.ticks.length && sign * at(triggers.ticks, next) >= reached; next++) {
      fired += at(triggers.lots, next);
      orders.add(sign * at(triggers.bankruptcyTicks, next), at(triggers.lots, next));
    }
    fund += orders.expireAbove(reached);
    const toShock = Math.min(shockLeft, at(usable, i));
    shockLeft -= toShock;
    orders.fill(at(usable, i) - toShock);
    if (shockLeft === 0 && orders.lots() === 0) return { level: i, liquidatedLots: fired, fundLots: fund, unfilledLots: 0 };
  }
  return { level: ticks.length - 1, liquidatedLots: fired, fundLots: fund, unfilledLots: shockLeft + orders.lots() };
}

function levelWithout(usable: Float64Array, shockLots: number): number {
  let depth = 0;
  for (let i = 0; i < usable.length; i++) {
    depth += at(usable, i);
    if (depth >= shockLots) return i;
  }
  return usable.length - 1;
}
