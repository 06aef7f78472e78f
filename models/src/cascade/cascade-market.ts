import { at, noTriggers, type Ladder, type LiquidationOrder, type Triggers } from '../market/index.ts';
import { kappa, NO_WITHDRAWAL, type Withdrawal } from './withdrawal.ts';

/** Direction of the sale or purchase that starts things: `sell` walks down the bids, `buy` up the asks. */
export type ShockSide = 'sell' | 'buy';

/** What one unit of quantity is: a base unit (linear, spot) or a contract of `contractSize` quote (inverse). */
export type MarketKind = 'linear' | 'inverse' | 'spot';

/** One market as the static engine sees it: book and hidden triggers in whole ticks and lots, and how makers withdraw. */
export interface CascadeMarket {
  readonly id: string;
  readonly kind: MarketKind;
  /** Quote currency per tick, > 0. */
  readonly tickSize: number;
  /** Units per lot, > 0. */
  readonly lotSize: number;
  /** Quote per contract of an inverse market, > 0; not used by the other kinds. */
  readonly contractSize: number;
  readonly bids: Ladder;
  readonly asks: Ladder;
  readonly longTriggers: Triggers;
  readonly shortTriggers: Triggers;
  readonly liquidationOrder: LiquidationOrder;
  readonly withdrawal: Withdrawal;
}

/** A market from what is known of it: linear, no triggers, market orders and no withdrawal unless said otherwise. */
export function cascadeMarket(
  known: Pick<CascadeMarket, 'id' | 'tickSize' | 'lotSize' | 'bids' | 'asks'> & Partial<CascadeMarket>,
): CascadeMarket {
  return {
    kind: 'linear', contractSize: 1, longTriggers: noTriggers(), shortTriggers: noTriggers(), liquidationOrder: 'market', withdrawal: NO_WITHDRAWAL,
    ...known,
  };
}

/** The book side a shock walks: bids for a sale, asks for a purchase. */
export function ladderOf(market: CascadeMarket, side: ShockSide): Ladder {
  return side === 'sell' ? market.bids : market.asks;
}

/** The triggers a shock fires: longs for a sale, shorts for a purchase. */
export function triggersOf(market: CascadeMarket, side: ShockSide): Triggers {
  return side === 'sell' ? market.longTriggers : market.shortTriggers;
}

/** 1 for a sale, -1 for a purchase: ticks times this descend along the book on either side. */
export function signOf(side: ShockSide): 1 | -1 {
  return side === 'sell' ? 1 : -1;
}

/** Usable lots of every level, floor(kappa x lots + 1e-9), best first. O(levels); a power a level unless kappa is 1. */
export function usableLots(market: CascadeMarket, side: ShockSide): Float64Array {
  const { ticks, lots } = ladderOf(market, side);
  const { withdrawal } = market;
  if (withdrawal.beta === 0 || withdrawal.kappaMin >= 1) return lots;
  const usable = new Float64Array(lots.length);
  const best = lots.length > 0 ? at(ticks, 0) : 1;
  for (let i = 0; i < lots.length; i++) usable[i] = Math.floor(kappa(withdrawal, best, at(ticks, i)) * at(lots, i) + 1e-9);
  return usable;
}

/**
 * The same market with makers' withdrawal taken off its levels once and for all: every figure computed from it is the same, and none computes it again. O(levels),
 * a power a level; the market itself when nobody withdraws.
 */
export function withdrawn(market: CascadeMarket): CascadeMarket {
  const { bids, asks, withdrawal } = market;
  if (withdrawal.beta === 0 || withdrawal.kappaMin >= 1) return market;
  return { ...market, bids: { ticks: bids.ticks, lots: usableLots(market, 'sell') }, asks: { ticks: asks.ticks, lots: usableLots(market, 'buy') }, withdrawal: NO_WITHDRAWAL };
}

/** Quote value of `lots` at `tick`: an inverse contract is worth its face at any price. */
export function quoteValue(market: CascadeMarket, lots: number, tick: number): number {
  return market.kind === 'inverse' ? lots * market.lotSize * market.contractSize : lots * market.lotSize * (tick * market.tickSize);
}

/** Usable lots, and their quote value, on levels whose price is within `fraction` of the best; 0 for an empty side. O(levels). */
export function depthWithin(market: CascadeMarket, side: ShockSide, fraction: number): { readonly lots: number; readonly quote: number } {
  const { ticks } = ladderOf(market, side);
  const usable = usableLots(market, side);
  let lots = 0;
  let quote = 0;
  for (let i = 0; i < usable.length && isWithin(at(ticks, i), at(ticks, 0), fraction); i++) {
    lots += at(usable, i);
    quote += quoteValue(market, at(usable, i), at(ticks, i));
  }
  return { lots, quote };
}

/** True when |tick - best| / best <= fraction, with a slack of 1e-12 for decimals that float64 cannot hold. */
export function isWithin(tick: number, best: number, fraction: number): boolean {
  return Math.abs(tick - best) / best <= fraction + 1e-12;
}

/** True when two prices are at least `gap` apart as a share of the larger, with a slack of 1e-12. */
export function isGap(a: number, b: number, gap: number): boolean {
  return Math.abs(a - b) / Math.max(a, b) >= gap - 1e-12;
}
