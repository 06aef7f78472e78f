import { deleverage, type AdlAllocation, type AdlCandidate, type AdlRule, type PositionSide } from '../../market/index.ts';
import type { DynamicMarket } from './dynamic-system.ts';
import type { PositionBook } from './position-book.ts';

/** What is known when held liquidation orders may be bid for. */
export interface HeldMoment {
  readonly market: number;
  readonly side: PositionSide;
  readonly second: number;
  /** Lots triggered and not yet sent. */
  readonly heldLots: number;
  readonly markTick: number;
}

/**
 * Who of `candidates` (sizes in lots, prices in ticks) is closed for `lots` liquidated lots. The engine rounds to whole lots, the rest of the rounding to the
 * first with room.
 */
export type AdlAllocator = (candidates: readonly AdlCandidate[], lots: number, markTick: number, rank: AdlRule['rank']) => AdlAllocation;

/**
 * What a policy changes, as data and functions; the same seed with and without it shares all random numbers. Functions must be pure, or the path is not a function
 * of its arguments.
 */
export interface DynamicPolicy {
  /** A buffer period: whole seconds >= 0 between a trigger and its order. 0: sent at once. */
  readonly bufferSeconds: number;
  /** Lots (whole, in [0, heldLots]) that makers take at the mark while orders are held; null: nobody bids. */
  readonly bufferBid: ((moment: HeldMoment) => number) | null;
  /** The positions as they are under the policy, e.g. with a leverage surcharge; null: as given. */
  readonly reshape: ((positions: PositionBook, market: DynamicMarket, side: PositionSide) => PositionBook) | null;
  /** The deleveraging rule in place of the venues' own; null: by each venue's rank. */
  readonly allocate: AdlAllocator | null;
}

/** The venues as they are. */
export const NO_POLICY: DynamicPolicy = { bufferSeconds: 0, bufferBid: null, reshape: null, allocate: null };

/** Whole lots closed of each candidate, in the order of closing: at most `lots` in all. `allocation` is rounded down and what that leaves given to the first with room. */
export function deleveragedLots(candidates: readonly AdlCandidate[], lots: number, markTick: number, rank: AdlRule['rank'], allocate: AdlAllocator | null): readonly { readonly id: string; readonly lots: number }[] {
  const { fills } = (allocate ?? deleverage)(candidates, lots, markTick, rank);
  const sizes = new Map(candidates.map(({ id, size }) => [id, size]));
  const rounded = fills.map(({ id, quantity }) => ({ id, lots: Math.min(sizes.get(id) ?? 0, Math.floor(quantity + 1e-9)) }));
  const asked = fills.reduce((sum, { quantity }) => sum + quantity, 0);
  let left = Math.min(lots, Math.floor(asked + 1e-6)) - rounded.reduce((sum, fill) => sum + fill.lots, 0);
  for (const fill of rounded) {
    const more = Math.min(Math.max(0, left), (sizes.get(fill.id) ?? 0) - fill.lots);
    fill.lots += more;
    left -= more;
  }
  return rounded.filter((fill) => fill.lots > 0);
}
