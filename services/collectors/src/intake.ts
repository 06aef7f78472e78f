import type { TickerMessage } from '@breakwater/contracts';
import type { EpochMs, InstrumentId } from '@breakwater/models/core';
import { assertNever } from '@breakwater/models/core';
import { isAscii } from 'node:buffer';
import type { OrderBook } from './book/order-book.ts';
import { createOrderBook } from './book/order-book.ts';
import type { BookSync, BreakReason } from './book/sync.ts';
import type { Registry, WatchedInstrument } from './registry.ts';
import type { Source } from './source.ts';
import type { BookEvent, ParsedFrame, RejectReason, TickerEvent, Venue, VenueEvent } from './venue.ts';

/** Frames in, messages out: the one path that live sockets, polls, replay and the benches share. Never throws on bad input. */
export interface Intake {
  /** One frame of a connection, as received. */
  frame(bytes: Uint8Array, receivedAt: EpochMs, connection: string): void;
  /** The parsed answer of a poll or of a resync's request; not counted among the frames. */
  answer(parsed: ParsedFrame, receivedAt: EpochMs): void;
  /** A connection that will take over from `replaces`: its books are built aside and nothing of it is published before `handOver`. */
  prepare(connection: string, replaces: string): void;
  /** Whether every book of the connection being replaced is ready on `connection`. */
  ready(connection: string): boolean;
  /** Moves everything to `connection`; books that are not ready are resynchronised. */
  handOver(connection: string, at: EpochMs): void;
  /** The connection ended: its books are cleared and not in use until a snapshot comes. */
  closed(connection: string, at: EpochMs, reason: string): void;
  /** Replaces the registry after a refresh; markets no longer watched are forgotten. */
  watch(registry: Registry): void;
  /** Publishes a book anew as a whole; false when it is not in use. */
  republish(instrument: InstrumentId, at: EpochMs): boolean;
  /** Whether the book of a symbol is in use. */
  inUse(symbol: string): boolean;
  counters(): IntakeCounters;
  books(): readonly BookState[];
}

/** What an intake needs. */
export interface IntakeDeps {
  readonly venue: Venue;
  readonly registry: Registry;
  readonly source: Source;
  /** A book needs one resync. Called again when what came did not help; the caller keeps one resync of a book under way at a time. */
  readonly onBreak?: (symbol: string, reason: BreakReason) => void;
  /** A frame without data: acknowledgements and refusals concern whoever subscribed. */
  readonly onControl?: (frame: Extract<ParsedFrame, { kind: 'control' }>, connection: string) => void;
  /** Something of a symbol's channel arrived (watched or not); for liveness. */
  readonly onEvent?: (event: VenueEvent, receivedAt: EpochMs) => void;
  /** Frames above this are rejected unread, bytes. Default 4 MiB. */
  readonly maxFrameBytes?: number;
  /** Most levels kept on a side of a book. */
  readonly maxLevels?: number;
}

/** What became of the frames. Each frame is counted in exactly one of `framesNormalized`, `control`, `ignored` and `rejected`. */
export interface IntakeCounters {
  frames: number;
  framesNormalized: number;
  readonly control: Record<string, number>;
  readonly ignored: Record<string, number>;
  readonly rejected: Record<string, number>;
  /** Messages published, by kind. */
  readonly normalized: Record<string, number>;
  /** Book events not applied, by reason. */
  readonly dropped: Record<string, number>;
  /** Books that broke: lost updates, a wrong checksum, a crossed book. */
  gaps: number;
  /** Books that came back after a break. */
  resyncs: number;
}

/** A book as it stands. */
export interface BookState {
  readonly instrument: InstrumentId;
  readonly symbol: string;
  /** False while it is being resynchronised; its levels are then none. */
  readonly inUse: boolean;
  readonly bestBid: number | null;
  readonly bestAsk: number | null;
  /** Levels of both sides. */
  readonly levels: number;
  /** Whether it ever crossed; it was then taken out of use at once. */
  readonly crossedEver: boolean;
}

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
  live: Slot;
  next: Slot | undefined;
  crossedEver: boolean;
}

