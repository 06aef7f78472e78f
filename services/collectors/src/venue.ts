import type { FeedChannel, InstrumentKind } from '@breakwater/contracts';
import type { CurrencyCode, EpochMs, Result, SourceId, VenueId } from '@breakwater/models/core';
import type { CurrencyPair, PairRateError } from '@breakwater/models/market';
import type { HttpRequest } from '@breakwater/platform/network';
import type { BookSync } from './book/sync.ts';
import type { FrameShapes } from './decoder/shapes.ts';
import type { VenueEvent } from './events.ts';

export type * from './events.ts';

/**
 * One market type of a venue (Binance spot and Binance USD-M are two). Everything venue-specific is here and pure:
 * `map.ts` turns frames into events, `sync.ts` is the order-book rule, `feed.ts` says which sockets, subscriptions and polls
 * there are. The runtime (`session.ts`, `intake.ts`) is shared by all venues, by replay and by the benches.
 */
export interface Venue {
  readonly venue: VenueId;
  /** `spot`, `usdm`, `linear`, `swap`, `perp`, ... */
  readonly marketType: string;
  readonly source: SourceId;
  /** True when a recorded or configured URL (socket or REST) belongs to this market type. Used by replay. */
  owns(url: string): boolean;
  /** True for a frame that cannot be of this market type, where market types of a venue print alike under the same symbols: tells recordings without addresses apart. */
  isForeign?(text: string): boolean;
  /** True where a ticker frame carries only what changed: what it leaves out is restated from the frames before. */
  readonly tickersAreDeltas?: boolean;
  /** True where books are carried and nothing can be scored: an option is no unit of its coin. */
  readonly unscored?: boolean;
  /** Turns one frame into events. Pure; never throws on bad input. `receivedAt` stamps events whose frame carries no time. */
  parseFrame(text: string, receivedAt: EpochMs): ParsedFrame;
  /** How the venue's frequent frames are printed, for the byte decoder: what a shape reads it reads as `parseFrame` does, and the rest is left to `parseFrame`. */
  readonly shapes?: FrameShapes;
  /** Turns the venue's instrument list (one page) into instruments. */
  parseInstruments(body: string): Result<readonly VenueInstrument[], string>;
  /** The request for the page after `body`, where a venue gives its list in pages; undefined at the last one. */
  nextInstrumentPage?(body: string, request: HttpRequest): HttpRequest | undefined;
  /** The index that a market follows, where index prices come by index and not by market (`IndexEvent`). */
  indexName?(instrument: VenueInstrument): string;
  /** A fresh order-book rule for one book. */
  createSync(): BookSync;
  /** Sockets and polls for a set of instruments. */
  plan(instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan;
  /** Currencies whose dollars the plan streams where `rates` is asked for: no other market is read for them. */
  readonly dollarRates?: readonly string[];
  /** The poll of the best bid and ask of a spot market of the venue, for the rate of a quote currency; absent where the venue lists no spot markets, or lets anybody name a coin like a currency. */
  ratePoll?(pair: RatePair, options: PlanOptions): PollPlan;
  /** How positions of accounts are read, where the venue shows them to everybody. */
  accountPolls?(options: PlanOptions): AccountPlan;
  /** Requests for the instrument list (each page is parsed by `parseInstruments`). */
  instrumentRequests(endpoints: VenueEndpoints): readonly HttpRequest[];
  /** A recorded REST answer that the order-book rule can begin with, where recorders ask at other addresses than `resync` does; undefined for any other. */
  recordedBook?(url: URL, body: string, receivedAt: EpochMs): ParsedFrame | undefined;
  /** What the venue discloses of this market type and where the code's knowledge of it is from. */
  readonly facts: VenueFacts;
}

/** What a market type discloses; printed by `breakwater venues` and compared with the venue by the canary. */
export interface VenueFacts {
  /** How each figure is read; what the venue does not offer is absent. */
  readonly figures: Readonly<Partial<Record<VenueFigure, FigureFact>>>;
  readonly liquidations: LiquidationDisclosure;
  /** How a book is known to be whole: the venue's own rule in a few words, e.g. `sequence (u = previous + 1)`, `crc32 of 25 levels`. */
  readonly bookRule: string;
  /** When all of it was last checked against the venue's documentation, ISO date. */
  readonly checked: string;
}

/** A figure of a market that feeds carry. */
export type VenueFigure = 'instruments' | 'book' | 'book.deep' | 'trades' | 'last' | 'mark' | 'index' | 'openInterest' | 'funding' | 'liquidations' | 'positions';

/** One figure: a stream or a poll, its name at the venue (channel or path), and the page of the venue's documentation. */
export interface FigureFact {
  readonly by: 'stream' | 'poll';
  readonly name: string;
  readonly source: string;
}

/** Whether every liquidation is published, at most one in a window for each market (which one: the last or the largest), or none. */
export type LiquidationDisclosure =
  | { readonly kind: 'complete' }
  | { readonly kind: 'sampled'; readonly windowMs: number; readonly which: 'last' | 'largest' }
  | { readonly kind: 'none' };

/** Addresses of a venue, from config; the simulator gives its own. No trailing slash. */
export interface VenueEndpoints {
  readonly rest: string;
  /** Base addresses of sockets by role (`public`, `market`, `spot`, `linear`, ...), as each venue's `config.ts` names them. */
  readonly ws: Readonly<Record<string, string>>;
}

/** What a plan may depend on. */
export interface PlanOptions {
  readonly endpoints: VenueEndpoints;
  /** Also carry what quote-currency rates need. */
  readonly rates: boolean;
  /** Milliseconds between deep snapshots of one book, and between polls of figures that have no stream. */
  readonly deepEveryMs: number;
  readonly pollEveryMs: number;
}

/** An instrument as its venue lists it. */
export interface VenueInstrument {
  readonly symbol: string;
  readonly marketKind: InstrumentKind;
  /** The venue's base coin as printed, e.g. `1000PEPE`. */
  readonly base: CurrencyCode;
  readonly quote: CurrencyCode;
  readonly settle: CurrencyCode;
  readonly tickSize: number;
  readonly lotSize: number;
  /** Base units (spot, linear) or quote units (inverse) for one unit of the venue's quantity. */
  readonly contractSize: number;
  readonly maxLeverage?: number;
  /** False for a market that is listed and not trading. */
  readonly trading: boolean;
  /** Dated futures and options are listed by some venues; only spot and perpetuals are watched by default. */
  readonly dated: boolean;
  /** True where the venue lets anybody name a coin as they like, or where what trades is no coin (a stock, a metal) and only shares a name with one: it is watched only where the config names the market. */
  readonly freelyNamed?: boolean;
}

/** A spot market that tells the rate of one of its two currencies. */
export interface RatePair extends CurrencyPair {
  /** As the venue names the market. */
  readonly symbol: string;
  readonly currency: CurrencyCode;
}

/** Where a venue numbers all frames of a connection, whatever channel they are of: the number. One that is missing means that any book may be wrong. */
interface Numbered {
  readonly frameNumber?: number;
}
/** What a frame turned out to be. Each frame is exactly one of these. */
export type ParsedFrame =
  | ({ readonly kind: 'events'; readonly events: readonly VenueEvent[] } & Numbered)
  | ({ readonly kind: 'control'; readonly control: ControlKind; /** Channels acknowledged or refused, as `channelKey`s. */ readonly channels?: readonly string[]; readonly detail?: string; /** A text frame that the venue wants back on the same socket. */ readonly reply?: string } & Numbered)
  | ({ readonly kind: 'ignored'; readonly channel: string } & Numbered)
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string };

