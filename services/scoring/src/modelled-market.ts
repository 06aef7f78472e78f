import type { EpochMs, SourceId } from '@breakwater/models/core';
import { withdrawn } from '@breakwater/models/cascade';
import { emptyLadder } from '@breakwater/models/market';
import type { AssetState, MarketState } from './asset-state.ts';
import type { ScoringConfig } from './config.ts';
import { modelMarket, type MarketModel } from './market-model.ts';
import type { Rate, Rates } from './rates.ts';
import { withFloorBid } from './reserve/floor-bid.ts';
import type { KnownFloorBid } from './reserve/reserve-score.ts';

/** A market and what the engine takes it for. */
export interface ModelledMarket {
  readonly state: MarketState;
  readonly model: MarketModel;
  /** The market under each variant with withdrawal taken off its levels; the pessimistic one without asks, which no sale touches. */
  readonly usable: MarketModel['variants'];
}

/** Every market of an asset whose definition is known, by instrument, as the engine takes it, with the bid that its reserve is; books of sources that are `behind` are stale. O(levels + positions). */
export function modelAsset(state: AssetState, rates: Rates, at: EpochMs, config: ScoringConfig, behind: ReadonlySet<SourceId> = new Set(), floor?: KnownFloorBid): readonly ModelledMarket[] {
  const modelled = [...state.markets.values()]
    .sort((a, b) => ((a.definition?.instrument ?? '') < (b.definition?.instrument ?? '') ? -1 : 1))
    .filter((market) => market.definition !== undefined)
    .map((market) => {
      const model = modelMarket(market, at, config, rates.at(market.definition?.quote ?? ('' as never), at), state.history, behind.has(market.source), market.definition === undefined ? undefined : state.positions.get(market.definition.instrument)?.inferred());
      const { low, value, high } = model.variants;
      return { state: market, model, usable: { low: withdrawn({ ...low, asks: emptyLadder() }), value: withdrawn(value), high: withdrawn(high) } };
    });
  return withFloorBid(modelled, floor);
}

/** A market that is in the figures of its asset. */
export interface Part extends ModelledMarket {
  readonly rate: Rate;
  /** Best bid in the quote currency, 0 without a book. */
  readonly best: number;
}

/** The markets that are in the figures of the asset: those with a rate, and a book or positions. */
export function partsOf(modelled: readonly ModelledMarket[]): readonly Part[] {
  return modelled.flatMap(({ state, model, usable }): Part[] =>
    model.rate === undefined || (model.best === undefined && model.openInterestUnits === undefined) ? [] : [{ state, model, usable, rate: model.rate, best: model.best ?? 0 }]);
}
