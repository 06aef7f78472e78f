import type { EpochMs } from '@breakwater/models/core';
import { sourceId, venueId } from '@breakwater/models/core';
import type { FrameShapes } from '../../decoder/index.ts';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueInstrument } from '../../venue.ts';
import { binanceFacts } from './facts.ts';
import { parseBinanceDepth, parseBinanceFrame, parseBinanceInstruments, parseBinanceOpenInterest, parseBinanceQuote } from './map.ts';
import { binanceCoinmShapes, binanceFuturesShapes, binanceSpotShapes } from './shapes.ts';
import type { BinanceRule } from './sync.ts';
import { createBinanceSync } from './sync.ts';

/** What one kind of socket carries: streams of each symbol, and for which channels they vouch. */
interface Role {
  /** Key of its base address in `VenueEndpoints.ws`. */
  readonly name: string;
  readonly streams: (symbol: string) => readonly string[];
  readonly channels: (symbol: string) => readonly ChannelPlan[];
}

/** What differs between the market types. */
interface Market {
  readonly rule: BinanceRule;
  readonly roles: readonly Role[];
  /** Most streams of one socket, and most frames a second from us to it (pongs count, so one is left for them). */
  readonly streamsPerSocket: number;
  readonly maxSendPerSecond: number;
  readonly depthPath: string;
  /** The deepest REST depth, its request weight, and the path of the instrument list. */
  readonly depthLimit: number;
  readonly depthWeight: number;
  readonly listPath: string;
  readonly openInterestPath?: string;
  /** Where the best bid and ask of one symbol are asked for, for rates; spot only. */
  readonly quotePath?: string;
}

/** Streams named in one SUBSCRIBE frame: some 1.5 kB, far below what the venue accepts. */
const STREAMS_PER_FRAME = 50;
/** Sockets live 24 h. Source: "WebSocket Streams", general information, read 2026-11-21. */
const ROTATE_AFTER_MS = 23 * 3_600_000;

/** Differences come every 100 ms while the book changes; a quiet market's book may rest for many seconds. */
const bookChannel = (symbol: string): ChannelPlan => ({ symbol, channel: 'book', sparse: false, expectedEveryMs: 30_000 });
const tradesChannel = (symbol: string): ChannelPlan => ({ symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 });

/** What both kinds of futures carry beside the book. aggTrade leaves out trades of the insurance fund and of auto-deleveraging. */
const futuresStreams = (s: string): readonly string[] => [`${s}@aggTrade`, `${s}@markPrice@1s`, `${s}@forceOrder`];
const futuresChannels = (symbol: string): readonly ChannelPlan[] => [
  tradesChannel(symbol),
  { symbol, channel: 'ticker', sparse: false, expectedEveryMs: 3_000 },
  { symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 },
];

/**
 * Limits: 1,024 streams a socket, 5 messages a second; depth up to 5,000 levels at weight 250.
 * Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and .../rest-api/market-data-endpoints, read 2026-11-21.
 */
const SPOT: Market = {
  rule: 'spot',
  roles: [{
    name: 'spot',
    // aggTrade rather than trade: fills of one order at one price in one frame; nothing downstream needs them apart.
    streams: (s) => [`${s}@depth@100ms`, `${s}@aggTrade`],
    channels: (symbol) => [bookChannel(symbol), tradesChannel(symbol)],
  }],
  streamsPerSocket: 1_024, maxSendPerSecond: 4,
  depthPath: '/api/v3/depth', depthLimit: 5_000, depthWeight: 250, listPath: '/api/v3/exchangeInfo', quotePath: '/api/v3/ticker/bookTicker',
};

/**
 * Limits: 200 streams a socket, 10 messages a second; depth up to 1,000 levels at weight 20.
 * Source: https://developers.binance.com/docs/derivatives/usds-margined-futures, websocket-market-streams and market-data/rest-api/Order-Book, read 2026-11-21.
 */
const USDM: Market = {
  rule: 'usdm',
  roles: [
    { name: 'public', streams: (s) => [`${s}@depth@100ms`], channels: (symbol) => [bookChannel(symbol)] },
    { name: 'market', streams: futuresStreams, channels: futuresChannels },
  ],
  streamsPerSocket: 200, maxSendPerSecond: 8,
  depthPath: '/fapi/v1/depth', depthLimit: 1_000, depthWeight: 20, listPath: '/fapi/v1/exchangeInfo', openInterestPath: '/fapi/v1/openInterest',
};

/**
 * Limits: 200 streams a socket (one page of the documents says so, another 1,024), 10 messages a second; depth up to 1,000 levels at weight 20.
 * Source: https://developers.binance.com/docs/derivatives/coin-margined-futures, websocket-market-streams and market-data/rest-api/Order-Book, read 2026-11-27.
 */
const COINM: Market = {
  rule: 'coinm',
  // Mark prices carry the index; the index has a stream of its own, of each pair, that says no more.
  roles: [{ name: 'coinm', streams: (s) => [`${s}@depth@100ms`, ...futuresStreams(s)], channels: (symbol) => [bookChannel(symbol), ...futuresChannels(symbol)] }],
  streamsPerSocket: 200, maxSendPerSecond: 8,
  depthPath: '/dapi/v1/depth', depthLimit: 1_000, depthWeight: 20, listPath: '/dapi/v1/exchangeInfo', openInterestPath: '/dapi/v1/openInterest',
};

