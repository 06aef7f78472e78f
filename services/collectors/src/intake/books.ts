import type { EpochMs, InstrumentId } from '@breakwater/models/core';
import { assertNever, epochMs } from '@breakwater/models/core';
import type { OrderBook } from '@breakwater/models/market';
import { createOrderBook } from '@breakwater/models/market';
import type { BookSync, BreakReason } from '../book/sync.ts';
import type { WatchedInstrument } from '../registry.ts';
import type { BookEvent } from '../venue.ts';
import { bestFirst, count } from './parts.ts';
import type { BookState, IntakeCounters, IntakeDeps } from './types.ts';

/** A book on one connection. */
export interface Slot {
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

/** A market as far as its books go. */
export interface BookMarket {
  readonly watched: WatchedInstrument;
  /** The book that is published. */
  live: Slot;
  /** That of the connection which will take over, built aside. */
  next: Slot | undefined;
  crossedEver: boolean;
}

/** The books of one market type: each by its venue's rule, on one connection at a time. */
export interface Books<M extends BookMarket> {
  /** A book of nothing, of no connection. */
  newSlot(): Slot;
  /** Takes one update of a book. */
  take(market: BookMarket, event: BookEvent, receivedAt: EpochMs, connection: string): void;
  /** Whether a connection only repeats what the one that it will replace says. */
  repeats(connection: string): boolean;
  /** Frames are missing on a connection, of whatever channel: none of its books is proven any more. */
  onFramesLost(connection: string, at: EpochMs): void;
  /** As of `Intake`. */
  prepare(connection: string, replaces: string): void;
  ready(connection: string): boolean;
  handOver(connection: string, at: EpochMs): void;
  /** As of `Intake`; returns the markets whose live connection it was. */
  closed(connection: string, at: EpochMs, reason: string): readonly M[];
  republish(instrument: InstrumentId, at: EpochMs): boolean;
  /** Book messages published, deep ones left out. */
  published(): number;
  states(): readonly BookState[];
}

/** What books need. `markets` are kept by whoever asks, and may change between calls. In `counters` gaps, resyncs, what was dropped and deep books are counted here. */
export interface BooksDeps<M extends BookMarket> extends Pick<IntakeDeps, 'venue' | 'source' | 'onBreak' | 'maxLevels'> {
  readonly markets: ReadonlyMap<string, M>;
  readonly counters: IntakeCounters;
}

/** Stands for the connection of what came as the answer of a request. */
export const ANSWER = '';

/** Makes the books of one market type; there are none yet. */
export function createBooks<M extends BookMarket>(deps: BooksDeps<M>): Books<M> {
  const { venue, source, markets, counters, onBreak } = deps;
  const bookOptions = deps.maxLevels === undefined ? {} : { maxLevels: deps.maxLevels };
  /** Connections that will take over, and from which. */
  const shadows = new Map<string, string>();
  let published = 0;

  const newSlot = (connection: string): Slot => ({
    connection, sync: venue.createSync(), book: createOrderBook(bookOptions), primed: false, asked: false, broken: false, lastEventTime: epochMs(0),
  });
  const bookHealth = (market: BookMarket, status: 'ok' | 'resyncing', reason: string, eventTime: EpochMs, receivedAt: EpochMs): void => {
    source.health({ channel: 'book', status, reason, eventTime, receivedAt, asset: market.watched.asset, instrument: market.watched.id });
  };

  const empty = (slot: Slot): void => {
    slot.book.clear();
    slot.primed = false;
  };

  /** A break: the book is out of use, and one resync is asked for. */
  const onBroken = (market: BookMarket, slot: Slot, reason: BreakReason, eventTime: EpochMs, receivedAt: EpochMs): void => {
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

  const publishBook = (market: BookMarket, snapshot: boolean, bids: readonly number[], asks: readonly number[], eventTime: EpochMs, receivedAt: EpochMs): void => {
    published++;
    source.publish('assets', {
      kind: 'book', source: source.id, seq: source.nextSeq(), eventTime, receivedAt, asset: market.watched.asset, instrument: market.watched.id, snapshot, bids, asks,
    });
  };

  const publishWhole = (market: BookMarket, receivedAt: EpochMs): void => {
    const { book, lastEventTime } = market.live;
    bookHealth(market, 'ok', 'synchronised', lastEventTime, receivedAt);
    publishBook(market, true, book.levels('bids'), book.levels('asks'), lastEventTime, receivedAt);
  };

  const apply = (market: BookMarket, slot: Slot, events: readonly BookEvent[], receivedAt: EpochMs): void => {
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

  const slotFor = (market: BookMarket, event: BookEvent, connection: string): Slot | undefined => {
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

  const takeBook = (market: BookMarket, event: BookEvent, receivedAt: EpochMs, connection: string): void => {
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

  const takeDeep = (market: BookMarket, event: BookEvent, receivedAt: EpochMs): void => {
    const bids = bestFirst(event.bids, -1);
    const asks = bestFirst(event.asks, 1);
    if ((bids[0] ?? NaN) >= (asks[0] ?? NaN)) {
      count(counters.dropped, 'crossed-deep');
      return;
    }
    count(counters.normalized, 'book.deep');
    source.publish('assets', {
      kind: 'book.deep', source: source.id, seq: source.nextSeq(), eventTime: event.eventTime, receivedAt, asset: market.watched.asset, instrument: market.watched.id, bids, asks,
      ...(event.layer === undefined ? {} : { layer: event.layer }),
    });
  };

  const onFramesLost = (connection: string, at: EpochMs): void => {
    for (const market of markets.values()) {
      for (const slot of [market.live, market.next]) {
        if (slot?.connection !== connection || !slot.primed) continue;
        slot.sync.reset();
        onBroken(market, slot, 'sequence-gap', slot.lastEventTime, at);
      }
    }
  };

  const promote = (market: BookMarket, at: EpochMs, reason: string): void => {
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
    newSlot: () => newSlot(''),
    take: takeBook, onFramesLost,
    repeats: (connection) => shadows.size > 0 && shadows.has(connection),
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
      const bereft: M[] = [];
      for (const market of markets.values()) {
        if (market.next?.connection === connection) market.next = undefined;
        if (market.live.connection !== connection) continue;
        market.live = newSlot('');
        bookHealth(market, 'resyncing', reason, at, at);
        bereft.push(market);
      }
      return bereft;
    },
    republish: (instrument, at) => {
      for (const market of markets.values()) {
        if (market.watched.id !== instrument || !market.live.primed) continue;
        publishWhole(market, at);
        return true;
      }
      return false;
    },
    published: () => published,
    states: () => [...markets.values()].filter((m) => m.live.connection !== '' || m.live.primed || m.crossedEver).map(stateOf),
  };
}

function stateOf(market: BookMarket): BookState {
  const { book, primed } = market.live;
  const bid = book.best('bids');
  const ask = book.best('asks');
  return {
    instrument: market.watched.id, symbol: market.watched.listing.symbol, inUse: primed,
    bestBid: Number.isNaN(bid) ? null : bid, bestAsk: Number.isNaN(ask) ? null : ask,
    levels: book.size('bids') + book.size('asks'), crossedEver: market.crossedEver,
  };
}
