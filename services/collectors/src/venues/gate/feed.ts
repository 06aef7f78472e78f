import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueFacts, VenueInstrument } from '../../venue.ts';
import { parseGateDepth } from './books.ts';
import type { GateMarket } from './instruments.ts';
import { parseGateInstruments } from './instruments.ts';
import { parseGateFrame, parseGateQuote, parseGateTickers } from './map.ts';
import { gateShapes } from './shapes.ts';
import { createGateSync } from './sync.ts';

/**
 * The deepest stream: 400 levels a side every 100 ms, beginning with a full push. The REST books are shallower (100 to 300 levels) on futures and
 * may be seconds old. Source: https://www.gate.com/announcements/article/44946 (futures), .../45317 (spot), read 2026-11-27.
 */
const STREAM_LEVELS = 400;
/** The deepest REST book of spot, levels a side. Source: https://www.gate.com/docs/developers/apiv4/en/ ("Get market depth information"), read 2026-11-27. */
const SPOT_DEPTH = 1_000;
/** No limit is published for frames to the venue; a hundred and fifty at once were taken [A]. */
const SEND_PER_SECOND = 50;
/** Contracts whose figures are asked for one by one; of more, all are asked for at once. A design assumption. */
const MOST_TICKER_REQUESTS = 20;
/** Symbols of one socket: four subscriptions each, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** A socket that sends and hears nothing is closed after half a minute [A: seen]; the venue also pings by protocol. */
const PING_EVERY_MS = 15_000;
/** The venue states no age limit; a day is the custom of the others. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
/** Time of a request in seconds. It is only compared where a request is signed; the venue's own examples send this number. */
const ANY_TIME = 123_456;
/**
 * Sizes of contracts that trade in fractions come cut to whole ones without it, and what is less than one as 0, which is a removal.
 * Source: https://www.gate.com/docs/developers/futures/ws/en/ (`X-Gate-Size-Decimal`), read 2026-11-27.
 */
const DECIMAL_SIZES = { 'X-Gate-Size-Decimal': '1' } as const;

/** Gate's spot markets. */
export const gateSpot: Venue = createGate('spot');
/** Gate's USDT-margined perpetuals, linear. */
export const gateUsdt: Venue = createGate('usdt');
/** Gate's BTC-margined perpetual, inverse. */
export const gateBtc: Venue = createGate('btc');

