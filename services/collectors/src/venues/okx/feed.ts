import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueInstrument } from '../../venue.ts';
import { okxFacts } from './facts.ts';
import type { OkxMarket } from './instruments.ts';
import { OKX_TYPE, okxIndexOf, okxMarketOf, parseOkxInstruments } from './instruments.ts';
import { parseOkxDepth, parseOkxFrame, parseOkxQuote } from './map.ts';
import { okxShapes } from './shapes.ts';
import { createOkxSync } from './sync.ts';

/**
 * Limits: the names of all channels of a request in 64 kB; 480 subscribe requests an hour and socket, 3 connections a second; a socket is closed
 * after 30 s without data, so the text `ping` is sent before. Source: https://www.okx.com/docs-v5/en/#overview-websocket-connect, read 2026-11-21.
 */
const ARGS_PER_REQUEST = 100;
const SEND_PER_SECOND = 3;
const PING_EVERY_MS = 20_000;
/** Symbols of one socket: some 350 channels, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
/** Levels a side of the snapshot that joins the stream, and of the full book. Source: "GET / Order book" and "GET / Full order book", read 2026-11-21. */
const SEED_LEVELS = 400;
const FULL_LEVELS = 5_000;
/** Indices that give the dollars of what most markets are quoted in. */
const RATE_INDICES = ['USDT-USD', 'USDC-USD', 'BTC-USD', 'ETH-USD'] as const;

/** OKX's spot markets. */
export const okxSpot: Venue = createOkx('spot');
/** OKX's perpetual swaps, linear and inverse. */
export const okxSwap: Venue = createOkx('swap');
/** OKX's futures, linear and inverse: those that expire are listed as dated, X-Perps (years to run, funded like perpetuals) are not. */
export const okxFutures: Venue = createOkx('futures');

interface Arg {
  readonly channel: string;
  readonly instId?: string;
  readonly instType?: string;
}

