import { at } from '../../market/index.ts';
import { perSecond } from './depth-multiplier.ts';
import type { DynamicEdge, DynamicSystem } from './dynamic-system.ts';
import { logPrice, type PriceBoard } from './index-source.ts';
import { ARBITRAGE } from './ledger.ts';
import { place, type Venue } from './venue.ts';

/** Rounds lots that arithmetic left just below a whole number up to it (the stress contract). */
const lotSlack = 1e-9;

/** Arbitrage capital while a simulation runs: of each edge, units of quantity that can be deployed and lots that are. */
export interface Arbitrage {
  readonly capital: Float64Array;
  readonly inUse: Float64Array;
  readonly release: Float64Array;
  /** Price ratios below which a gap certainly pays for nothing, a hair under e^cost: they spare logarithms. */
  readonly closed: Float64Array;
}

/** Every edge with its capital and none of it in use. */
export function createArbitrage({ edges }: DynamicSystem): Arbitrage {
  return {
    capital: Float64Array.from(edges, ({ capacityQty }) => capacityQty), inUse: new Float64Array(edges.length),
    release: Float64Array.from(edges, ({ releaseHalfLife }) => perSecond(releaseHalfLife)),
    closed: Float64Array.from(edges, ({ costLog }) => Math.exp(costLog) * (1 - 1e-9)),
  };
}

/** Whole lots that edge `e` adds to what it has in use when `gap` is by how much the selling side's log-price is the better one. */
export function newFlow(arbitrage: Arbitrage, e: number, edge: DynamicEdge, gap: number, lotSize: number): number {
  const open = gap - edge.costLog;
  if (open <= 0) return 0;
  const target = Math.floor(Math.min(at(arbitrage.capital, e), edge.slopeQtyPerLog * open) / lotSize + lotSlack);
  return Math.max(0, Math.floor(target - at(arbitrage.inUse, e) + lotSlack));
}

/** One second of arbitrage: capital in use is freed, and gaps of the present prices are traded. */
export function arbitrage(state: Arbitrage, edges: readonly DynamicEdge[], venues: readonly Venue[], board: PriceBoard): void {
  const { inUse, release, closed } = state;
  const { prices } = board;
  for (let e = 0; e < edges.length; e++) {
    const edge = edges[e];
    if (edge === undefined) continue;
    const used = at(inUse, e);
    if (used > 0) inUse[e] = used - used * at(release, e);
    if (at(prices, edge.to) < at(prices, edge.from) * at(closed, e)) continue;
    const [from, to] = [venues[edge.from], venues[edge.to]];
    if (from === undefined || to === undefined) continue;
    const lots = newFlow(state, e, edge, logPrice(board, edge.to) - logPrice(board, edge.from), from.market.lotSize);
    if (lots === 0) continue;
    inUse[e] = at(inUse, e) + lots;
    place(from, ARBITRAGE, 1, lots);
    place(to, ARBITRAGE, -1, lots);
  }
}