/** Events further in the future of our clock than this are rejected: a unit error or garbage would otherwise wait in every queue ordered by time. */
const MAX_AHEAD_MS = 60_000;
const DEFAULT_MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** Makes the intake of one market type of a venue. Markets start without a book. */
export function createIntake(deps: IntakeDeps): Intake {
  const { venue, source, onBreak, onControl, onEvent } = deps;
  const publish = source.publish;
  const maxFrameBytes = deps.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES;
  const bookOptions = deps.maxLevels === undefined ? {} : { maxLevels: deps.maxLevels };
  const markets = new Map<string, Market>();
  const shadows = new Map<string, string>();
  let registry = deps.registry;
  const counters: IntakeCounters = { frames: 0, framesNormalized: 0, control: {}, ignored: {}, rejected: {}, normalized: {}, dropped: {}, gaps: 0, resyncs: 0 };
  // The common kinds are plain numbers while counting; `counters()` copies them out.
  let books = 0;
  let trades = 0;
  let tickers = 0;

  const newSlot = (connection: string): Slot => ({
    connection, sync: venue.createSync(), book: createOrderBook(bookOptions), primed: false, asked: false, broken: false, lastEventTime: 0 as EpochMs,
  });
  const watch = (next: Registry): void => {
    registry = next;
    for (const symbol of markets.keys()) if (!next.watched.has(symbol)) markets.delete(symbol);
    for (const [symbol, watched] of next.watched) {
      const held = markets.get(symbol);
      if (held === undefined) markets.set(symbol, { watched, live: newSlot(''), next: undefined, crossedEver: false });
      else if (held.watched !== watched) markets.set(symbol, { ...held, watched });
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
    if (connection === '') return event.origin === 'seed' && market.next?.asked === true ? market.next : live;
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
    });
  };

  const takeEvent = (market: Market, event: Exclude<VenueEvent, { kind: 'book' } | { kind: 'rate' }>, receivedAt: EpochMs): void => {
    const { asset, id: instrument } = market.watched;
    switch (event.kind) {
      case 'trade': {
        trades++;
        const { eventTime, price, qty, side } = event;
        const seq = source.nextSeq();
        publish('assets', event.id === undefined
          ? { kind: 'trade', source: source.id, seq, eventTime, receivedAt, asset, instrument, price, qty, side }
          : { kind: 'trade', source: source.id, seq, eventTime, receivedAt, asset, instrument, id: event.id, price, qty, side });
        return;
      }
      case 'ticker':
        tickers++;
        publish('assets', tickerMessage(event, source, market.watched, receivedAt));
        return;
      case 'liquidation': {
        count(counters.normalized, 'liquidation');
        const { eventTime, price, qty, side, disclosure } = event;
        publish('assets', { kind: 'liquidation', source: source.id, seq: source.nextSeq(), eventTime, receivedAt, asset, instrument, price, qty, side, disclosure });
        return;
      }
      default:
        assertNever(event);
    }
  };

  /** Takes one event; says whether its symbol is watched, listed but not watched, or unknown. */
  const take = (event: VenueEvent, receivedAt: EpochMs, connection: string): 'taken' | 'unwatched' | 'unknown' => {
    onEvent?.(event, receivedAt);
    if (event.kind === 'rate') {
      count(counters.normalized, 'rate');
      source.rate(event.currency, event.usd, event.eventTime, receivedAt);
      return 'taken';
    }
    const market = markets.get(event.symbol);
    if (market === undefined) return registry.known.has(event.symbol) ? 'unwatched' : 'unknown';
    if (event.kind === 'book') takeBook(market, event, receivedAt, connection);
    else if (shadows.size > 0 && shadows.has(connection)) count(counters.dropped, 'overlap');
    else takeEvent(market, event, receivedAt);
    return 'taken';
  };

  const takeAll = (events: readonly VenueEvent[], receivedAt: EpochMs, connection: string): 'taken' | 'unwatched' | RejectReason => {
    for (const event of events) if (event.eventTime > receivedAt + MAX_AHEAD_MS) return 'bad-time';
    let taken = false;
    let unknown = false;
    for (const event of events) {
      const fate = take(event, receivedAt, connection);
      if (fate === 'taken') taken = true;
      else if (fate === 'unknown') unknown = true;
    }
    if (taken || events.length === 0) return 'taken';
    return unknown ? 'unknown-symbol' : 'unwatched';
  };

  const frame = (bytes: Uint8Array, receivedAt: EpochMs, connection: string): void => {
    counters.frames++;
    if (bytes.byteLength > maxFrameBytes) {
      count(counters.rejected, 'too-large');
      return;
    }
    const text = decodeFrame(bytes);
    if (text === undefined) {
      count(counters.rejected, 'not-json');
      return;
    }
    const parsed = venue.parseFrame(text, receivedAt);
    if (parsed.kind === 'events') {
      const fate = takeAll(parsed.events, receivedAt, connection);
      if (fate === 'taken') counters.framesNormalized++;
      else if (fate === 'unwatched') count(counters.ignored, 'unwatched');
      else count(counters.rejected, fate);
    } else if (parsed.kind === 'control') {
      count(counters.control, parsed.control);
      onControl?.(parsed, connection);
    } else if (parsed.kind === 'ignored') count(counters.ignored, parsed.channel);
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
      if (!next.asked) onBroken(market, next, 'no-snapshot', at, at);
    }
  };

  return {
    frame,
    answer: (parsed, receivedAt) => {
      if (parsed.kind === 'events') {
        const fate = takeAll(parsed.events, receivedAt, '');
        if (fate !== 'taken' && fate !== 'unwatched') count(counters.dropped, `answer-${fate}`);
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
      for (const market of markets.values()) {
        if (market.next?.connection === connection) market.next = undefined;
        if (market.live.connection !== connection) continue;
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
    counters: () => ({ ...counters, normalized: { ...counters.normalized, ...positive({ book: books, trade: trades, ticker: tickers }) } }),
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

function count(table: Record<string, number>, key: string): void {
  table[key] = (table[key] ?? 0) + 1;
}

function positive(table: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(table).filter(([, n]) => n > 0));
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a frame, or undefined when it is not UTF-8. Nearly all frames are ASCII, which needs no decoding. */
export function decodeFrame(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  try {
    return strictUtf8.decode(buffer);
  } catch {
    return undefined;
  }
}

/** `levels` with prices falling (`direction` -1) or rising (1); the list itself when it is so already, as venues nearly always send it. */
function bestFirst(levels: readonly number[], direction: -1 | 1): readonly number[] {
  let ordered = true;
  for (let i = 2; i < levels.length; i += 2) {
    if (((levels[i] ?? NaN) - (levels[i - 2] ?? NaN)) * direction < 0) {
      ordered = false;
      break;
    }
  }
  if (ordered) return levels;
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < levels.length; i += 2) pairs.push([levels[i] ?? NaN, levels[i + 1] ?? NaN]);
  return pairs.sort((a, b) => (a[0] - b[0]) * direction).flat();
}

function tickerMessage(event: TickerEvent, source: Source, watched: WatchedInstrument, receivedAt: EpochMs): TickerMessage {
  const message: { -readonly [K in keyof TickerMessage]: TickerMessage[K] } = {
    kind: 'ticker', source: source.id, seq: source.nextSeq(), eventTime: event.eventTime, receivedAt, asset: watched.asset, instrument: watched.id,
  };
  if (event.last !== undefined) message.last = event.last;
  if (event.mark !== undefined) message.mark = event.mark;
  if (event.index !== undefined) message.index = event.index;
  if (event.openInterest !== undefined) message.openInterest = event.openInterest;
  if (event.fundingRate !== undefined) message.fundingRate = event.fundingRate;
  if (event.nextFundingRate !== undefined) message.nextFundingRate = event.nextFundingRate;
  if (event.fundingTime !== undefined) message.fundingTime = event.fundingTime;
  return message;
}
