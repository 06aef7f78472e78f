import type { DeepBookMessage, FeedHealthMessage, FeedStatus, TransferMessage } from '@breakwater/contracts';
import { sourceId, type InstrumentId, type SourceId } from '@breakwater/models/core';
import { createOrderBook } from '@breakwater/models/market';
import { createActivity } from './activity.ts';
import { restorePositions, savePast, type AssetState, type MarketState, type SavedAsset, type SavedParts, type SavedPast } from './asset-state.ts';
import { createBars, type OpenBar } from './bars.ts';
import { createDeposits } from './deposits.ts';
import { createForcedEvents } from './forced-events.ts';
import type { SavedDepositDays } from './addresses/deposit-days.ts';
import { createHolderMemory, type SavedHolders } from './addresses/holder-memory.ts';
import { createReserveMemory, type SavedReserve } from './reserve/reserve-memory.ts';
import { createProducerMemory, type SavedProducers } from './settlement/producer-memory.ts';
import { createHistory, type HistoryPoint } from './history.ts';
import { createAccountMemory, type AccountPosition } from './known-positions.ts';
import { createLiquidationMemory, type SavedLiquidations } from './liquidation-memory.ts';

/** What is known of a market, as JSON can carry it: doubles come back to the last bit. */
interface SavedMarket {
  readonly instrument: InstrumentId;
  /** Everything that is plain data already. */
  readonly plain: Omit<MarketState, 'book' | 'deep' | 'liquidations' | 'accounts' | 'figureHealth'>;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
  readonly deep: readonly (readonly [number, DeepBookMessage])[];
  readonly liquidations: SavedLiquidations;
  /** Absent in what was saved before there were any. */
  readonly accounts?: readonly AccountPosition[];
  readonly figureHealth: readonly (readonly [FeedHealthMessage['channel'], FeedStatus])[];
}

/** Everything that is known of an asset, books included. */
export interface HeldAsset {
  readonly markets: readonly SavedMarket[];
  readonly deposits: readonly TransferMessage[];
  readonly reverted: readonly TransferMessage[];
  readonly history: readonly HistoryPoint[];
  /** Absent of a state that was held by an earlier version, as is `bar`. */
  readonly past?: SavedPast;
  readonly bar?: OpenBar | null;
  readonly positions?: SavedParts['positions'];
  readonly minutes?: SavedAsset['minutes'];
  readonly countedThrough?: number;
  readonly holders?: SavedHolders;
  readonly depositDays?: SavedDepositDays;
  readonly reserve?: SavedReserve;
  readonly producers?: SavedProducers;
  readonly sourceHealth: readonly (readonly [SourceId, FeedStatus])[];
  readonly unlisted: readonly SourceId[];
}

/** The whole state of an asset as JSON can carry it. O(levels). */
export function holdAsset(state: AssetState): HeldAsset {
  const markets = [...state.markets].map(([instrument, { book, deep, liquidations, accounts, figureHealth, ...plain }]): SavedMarket => ({
    instrument,
    // Of the last snapshot only its place among breaks is asked for; its levels are in the book.
    plain: { ...plain, snapshot: plain.snapshot === undefined ? undefined : { ...plain.snapshot, bids: [], asks: [] } },
    bids: book.levels('bids'), asks: book.levels('asks'), deep: [...deep], liquidations: liquidations.save(), accounts: accounts.save(), figureHealth: [...figureHealth],
  }));
  const { deposits, history, holders, bars, positions, countedThrough } = state;
  return {
    markets, deposits: deposits.save(), reverted: [...deposits.reverted()], history: history.save(), past: savePast(state), bar: bars.saveOpen(), countedThrough, holders: holders.save(), depositDays: holders.saveDays(), reserve: state.reserve.save(), producers: state.producers.save(),
    positions: [...positions].map(([instrument, memory]) => [instrument, memory.save()] as const), minutes: [...positions].map(([instrument, memory]) => [instrument, memory.saveOpen()] as const),
    sourceHealth: [...state.sourceHealth], unlisted: [...state.unlisted],
  };
}

/** The state that `holdAsset` was given: what is folded into it from then on gives the same figures. */
export function restoreAsset(held: HeldAsset): AssetState {
  return {
    markets: new Map(held.markets.map((saved) => [saved.instrument, restoreMarket(saved)])),
    deposits: createDeposits(held.deposits, held.reverted), history: createHistory(held.history), holders: createHolderMemory(held.holders, held.depositDays), reserve: createReserveMemory(held.reserve), producers: createProducerMemory(held.producers),
    bars: createBars(held.past?.bars, held.bar), activity: createActivity(held.past?.activity), forced: createForcedEvents(held.past?.forced), positions: restorePositions(held.positions, held.minutes), countedThrough: held.countedThrough ?? 0,
    sourceHealth: new Map(held.sourceHealth), unlisted: new Set(held.unlisted),
  };
}

/** Of a state as old as nobody knows: definitions and what counts over time stay, books and figures are read anew. */
export function withoutBooks(held: HeldAsset): HeldAsset {
  const markets = held.markets.map(({ instrument, plain: { source, definition }, liquidations }): SavedMarket => ({
    instrument, bids: [], asks: [], deep: [], figureHealth: [], liquidations,
    plain: { source, definition, bookAt: undefined, bookHealth: 'ok', snapshot: undefined, mark: undefined, index: undefined, openInterest: undefined, funding: undefined },
  }));
  return { ...held, markets };
}

/** Without what was said by sources that are not among `sources`: nobody would ever say that it is over. */
export function onlyOf(held: HeldAsset, sources: ReadonlySet<SourceId>): HeldAsset {
  const markets = held.markets.filter(({ plain }) => sources.has(plain.source));
  const kept = new Set(markets.map(({ instrument }) => instrument));
  const holders = held.holders === undefined ? {} : { holders: { ...held.holders, chains: held.holders.chains.filter(({ chain }) => sources.has(sourceId(chain))) } };
  const producers = held.producers === undefined ? {} : { producers: held.producers.filter(({ source }) => sources.has(source)) };
  return { ...held, markets, ...holders, ...producers, ...(held.positions === undefined ? {} : { positions: held.positions.filter(([instrument]) => kept.has(instrument)) }), unlisted: held.unlisted.filter((source) => sources.has(source)) };
}

function restoreMarket({ plain, bids, asks, deep, liquidations, accounts, figureHealth }: SavedMarket): MarketState {
  const book = createOrderBook();
  book.replace(bids, asks);
  return { ...plain, book, deep: new Map(deep), liquidations: createLiquidationMemory(liquidations), accounts: createAccountMemory(accounts), figureHealth: new Map(figureHealth) };
}
