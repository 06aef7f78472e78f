import type { CascadeMarket, ShockSide } from './cascade-market.ts';

/**
 * Arbitrage between two markets of equal lot size: what is bought in `from` is sold in `to`, as far as the gap of their log-prices beyond
 * `costLog` pays for it and capital allows. Indices into the system's markets.
 */
export interface ArbitrageEdge {
  readonly from: number;
  readonly to: number;
  /** Units of quantity at the most, >= 0. */
  readonly capacityQty: number;
  /** Units for each unit of log-price gap beyond the cost, >= 0. */
  readonly slopeQtyPerLog: number;
  /** The log-price gap that pays for nothing, >= 0. */
  readonly costLog: number;
}

/** A share (in [0, 1]) of what is liquidated in `from` had its hedge in `to`, where it is unwound. Indices; equal lot sizes. */
export interface HedgeLink {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** How a mark is made of its sources' prices: weighted mean, weighted median, or the mean of prices clipped to 2 % around the median. */
export type MarkRule = 'mean' | 'median' | 'clip2';

/** A mark price built from several markets. */
export interface MarkSources {
  readonly rule: MarkRule;
  /** Market indices and their weights (> 0), side by side. */
  readonly markets: readonly number[];
  readonly weights: readonly number[];
}

/** Markets joined by arbitrage, hedges and marks. */
export interface NetworkSystem {
  readonly side: ShockSide;
  /** Each with at least one level on the side that is walked. */
  readonly markets: readonly CascadeMarket[];
  readonly edges: readonly ArbitrageEdge[];
  /** At most one a pair. */
  readonly hedges: readonly HedgeLink[];
  /** One a market; null: its own price is its mark. */
  readonly marks: readonly (MarkSources | null)[];
}

/** Whether an edge, a hedge or a mark joins market `index` to another one. O(edges + hedges + marks). */
export function isJoined(system: NetworkSystem, index: number): boolean {
  return (
    system.edges.some(({ from, to }) => from === index || to === index) ||
    system.hedges.some(({ from, to }) => from === index || to === index) ||
    system.marks.some((mark, owner) => mark !== null && mark.markets.some((source) => source !== owner && (owner === index || source === index)))
  );
}
