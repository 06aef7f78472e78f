import { isDeepStrictEqual } from 'node:util';
import type { BookMessage, DeepBookMessage, FeedHealthMessage, FeedStatus, InstrumentMessage, LiquidationMessage, TickerMessage, TradeMessage, TransferMessage } from '@breakwater/contracts';
import type { EpochMs, InstrumentId, SourceId } from '@breakwater/models/core';
import { assertNever, DAY, venueId } from '@breakwater/models/core';
import { createOrderBook, type OrderBook } from '@breakwater/models/market';
import type { FoldMessage } from './aligner.ts';
import { createActivity, tradedUnits, type Activity } from './activity.ts';
import { createBars, type Bars, type OpenBar, type SavedBars } from './bars.ts';
import { createDeposits, type Deposits } from './deposits.ts';
import { createForcedEvents, type ForcedEvents, type SavedForcedEvents } from './forced-events.ts';
import type { SavedDepositDays } from './addresses/deposit-days.ts';
import { createHolderMemory, type HolderMemory, type SavedHolders } from './addresses/holder-memory.ts';
import { createHistory, type History, type HistoryPoint } from './history.ts';
import { createAccountMemory, type AccountMemory } from './known-positions.ts';
import { createLiquidationMemory, type LiquidationMemory } from './liquidation-memory.ts';
import { createReserveMemory, type ReserveMemory, type SavedReserve } from './reserve/reserve-memory.ts';
import { createProducerMemory, type ProducerMemory, type SavedProducers } from './settlement/producer-memory.ts';
import { createPositionMemory, type OpenMinute, type PositionMemory, type SavedPositions } from './position-memory.ts';

/** A figure and when it was read. */
export interface Reading<T> {
  readonly value: T;
  readonly at: EpochMs;
}

/** Everything known of one market of the asset. */
export interface MarketState {
  readonly source: SourceId;
  readonly book: OrderBook;
  definition: InstrumentMessage | undefined;
  /** Event time of the last book message; undefined before the first. */
  bookAt: EpochMs | undefined;
  /** False from a break until the next snapshot. */
  bookHealth: FeedStatus;
  /** The last snapshot, by its source's own order. */
  snapshot: BookMessage | undefined;
  /** The latest deep snapshot of each layer, finest first; a coarser one is used only below the finer one's last level. */
  readonly deep: Map<number, DeepBookMessage>;
  mark: Reading<number> | undefined;
  index: Reading<number> | undefined;
  openInterest: Reading<number> | undefined;
  /** For one funding period, above nothing longs pay; stored as a series, in no figure. */
  funding: Reading<number> | undefined;
  readonly liquidations: LiquidationMemory;
  /** Positions of accounts, where the venue shows them. */
  readonly accounts: AccountMemory;
  /** Health of the channels that figures come from; absent while nothing was said of one. */
  readonly figureHealth: Map<FeedHealthMessage['channel'], FeedStatus>;
}

/** Everything known of one asset: the fold of its ordered log. */
export interface AssetState {
  readonly markets: Map<InstrumentId, MarketState>;
  readonly deposits: Deposits;
  readonly history: History;
  /** Who holds it, the reserve behind it, and who makes the blocks of its chains. */
  readonly holders: HolderMemory;
  readonly reserve: ReserveMemory;
  readonly producers: ProducerMemory;
  /** Its price over the last week, and which of its markets make it. */
  readonly bars: Bars;
  readonly activity: Activity;
  /** Liquidations of the last hours, one by one. */
  readonly forced: ForcedEvents;
  /** What is inferred of positions, by derivative market; there before a market is defined again where it was saved. */
  readonly positions: Map<InstrumentId, PositionMemory>;
  /** Trades and liquidations up to here are in what was saved: venues repeat their last ones to whoever subscribes. 0 where nothing was. */
  readonly countedThrough: number;
  /** Health of whole sources (sockets, chains). */
  readonly sourceHealth: Map<SourceId, FeedStatus>;
  /** Sources whose list of markets could not be read: their books are missing, and nothing else would say so. */
  readonly unlisted: Set<SourceId>;
}

/** What survives a restart: books are read anew, windows and history are not. */
export interface SavedAsset {
  readonly lastTick: number;
  readonly deposits: readonly TransferMessage[];
  readonly history: readonly HistoryPoint[];
  readonly bar?: OpenBar | null;
  /** Of each market whose positions are inferred, the minute that is not over. */
  readonly minutes?: readonly (readonly [InstrumentId, OpenMinute | null])[];
  /** Deposits by day, as of the same tick as `deposits`. */
  readonly depositDays?: SavedDepositDays;
}

