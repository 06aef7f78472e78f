import type { EpochMs } from '@breakwater/models/core';
import { assertNever, epochMs } from '@breakwater/models/core';
import type { OrderBook } from '@breakwater/models/market';
import { createOrderBook } from '@breakwater/models/market';
import { createFrameNumbers } from '../book/frame-numbers.ts';
import type { BookSync, BreakReason } from '../book/sync.ts';
import { createFrameReader } from './frame-reader.ts';
import { createAccountIntake } from './accounts.ts';
import { bestFirst, count, createTally, positive, putFigures, tickerMessage } from './parts.ts';
import type { BookState, Intake, IntakeCounters, IntakeDeps } from './types.ts';
import type { RecentIds } from '../recent-ids.ts';
import type { Registry, WatchedInstrument } from '../registry.ts';
import type { BookEvent, RejectReason, TickerEvent, VenueEvent } from '../venue.ts';

export type * from './types.ts';
export { decodeFrame } from './parts.ts';

/** A book on one connection. */
interface Slot {
  connection: string;
  readonly sync: BookSync;
  readonly book: OrderBook;
  /** A snapshot has been applied since the last reset. */
  primed: boolean;
  /** A resync has been asked for and has not come. */
  asked: boolean;
  /** The break to be undone was a loss, not the first synchronisation. */
  broken: boolean;
  lastEventTime: EpochMs;
}

interface Market {
  readonly watched: WatchedInstrument;
  /** Ids of the trades published last. */
  readonly trades: RecentIds;
  live: Slot;
  next: Slot | undefined;
  crossedEver: boolean;
  /** The ticker as a whole, where frames carry only what changed. */
  ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } | undefined;
}

/** Events further in the future of our clock than this are rejected: a unit error or garbage would otherwise wait in every queue ordered by time. */
const MAX_AHEAD_MS = 60_000;
/** The largest frame known is Coinbase's snapshot of a whole book: 5 MB for BTC-USD in August 2026. */
const DEFAULT_MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Stands for the connection of what came as the answer of a request. */
const ANSWER = '';
const REPEATED_TRADE = 'repeated-trade';
const REPEATED_LIQUIDATION = 'repeated-liquidation';
/** What became of one event. */
type Fate = 'taken' | 'repeated' | 'unwatched' | 'unknown';

