import type { EpochMs } from '@breakwater/models/core';
import { assertNever } from '@breakwater/models/core';
import { createFrameNumbers } from '../book/frame-numbers.ts';
import type { RecentIds } from '../recent-ids.ts';
import type { Registry } from '../registry.ts';
import type { RejectReason, TickerEvent, VenueEvent } from '../venue.ts';
import { createAccountIntake } from './accounts.ts';
import { ANSWER, createBooks, type BookMarket } from './books.ts';
import { createFrameReader } from './frame-reader.ts';
import { count, createTally, positive, putFigures, tickerMessage } from './parts.ts';
import type { Intake, IntakeCounters, IntakeDeps } from './types.ts';

export type * from './types.ts';
export { decodeFrame } from './parts.ts';

interface Market extends BookMarket {
  /** Ids of the trades published last. */
  readonly trades: RecentIds;
  /** The ticker as a whole, where frames carry only what changed. */
  ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } | undefined;
}

/** Events further in the future of our clock than this are rejected: a unit error or garbage would otherwise wait in every queue ordered by time. */
const MAX_AHEAD_MS = 60_000;
/** The largest frame known is Coinbase's snapshot of a whole book: 5 MB for BTC-USD in August 2026. */
const DEFAULT_MAX_FRAME_BYTES = 16 * 1024 * 1024;
const REPEATED_TRADE = 'repeated-trade';
const REPEATED_LIQUIDATION = 'repeated-liquidation';
/** What became of one event. */
type Fate = 'taken' | 'repeated' | 'unwatched' | 'unknown';

/** Makes the intake of one market type of a venue. Markets start without a book. */
export function createIntake(deps: IntakeDeps): Intake {
  const { venue, source, onControl, onEvent } = deps;
  const publish = source.publish;
  const reader = createFrameReader(venue, (symbol) => deps.registry.watched.get(symbol)?.listing.symbol ?? symbol, deps.onFallbacks);
  const maxFrameBytes = deps.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES;
  const markets = new Map<string, Market>();
  const numbers = createFrameNumbers();
  const accounts = createAccountIntake(source, (symbol) => markets.get(symbol)?.watched);
  /** Symbols of the markets that follow an index. */
  const followers = new Map<string, string[]>();
  let registry = deps.registry;
  const counters: IntakeCounters = { frames: 0, framesNormalized: 0, control: {}, ignored: {}, rejected: {}, normalized: {}, dropped: {}, gaps: 0, resyncs: 0, decoded: {}, fellBack: {} };
  const ignored = createTally();
  const books = createBooks<Market>({ ...deps, markets, counters });
  // The common kinds are plain numbers while counting; `counters()` copies them out.
  let trades = 0;
  let tickers = 0;
  let positions = 0;

  const watch = (next: Registry): void => {
    registry = next;
    for (const symbol of markets.keys()) if (!next.watched.has(symbol)) markets.delete(symbol);
    for (const [symbol, watched] of next.watched) {
      const held = markets.get(symbol);
      if (held === undefined) markets.set(symbol, { watched, trades: source.recentTrades(watched.id), live: books.newSlot(), next: undefined, crossedEver: false, ticker: undefined });
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
    if (event.kind === 'book') books.take(market, event, receivedAt, connection);
    // Trades and liquidations are taken from whichever connection has them first: their ids tell them apart.
    else if (books.repeats(connection) && !((event.kind === 'trade' || event.kind === 'liquidation') && event.id !== undefined)) count(counters.dropped, 'overlap');
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

  const frame = (bytes: Uint8Array, receivedAt: EpochMs, connection: string): void => {
    counters.frames++;
    if (bytes.length > maxFrameBytes) {
      count(counters.rejected, 'too-large');
      return;
    }
    const parsed = reader.read(bytes, receivedAt);
    if (parsed.kind !== 'rejected' && parsed.frameNumber !== undefined && numbers.missing(connection, parsed.frameNumber)) books.onFramesLost(connection, receivedAt);
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

  return {
    frame,
    answer: (parsed, receivedAt) => {
      if (parsed.kind === 'events') {
        const fate = takeAll(parsed.events, receivedAt, ANSWER);
        if (fate !== 'taken' && fate !== 'unwatched' && fate !== 'repeated') count(counters.dropped, `answer-${fate}`);
      } else if (parsed.kind === 'rejected') count(counters.dropped, `answer-${parsed.reason}`);
    },
    watch,
    prepare: (connection, replaces) => books.prepare(connection, replaces),
    ready: (connection) => books.ready(connection),
    handOver: (connection, at) => books.handOver(connection, at),
    republish: (instrument, at) => books.republish(instrument, at),
    closed: (connection, at, reason) => {
      numbers.forget(connection);
      for (const market of books.closed(connection, at, reason)) market.ticker = undefined;
    },
    inUse: (symbol) => markets.get(symbol)?.live.primed ?? false,
    wantsSeed: (symbol) => {
      const next = markets.get(symbol)?.next;
      return next !== undefined && next.asked && !next.primed;
    },
    counters: () => ({ ...counters, ignored: ignored.table(), decoded: reader.decoded(), fellBack: reader.fellBack(), normalized: { ...counters.normalized, ...positive({ book: books.published(), trade: trades, ticker: tickers, 'account.position': positions }) } }),
    books: () => books.states(),
  };
}