/** What survives too and is long: saved when a bar of it has ended, and not with every tick. */
export interface SavedPast {
  readonly bars: SavedBars;
  readonly activity: ReturnType<Activity['save']>;
  readonly forced: SavedForcedEvents;
}

/** What was saved of an asset, in its parts. */
export interface SavedParts {
  readonly tick?: SavedAsset | undefined;
  readonly past?: SavedPast | undefined;
  readonly positions?: readonly (readonly [InstrumentId, SavedPositions])[] | undefined;
  readonly holders?: SavedHolders | undefined;
  readonly reserve?: SavedReserve | undefined;
  readonly producers?: SavedProducers | undefined;
}

/** An asset of which nothing is known but what was saved. */
export function createAssetState({ tick: saved, past, positions, holders, reserve, producers }: SavedParts = {}): AssetState {
  return {
    markets: new Map(), deposits: createDeposits(saved?.deposits), history: createHistory(saved?.history), holders: createHolderMemory(holders, saved?.depositDays), reserve: createReserveMemory(reserve), producers: createProducerMemory(producers),
    bars: createBars(past?.bars, saved?.bar), activity: createActivity(past?.activity), forced: createForcedEvents(past?.forced), positions: restorePositions(positions, saved?.minutes), countedThrough: saved?.lastTick ?? 0,
    sourceHealth: new Map(), unlisted: new Set(),
  };
}

/** The memories that were saved, each with its minute. */
export function restorePositions(saved: SavedParts['positions'] = [], minutes: SavedAsset['minutes'] = []): Map<InstrumentId, PositionMemory> {
  const open = new Map(minutes);
  return new Map(saved.map(([instrument, positions]) => [instrument, createPositionMemory(instrument, venueId(positions.venue), positions, open.get(instrument))]));
}

/** Forgets deposits that are a day old at a tick. */
export function pruneDeposits({ deposits, holders }: AssetState, at: EpochMs): void {
  deposits.prune(at);
  holders.forget(at - DAY);
}

/** What is long of what survives. O(bars). */
export function savePast({ bars, activity, forced }: AssetState): SavedPast {
  return { bars: bars.save(), activity: activity.save(), forced: forced.save() };
}

function marketOf(state: AssetState, instrument: InstrumentId, source: SourceId): MarketState {
  const held = state.markets.get(instrument);
  if (held !== undefined) return held;
  const fresh: MarketState = {
    source, book: createOrderBook(), definition: undefined, bookAt: undefined, bookHealth: 'ok', snapshot: undefined, deep: new Map(), mark: undefined, index: undefined, openInterest: undefined, funding: undefined, liquidations: createLiquidationMemory(), accounts: createAccountMemory(), figureHealth: new Map(),
  };
  state.markets.set(instrument, fresh);
  return fresh;
}

function foldBook(market: MarketState, message: BookMessage): void {
  if (message.snapshot) {
    market.book.replace(message.bids, message.asks);
    market.bookHealth = 'ok';
    market.snapshot = message;
  } else if (market.bookAt === undefined) {
    // An update of a book whose snapshot was never seen (scoring joined later): not a book.
    market.bookHealth = 'resyncing';
    return;
  } else market.book.apply(message.bids, message.asks);
  market.bookAt = message.eventTime;
}

function foldTicker(state: AssetState, message: TickerMessage): void {
  const market = marketOf(state, message.instrument, message.source);
  const positions = state.positions.get(message.instrument);
  const at = message.eventTime;
  if (message.mark !== undefined) {
    market.mark = { value: message.mark, at };
    market.liquidations.mark(at, message.mark);
    positions?.mark(at, message.mark);
  }
  if (message.index !== undefined) market.index = { value: message.index, at };
  if (message.openInterest !== undefined) {
    market.openInterest = { value: message.openInterest, at };
    positions?.openInterest(at, message.openInterest);
  }
  if (message.fundingRate !== undefined) market.funding = { value: message.fundingRate, at };
}

/**
 * Whether a break that comes after a snapshot in event time came before it at the source: breaks have our clock's time and snapshots the
 * venue's, which is that of the book's last change. Such a break is mended already. (A source that starts anew counts from zero: hence both.)
 */
function isMended(market: MarketState, message: FeedHealthMessage): boolean {
  const { snapshot } = market;
  return snapshot !== undefined && snapshot.source === message.source && message.seq < snapshot.seq && message.receivedAt <= snapshot.receivedAt;
}

function foldMarketHealth(market: MarketState, message: FeedHealthMessage): void {
  if (message.channel === 'book') {
    // `ok` alone does not bring a book back: its snapshot does.
    if ((message.status !== 'ok' && !isMended(market, message)) || market.bookHealth === 'silent') market.bookHealth = message.status;
  } else market.figureHealth.set(message.channel, message.status);
}

