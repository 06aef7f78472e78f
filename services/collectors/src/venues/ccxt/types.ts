import type { CurrencyCode, InstrumentId, Rng, VenueId } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { AssetRule } from '../../registry.ts';
import type { CcxtFeedConfig } from './config.ts';

/** The part of a ccxt.pro exchange that the feed uses. Answers are checked by `map.ts`. */
export interface CcxtExchange {
  readonly has: Readonly<Record<string, unknown>>;
  readonly precisionMode: number;
  loadMarkets(): Promise<unknown>;
  /** Resolves at the next update with the one live book of the symbol, which later updates change in place. */
  watchOrderBook(symbol: string, limit?: number): Promise<unknown>;
  /** With `newUpdates` resolves with the trades since the last call. */
  watchTrades(symbol: string): Promise<unknown>;
  /** Forgets a live book, so that the next watch begins with a snapshot. Few exchanges have it. */
  unWatchOrderBook?(symbol: string): Promise<unknown>;
  fetchFundingRate(symbol: string): Promise<unknown>;
  fetchOpenInterest(symbol: string): Promise<unknown>;
  /** Closes every socket; pending watches reject and the next ones open anew. */
  close(): Promise<unknown>;
}

/** What a ccxt feed needs. ccxt opens its own connections and keeps its own timers; everything else goes through the ports. */
export interface CcxtFeedDeps {
  readonly venueId: VenueId;
  /** Makes the exchange; the default imports ccxt when the feed runs. */
  readonly exchangeFactory?: (exchange: string) => Promise<CcxtExchange>;
  readonly rules: readonly AssetRule[];
  readonly publish: Publish;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly config: CcxtFeedConfig;
}

/** A venue read through ccxt. */
export interface CcxtFeed {
  /** Runs until the signal aborts; never rejects for what the venue does. What can never work (no such exchange, not supported, keys asked for) is `down` and left so. */
  run(): Promise<void>;
  /** The quote currency of every market watched. */
  quotes(): readonly CurrencyCode[];
  /** What other rules would change: `same` when they watch the same markets alike, otherwise those of its markets that would stay. */
  under(rules: readonly AssetRule[]): 'same' | ReadonlySet<InstrumentId>;
  /** Says of markets that do not stay that they are not collected any more, and with `isGone` so of its sources. Call when `run` has ended. */
  retire(stays: (instrument: InstrumentId) => boolean, isGone: boolean): void;
  /** Counters since the feed was made. */
  stats(): CcxtFeedStats;
}

/** Counters of a ccxt feed. */
export interface CcxtFeedStats {
  readonly books: number;
  /** Book updates that were overtaken before their turn to be published. */
  readonly conflated: number;
  readonly droppedBooks: number;
  readonly trades: number;
  readonly repeatedTrades: number;
  readonly rejectedTrades: number;
  readonly errors: number;
  readonly reconnects: number;
}
