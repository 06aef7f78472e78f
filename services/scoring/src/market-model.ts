import type { FeedStatus, InputReading, InputStatus } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { cascadeMarket, extendDepth, type CascadeMarket } from '@breakwater/models/cascade';
import { emptyLadder, noTriggers, quantiseLadder, type Ladder, type Triggers } from '@breakwater/models/market';
import type { MarketState } from './asset-state.ts';
import { tailFactors, withdrawals, type Variant } from './assumptions.ts';
import type { ScoringConfig } from './config.ts';
import type { History } from './history.ts';
import { worst } from './input-status.ts';
import { marketPositions, type MarketPositions, type SideTriggers, type Sized } from './market-positions.ts';
import type { InferredPositions } from './position-memory.ts';
import type { Rate } from './rates.ts';
import type { FloorLevel } from './reserve/floor-level.ts';

/** One market ready for the engine, under each variant. Prices per unit of the asset, quantities in units of the asset (contracts for inverse). */
export interface MarketModel {
  readonly variants: Readonly<Record<Variant, CascadeMarket>>;
  /** The centre's book as it is seen, without extended depth and without forced sales beyond it. */
  readonly bookStatus: InputStatus;
  /** What that comes from: what was said of the book, or that its source says nothing more. */
  readonly bookHealth: FeedStatus;
  readonly best: number | undefined;
  readonly rate: Rate | undefined;
  /** Lowest bid that was seen; deeper ones are extended. */
  readonly lastKnownBid: number | undefined;
  readonly openInterestUnits: number | undefined;
  /** Bids of the optimistic variant, which has all that is seen, that are known and not extended. */
  readonly knownBids: number;
  /** Positions of each side with the band of each bucket, in lots of the centre's market. */
  readonly longs: SideTriggers | undefined;
  readonly shorts: SideTriggers | undefined;
  /** How positions are known while what they rest on is fresh, and with its age; of a spot market, which has none, the second is `exact`. */
  readonly knownBy: MarketPositions['status'];
  readonly positionStatus: InputStatus;
  /** How much of the positions that nobody is named for was inferred from what the market showed, beside the prior, 0 to 1. */
  readonly inferredShare: number;
  readonly inputs: readonly InputReading[];
  /** The floor under the asset as a bid, where this is its deepest market and the floor is known now; beside the variants, as no maker takes it back. */
  readonly floor?: FloorLevel;
}

/** Distance between levels that are added beyond the last one known, in log-price: finer would say nothing more of what is not seen. */
const logStep = 0.01;

/** The live levels, and under them each deep snapshot's levels beyond the last level so far, finest snapshot first. */
function knownLevels(market: MarketState, at: EpochMs, config: ScoringConfig): { readonly bids: readonly number[]; readonly asks: readonly number[] } {
  const bids = market.book.levels('bids');
  const asks = market.book.levels('asks');
  const layers = [...market.deep].sort(([a], [b]) => a - b).map(([, snapshot]) => snapshot).filter((snapshot) => at - snapshot.eventTime <= config.deepStaleAfterMs);
  const append = (levels: number[], more: readonly number[], isBeyond: (price: number, last: number) => boolean): void => {
    const last = levels.at(-2);
    if (last === undefined) return;
    for (let i = 0; i + 1 < more.length; i += 2) {
      const price = more[i];
      if (price !== undefined && isBeyond(price, last)) levels.push(price, more[i + 1] ?? 0);
    }
  };
  for (const snapshot of layers) {
    append(bids, snapshot.bids, (price, last) => price < last);
    append(asks, snapshot.asks, (price, last) => price > last);
  }
  return { bids, asks };
}

/** Positions bunched towards the price (`low`) or away from it (`high`), the sum unchanged or less: the ends of the band. */
function shifted(triggers: SideTriggers, variant: Variant): Triggers {
  if (variant === 'value') return triggers;
  const total = triggers.lots.reduce((sum, lots) => sum + lots, 0);
  const source = variant === 'low' ? triggers.high : triggers.low;
  let used = 0;
  const lots = source.map((count) => {
    const kept = Math.min(Math.round(count), total - used);
    used += kept;
    return kept;
  });
  return { ticks: triggers.ticks, lots, bankruptcyTicks: triggers.bankruptcyTicks };
}

function statusOfBook(market: MarketState, health: FeedStatus): InputStatus {
  if (market.bookAt === undefined || (market.book.size('bids') === 0 && market.book.size('asks') === 0)) return 'missing';
  return health === 'ok' ? 'exact' : 'stale';
}

function readings(market: MarketState, at: EpochMs, config: ScoringConfig, bookStatus: InputStatus, positions: MarketPositions): InputReading[] {
  const definition = market.definition;
  const name = definition === undefined ? market.source : `${definition.venue}:${definition.marketKind === 'spot' ? 'spot' : 'perp'}:${definition.symbol}`;
  const aged = (input: string, channel: 'openInterest' | 'ticker', time: EpochMs | undefined, fresh: InputStatus): InputReading => {
    if (time === undefined) return { name: `${input}.${name}`, status: 'missing' };
    const ageMs = Math.max(0, at - time);
    const healthy = (market.figureHealth.get(channel) ?? 'ok') === 'ok' && ageMs <= config.staleAfterMs;
    return { name: `${input}.${name}`, status: healthy ? fresh : 'stale', ageMs };
  };
  const book: InputReading = market.bookAt === undefined ? { name: `book.${name}`, status: bookStatus } : { name: `book.${name}`, status: bookStatus, ageMs: Math.max(0, at - market.bookAt) };
  if (definition === undefined || definition.marketKind === 'spot') return [book];
  const openInterestAt = market.openInterest?.at;
  return [book, aged('openInterest', 'openInterest', openInterestAt, 'exact'), aged('mark', 'ticker', market.mark?.at, 'exact'), { ...aged('positions', 'openInterest', openInterestAt, positions.status), ...(positions.detail === undefined ? {} : { detail: positions.detail }) }];
}