/** Reasons of a venue's daily check: what a single answer or address lacks does not say that books are missing; where one is, its own channel says so. */
const probeReasons: ReadonlySet<string> = new Set(['request-failed', 'answer-changed', 'field-missing', 'socket-unreachable']);

function foldHealth(state: AssetState, message: FeedHealthMessage): void {
  if (message.instrument !== undefined) {
    const market = state.markets.get(message.instrument);
    if (market === undefined) return;
    // A market that is gone, or is another coin's now, is no input that is missing: its positions are closed or somebody else's.
    if (message.channel === 'instruments' && message.status === 'down' && message.reason !== 'instrument-halted') {
      if (market.definition?.asset === message.asset) {
        state.markets.delete(message.instrument);
        state.positions.delete(message.instrument);
      }
    } else foldMarketHealth(market, message);
    return;
  }
  if (message.channel === 'instruments') {
    if (message.status === 'ok') state.unlisted.delete(message.source);
    else if (!probeReasons.has(message.reason)) state.unlisted.add(message.source);
  }
  if (message.channel === 'socket' || message.channel === 'blocks') state.sourceHealth.set(message.source, message.status);
  for (const market of state.markets.values()) {
    if (market.source !== message.source) continue;
    // A socket that closed takes its books with it; each comes back with its own snapshot.
    if (message.channel === 'socket' && message.status === 'down' && !isMended(market, message)) market.bookHealth = 'down';
    if (message.channel === 'openInterest' || message.channel === 'ticker') market.figureHealth.set(message.channel, message.status);
  }
}

/** Whether a market is as its definition says it still is: sources repeat definitions, for those that have not heard them. */
function isSame(known: InstrumentMessage, message: InstrumentMessage): boolean {
  const { seq, eventTime, receivedAt } = known;
  return isDeepStrictEqual({ ...message, seq, eventTime, receivedAt }, known);
}

function foldInstrument(state: AssetState, message: InstrumentMessage): void {
  const known = state.markets.get(message.instrument)?.definition;
  if (known !== undefined && isSame(known, message)) return;
  state.unlisted.delete(message.source);
  const market = marketOf(state, message.instrument, message.source);
  market.definition = message;
  market.liquidations.listen(message.eventTime);
  if (message.marketKind === 'spot') return;
  state.forced.listen(message.eventTime);
  if (!state.positions.has(message.instrument)) state.positions.set(message.instrument, createPositionMemory(message.instrument, message.venue));
}

function foldTrade(state: AssetState, message: TradeMessage): void {
  if (message.eventTime <= state.countedThrough) return;
  const definition = state.markets.get(message.instrument)?.definition;
  // Of a market that is not defined nothing is known of its units.
  if (definition === undefined) return;
  const units = tradedUnits(definition, message.price, message.qty);
  state.bars.trade(units);
  state.activity.trade(message.instrument, units);
  state.positions.get(message.instrument)?.trade(message.eventTime, message.qty);
}

function foldLiquidation(state: AssetState, message: LiquidationMessage): void {
  if (message.eventTime <= state.countedThrough) return;
  marketOf(state, message.instrument, message.source).liquidations.fold(message);
  state.forced.fold(message);
  state.positions.get(message.instrument)?.liquidation(message);
}

/** Folds one message into the state. Messages come in order of (event time, source, sequence). O(levels changed). */
export function fold(state: AssetState, message: Exclude<FoldMessage, { readonly kind: 'rate' | 'rate.cross' }>): void {
  switch (message.kind) {
    case 'instrument':
      foldInstrument(state, message);
      return;
    case 'book':
      foldBook(marketOf(state, message.instrument, message.source), message);
      return;
    case 'book.deep':
      marketOf(state, message.instrument, message.source).deep.set(message.layer ?? 0, message);
      return;
    case 'ticker':
      foldTicker(state, message);
      return;
    case 'transfer':
      state.holders.deposited(state.deposits.fold(message));
      return;
    case 'feed.health':
      foldHealth(state, message);
      return;
    case 'liquidation':
      foldLiquidation(state, message);
      return;
    case 'account.position':
      marketOf(state, message.instrument, message.source).accounts.fold(message);
      return;
    case 'trade':
      foldTrade(state, message);
      return;
    case 'holders':
    case 'label.review':
      state.holders.fold(message);
      return;
    case 'reserve':
    case 'reserve.event':
      state.reserve.fold(message);
      return;
    case 'producers':
      state.producers.fold(message);
      return;
    default:
      assertNever(message);
  }
}