/** Names a channel of a symbol in acknowledgements and health, e.g. `book:OMUSDT`. */
export function channelKey(channel: FeedChannel, symbol: string): string {
  return `${channel}:${symbol}`;
}

/** Frames that carry no data. `refused` is a subscription error. */
export type ControlKind = 'welcome' | 'acknowledgement' | 'refused' | 'pong' | 'heartbeat' | 'notice';

/** Why a frame was dropped. A closed list; also the metric label. */
export type RejectReason = 'not-json' | 'too-large' | 'unknown-shape' | 'bad-number' | 'bad-time' | 'missing-field' | 'unordered-levels' | 'legacy-format' | 'unknown-symbol' | PairRateError;

/** Which sockets and polls serve a set of instruments. */
export interface FeedPlan {
  readonly sockets: readonly SocketPlan[];
  readonly polls: readonly PollPlan[];
  /** How to get one book again after a break. */
  resync(symbol: string): ResyncPlan;
}

/** One socket. */
export interface SocketPlan {
  /** Unique within the venue's market type, e.g. `public-0`. */
  readonly name: string;
  /** Empty where `handshake` gives it. */
  readonly url: string;
  /** Where the venue gives out an address for each opening. */
  readonly handshake?: SocketHandshake;
  /** Headers of the opening request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Frames to send once open, in order. */
  readonly subscribe: readonly string[];
  /** What must arrive on it, for liveness. */
  readonly channels: readonly ChannelPlan[];
  /** A text frame that keeps the socket alive, and how often; absent where the venue pings by itself. */
  readonly ping?: { readonly text: string; readonly everyMs: number };
  /** How often a WebSocket ping frame is sent, where the venue wants those and no text. */
  readonly pingFrameEveryMs?: number;
  /** Venues close sockets after a day; ours are replaced before. */
  readonly rotateAfterMs: number;
  /** Most frames we may send in a second. */
  readonly maxSendPerSecond: number;
}