/** Hosts of recorded addresses. Unrouted futures addresses (before 2026-04-23) are included. */
const SPOT_HOST = /^(?:stream|data-stream|api|api[1-4]|api-gcp|data-api)\.binance\.(?:com|vision)$/;
const USDM_HOST = /^(?:fstream|fstream-mm|fapi)\.binance\.com$/;
const COINM_HOST = /^(?:dstream|dstream-auth|dapi)\.binance\.com$/;

const SHAPES: Readonly<Record<BinanceRule, FrameShapes>> = { spot: binanceSpotShapes, usdm: binanceFuturesShapes, coinm: binanceCoinmShapes };

/** Binance's spot markets. */
export const binanceSpot: Venue = createBinance('spot', SPOT, SPOT_HOST);
/** Binance's USD-margined futures; quarterly contracts are listed as dated. */
export const binanceUsdm: Venue = createBinance('usdm', USDM, USDM_HOST);
/** Binance's coin-margined futures, inverse; quarterly contracts are listed as dated. */
export const binanceCoinm: Venue = createBinance('coinm', COINM, COINM_HOST);

function createBinance(marketType: string, market: Market, host: RegExp): Venue {
  const { quotePath } = market;
  return {
    venue: venueId('binance'),
    marketType,
    source: sourceId(`binance:${marketType}`),
    owns: (url) => URL.canParse(url) && host.test(new URL(url).hostname),
    parseFrame: (text: string, receivedAt: EpochMs) => parseBinanceFrame(market.rule, text, receivedAt),
    shapes: SHAPES[market.rule],
    parseInstruments: (body) => parseBinanceInstruments(market.rule, body),
    // `BTCUSD_PERP` and `BTCUSD_261225` follow the index of `BTCUSD`.
    ...(marketType === 'coinm' ? { indexName: ({ symbol }: VenueInstrument) => symbol.split('_')[0] ?? symbol } : {}),
    createSync: () => createBinanceSync(market.rule),
    plan: (instruments, options) => plan(market, instruments, options),
    ...(quotePath === undefined ? {} : { ratePoll: (pair: RatePair, options: PlanOptions) => quotePoll(quotePath, pair, options) }),
    instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}${market.listPath}` }],
    facts: binanceFacts(market.rule),
  };
}

function plan(market: Market, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const openInterest = market.openInterestPath;
  return {
    sockets: market.roles.flatMap((role) => sockets(market, role, symbols, options)),
    polls: symbols.flatMap((symbol) => [
      depthPoll(market, symbol, 'deep', options),
      ...(openInterest === undefined ? [] : [openInterestPoll(openInterest, symbol, options)]),
    ]),
    resync: (symbol) => ({ kind: 'request', poll: depthPoll(market, symbol, 'seed', options) }),
  };
}

function sockets(market: Market, role: Role, symbols: readonly string[], options: PlanOptions): SocketPlan[] {
  const perSymbol = role.streams('').length;
  const size = Math.max(1, Math.floor(market.streamsPerSocket / perSymbol));
  const out: SocketPlan[] = [];
  for (let i = 0; i < symbols.length; i += size) {
    const group = symbols.slice(i, i + size);
    out.push({
      name: `${role.name}-${out.length}`,
      // The combined endpoint wraps every frame with its stream's name; streams are asked for once it is open, so that they are acknowledged.
      url: `${options.endpoints.ws[role.name] ?? ''}/stream`,
      subscribe: subscribeFrames(group.flatMap((s) => role.streams(s.toLowerCase()))),
      channels: group.flatMap((s) => role.channels(s)),
      rotateAfterMs: ROTATE_AFTER_MS,
      maxSendPerSecond: market.maxSendPerSecond,
    });
  }
  return out;
}

function subscribeFrames(streams: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < streams.length; i += STREAMS_PER_FRAME) {
    out.push(JSON.stringify({ method: 'SUBSCRIBE', params: streams.slice(i, i + STREAMS_PER_FRAME), id: out.length + 1 }));
  }
  return out;
}

function depthPoll(market: Market, symbol: string, origin: 'seed' | 'deep', options: PlanOptions): PollPlan {
  return {
    name: `${origin} ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}${market.depthPath}?symbol=${encodeURIComponent(symbol)}&limit=${market.depthLimit}` },
    everyMs: options.deepEveryMs,
    channel: origin === 'seed' ? 'book' : 'book.deep',
    weight: market.depthWeight,
    parse: (body, receivedAt) => parseBinanceDepth(body, symbol, origin, receivedAt),
  };
}

function openInterestPoll(path: string, symbol: string, options: PlanOptions): PollPlan {
  return {
    name: `openInterest ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}${path}?symbol=${encodeURIComponent(symbol)}` },
    everyMs: options.pollEveryMs,
    channel: 'openInterest',
    // Source: .../market-data/rest-api/Open-Interest, read 2026-11-21.
    weight: 1,
    parse: parseBinanceOpenInterest,
  };
}

function quotePoll(path: string, pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}${path}?symbol=${encodeURIComponent(pair.symbol)}` },
    everyMs: options.pollEveryMs,
    channel: 'rates',
    // Source: .../rest-api/market-data-endpoints#symbol-order-book-ticker, read 2026-11-27.
    weight: 2,
    parse: (body, receivedAt) => parseBinanceQuote(body, pair, receivedAt),
  };
}