function createOkx(market: OkxMarket): Venue {
  return {
    venue: venueId('okx'),
    marketType: market,
    source: sourceId(`okx:${market}`),
    owns: (url) => owns(market, url),
    parseFrame: (text, receivedAt) => parseOkxFrame(market, text, receivedAt),
    shapes: okxShapes(market),
    parseInstruments: (body) => parseOkxInstruments(market, body),
    ...(market === 'spot' ? {} : { indexName: okxIndexOf }),
    createSync: createOkxSync,
    plan: (instruments, options) => plan(market, instruments, options),
    ...(market === 'futures' ? {} : { dollarRates: RATE_INDICES.map((index) => index.slice(0, -'-USD'.length)) }),
    ...(market === 'spot' ? { ratePoll: quotePoll } : {}),
    instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/api/v5/public/instruments?instType=${OKX_TYPE[market]}` }],
    facts: okxFacts(market),
  };
}

/** Sockets serve every market type, so all own them; REST addresses name a type or an instrument. */
function owns(market: OkxMarket, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (!/(?:^|\.)(?:okx|okex)\.com$/.test(url.hostname)) return false;
  const type = url.searchParams.get('instType');
  if (type !== null) return type === OKX_TYPE[market];
  const symbol = url.searchParams.get('instId');
  return symbol === null || okxMarketOf(symbol) === market;
}

function plan(market: OkxMarket, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const sockets: SocketPlan[] = [];
  // Spot and swaps carry the rates, each by itself so that sources can be compared.
  const rates = options.rates && market !== 'futures';
  for (let i = 0; i < instruments.length || (i === 0 && rates); i += SYMBOLS_PER_SOCKET) {
    sockets.push(socket(market, sockets.length, instruments.slice(i, i + SYMBOLS_PER_SOCKET), rates, options));
  }
  return {
    sockets,
    polls: instruments.map(({ symbol }) => depthPoll(symbol, 'deep', options)),
    // The snapshot that a new subscription brings is announced to be withdrawn, so a break is mended by REST; if one comes all the same it is used.
    resync: (symbol) => ({ kind: 'request', poll: depthPoll(symbol, 'seed', options) }),
  };
}

function socket(market: OkxMarket, number: number, instruments: readonly VenueInstrument[], rates: boolean, options: PlanOptions): SocketPlan {
  const args: Arg[] = [];
  const channels: ChannelPlan[] = [];
  const indices = new Set<string>();
  for (const instrument of instruments) {
    const { symbol } = instrument;
    args.push({ channel: 'books', instId: symbol }, { channel: 'trades', instId: symbol }, { channel: 'tickers', instId: symbol });
    channels.push(
      // Repeated every minute while nothing changes.
      { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
      { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    );
    // Tickers follow trades and quotes.
    channels.push({ symbol, channel: 'ticker', figure: 'last', sparse: true, expectedEveryMs: 60_000 });
    if (market === 'spot') continue;
    args.push({ channel: 'mark-price', instId: symbol }, { channel: 'open-interest', instId: symbol });
    indices.add(okxIndexOf(instrument));
    channels.push(
      // The mark price is repeated every 10 s while nothing changes.
      { symbol, channel: 'ticker', figure: 'mark', sparse: false, expectedEveryMs: 10_000 },
      // Index tickers are repeated every minute while nothing changes.
      { symbol, channel: 'ticker', figure: 'index', sparse: false, expectedEveryMs: 60_000 },
      // Pushed every 3 s when it changed, which it may not for minutes in a quiet market.
      { symbol, channel: 'openInterest', sparse: false, expectedEveryMs: 600_000 },
      { symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 },
    );
    // What expires is not funded.
    if (instrument.dated) continue;
    args.push({ channel: 'funding-rate', instId: symbol });
    // Pushed every 30 to 90 s.
    channels.push({ symbol, channel: 'funding', sparse: false, expectedEveryMs: 90_000 });
  }
  for (const symbol of rates && number === 0 ? RATE_INDICES : []) {
    indices.add(symbol);
    channels.push({ symbol, channel: 'rates', sparse: false, expectedEveryMs: 60_000 });
  }
  for (const instId of indices) args.push({ channel: 'index-tickers', instId });
  // One subscription brings every contract's liquidations.
  if (market !== 'spot' && number === 0) args.push({ channel: 'liquidation-orders', instType: OKX_TYPE[market] });
  return {
    name: `public-${number}`, url: options.endpoints.ws['public'] ?? '', subscribe: subscribeFrames(args), channels,
    ping: { text: 'ping', everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function subscribeFrames(args: readonly Arg[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < args.length; i += ARGS_PER_REQUEST) out.push(JSON.stringify({ op: 'subscribe', args: args.slice(i, i + ARGS_PER_REQUEST) }));
  return out;
}

function depthPoll(symbol: string, origin: 'seed' | 'deep', options: PlanOptions): PollPlan {
  const path = origin === 'seed' ? `books?instId=${encodeURIComponent(symbol)}&sz=${SEED_LEVELS}` : `books-full?instId=${encodeURIComponent(symbol)}&sz=${FULL_LEVELS}`;
  return {
    name: `${origin} ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v5/market/${path}` },
    everyMs: options.deepEveryMs,
    channel: origin === 'seed' ? 'book' : 'book.deep',
    // Books take 40 requests in 2 s, full books 10; counted as one and four.
    weight: origin === 'seed' ? 1 : 4,
    parse: (body) => parseOkxDepth(body, symbol, origin),
  };
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v5/market/ticker?instId=${encodeURIComponent(pair.symbol)}` },
    everyMs: options.pollEveryMs,
    channel: 'rates',
    // One of the 20 requests in 2 s that tickers have for themselves. Source: "GET / Ticker", read 2026-11-27.
    weight: 1,
    parse: (body) => parseOkxQuote(body, pair),
  };
}
