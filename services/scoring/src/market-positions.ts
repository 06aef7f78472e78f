import type { InputStatus } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { BINANCE, forMaxLeverage, rulesOf, type PositionSide, type VenueRules } from '@breakwater/models/market';
import { joinTriggers, knownTriggers, priorTriggers, type InferredTriggers, type KnownTriggers, type PriorTriggers } from '@breakwater/models/positions';
import type { MarketState } from './asset-state.ts';
import type { History } from './history.ts';
import { readKnown } from './known-positions.ts';
import type { Rate } from './rates.ts';

/** Where the positions of a market are liquidated, in ticks and lots of its model, and how that is known. */
export interface MarketPositions {
  readonly longs: SideTriggers | undefined;
  readonly shorts: SideTriggers | undefined;
  /** `exact` where the accounts behind almost all of the open interest are known. */
  readonly status: Extract<InputStatus, 'exact' | 'inferred'>;
  /** What is known by account, in words. */
  readonly detail: string | undefined;
}

/** Triggers of one side. Where nothing tells which of them rest on the prior alone, all do. */
export type SideTriggers = PriorTriggers & { readonly priorOnlyLots?: Float64Array };

/** How a market is counted: ticks of the asset's price and lots of its units (contracts for inverse). */
export interface Sized {
  readonly tickSize: number;
  readonly lotSize: number;
  readonly multiplier: number;
}

/** What positions are measured against. */
export interface PositionTerms extends Sized {
  readonly at: EpochMs;
  /** Quote currency for one unit of the asset. */
  readonly unitPrice: number;
  readonly rate: Rate | undefined;
}

/** Leverage where a venue's list does not give a maximum [A]. */
const assumedMaxLeverage = 20;
/** Width of a liquidation bucket in log-price, 25 basis points [A]. */
const bucketWidth = 0.0025;

/** Margin rules of a market; a venue whose own are not in the data is taken to margin like Binance [A]. */
export function marginRulesOf({ venue, maxLeverage, marketKind }: NonNullable<MarketState['definition']>): VenueRules {
  return { ...forMaxLeverage(rulesOf(venue) ?? BINANCE, maxLeverage ?? assumedMaxLeverage), contract: marketKind === 'inverse' ? 'inverse' : 'linear' };
}

/** Positions that the venue names as they are, and the rest of open interest by the prior. Nothing of a spot market, or without a price or open interest. O(positions). */
export function marketPositions(market: MarketState, terms: PositionTerms, history: History): MarketPositions {
  const { definition, openInterest } = market;
  const { at, unitPrice, multiplier, tickSize, lotSize, rate } = terms;
  const lots = openInterest === undefined || definition === undefined ? 0 : Math.round(openInterest.value / definition.lotSize);
  if (definition === undefined || definition.marketKind === 'spot' || !(unitPrice > 0) || lots <= 0) return { longs: undefined, shorts: undefined, status: 'inferred', detail: undefined };
  const rules = marginRulesOf(definition);
  const toQuote = rate === undefined ? 1 : 1 / rate.usd;
  const recentPrices = history.entryPrices(at, unitPrice * (rate?.usd ?? 1)).map((e) => ({ price: e.price * toQuote, weight: e.weight }));
  const common = { markPrice: unitPrice, tickSize, bucketTicks: Math.max(1, Math.round((unitPrice * bucketWidth) / tickSize)), rules };
  const known = readKnown(market.accounts, { at, markPrice: unitPrice * multiplier, openInterest: openInterest?.value ?? 0, lotQty: definition.lotSize });
  const restOf = (side: PositionSide, openInterestLots: number): PriorTriggers => priorTriggers({ ...common, side, openInterestLots, recentPrices });
  const sideOf = (side: PositionSide): SideTriggers => {
    if (known === undefined) return restOf(side, lots);
    const inUnits = known.positions.map((p) => ({ ...p, liquidationPrice: p.liquidationPrice === null ? null : p.liquidationPrice / multiplier }));
    const own = knownTriggers(inUnits, { ...common, side, lotSize });
    const left = lots - sumOf(own);
    return left > 0 ? joinTriggers(own, restOf(side, left), side) : own;
  };
  return { longs: sideOf('long'), shorts: sideOf('short'), status: known?.status ?? 'inferred', detail: known?.detail };
}

function sumOf({ lots, unreachableLots }: KnownTriggers | InferredTriggers): number {
  return lots.reduce((sum, count) => sum + count, unreachableLots);
}
