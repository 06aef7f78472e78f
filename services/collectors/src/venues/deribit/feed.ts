import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, SocketPlan, Venue, VenueFacts, VenueInstrument } from '../../venue.ts';
import type { DeribitMarket } from './instruments.ts';
import { parseDeribitInstruments } from './instruments.ts';
import { parseDeribitFrame } from './map.ts';
import { deribitShapes } from './shapes.ts';
import { createDeribitSync } from './sync.ts';

/**
 * Limits: 32 connections an address; requests cost 500 of 50,000 credits, of which 10,000 a second come back, so 20 a second with a burst of 100, sockets included.
 * Sources: https://docs.deribit.com/articles/connection-management-best-practices and https://docs.deribit.com/articles/rate-limits, read 2026-11-27.
 */
const SEND_PER_SECOND = 5;
/** Symbols of one socket (a design assumption): three channels each stay some 5 kB a request, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** Seconds between the venue's heartbeats; at least 10. Source: https://docs.deribit.com/api-reference/session-management/public-set_heartbeat, read 2026-11-27. */
const HEARTBEAT_SECONDS = 30;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
/** Changes gathered for 100 ms: `raw` is for connections that have logged in. Source: https://docs.deribit.com/subscriptions/market-data/tickerinstrument_nameinterval, read 2026-11-27. */
const INTERVAL = '100ms';

/** Deribit's perpetuals and futures margined in stablecoins. */
export const deribitLinear: Venue = createDeribit('linear');
/** Deribit's perpetuals and futures margined in the coin. */
export const deribitInverse: Venue = createDeribit('inverse');
/** Deribit's options: their books, nothing else, and only where one is asked for by name, since they are dated. */
export const deribitOption: Venue = createDeribit('option');

function createDeribit(market: DeribitMarket): Venue {
  return {
    venue: venueId('deribit'),
    marketType: market,
    source: sourceId(`deribit:${market}`),
    owns: (url) => URL.canParse(url) && /(?:^|\.)deribit\.com$/.test(new URL(url).hostname),
    parseFrame: parseDeribitFrame,
    shapes: deribitShapes,
    parseInstruments: (body) => parseDeribitInstruments(market, body),
    createSync: createDeribitSync,
    unscored: market === 'option',
    plan: (instruments, options) => plan(market, instruments, options),
    instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/api/v2/public/get_instruments?currency=any&kind=${market === 'option' ? 'option' : 'future'}&expired=false` }],
    facts: factsOf(market),
  };
}

function plan(market: DeribitMarket, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const sockets: SocketPlan[] = [];
  const socketOf = new Map<string, string>();
  for (let i = 0; i < instruments.length; i += SYMBOLS_PER_SOCKET) {
    const group = instruments.slice(i, i + SYMBOLS_PER_SOCKET);
    const name = `public-${sockets.length}`;
    for (const { symbol } of group) socketOf.set(symbol, name);
    sockets.push(socket(market, name, group, options));
  }
  return {
    sockets,
    // The stream has every level and every figure: nothing is polled.
    polls: [],
    resync: (symbol) => {
      const channels = [`book.${symbol}.${INTERVAL}`];
      return { kind: 'resubscribe', socket: socketOf.get(symbol) ?? 'public-0', frames: [request(2, 'unsubscribe', { channels }), request(1, 'subscribe', { channels })] };
    },
  };
}

function socket(market: DeribitMarket, name: string, instruments: readonly VenueInstrument[], options: PlanOptions): SocketPlan {
  const channels = instruments.flatMap(({ symbol }) => (market === 'option' ? ['book'] : ['book', 'trades', 'ticker']).map((channel) => `${channel}.${symbol}.${INTERVAL}`));
  return {
    name, url: options.endpoints.ws['public'] ?? '',
    // The venue then asks for signs of life, which are answered as they come.
    subscribe: [request(3, 'set_heartbeat', { interval: HEARTBEAT_SECONDS }), request(1, 'subscribe', { channels })],
    channels: instruments.flatMap((i) => channelsOf(market, i)),
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function channelsOf(market: DeribitMarket, { symbol, dated }: VenueInstrument): ChannelPlan[] {
  // Options may rest for hours.
  if (market === 'option') return [{ symbol, channel: 'book', sparse: true, expectedEveryMs: 3_600_000 }];
  return [
    // A quiet contract's book may rest for many seconds; learning lowers this for busy ones.
    { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
    { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    // Each ticker has all its figures; the mark follows the index, which moves about every second.
    { symbol, channel: 'ticker', sparse: false, expectedEveryMs: 20_000 },
    { symbol, channel: 'openInterest', sparse: false, expectedEveryMs: 20_000 },
    ...(dated ? [] : [{ symbol, channel: 'funding', sparse: false, expectedEveryMs: 20_000 } as const]),
    { symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 },
  ];
}

function request(id: number, method: 'subscribe' | 'unsubscribe' | 'set_heartbeat', params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: `public/${method}`, params });
}

function factsOf(market: DeribitMarket): VenueFacts {
  const stream = (name: string, page: string) => ({ by: 'stream', name, source: `https://docs.deribit.com/subscriptions/${page}` }) as const;
  const ticker = stream('ticker.<instrument>.100ms', 'market-data/tickerinstrument_nameinterval');
  const common = {
    instruments: { by: 'poll', name: '/api/v2/public/get_instruments', source: 'https://docs.deribit.com/api-reference/market-data/public-get_instruments' },
    book: stream('book.<instrument>.100ms', 'orderbook/bookinstrument_nameinterval'),
  } as const;
  const bookRule = 'sequence (prev_change_id = change_id before); the stream has every level';
  if (market === 'option') return { figures: common, liquidations: { kind: 'none' }, bookRule, checked: '2026-11-27' };
  const trades = stream('trades.<instrument>.100ms', 'trades/tradesinstrument_nameinterval');
  return {
    figures: { ...common, trades, last: ticker, mark: ticker, index: ticker, openInterest: ticker, funding: ticker, liquidations: trades },
    liquidations: { kind: 'complete' }, bookRule, checked: '2026-11-27',
  };
}
