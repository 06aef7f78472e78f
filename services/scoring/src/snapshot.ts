import type { MarketSnapshot, SnapshotMarket } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { defined } from '@breakwater/models/core';
import type { CascadeMarket, NetworkSystem } from '@breakwater/models/cascade';
import { multipleOf, type Ladder, type Triggers } from '@breakwater/models/market';

type Levels = SnapshotMarket['bids'];

function levelsOf(ladder: Ladder, market: CascadeMarket): Levels {
  return Array.from(ladder.ticks, (tick, i) => [multipleOf(tick, market.tickSize), multipleOf(ladder.lots[i] ?? 0, market.lotSize)] as const);
}

/** Asks above the best bid; a document needs one, so where there are none one of no quantity stands a tick above it. Sales, which live scores ask about, never touch asks. */
function asksOf(market: CascadeMarket): Levels {
  const best = market.bids.ticks[0] ?? 0;
  const first = market.asks.ticks.findIndex((tick) => tick > best);
  if (first < 0) return [[multipleOf(best + 1, market.tickSize), 0]];
  return levelsOf({ ticks: market.asks.ticks.subarray(first), lots: market.asks.lots.subarray(first) }, market);
}

function triggersOf(triggers: Triggers, market: CascadeMarket): NonNullable<SnapshotMarket['longTriggers']> {
  // Less than one tick is not a price. Joined markets close positions at the market, so that nothing depends on where they are bankrupt.
  return Array.from(triggers.ticks, (tick, i) =>
    [multipleOf(tick, market.tickSize), multipleOf(triggers.lots[i] ?? 0, market.lotSize), multipleOf(Math.max(1, triggers.bankruptcyTicks[i] ?? 0), market.tickSize)] as const);
}

function marketOf(market: CascadeMarket): SnapshotMarket {
  return {
    id: market.id, kind: market.kind, tickSize: market.tickSize, lotSize: market.lotSize, ...(market.kind === 'inverse' ? { contractSize: market.contractSize } : {}),
    bids: levelsOf(market.bids, market), asks: asksOf(market), longTriggers: triggersOf(market.longTriggers, market), shortTriggers: triggersOf(market.shortTriggers, market),
    liquidationOrder: market.liquidationOrder, withdrawal: market.withdrawal,
  };
}

/**
 * The joined markets of an asset as a document that the engine can be asked again: every price, quantity, edge and mark as the score took it, so that the same
 * figures come out. O(levels + positions).
 */
export function snapshotOf(asset: AssetId, at: EpochMs, system: NetworkSystem, ignitionGap: number): MarketSnapshot {
  const idOf = (index: number): string => defined(system.markets[index], 'market').id;
  const marks = system.marks.flatMap((mark, owner) =>
    (mark === null ? [] : [[idOf(owner), { weights: Object.fromEntries(mark.markets.map((source, k) => [idOf(source), defined(mark.weights[k], 'weight')])), rule: mark.rule }] as const]));
  return {
    asset, asOf: new Date(at).toISOString(), ignitionGap, markets: system.markets.map(marketOf),
    edges: system.edges.map(({ from, to, capacityQty, slopeQtyPerLog, costLog }) => ({ from: idOf(from), to: idOf(to), capacityQty, slopeQtyPerLog, costLog })),
    hedges: system.hedges.map(({ from, to, share }) => ({ from: idOf(from), to: idOf(to), share })),
    marks: Object.fromEntries(marks),
  };
}
