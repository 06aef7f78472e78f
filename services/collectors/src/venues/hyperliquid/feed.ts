import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, SocketPlan, Venue, VenueInstrument } from '../../venue.ts';
import { hyperliquidAccounts } from './accounts.ts';
import { hyperliquidFacts } from './facts.ts';
import { parseHyperliquidInstruments, parseHyperliquidSpotInstruments } from './instruments.ts';
import { parseHyperliquidDepth, parseHyperliquidFrame } from './map.ts';
import { hyperliquidShapes } from './shapes.ts';
import { createHyperliquidSync } from './sync.ts';

/**
 * Limits of one address: 1,000 subscriptions in all, 100 connections, 2,000 messages a minute to the venue, and 1,200 of request weight a minute.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/rate-limits-and-user-limits, read 2026-11-21.
 */
const SEND_PER_SECOND = 20;
/** Symbols of one socket: up to three subscriptions each, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** The venue closes a socket to which it has sent nothing for 60 s. Source: .../api/websocket/timeouts-and-heartbeats, read 2026-11-21. */
const PING_EVERY_MS = 30_000;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
/** Significant figures of the polled books by layer, finest first: 20 levels a side span some 2, 20 and 100 %. */
const DEEP_FIGURES = [4, 3, 2] as const;
/** Weight of an `l2Book` request. Source as the limits. */
const BOOK_WEIGHT = 2;

/** What differs between the market types. */
interface Market {
  readonly listType: string;
  readonly parseInstruments: Venue['parseInstruments'];
  /** Subscriptions of each symbol. */
  readonly types: readonly string[];
}
const MARKETS = {
  perp: { listType: 'metaAndAssetCtxs', parseInstruments: parseHyperliquidInstruments, types: ['l2Book', 'trades', 'activeAssetCtx'] },
  // What a spot pair's context says beside its book (mark, mid, supply) moves nobody's margin.
  spot: { listType: 'spotMeta', parseInstruments: parseHyperliquidSpotInstruments, types: ['l2Book', 'trades'] },
} as const satisfies Readonly<Record<string, Market>>;

/** Hyperliquid's perpetuals. The venue has no public channel of liquidations; it shows the positions of every account. */
export const hyperliquidPerp: Venue = createHyperliquid('perp');
/** Hyperliquid's spot pairs. It is asked for no rates: a coin may bear any currency's name. */
export const hyperliquidSpot: Venue = createHyperliquid('spot');

function createHyperliquid(marketType: keyof typeof MARKETS): Venue {
  const market: Market = MARKETS[marketType];
  return {
    venue: venueId('hyperliquid'),
    marketType,
    source: sourceId(`hyperliquid:${marketType}`),
    // One address serves both market types.
    owns: (url) => URL.canParse(url) && /(?:^|\.)hyperliquid\.xyz$/.test(new URL(url).hostname),
    parseFrame: parseHyperliquidFrame,
    shapes: hyperliquidShapes,
    parseInstruments: market.parseInstruments,
    createSync: createHyperliquidSync,
    plan: (instruments, options) => plan(market, instruments, options),
    ...(marketType === 'perp' ? { accountPolls: (options: PlanOptions) => hyperliquidAccounts(options.endpoints.rest) } : {}),
    instrumentRequests: (endpoints) => [info(endpoints.rest, { type: market.listType })],
    facts: hyperliquidFacts(marketType),
  };
}

function plan(market: Market, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const sockets: SocketPlan[] = [];
  const socketOf = new Map<string, string>();
  for (let i = 0; i < symbols.length; i += SYMBOLS_PER_SOCKET) {
    const group = symbols.slice(i, i + SYMBOLS_PER_SOCKET);
    const planned = socket(market, sockets.length, group, options);
    for (const symbol of group) socketOf.set(symbol, planned.name);
    sockets.push(planned);
  }
  return {
    sockets,
    polls: symbols.flatMap((symbol) => DEEP_FIGURES.map((figures, layer) => deepPoll(symbol, figures, layer, options))),
    resync: (symbol) => {
      const subscription = { type: 'l2Book', coin: symbol };
      return { kind: 'resubscribe', socket: socketOf.get(symbol) ?? 'public-0', frames: [frame('unsubscribe', subscription), frame('subscribe', subscription)] };
    },
  };
}

function socket(market: Market, number: number, symbols: readonly string[], options: PlanOptions): SocketPlan {
  return {
    name: `public-${number}`,
    url: options.endpoints.ws['public'] ?? '',
    // One subscription a frame: the venue takes no lists.
    subscribe: symbols.flatMap((coin) => market.types.map((type) => frame('subscribe', { type, coin }))),
    channels: symbols.flatMap((symbol): ChannelPlan[] => [
      // Whole books are sent with every block that is at least half a second after the last.
      { symbol, channel: 'book', sparse: false, expectedEveryMs: 5_000 },
      { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
      ...(market.types.includes('activeAssetCtx') ? [{ symbol, channel: 'ticker', sparse: false, expectedEveryMs: 10_000 } as const] : []),
    ]),
    ping: { text: '{"method":"ping"}', everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS,
    maxSendPerSecond: SEND_PER_SECOND,
  };
}

function frame(method: 'subscribe' | 'unsubscribe', subscription: Readonly<Record<string, string>>): string {
  return JSON.stringify({ method, subscription });
}

function deepPoll(coin: string, nSigFigs: number, layer: number, options: PlanOptions): PollPlan {
  return {
    name: `deep ${coin} ${nSigFigs}`,
    request: info(options.endpoints.rest, { type: 'l2Book', coin, nSigFigs }),
    everyMs: options.deepEveryMs,
    channel: 'book.deep',
    weight: BOOK_WEIGHT,
    parse: (body) => parseHyperliquidDepth(body, layer),
  };
}

function info(rest: string, body: Readonly<Record<string, string | number>>): PollPlan['request'] {
  return { method: 'POST', url: `${rest}/info`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