function createGate(market: GateMarket): Venue {
  return {
    venue: venueId('gate'),
    marketType: market,
    source: sourceId(`gate:${market}`),
    owns: (url) => owns(market, url),
    parseFrame: (text) => parseGateFrame(market, text),
    ...gateShapes(market),
    parseInstruments: (body) => parseGateInstruments(market, body),
    createSync: createGateSync,
    plan: (instruments, options) => plan(market, instruments, options),
    ...(market === 'spot' ? { ratePoll: quotePoll } : {}),
    recordedBook: (url, body, receivedAt) => {
      const symbol = url.searchParams.get(market === 'spot' ? 'currency_pair' : 'contract');
      return symbol === null || !url.pathname.endsWith('/order_book') ? undefined : parseGateDepth(body, symbol, 'seed', receivedAt);
    },
    instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/api/v4/${market === 'spot' ? 'spot/currency_pairs' : `futures/${market}/contracts`}` }],
    facts: factsOf(market),
  };
}

/** Sockets of futures are one for each settlement currency; their older address without one is the BTC one. */
function owns(market: GateMarket, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname, pathname } = new URL(address);
  if (/^(?:fx-)?api\.gateio\.ws$/.test(hostname) && pathname.startsWith('/api/v4/')) return pathname.startsWith(market === 'spot' ? '/api/v4/spot/' : `/api/v4/futures/${market}/`);
  if (market === 'spot') return (hostname === 'api.gateio.ws' && /^\/ws\/v4\/?$/.test(pathname)) || hostname === 'ws.gate.io';
  return hostname === 'fx-ws.gateio.ws' && (pathname === `/v4/ws/${market}` || (market === 'btc' && pathname === '/v4/ws'));
}

function plan(market: GateMarket, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
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
    polls: market === 'spot' ? symbols.map((symbol) => deepPoll(symbol, options)) : tickersPolls(market, symbols, options),
    resync: (symbol) => {
      const book = `ob.${symbol}.${STREAM_LEVELS}`;
      return { kind: 'resubscribe', socket: socketOf.get(symbol) ?? 'public-0', frames: [request(market, 'obu', 'unsubscribe', book), request(market, 'obu', 'subscribe', book)] };
    },
  };
}

/** One name a frame: a list fails as a whole when the venue does not know one of it. */
function request(market: GateMarket, channel: string, event: 'subscribe' | 'unsubscribe', name: string): string {
  return JSON.stringify({ time: ANY_TIME, channel: `${market === 'spot' ? 'spot' : 'futures'}.${channel}`, event, payload: [name] });
}

function socket(market: GateMarket, number: number, symbols: readonly string[], options: PlanOptions): SocketPlan {
  const spot = market === 'spot';
  const others = spot ? ['trades', 'tickers'] : ['trades', 'tickers', 'public_liquidates'];
  return {
    name: `public-${number}`,
    url: spot ? `${options.endpoints.ws['spot'] ?? ''}/` : (options.endpoints.ws['futures'] ?? ''),
    ...(spot ? {} : { headers: DECIMAL_SIZES }),
    subscribe: symbols.flatMap((symbol) => [
      request(market, 'obu', 'subscribe', `ob.${symbol}.${STREAM_LEVELS}`),
      ...others.map((channel) => request(market, channel, 'subscribe', symbol)),
    ]),
    channels: symbols.flatMap((symbol) => channelsOf(spot, symbol)),
    ping: { text: JSON.stringify({ time: ANY_TIME, channel: spot ? 'spot.ping' : 'futures.ping' }), everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

function channelsOf(spot: boolean, symbol: string): ChannelPlan[] {
  return [
    // A quiet market's book rests for half a minute and more.
    { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
    { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    // Tickers follow trades; those of quiet contracts come every minute or less often, and are polled besides.
    { symbol, channel: 'ticker', sparse: spot, expectedEveryMs: 120_000 },
    ...(spot ? [] : [{ symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 } as const]),
  ];
}

/** Requests: 200 in 10 s for each path and address. Source: https://www.gate.com/docs/developers/apiv4/en/ ("Frequency limit rule"), read 2026-11-27. */
function deepPoll(symbol: string, options: PlanOptions): PollPlan {
  return {
    name: `deep ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v4/spot/order_book?currency_pair=${encodeURIComponent(symbol)}&limit=${SPOT_DEPTH}&with_id=true` },
    everyMs: options.deepEveryMs, channel: 'book.deep', weight: 1,
    parse: (body) => parseGateDepth(body, symbol, 'deep'),
  };
}

/** A request for each contract, or where there are many one for all, whose answer is of half a megabyte. */
function tickersPolls(market: GateMarket, symbols: readonly string[], options: PlanOptions): PollPlan[] {
  const watched = new Set(symbols);
  const asked: readonly string[] = symbols.length > MOST_TICKER_REQUESTS ? [''] : symbols;
  return asked.map((symbol) => ({
    name: `tickers ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v4/futures/${market}/tickers${symbol === '' ? '' : `?contract=${encodeURIComponent(symbol)}`}`, headers: DECIMAL_SIZES },
    everyMs: options.pollEveryMs, channel: 'ticker', weight: 1,
    parse: (body, receivedAt) => parseGateTickers(body, watched, receivedAt),
  }));
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v4/spot/tickers?currency_pair=${encodeURIComponent(pair.symbol)}` },
    everyMs: options.pollEveryMs, channel: 'rates', weight: 1,
    parse: (body, receivedAt) => parseGateQuote(body, pair, receivedAt),
  };
}

function factsOf(market: GateMarket): VenueFacts {
  const spot = market === 'spot';
  const rest = 'https://www.gate.com/docs/developers/apiv4/en/';
  const sockets = spot ? 'https://www.gate.com/docs/developers/apiv4/ws/en/' : 'https://www.gate.com/docs/developers/futures/ws/en/';
  const stream = (channel: string) => ({ by: 'stream', name: `${spot ? 'spot' : 'futures'}.${channel}`, source: sockets }) as const;
  const poll = (path: string) => ({ by: 'poll', name: `/api/v4/${path}`, source: rest }) as const;
  const bookRule = 'sequence (U = u before + 1); a full push begins it; the best 400 levels';
  const common = { book: stream('obu'), trades: stream('trades'), last: stream('tickers') };
  if (spot) return { figures: { ...common, instruments: poll('spot/currency_pairs'), 'book.deep': poll('spot/order_book') }, liquidations: { kind: 'none' }, bookRule, checked: '2026-11-27' };
  const ticker = stream('tickers');
  return {
    figures: { ...common, instruments: poll(`futures/${market}/contracts`), mark: ticker, index: ticker, openInterest: ticker, funding: ticker, liquidations: stream('public_liquidates') },
    liquidations: { kind: 'complete' }, bookRule, checked: '2026-11-27',
  };
}
