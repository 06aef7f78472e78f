import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueFacts, VenueInstrument } from '../../venue.ts';
import { parseCoinbaseInstruments } from './instruments.ts';
import { parseIntxFrame, parseIntxInstruments } from './intx.ts';
import { parseCoinbaseFrame, parseCoinbaseQuote } from './map.ts';
import { RATE_CURRENCY } from './read.ts';
import { coinbaseShapes } from './shapes.ts';
import { createCoinbaseSync } from './sync.ts';

/**
 * Limits of one address: Advanced Trade's socket takes 8 connections and 8 messages a second without a key, over all connections; Exchange's 8 requests a
 * second (20 in bursts), 100 messages a second, and 10 subscriptions to one channel of one product. Both close a socket that subscribes to nothing within 5 s.
 * Sources: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-rate-limits and
 * https://docs.cdp.coinbase.com/exchange/websocket-feed/rate-limits, read 2026-11-27.
 */
const SEND_PER_SECOND = 1;
/**
 * A snapshot is the whole book, up to 5 MB for one product, and one lost frame costs all books of a socket: five are asked for again within ten seconds, which
 * is how long a resync waits. Forty products fill the eight connections an address may open in a second; more are opened as the venue lets us.
 */
const BOOKS_PER_SOCKET = 5;
const PRODUCTS_PER_SOCKET = 50;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;

const ADVANCED = 'https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels';
const EXCHANGE = 'https://docs.cdp.coinbase.com/exchange/websocket-feed/channels';

const SPOT_FACTS: VenueFacts = {
  figures: {
    instruments: { by: 'poll', name: '/api/v3/brokerage/market/products', source: 'https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/list-public-products' },
    book: { by: 'stream', name: 'level2', source: ADVANCED },
    trades: { by: 'stream', name: 'matches', source: EXCHANGE },
    last: { by: 'stream', name: 'ticker', source: EXCHANGE },
  },
  liquidations: { kind: 'none' },
  bookRule: 'sequence of all frames of a connection (sequence_num = previous + 1)',
  checked: '2026-11-27',
};

/** Coinbase's spot markets, where the dollar is the dollar. */
export const coinbaseSpot: Venue = {
  venue: venueId('coinbase'),
  marketType: 'spot',
  source: sourceId('coinbase:spot'),
  owns: (url) => /^(?:advanced-trade-ws|ws-feed\.exchange|ws-feed\.pro|api|api\.exchange|api\.pro)\.coinbase\.com$/.test(hostOf(url)),
  parseFrame: parseCoinbaseFrame,
  shapes: coinbaseShapes,
  parseInstruments: parseCoinbaseInstruments,
  createSync: createCoinbaseSync,
  plan,
  dollarRates: [...RATE_CURRENCY.values()],
  ratePoll: quotePoll,
  instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/api/v3/brokerage/market/products?product_type=SPOT` }],
  facts: SPOT_FACTS,
};

/**
 * Perpetuals of Coinbase International Exchange, for recordings only: trading ended on 2026-10-01, when its markets went to Deribit, and the socket wanted
 * a key. It plans nothing and is among no feeds. Source: https://docs.cdp.coinbase.com/intx/docs and https://docs.deribit.com/articles/intx-api-migration, read 2026-11-27.
 */
export const coinbaseIntx: Venue = {
  venue: venueId('coinbase'),
  marketType: 'intx',
  source: sourceId('coinbase:intx'),
  owns: (url) => /^(?:ws-md|api)\.international\.coinbase\.com$/.test(hostOf(url)),
  parseFrame: parseIntxFrame,
  parseInstruments: parseIntxInstruments,
  createSync: createCoinbaseSync,
  plan: () => ({ sockets: [], polls: [], resync: () => ({ kind: 'resubscribe', socket: '', frames: [] }) }),
  instrumentRequests: () => [],
  facts: { figures: {}, liquidations: { kind: 'none' }, bookRule: 'closed on 2026-10-01; recordings: snapshot, then changes whose sequence never goes back', checked: '2026-11-27' },
};

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

function plan(instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const bookSocketOf = new Map(symbols.map((symbol, i) => [symbol, `book-${Math.floor(i / BOOKS_PER_SOCKET)}`]));
  const rates = options.rates ? [...RATE_CURRENCY.keys()] : [];
  return {
    sockets: [
      ...inGroups(symbols, BOOKS_PER_SOCKET).map((group, n) => bookSocket(`book-${n}`, group, options)),
      ...inGroups(symbols, PRODUCTS_PER_SOCKET, rates.length > 0).map((group, n) => feedSocket(`feed-${n}`, group, n === 0 ? rates : [], options)),
    ],
    // The stream has every level of the book.
    polls: [],
    resync: (symbol) => ({ kind: 'resubscribe', socket: bookSocketOf.get(symbol) ?? 'book-0', frames: [level2('unsubscribe', [symbol]), level2('subscribe', [symbol])] }),
  };
}

/** `list` in groups of at most `size`; one empty group where `least` asks for one and there is none. */
function inGroups(list: readonly string[], size: number, least = false): (readonly string[])[] {
  const out: (readonly string[])[] = [];
  for (let i = 0; i < list.length || (i === 0 && least); i += size) out.push(list.slice(i, i + size));
  return out;
}

function level2(type: 'subscribe' | 'unsubscribe', products: readonly string[]): string {
  return JSON.stringify({ type, product_ids: products, channel: 'level2' });
}

function bookSocket(name: string, symbols: readonly string[], options: PlanOptions): SocketPlan {
  return {
    name, url: options.endpoints.ws['book'] ?? '',
    // Heartbeats keep quiet subscriptions open, and show a hole in the numbers within a second.
    subscribe: [level2('subscribe', symbols), JSON.stringify({ type: 'subscribe', channel: 'heartbeats' })],
    // A quiet market's book may rest for long; learning lowers this for busy ones.
    channels: symbols.map((symbol): ChannelPlan => ({ symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 })),
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function feedSocket(name: string, symbols: readonly string[], rates: readonly string[], options: PlanOptions): SocketPlan {
  const channels = ['matches', 'ticker', 'heartbeat'].map((channel) => ({ name: channel, product_ids: channel === 'ticker' ? [...new Set([...symbols, ...rates])] : symbols }));
  return {
    name, url: options.endpoints.ws['feed'] ?? '',
    subscribe: [JSON.stringify({ type: 'subscribe', channels: channels.filter((c) => c.product_ids.length > 0) })],
    channels: [
      ...symbols.flatMap((symbol): ChannelPlan[] => [
        { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
        // Tickers follow trades.
        { symbol, channel: 'ticker', figure: 'last', sparse: true, expectedEveryMs: 60_000 },
      ]),
      // These trade every few seconds.
      ...rates.map((symbol): ChannelPlan => ({ symbol, channel: 'rates', sparse: false, expectedEveryMs: 60_000 })),
    ],
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v3/brokerage/market/product_book?product_id=${encodeURIComponent(pair.symbol)}&limit=1` },
    everyMs: options.pollEveryMs, channel: 'rates',
    // One of the 10 requests a second that an address has. Source: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/rest-api, read 2026-11-27.
    weight: 1,
    parse: (body) => parseCoinbaseQuote(body, pair),
  };
}