/** Makes the intake of one market type of a venue. Markets start without a book. */
export function createIntake(deps: IntakeDeps): Intake {
  const { venue, source, onBreak, onControl, onEvent } = deps;
  const publish = source.publish;
  const reader = createFrameReader(venue, (symbol) => deps.registry.watched.get(symbol)?.listing.symbol ?? symbol, deps.onFallbacks);
  const maxFrameBytes = deps.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES;
  const bookOptions = deps.maxLevels === undefined ? {} : { maxLevels: deps.maxLevels };
  const markets = new Map<string, Market>();
  const shadows = new Map<string, string>();
  const numbers = createFrameNumbers();
  const accounts = createAccountIntake(source, (symbol) => markets.get(symbol)?.watched);
  /** Symbols of the markets that follow an index. */
  const followers = new Map<string, string[]>();
  let registry = deps.registry;
  const counters: IntakeCounters = { frames: 0, framesNormalized: 0, control: {}, ignored: {}, rejected: {}, normalized: {}, dropped: {}, gaps: 0, resyncs: 0, decoded: {}, fellBack: {} };
  const ignored = createTally();
  // The common kinds are plain numbers while counting; `counters()` copies them out.
  let books = 0;
  let trades = 0;
  let tickers = 0;
  let positions = 0;

  const newSlot = (connection: string): Slot => ({
    connection, sync: venue.createSync(), book: createOrderBook(bookOptions), primed: false, asked: false, broken: false, lastEventTime: epochMs(0),
  });
  const watch = (next: Registry): void => {
    registry = next;
    for (const symbol of markets.keys()) if (!next.watched.has(symbol)) markets.delete(symbol);
    for (const [symbol, watched] of next.watched) {
      const held = markets.get(symbol);
      if (held === undefined) markets.set(symbol, { watched, trades: source.recentTrades(watched.id), live: newSlot(''), next: undefined, crossedEver: false, ticker: undefined });
      else if (held.watched !== watched) markets.set(symbol, { ...held, watched });
    }
    followers.clear();
    if (venue.indexName === undefined) return;
    for (const [symbol, { listing }] of next.watched) {
      const index = venue.indexName(listing);
      followers.set(index, [...(followers.get(index) ?? []), symbol]);
    }
  };
  watch(registry);

  const bookHealth = (market: Market, status: 'ok' | 'resyncing', reason: string, eventTime: EpochMs, receivedAt: EpochMs): void => {
    source.health({ channel: 'book', status, reason, eventTime, receivedAt, asset: market.watched.asset, instrument: market.watched.id });
  };

  const empty = (slot: Slot): void => {
    slot.book.clear();
    slot.primed = false;
  };

  /** A break: the book is out of use, and one resync is asked for. */
  const onBroken = (market: Market, slot: Slot, reason: BreakReason, eventTime: EpochMs, receivedAt: EpochMs): void => {
    const wasPrimed = slot.primed;
    empty(slot);
    if (reason !== 'no-snapshot' || wasPrimed) {
      if (!slot.broken) counters.gaps++;
      slot.broken = true;
    }
    const again = slot.asked && reason === 'no-snapshot';
    slot.asked = true;
    if (slot === market.live && !again) bookHealth(market, 'resyncing', reason, eventTime, receivedAt);
    onBreak?.(market.watched.listing.symbol, reason);
  };

  const publishBook = (market: Market, snapshot: boolean, bids: readonly number[], asks: readonly number[], eventTime: EpochMs, receivedAt: EpochMs): void => {
    books++;
    publish('assets', {
      kind: 'book', source: source.id, seq: source.nextSeq(), eventTime, receivedAt, asset: market.watched.asset, instrument: market.watched.id, snapshot, bids, asks,
    });
  };

  const publishWhole = (market: Market, receivedAt: EpochMs): void => {
    const { book, lastEventTime } = market.live;
    bookHealth(market, 'ok', 'synchronised', lastEventTime, receivedAt);
    publishBook(market, true, book.levels('bids'), book.levels('asks'), lastEventTime, receivedAt);
  };

  const apply = (market: Market, slot: Slot, events: readonly BookEvent[], receivedAt: EpochMs): void => {
    const wasPrimed = slot.primed;
    let whole = !wasPrimed;
    for (const event of events) {
      if (event.snapshot) {
        slot.book.replace(event.bids, event.asks);
        slot.primed = true;
        whole = true;
      } else if (slot.primed) slot.book.apply(event.bids, event.asks);
      slot.lastEventTime = event.eventTime;
    }
    if (!slot.primed || slot.book.crossed()) {
      if (slot.primed) market.crossedEver = true;
      slot.sync.reset();
      onBroken(market, slot, slot.primed ? 'crossed-book' : 'no-snapshot', slot.lastEventTime, receivedAt);
      return;
    }
    slot.asked = false;
    if (slot.broken) {
      slot.broken = false;
      counters.resyncs++;
    }
    if (slot !== market.live) return;
    if (whole) {
      publishWhole(market, receivedAt);
      return;
    }
    for (const event of events) {
      if (event.bids.length > 0 || event.asks.length > 0) publishBook(market, false, bestFirst(event.bids, -1), bestFirst(event.asks, 1), event.eventTime, receivedAt);
    }
  };

  const slotFor = (market: Market, event: BookEvent, connection: string): Slot | undefined => {
    const live = market.live;
    if (connection === live.connection) return live;
    if (connection === ANSWER) return event.origin === 'seed' && market.next?.asked === true ? market.next : live;
    if (shadows.has(connection)) {
      if (market.next?.connection !== connection) market.next = newSlot(connection);
      return market.next;
    }
    if (live.connection !== '') return undefined;
    live.connection = connection;
    return live;
  };

  const takeBook = (market: Market, event: BookEvent, receivedAt: EpochMs, connection: string): void => {
    if (event.origin === 'deep') {
      takeDeep(market, event, receivedAt);
      return;
    }
    const slot = slotFor(market, event, connection);
    if (slot === undefined) {
      count(counters.dropped, 'overlap');
      return;
    }
    const step = slot.sync.next(event);
    switch (step.kind) {
      case 'apply':
        apply(market, slot, step.events, receivedAt);
        return;
      case 'drop':
        count(counters.dropped, step.reason);
        return;
      case 'hold':
        if (slot.asked) return;
        // A rule that holds without a break needs a first snapshot all the same.
        onBroken(market, slot, 'no-snapshot', event.eventTime, receivedAt);
        return;
      case 'break':
        onBroken(market, slot, step.reason, event.eventTime, receivedAt);
        return;
      default:
        assertNever(step);
    }
  };

  const takeDeep = (market: Market, event: BookEvent, receivedAt: EpochMs): void => {
    const bids = bestFirst(event.bids, -1);
    const asks = bestFirst(event.asks, 1);
    if ((bids[0] ?? NaN) >= (asks[0] ?? NaN)) {
      count(counters.dropped, 'crossed-deep');
      return;
    }
    count(counters.normalized, 'book.deep');
    publish('assets', {
      kind: 'book.deep', source: source.id, seq: source.nextSeq(), eventTime: event.eventTime, receivedAt, asset: market.watched.asset, instrument: market.watched.id, bids, asks,
      ...(event.layer === undefined ? {} : { layer: event.layer }),
    });
  };

  const takeEvent = (market: Market, event: Exclude<VenueEvent, { kind: 'book' } | { kind: 'index' } | { kind: 'account' } | { kind: 'rate' } | { kind: 'rate.cross' }>, receivedAt: EpochMs): 'taken' | 'repeated' => {
    const { asset, id: instrument } = market.watched;
    switch (event.kind) {
      case 'trade': {
        // Venues repeat their last trades to a new subscription.
        if (event.id !== undefined && !market.trades.add(event.id)) {
          count(counters.dropped, REPEATED_TRADE);
          return 'repeated';
        }
        trades++;
        const { eventTime, price, qty, side } = event;
        const seq = source.nextSeq();
        publish('assets', event.id === undefined
          ? { kind: 'trade', source: source.id, seq, eventTime, receivedAt, asset, instrument, price, qty, side }
          : { kind: 'trade', source: source.id, seq, eventTime, receivedAt, asset, instrument, id: event.id, price, qty, side });
        return 'taken';
      }
      case 'ticker':
        tickers++;
        if (venue.tickersAreDeltas === true) {
          if (market.ticker === undefined) market.ticker = { ...event };
          else {
            putFigures(market.ticker, event);
            market.ticker.eventTime = event.eventTime;
          }
        }
        publish('assets', tickerMessage(market.ticker ?? event, source, market.watched, receivedAt));
        return 'taken';
      case 'liquidation': {
        if (event.id !== undefined && !market.trades.add(`liquidation ${event.id}`)) {
          count(counters.dropped, REPEATED_LIQUIDATION);
          return 'repeated';
        }
        count(counters.normalized, 'liquidation');
        const { eventTime, price, qty, side, disclosure } = event;
        publish('assets', { kind: 'liquidation', source: source.id, seq: source.nextSeq(), eventTime, receivedAt, asset, instrument, price, qty, side, disclosure });
        return 'taken';
      }
      default:
        return assertNever(event);
    }
  };

  /** Takes one event; says whether its symbol is watched (and the event new), listed but not watched, or unknown. */
  const take = (event: VenueEvent, receivedAt: EpochMs, connection: string): Fate => {
    if (event.kind === 'index') {
      const symbols = followers.get(event.symbol) ?? [];
      for (const symbol of symbols) take({ kind: 'ticker', symbol, eventTime: event.eventTime, index: event.price }, receivedAt, connection);
      return symbols.length > 0 ? 'taken' : 'unwatched';
    }
    // An answer says nothing of the streams.
    if (connection !== ANSWER) onEvent?.(event, receivedAt);
    if (event.kind === 'rate') {
      count(counters.normalized, 'rate');
      source.rate(event.currency, event.usd, event.eventTime, receivedAt);
      return 'taken';
    }
    if (event.kind === 'rate.cross') {
      count(counters.normalized, 'rate.cross');
      source.crossRate(event.rate, event.eventTime, receivedAt);
      return 'taken';
    }
    if (event.kind === 'account') {
      positions += accounts.take(event, receivedAt);
      return 'taken';
    }
    const market = markets.get(event.symbol);
    if (market === undefined) return registry.known.has(event.symbol) ? 'unwatched' : 'unknown';
    if (event.kind === 'book') takeBook(market, event, receivedAt, connection);
    // Trades and liquidations are taken from whichever connection has them first: their ids tell them apart.
    else if (shadows.size > 0 && shadows.has(connection) && !((event.kind === 'trade' || event.kind === 'liquidation') && event.id !== undefined)) count(counters.dropped, 'overlap');
    else return takeEvent(market, event, receivedAt);
    return 'taken';
  };

  const takeAll = (events: readonly VenueEvent[], receivedAt: EpochMs, connection: string): 'taken' | 'repeated' | 'unwatched' | RejectReason => {
    const latest = receivedAt + MAX_AHEAD_MS;
    const first = events[0];
    // Most frames hold one event.
    if (events.length === 1 && first !== undefined) {
      if (first.eventTime > latest) return 'bad-time';
      const fate = take(first, receivedAt, connection);
      return fate === 'unknown' ? 'unknown-symbol' : fate;
    }
    for (const event of events) if (event.eventTime > latest) return 'bad-time';
    let taken = false;
    let unknown = false;
    let repeated = false;
    for (const event of events) {
      const fate = take(event, receivedAt, connection);
      if (fate === 'taken') taken = true;
      else if (fate === 'unknown') unknown = true;
      else if (fate === 'repeated') repeated = true;
    }
    if (taken || events.length === 0) return 'taken';
    return unknown ? 'unknown-symbol' : repeated ? 'repeated' : 'unwatched';
  };

  /** Frames are missing on a connection, of whatever channel: none of its books is proven any more. */
  const onFramesLost = (connection: string, at: EpochMs): void => {
    for (const market of markets.values()) {
      for (const slot of [market.live, market.next]) {
        if (slot?.connection !== connection || !slot.primed) continue;
        slot.sync.reset();
        onBroken(market, slot, 'sequence-gap', slot.lastEventTime, at);
      }
    }
  };

  const frame = (bytes: Uint8Array, receivedAt: EpochMs, connection: string): void => {
    counters.frames++;
    if (bytes.length > maxFrameBytes) {
      count(counters.rejected, 'too-large');
      return;
    }
    const parsed = reader.read(bytes, receivedAt);
    if (parsed.kind !== 'rejected' && parsed.frameNumber !== undefined && numbers.missing(connection, parsed.frameNumber)) onFramesLost(connection, receivedAt);
    if (parsed.kind === 'events') {
      const fate = takeAll(parsed.events, receivedAt, connection);
      if (fate === 'taken') counters.framesNormalized++;
      else if (fate === 'unwatched') ignored.add('unwatched');
      // Nothing in it was new.
      else if (fate === 'repeated') ignored.add(REPEATED_TRADE);
      else count(counters.rejected, fate);
    } else if (parsed.kind === 'control') {
      count(counters.control, parsed.control);
      onControl?.(parsed, connection);
    } else if (parsed.kind === 'ignored') ignored.add(parsed.channel);
    else count(counters.rejected, parsed.reason);
  };

  const promote = (market: Market, at: EpochMs, reason: string): void => {
    const next = market.next;
    if (next === undefined) return;
    market.next = undefined;
    market.live = next;
    if (next.primed && next.sync.synced()) publishWhole(market, at);
    else {
      bookHealth(market, 'resyncing', reason, at, at);
      // Whether or not it was asked for before: what was asked for the successor may have been given up.
      next.asked = false;
      onBroken(market, next, 'no-snapshot', at, at);
    }
  };

  return {
    frame,
    answer: (parsed, receivedAt) => {
      if (parsed.kind === 'events') {
        const fate = takeAll(parsed.events, receivedAt, ANSWER);
        if (fate !== 'taken' && fate !== 'unwatched' && fate !== 'repeated') count(counters.dropped, `answer-${fate}`);
      } else if (parsed.kind === 'rejected') count(counters.dropped, `answer-${parsed.reason}`);
    },
    prepare: (connection, replaces) => void shadows.set(connection, replaces),
    ready: (connection) => {
      const replaces = shadows.get(connection);
      for (const market of markets.values()) {
        if (market.live.connection !== replaces || !market.live.primed) continue;
        if (market.next?.connection !== connection || !market.next.primed || !market.next.sync.synced()) return false;
      }
      return true;
    },
    handOver: (connection, at) => {
      const replaces = shadows.get(connection);
      shadows.delete(connection);
      for (const market of markets.values()) {
        if (market.next?.connection === connection) promote(market, at, 'reconnected');
        else if (replaces !== undefined && market.live.connection === replaces) {
          market.live = newSlot(connection);
          bookHealth(market, 'resyncing', 'reconnected', at, at);
        }
      }
    },
    closed: (connection, at, reason) => {
      shadows.delete(connection);
      numbers.forget(connection);
      for (const market of markets.values()) {
        if (market.next?.connection === connection) market.next = undefined;
        if (market.live.connection !== connection) continue;
        market.ticker = undefined;
        market.live = newSlot('');
        bookHealth(market, 'resyncing', reason, at, at);
      }
    },
    watch,
    republish: (instrument, at) => {
      for (const market of markets.values()) {
        if (market.watched.id !== instrument || !market.live.primed) continue;
        publishWhole(market, at);
        return true;
      }
      return false;
    },
    inUse: (symbol) => markets.get(symbol)?.live.primed ?? false,
    wantsSeed: (symbol) => {
      const next = markets.get(symbol)?.next;
      return next !== undefined && next.asked && !next.primed;
    },
    counters: () => ({ ...counters, ignored: ignored.table(), decoded: reader.decoded(), fellBack: reader.fellBack(), normalized: { ...counters.normalized, ...positive({ book: books, trade: trades, ticker: tickers, 'account.position': positions }) } }),
    books: () => [...markets.values()].filter((m) => m.live.connection !== '' || m.live.primed || m.crossedEver).map(stateOf),
  };
}

function stateOf(market: Market): BookState {
  const { book, primed } = market.live;
  const bid = book.best('bids');
  const ask = book.best('asks');
  return {
    instrument: market.watched.id, symbol: market.watched.listing.symbol, inUse: primed,
    bestBid: Number.isNaN(bid) ? null : bid, bestAsk: Number.isNaN(ask) ? null : ask,
    levels: book.size('bids') + book.size('asks'), crossedEver: market.crossedEver,
  };
}
