import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueInstrument } from '../../venue.ts';
import { bybitFacts } from './facts.ts';
import { nextBybitPage, parseBybitInstruments } from './instruments.ts';
import { parseBybitDepth, parseBybitFrame, parseBybitQuote } from './map.ts';
import { bybitShapes } from './shapes.ts';
import { createBybitSync } from './sync.ts';

type Category = 'spot' | 'linear' | 'inverse';

/** Subscription limits: spot takes 10 arguments a request, linear and inverse 21,000 characters in all. Source: https://bybit-exchange.github.io/docs/v5/ws/connect, read 2026-11. */
const ARGS_PER_REQUEST = 10;
/** Symbols of one socket: four topics each stay far below the length limit, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** The deepest stream, levels a side. Source: https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook, read 2026-11. */
const STREAM_DEPTH = 1000;
/** The deepest REST answer, levels a side: the depth of the deepest stream. Source: https://bybit-exchange.github.io/docs/v5/market/orderbook, read 2026-11. */
const REST_DEPTH = 1000;
/** The venue asks for a ping every 20 s. */
const PING_EVERY_MS = 20_000;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
const SEND_PER_SECOND = 10;

/** Bybit's spot markets. */
export const bybitSpot: Venue = createBybit('spot');
/** Bybit's USDT and USDC perpetuals. */
export const bybitLinear: Venue = createBybit('linear');
/** Bybit's coin-margined perpetuals and futures: quantities are US dollars; quarterly contracts are listed as dated. */
export const bybitInverse: Venue = createBybit('inverse');

/** What only frames of derivatives have, and only those of spot: figures of contracts, liquidations, ids of trades. As recorded in August 2026. */
const OF_DERIVATIVES = /"topic":"(?:allL|l)iquidation\.|"(?:openInterest|markPrice|fundingRate)":|"i":"[0-9a-f]{8}-[0-9a-f-]+"/;
const OF_SPOT = /"usdIndexPrice":|"topic":"publicTrade\..*"i":"\d+"/;

function createBybit(category: Category): Venue {
  return {
    venue: venueId('bybit'),
    marketType: category,
    // Tickers of derivatives are deltas over a snapshot (https://bybit-exchange.github.io/docs/v5/websocket/public/ticker, read 2026-11).
    tickersAreDeltas: category !== 'spot',
    source: sourceId(`bybit:${category}`),
    owns: (url) => (url.includes('bybit') || url.includes('bytick')) && (url.includes(`/public/${category}`) || url.includes(`category=${category}`)),
    parseFrame: parseBybitFrame,
    isForeign: (text) => (category === 'spot' ? OF_DERIVATIVES : OF_SPOT).test(text),
    shapes: bybitShapes,
    parseInstruments: parseBybitInstruments,
    nextInstrumentPage: (body, request) => {
      const url = nextBybitPage(body, request.url);
      return url === undefined ? undefined : { ...request, url };
    },
    createSync: createBybitSync,
    plan: (instruments, options) => plan(category, instruments, options),
    ...(category === 'spot' ? { ratePoll: quotePoll } : {}),
    instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/v5/market/instruments-info?category=${category}&status=Trading&limit=1000` }],
    facts: bybitFacts(category),
  };
}

function plan(category: Category, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const rates = options.rates && category === 'spot' ? ['BTCUSDT', 'BTCUSDC'].filter((s) => !symbols.includes(s)) : [];
  const sockets: SocketPlan[] = [];
  const socketOf = new Map<string, string>();
  for (let i = 0; i < symbols.length || (i === 0 && rates.length > 0); i += SYMBOLS_PER_SOCKET) {
    const group = symbols.slice(i, i + SYMBOLS_PER_SOCKET);
    const name = `${category}-${sockets.length}`;
    for (const symbol of group) socketOf.set(symbol, name);
    sockets.push(socket(category, name, group, sockets.length === 0 ? rates : [], options));
  }
  return {
    sockets,
    polls: symbols.map((symbol) => deepPoll(category, symbol, options)),
    resync: (symbol) => {
      const args = [`orderbook.${STREAM_DEPTH}.${symbol}`];
      return { kind: 'resubscribe', socket: socketOf.get(symbol) ?? `${category}-0`, frames: [request('unsubscribe', args), request('subscribe', args)] };
    },
  };
}

function socket(category: Category, name: string, symbols: readonly string[], rates: readonly string[], options: PlanOptions): SocketPlan {
  const derivatives = category !== 'spot';
  const args = symbols.flatMap((s) => [`orderbook.${STREAM_DEPTH}.${s}`, `publicTrade.${s}`, `tickers.${s}`, ...(derivatives ? [`allLiquidation.${s}`] : [])]);
  args.push(...rates.map((s) => `tickers.${s}`));
  const subscribe: string[] = [];
  for (let i = 0; i < args.length; i += ARGS_PER_REQUEST) subscribe.push(request('subscribe', args.slice(i, i + ARGS_PER_REQUEST)));
  return {
    name, url: options.endpoints.ws[category] ?? '', subscribe,
    channels: [...symbols.flatMap((s) => channels(s, derivatives)), ...rates.map((s): ChannelPlan => ({ symbol: s, channel: 'rates', sparse: false, expectedEveryMs: 20_000 }))],
    ping: { text: '{"op":"ping"}', everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function channels(symbol: string, derivatives: boolean): ChannelPlan[] {
  return [
    // A quiet market's book may rest for many seconds; learning lowers this for busy ones.
    { symbol, channel: 'book', sparse: false, expectedEveryMs: 20_000 },
    { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    // Spot tickers follow trades; derivative tickers move with the mark price, every second or so.
    { symbol, channel: 'ticker', sparse: !derivatives, expectedEveryMs: 20_000 },
    ...(derivatives ? [{ symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 } as const] : []),
  ];
}

function deepPoll(category: Category, symbol: string, options: PlanOptions): PollPlan {
  return {
    name: `deep ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/v5/market/orderbook?category=${category}&symbol=${encodeURIComponent(symbol)}&limit=${REST_DEPTH}` },
    everyMs: options.deepEveryMs, channel: 'book.deep', weight: 1,
    parse: parseBybitDepth,
  };
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/v5/market/tickers?category=spot&symbol=${encodeURIComponent(pair.symbol)}` },
    everyMs: options.pollEveryMs, channel: 'rates', weight: 1,
    parse: (body) => parseBybitQuote(body, pair),
  };
}

function request(op: 'subscribe' | 'unsubscribe', args: readonly string[]): string {
  return JSON.stringify({ op, args });
}
