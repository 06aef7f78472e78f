import type { FeedChannel, FeedHealthMessage, FeedStatus, InstrumentMessage } from '@breakwater/contracts';
import type { AssetId, CurrencyCode, EpochMs, InstrumentId, SourceId, UsdRate, VenueId } from '@breakwater/models/core';
import type { PairRate } from '@breakwater/models/market';
import type { Publish } from '@breakwater/platform/bus';
import type { RecentIds } from './recent-ids.ts';
import { createRecentIds } from './recent-ids.ts';
import type { WatchedInstrument } from './registry.ts';

/** What stamps and publishes the messages of one source: one sequence for all of them, and each change of health once. */
export interface Source {
  readonly id: SourceId;
  readonly publish: Publish;
  /** The next sequence number of the source. */
  nextSeq(): number;
  /** Publishes a change of health; says nothing when status and reason are what they were. Returns whether it was published. */
  health(change: HealthChange): boolean;
  /** The last published status of a channel; undefined before the first. */
  status(channel: FeedChannel, instrument?: InstrumentId): FeedStatus | undefined;
  rate(currency: CurrencyCode, usd: UsdRate, eventTime: EpochMs, receivedAt: EpochMs): void;
  crossRate(rate: PairRate, eventTime: EpochMs, receivedAt: EpochMs): void;
  /** Publishes a watermark and, now and then after it, once more what the source has said and still holds: definitions of markets and the health of channels. */
  watermark(eventTime: EpochMs, receivedAt: EpochMs): void;
  /** Publishes the definition of a market, unless it is what was last published. Returns whether it was. */
  instrument(watched: WatchedInstrument, venue: VenueId, receivedAt: EpochMs): boolean;
  /** Ids of the market's last trades: venues repeat them to a new connection, which may belong to a new session. */
  recentTrades(instrument: InstrumentId): RecentIds;
}

/** Trade ids remembered of a market: more than any venue repeats, and some minutes' worth in a busy market. */
const RECENT_TRADES = 2_000;

/**
 * Event time between two times of saying again what else is said but once: logs keep six hours (`topics.ts`), so who begins to read at their oldest message has every market within one, and
 * five may fail (design assumption).
 */
export const REPEAT_EVERY_MS = 3_600_000;

/** A change of health before it is stamped. Without `instrument` the whole source is meant. */
export interface HealthChange {
  readonly channel: FeedChannel;
  readonly status: FeedStatus;
  readonly reason: string;
  readonly eventTime: EpochMs;
  readonly receivedAt: EpochMs;
  readonly asset?: AssetId;
  readonly instrument?: InstrumentId;
  readonly detail?: string;
}

/** What a source has published so far, for whoever goes on with it. */
export interface SourceTail {
  /** The number after its last message; 0 before the first. */
  readonly nextSeq: number;
  /** Its last watermark: everything up to then has been published. */
  readonly until: EpochMs | undefined;
  /** Ids of the last trades of a market, to be added to: venues repeat them to a new connection. */
  trades(instrument: InstrumentId): RecentIds;
}

/** How a source begins. */
export interface SourceOptions {
  /** It goes on from here, where another process published it before. */
  readonly tail?: SourceTail | undefined;
  /** `REPEAT_EVERY_MS`, unless what is said again comes from elsewhere. */
  readonly repeatEveryMs?: number;
}

/** Makes the publisher of one source. */
export function createSource(id: SourceId, publish: Publish, { tail, repeatEveryMs = REPEAT_EVERY_MS }: SourceOptions = {}): Source {
  let seq = tail?.nextSeq ?? 0;
  const healths = new Map<string, HealthChange>();
  const definitions = new Map<InstrumentId, string>();
  /** Definitions of markets that are not gone, as they were last published. */
  const defined = new Map<InstrumentId, InstrumentMessage>();
  let repeatedAt: number | undefined;
  const trades = new Map<InstrumentId, RecentIds>();
  const keyOf = (channel: FeedChannel, instrument: InstrumentId | undefined): string => `${channel}|${instrument ?? ''}`;
  const health = (change: HealthChange): boolean => {
    // Whoever reads that a market is gone forgets it: when it comes back it is defined anew.
    if (change.channel === 'instruments' && change.status === 'down' && change.instrument !== undefined) {
      definitions.delete(change.instrument);
      if (change.reason !== 'instrument-halted') defined.delete(change.instrument);
    }
    const key = keyOf(change.channel, change.instrument);
    const held = healths.get(key);
    if (held !== undefined && held.status === change.status && (held.reason === change.reason || change.status === 'ok')) return false;
    healths.set(key, change);
    const message: FeedHealthMessage = { kind: 'feed.health', source: id, seq: seq++, ...change };
    publish('global', message);
    return true;
  };
  /**
   * Whoever has heard it learns nothing by it. What is `down` promises nothing, so it is not said beside a watermark, and would take books with it that have come back; how a book is, its next snapshot
   * says to whoever does not know; and of markets that are gone nobody knows anything.
   */
  const repeat = (receivedAt: EpochMs): void => {
    for (const definition of defined.values()) publish('assets', { ...definition, seq: seq++, eventTime: receivedAt, receivedAt });
    for (const change of healths.values()) {
      if (change.status === 'down' || change.channel === 'book' || (change.instrument !== undefined && !defined.has(change.instrument))) continue;
      publish('global', { kind: 'feed.health', source: id, seq: seq++, ...change, eventTime: receivedAt, receivedAt });
    }
  };
  return {
    id,
    publish,
    nextSeq: () => seq++,
    health,
    status: (channel, instrument) => healths.get(keyOf(channel, instrument))?.status,
    rate: (currency, usd, eventTime, receivedAt) => publish('global', { kind: 'rate', source: id, seq: seq++, eventTime, receivedAt, currency, usd }),
    crossRate: ({ currency, against, price, low, high }, eventTime, receivedAt) =>
      publish('global', { kind: 'rate.cross', source: id, seq: seq++, eventTime, receivedAt, currency, against, price, low, high }),
    watermark: (eventTime, receivedAt) => {
      publish('global', { kind: 'watermark', source: id, seq: seq++, eventTime, receivedAt });
      repeatedAt ??= eventTime;
      if (eventTime - repeatedAt < repeatEveryMs) return;
      repeatedAt = eventTime;
      repeat(receivedAt);
    },
    instrument: (watched, venue, receivedAt) => {
      const { symbol, marketKind, base, quote, settle, tickSize, lotSize, contractSize, maxLeverage } = watched.listing;
      const definition = {
        venue, symbol, marketKind, base, quote, settle, tickSize, lotSize, contractSize, multiplier: watched.multiplier,
        ...(maxLeverage === undefined ? {} : { maxLeverage }),
      };
      const printed = JSON.stringify([watched.asset, definition]);
      if (definitions.get(watched.id) === printed) return false;
      definitions.set(watched.id, printed);
      const message: InstrumentMessage = { kind: 'instrument', source: id, seq: seq++, eventTime: receivedAt, receivedAt, asset: watched.asset, instrument: watched.id, ...definition };
      defined.set(watched.id, message);
      publish('assets', message);
      return true;
    },
    recentTrades: (instrument) => {
      const held = trades.get(instrument) ?? tail?.trades(instrument) ?? createRecentIds(RECENT_TRADES);
      trades.set(instrument, held);
      return held;
    },
  };
}