/** The price that positions are measured against: the mark while it is fresh, else the index, else the book's best bid, else the last known. */
function priceOfPositions(market: MarketState, at: EpochMs, config: ScoringConfig, best: number | undefined): number {
  const isFresh = (reading: { readonly at: EpochMs } | undefined): boolean => reading !== undefined && at - reading.at <= config.staleAfterMs;
  const live = isFresh(market.mark) ? market.mark?.value : isFresh(market.index) ? market.index?.value : undefined;
  return live ?? best ?? market.mark?.value ?? market.index?.value ?? 0;
}

/** A market's units: how its prices and quantities become ticks of the asset's price and lots of its units. */
interface Units extends Sized {
  /** Units of the asset in one unit of quantity; 1 for inverse markets, which stay in contracts. */
  readonly perUnit: number;
  readonly contractSize: number;
  readonly inverse: boolean;
}

function unitsOf(definition: MarketState['definition']): Units {
  const multiplier = definition?.multiplier ?? 1;
  const inverse = definition?.marketKind === 'inverse';
  const contractSize = definition?.contractSize ?? 1;
  const perUnit = inverse ? 1 : contractSize * multiplier;
  return { tickSize: (definition?.tickSize ?? 1e-8) / multiplier, lotSize: (definition?.lotSize ?? 1e-8) * perUnit, multiplier, perUnit, contractSize, inverse };
}

/** What does not differ between the variants: the known book and the positions. */
interface Known {
  readonly bid: Ladder;
  readonly ask: Ladder;
  readonly longs: SideTriggers | undefined;
  readonly shorts: SideTriggers | undefined;
}

function buildVariant(market: MarketState, units: Units, known: Known, bookStatus: InputStatus, variant: Variant): CascadeMarket {
  const { definition } = market;
  const { tickSize, lotSize, inverse, contractSize } = units;
  const seen = bookStatus === 'exact' || (bookStatus === 'stale' && variant === 'high');
  const side = (ladder: Ladder, which: 'bid' | 'ask'): Ladder => (seen ? extendDepth(ladder, which, { tailFactor: tailFactors[variant], logStep }).ladder : emptyLadder());
  const triggers = (of: SideTriggers | undefined): Triggers => (of === undefined ? noTriggers() : shifted(of, variant));
  return cascadeMarket({
    id: definition?.instrument ?? market.source, kind: definition?.marketKind ?? 'spot', tickSize, lotSize, contractSize: inverse ? contractSize : 1,
    bids: side(known.bid, 'bid'), asks: side(known.ask, 'ask'), longTriggers: triggers(known.longs), shortTriggers: triggers(known.shorts), withdrawal: withdrawals[variant],
  });
}

/**
 * A market as the engine takes it: live book with the deep snapshot under it, extended beyond the last known level, and positions that the venue names or that are inferred from
 * open interest (`market-positions.ts`). A book that is not current, as none is of a source that is `behind`, is left out of the pessimistic end and the centre and kept in
 * the optimistic end; its positions stay in all three. O(levels + positions).
 */
export function modelMarket(market: MarketState, at: EpochMs, config: ScoringConfig, rate: Rate | undefined, history: History, isBehind = false, inferred?: InferredPositions): MarketModel {
  const definition = market.definition;
  const bookHealth = isBehind && market.bookHealth === 'ok' ? 'stale' : market.bookHealth;
  const bookStatus = statusOfBook(market, bookHealth);
  const units = unitsOf(definition);
  const { tickSize, lotSize, multiplier, perUnit } = units;
  const { bids, asks } = knownLevels(market, at, config);
  const scale = (levels: readonly number[]): number[] => levels.map((x, i) => (i % 2 === 0 ? x / multiplier : x * perUnit));
  const best = bookStatus === 'missing' || bids[0] === undefined ? undefined : bids[0] / multiplier;
  const price = priceOfPositions(market, at, config, best === undefined ? undefined : best * multiplier);
  const unitPrice = price / multiplier;
  const openInterest = market.openInterest?.value;
  const openInterestUnits = openInterest === undefined ? undefined : units.inverse ? (openInterest * units.contractSize) / Math.max(unitPrice, 1e-12) : openInterest * perUnit;
  const positions = marketPositions(market, { ...units, at, unitPrice, rate }, history, inferred);
  const known: Known = {
    bid: quantiseLadder(scale(bids), { tickSize, lotSize, side: 'bid' }), ask: quantiseLadder(scale(asks), { tickSize, lotSize, side: 'ask' }),
    longs: positions.longs, shorts: positions.shorts,
  };
  const build = (variant: Variant): CascadeMarket => buildVariant(market, units, known, bookStatus, variant);
  const lastKnown = (bids.at(-2) ?? 0) / multiplier;
  const inputs = readings(market, at, config, bookStatus, positions);
  return {
    variants: { low: build('low'), value: build('value'), high: build('high') }, bookStatus, bookHealth, best, rate,
    lastKnownBid: lastKnown > 0 ? lastKnown : undefined, openInterestUnits, knownBids: known.bid.ticks.length, longs: known.longs, shorts: known.shorts, knownBy: positions.status, inferredShare: inferred?.share ?? 0, inputs,
    positionStatus: worst(inputs.filter(({ name }) => name.startsWith('positions.')).map(({ status }) => status)),
  };
}
