import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, SocketPlan, Venue, VenueFacts, VenueInstrument } from '../../venue.ts';
import { parseKrakenFuturesFrame } from './futures-map.ts';
import { krakenFuturesShapes } from './futures-shapes.ts';
import { createKrakenFuturesSync } from './futures-sync.ts';
import { parseKrakenContracts } from './instruments.ts';

/** The socket takes 100 requests a second. Source: https://docs.kraken.com/exchange/guides/futures/ratelimits, read 2026-11-27. */
const SEND_PER_SECOND = 10;
/** The socket wants a ping frame at least every 60 s. Source: https://docs.kraken.com/exchange/guides/futures/websockets and the sample it names, read 2026-11-27. */
const PING_FRAME_EVERY_MS = 30_000;
/** Symbols of one socket (a design assumption): three feeds each, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
const FEEDS = ['book', 'trade', 'ticker'] as const;

/** Kraken's derivatives: linear contracts margined in several currencies (`PF_`), inverse ones (`PI_`), and dated ones of both. */
export const krakenFutures: Venue = {
  venue: venueId('kraken'),
  marketType: 'futures',
  source: sourceId('kraken:futures'),
  owns: (url) => URL.canParse(url) && /^(?:futures\.kraken|(?:www\.)?cryptofacilities)\.com$/.test(new URL(url).hostname),
  parseFrame: parseKrakenFuturesFrame,
  shapes: krakenFuturesShapes,
  parseInstruments: parseKrakenContracts,
  createSync: createKrakenFuturesSync,
  plan,
  instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/derivatives/api/v3/instruments` }],
  facts: facts(),
};

function plan(instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const sockets: SocketPlan[] = [];
  const socketOf = new Map<string, string>();
  for (let i = 0; i < instruments.length; i += SYMBOLS_PER_SOCKET) {
    const group = instruments.slice(i, i + SYMBOLS_PER_SOCKET);
    const name = `public-${sockets.length}`;
    for (const { symbol } of group) socketOf.set(symbol, name);
    const symbols = group.map((g) => g.symbol);
    sockets.push({
      name, url: options.endpoints.ws['public'] ?? '',
      subscribe: [...FEEDS.map((feed) => request('subscribe', feed, symbols)), request('subscribe', 'heartbeat')],
      channels: group.flatMap(channelsOf),
      pingFrameEveryMs: PING_FRAME_EVERY_MS, rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
    });
  }
  return {
    sockets,
    // The stream has every level and every figure: nothing is polled.
    polls: [],
    resync: (symbol) => ({
      kind: 'resubscribe', socket: socketOf.get(symbol) ?? 'public-0', frames: [request('unsubscribe', 'book', [symbol]), request('subscribe', 'book', [symbol])],
    }),
  };
}

function channelsOf({ symbol, dated }: VenueInstrument): ChannelPlan[] {
  return [
    // A quiet contract's book may rest for many seconds; learning lowers this for busy ones.
    { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
    { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    // At most once a second, with every figure; the mark follows the index.
    { symbol, channel: 'ticker', sparse: false, expectedEveryMs: 20_000 },
    { symbol, channel: 'openInterest', sparse: false, expectedEveryMs: 20_000 },
    ...(dated ? [] : [{ symbol, channel: 'funding', sparse: false, expectedEveryMs: 20_000 } as const]),
    { symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 },
  ];
}

function request(event: 'subscribe' | 'unsubscribe', feed: string, products?: readonly string[]): string {
  return JSON.stringify({ event, feed, ...(products === undefined ? {} : { product_ids: products }) });
}

function facts(): VenueFacts {
  const stream = (name: string) => ({ by: 'stream', name, source: `https://docs.kraken.com/api/docs/futures-api/websocket/${name}` }) as const;
  const ticker = stream('ticker');
  return {
    figures: {
      instruments: { by: 'poll', name: '/derivatives/api/v3/instruments', source: 'https://docs.kraken.com/api/docs/futures-api/trading/get-instruments' },
      book: stream('book'), trades: stream('trade'), last: ticker, mark: ticker, index: ticker, openInterest: ticker, funding: ticker, liquidations: stream('trade'),
    },
    liquidations: { kind: 'complete' },
    bookRule: 'sequence (seq = previous + 1)', checked: '2026-11-27',
  };
}