/** How the address of a socket is learnt, anew for each opening. */
export interface SocketHandshake {
  readonly request: HttpRequest;
  /** Reads the answer: the address, and how often the venue wants the plan's ping where it says so. Pure; an error when it is no answer. */
  open(body: string): Result<SocketAddress, string>;
}
/** What a handshake gives. */
export interface SocketAddress {
  readonly url: string;
  readonly pingEveryMs?: number;
}

/** One subscribed channel of one symbol. */
export interface ChannelPlan {
  readonly symbol: string;
  readonly channel: FeedChannel;
  /** The one figure of the `ticker` channel that this stream carries, where a venue has a stream for each; absent: any of them. */
  readonly figure?: 'last' | 'mark' | 'index';
  /** Sparse channels (liquidations, trades of quiet markets) are never accused of silence by themselves. */
  readonly sparse: boolean;
  /** The longest interval a healthy channel shows, milliseconds, before learning says otherwise. */
  readonly expectedEveryMs: number;
}

/** A REST poll. `parse` is pure. */
export interface PollPlan {
  readonly name: string;
  readonly request: HttpRequest;
  readonly everyMs: number;
  readonly channel: FeedChannel;
  /** Cost in the venue's own request weight. */
  readonly weight: number;
  parse(body: string, receivedAt: EpochMs): ParsedFrame;
}

/** How positions of accounts are read: one account at a time, the next one chosen by what was learnt of all (`session/account-queue.ts`). All of it is pure. */
export interface AccountPlan {
  /** Cost of a request in the venue's own request weight. */
  readonly weight: number;
  request(account: string): HttpRequest;
  /** An answer, as one `AccountEvent`. */
  parse(body: string, account: string, receivedAt: EpochMs): ParsedFrame;
  /** The accounts that a frame of a socket names, in lower case; none in most frames, which must cost next to nothing. */
  namedIn(frame: Uint8Array): readonly string[];
}

/** How to get one book again: ask for a snapshot, or subscribe anew on its socket. */
export type ResyncPlan =
  | { readonly kind: 'request'; readonly poll: PollPlan }
  | { readonly kind: 'resubscribe'; readonly socket: string; readonly frames: readonly string[] };
