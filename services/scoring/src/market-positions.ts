import type { InputStatus } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { at, type PositionSide } from '@breakwater/models/market';
import { joinTriggers, knownTriggers, priorTriggers, type InferredTriggers, type KnownTriggers, type PriorTriggers } from '@breakwater/models/positions';
import type { MarketState } from './asset-state.ts';
import type { History } from './history.ts';
import { readKnown } from './known-positions.ts';
import { bucketTicksOf, marginRulesOf } from './margin-rules.ts';
import type { InferredPositions } from './position-memory.ts';
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

/**
 * Positions that the venue names as they are, and the rest of open interest as it was inferred, by the prior where nothing was watched for long. Nothing of a spot market, or without a price or open
 * interest. O(positions).
 */
export function marketPositions(market: MarketState, terms: PositionTerms, history: History, inferred: InferredPositions | undefined): MarketPositions {
  const { definition, openInterest } = market;
  const { at: now, unitPrice, multiplier, tickSize, lotSize, rate } = terms;
  const lots = openInterest === undefined || definition === undefined ? 0 : Math.round(openInterest.value / definition.lotSize);
  if (definition === undefined || definition.marketKind === 'spot' || !(unitPrice > 0) || lots <= 0) return { longs: undefined, shorts: undefined, status: 'inferred', detail: undefined };
  const rules = marginRulesOf(definition);
  const toQuote = rate === undefined ? 1 : 1 / rate.usd;
  const recentPrices = history.entryPrices(now, unitPrice * (rate?.usd ?? 1)).map((e) => ({ price: e.price * toQuote, weight: e.weight }));
  const common = { markPrice: unitPrice, tickSize, bucketTicks: bucketTicksOf(unitPrice, tickSize), rules };
  const known = readKnown(market.accounts, { at: now, markPrice: unitPrice * multiplier, openInterest: openInterest?.value ?? 0, lotQty: definition.lotSize });
  const restOf = (side: PositionSide, openInterestLots: number): SideTriggers => {
    const triggers = inferred?.triggers(side, definition);
    if (inferred === undefined || triggers === undefined) return priorTriggers({ ...common, side, openInterestLots, recentPrices });
    const byPrior = Math.round(openInterestLots * (1 - inferred.share));
    const own = ofNow(triggers, side, unitPrice / tickSize, openInterestLots - byPrior);
    return byPrior > 0 ? joinTriggers(own, priorTriggers({ ...common, side, openInterestLots: byPrior, recentPrices }), side) : own;
  };
  const sideOf = (side: PositionSide): SideTriggers => {
    if (known === undefined) return restOf(side, lots);
    const inUnits = known.positions.map((p) => ({ ...p, liquidationPrice: p.liquidationPrice === null ? null : p.liquidationPrice / multiplier }));
    const own = knownTriggers(inUnits, { ...common, side, lotSize });
    const left = lots - sumOf(own);
    return left > 0 ? joinTriggers(own, restOf(side, left), side) : own;
  };
  return { longs: sideOf('long'), shorts: sideOf('short'), status: known?.status ?? 'inferred', detail: known?.detail };
}

/** Triggers of the last minute as they stand now: those that the mark has passed since are closed, and the others are all there is. Whole lots that add up to `lots`. */
function ofNow(triggers: InferredTriggers, side: PositionSide, markTicks: number, lots: number): KnownTriggers {
  const kept = Array.from(triggers.ticks.keys()).filter((k) => (side === 'long' ? at(triggers.ticks, k) < markTicks : at(triggers.ticks, k) > markTicks));
  const total = kept.reduce((sum, k) => sum + at(triggers.lots, k), triggers.unreachableLots);
  const scale = total > 0 ? lots / total : 0;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (k) => at(values, k) * scale);
  let left = lots;
  const whole = pick(triggers.lots).map((count) => {
    const taken = Math.min(left, Math.round(count));
    left -= taken;
    return taken;
  });
  return {
    ticks: Int32Array.from(kept, (k) => at(triggers.ticks, k)), lots: whole, low: pick(triggers.low).map((low, i) => Math.min(low, at(whole, i))), high: pick(triggers.high).map((high, i) => Math.max(high, at(whole, i))),
    bankruptcyTicks: Int32Array.from(kept, (k) => at(triggers.bankruptcyTicks, k)), unreachableLots: left, excludedShare: triggers.excludedShare, priorOnlyLots: pick(triggers.priorOnlyLots), passedLots: 0,
  };
}

function sumOf({ lots, unreachableLots }: KnownTriggers | InferredTriggers): number {
  return lots.reduce((sum, count) => sum + count, unreachableLots);
}
