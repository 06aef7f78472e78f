import type { MarketSnapshot, SnapshotMarket } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import type { CascadeMarket } from '@breakwater/models/cascade';
import { multipleOf, type Ladder, type Triggers } from '@breakwater/models/market';

function levelsOf(ladder: Ladder, market: CascadeMarket): SnapshotMarket['bids'] {
  return Array.from(ladder.ticks, (tick, i) => [multipleOf(tick, market.tickSize), multipleOf(ladder.lots[i] ?? 0, market.lotSize)] as const);
}

function triggersOf(triggers: Triggers, market: CascadeMarket): NonNullable<SnapshotMarket['longTriggers']> {
  return Array.from(triggers.ticks, (tick, i) => [multipleOf(tick, market.tickSize), multipleOf(triggers.lots[i] ?? 0, market.lotSize), multipleOf(triggers.bankruptcyTicks[i] ?? 0, market.tickSize)] as const)
    // What a position is worth less than one tick at is not a price.
    .filter(([trigger, , bankruptcy]) => trigger > 0 && bankruptcy > 0);
}

/** The markets of an asset as a document that the engine can be asked again; undefined when none has a book on both sides. O(levels + positions). */
export function snapshotOf(asset: AssetId, at: EpochMs, markets: readonly CascadeMarket[], ignitionGap: number): MarketSnapshot | undefined {
  const listed = markets.filter(({ bids, asks }) => bids.ticks.length > 0 && asks.ticks.length > 0 && (bids.ticks[0] ?? 0) < (asks.ticks[0] ?? 0));
  if (listed.length === 0) return undefined;
  return {
    asset, asOf: new Date(at).toISOString(), ignitionGap,
    markets: listed.map((market) => ({
      id: market.id, kind: market.kind, tickSize: market.tickSize, lotSize: market.lotSize, ...(market.kind === 'inverse' ? { contractSize: market.contractSize } : {}),
      bids: levelsOf(market.bids, market), asks: levelsOf(market.asks, market),
      longTriggers: triggersOf(market.longTriggers, market), shortTriggers: triggersOf(market.shortTriggers, market),
      liquidationOrder: market.liquidationOrder, withdrawal: market.withdrawal,
    })),
  };
}
