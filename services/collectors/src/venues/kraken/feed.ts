import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueFacts, VenueInstrument } from '../../venue.ts';
import { parseKrakenPairs } from './instruments.ts';
import { DOLLAR_MARKETS, parseKrakenFrame, parseKrakenQuote } from './map.ts';
import { krakenAltName } from './names.ts';
import { krakenShapes } from './shapes.ts';
import { createKrakenSync } from './sync.ts';

export { krakenFutures } from './futures-feed.ts';

/** The deepest stream, levels a side; REST has 500. Source: https://docs.kraken.com/api/docs/websocket-v2/book, read 2026-11-27. */
const STREAM_DEPTH = 1_000;
/** Symbols of one socket (a design assumption): three channels each, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** The limit of frames we send is not published and depends on load: "Exceeded msg rate" says that it was met. Source: https://docs.kraken.com/api/docs/guides/spot-ratelimits, as quoted by others, read 2026-11-27. */
const SEND_PER_SECOND = 2;
/** A design assumption: heartbeats come every second from a socket with a subscription, and a ping proves our half of it. */
const PING_EVERY_MS = 30_000;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;

/** Kraken's spot markets. */
export const krakenSpot: Venue = {
  venue: venueId('kraken'),
  marketType: 'spot',
  source: sourceId('kraken:spot'),
  owns: (url) => URL.canParse(url) && /^(?:(?:beta-)?ws|api)\.kraken\.com$/.test(new URL(url).hostname),
  parseFrame: parseKrakenFrame,
  shapes: krakenShapes,
  parseInstruments: parseKrakenPairs,
  createSync: createKrakenSync,
  plan,
  // True dollar markets: no other market is read for these.
  dollarRates: [...DOLLAR_MARKETS.values()],
  ratePoll: quotePoll,
  instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/0/public/AssetPairs` }],
  facts: facts(),
};

function plan(instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const sockets: SocketPlan[] = [];
  const socketOf = new Map<string, string>();
  for (let i = 0; i < symbols.length || (i === 0 && options.rates); i += SYMBOLS_PER_SOCKET) {
    const group = symbols.slice(i, i + SYMBOLS_PER_SOCKET);
    const name = `public-${sockets.length}`;
    for (const symbol of group) socketOf.set(symbol, name);
    sockets.push(socket(name, group, options.rates ? (sockets.length === 0 ? 'here' : 'elsewhere') : 'nowhere', options));
  }
  return {
    sockets,
    // The stream is deeper than any answer: nothing is polled but rates.
    polls: [],
    resync: (symbol) => {
      const params = { channel: 'book', symbol: [symbol], depth: STREAM_DEPTH };
      return { kind: 'resubscribe', socket: socketOf.get(symbol) ?? 'public-0', frames: [request('unsubscribe', params), request('subscribe', { ...params, snapshot: true })] };
    },
  };
}

function socket(name: string, symbols: readonly string[], rates: 'here' | 'elsewhere' | 'nowhere', options: PlanOptions): SocketPlan {
  const dollars = rates === 'here' ? [...DOLLAR_MARKETS.keys()] : [];
  // A market has one ticker subscription: that of the rates, which follows the quotes, has the last price too.
  const tickers = symbols.filter((s) => rates === 'nowhere' || !DOLLAR_MARKETS.has(s));
  const subscribe: string[] = [];
  if (symbols.length > 0) {
    subscribe.push(
      request('subscribe', { channel: 'book', symbol: symbols, depth: STREAM_DEPTH, snapshot: true }),
      request('subscribe', { channel: 'trade', symbol: symbols, snapshot: false }),
    );
  }
  if (tickers.length > 0) subscribe.push(request('subscribe', { channel: 'ticker', symbol: tickers, event_trigger: 'trades', snapshot: true }));
  if (dollars.length > 0) subscribe.push(request('subscribe', { channel: 'ticker', symbol: dollars, event_trigger: 'bbo', snapshot: true }));
  return {
    name, url: options.endpoints.ws['public'] ?? '', subscribe,
    channels: [...symbols.flatMap(channelsOf), ...dollars.map((symbol): ChannelPlan => ({ symbol, channel: 'rates', sparse: false, expectedEveryMs: 60_000 }))],
    ping: { text: request('ping'), everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function channelsOf(symbol: string): ChannelPlan[] {
  return [
    // A thin market's book may rest for a minute; learning lowers this for busy ones.
    { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
    { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    // Tickers follow trades.
    { symbol, channel: 'ticker', sparse: true, expectedEveryMs: 60_000 },
  ];
}

function request(method: 'subscribe' | 'unsubscribe' | 'ping', params?: object): string {
  return JSON.stringify({ method, ...(params === undefined ? {} : { params }) });
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/0/public/Ticker?pair=${encodeURIComponent(krakenAltName(pair.symbol))}` },
    everyMs: options.pollEveryMs, channel: 'rates', weight: 1,
    parse: (body, receivedAt) => parseKrakenQuote(body, pair, receivedAt),
  };
}

function facts(): VenueFacts {
  const stream = (name: string) => ({ by: 'stream', name, source: `https://docs.kraken.com/api/docs/websocket-v2/${name}` }) as const;
  return {
    figures: {
      instruments: { by: 'poll', name: '/0/public/AssetPairs', source: 'https://docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs' },
      book: stream('book'), trades: stream('trade'), last: stream('ticker'),
    },
    liquidations: { kind: 'none' },
    bookRule: 'crc32 of 10 levels a side; no sequence', checked: '2026-11-27',
  };
}
