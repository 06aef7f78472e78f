import type { Result } from '@breakwater/models/core';
import { err, ok, sourceId, venueId } from '@breakwater/models/core';
import { asText, isRecord, parseJson, parsePositive } from '../../numbers.ts';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketAddress, SocketPlan, Venue, VenueEndpoints, VenueFacts, VenueInstrument } from '../../venue.ts';
import { parseKucoinBook } from './books.ts';
import type { KucoinMarket } from './instruments.ts';
import { parseKucoinInstruments } from './instruments.ts';
import { parseKucoinFigures, parseKucoinFrame, parseKucoinQuote } from './map.ts';
import { kucoinShapes } from './shapes.ts';
import { createKucoinSync } from './sync.ts';

/**
 * Limits: 100 frames to the venue in 10 s, 100 markets in one topic and 400 topics (300 by another page) on a socket, 800 sockets.
 * Source: https://www.kucoin.com/docs-new/rate-limit-rule-classic and https://www.kucoin.com/docs-new/error-code/websocket, read 2026-11-27.
 */
const SEND_PER_SECOND = 8;
/** Symbols of one socket: three topics each, and a broken socket costs few books. */
const SYMBOLS_PER_SOCKET = 50;
/** Where the venue does not say how often it wants a ping: the interval it always gave, 18 s. Without one it closes the socket after a minute. */
const PING_EVERY_MS = 18_000;
/** A token, and the socket with it, is good for 24 h. Source: https://www.kucoin.com/docs-new/websocket-api/base-info/introduction, read 2026-11-27. */
const ROTATE_AFTER_MS = 23 * 3_600_000;
/** Request weights in the public pool. Source: the page of each request under https://www.kucoin.com/docs-new/rest/, read 2026-11-27. */
const WEIGHT = { spotBook: 4, futuresBook: 3, contracts: 3, quote: 2 } as const;

/** KuCoin's spot markets. */
export const kucoinSpot: Venue = createKucoin('spot');
/** KuCoin's futures, linear and inverse; dated ones are listed as such. The venue has no public channel of liquidations. */
export const kucoinFutures: Venue = createKucoin('futures');

function createKucoin(market: KucoinMarket): Venue {
  return {
    venue: venueId('kucoin'),
    marketType: market,
    source: sourceId(`kucoin:${market}`),
    owns: (url) => owns(market, url),
    parseFrame: (text, receivedAt) => parseKucoinFrame(market, text, receivedAt),
    shapes: kucoinShapes(market),
    parseInstruments: (body) => parseKucoinInstruments(market, body),
    createSync: () => createKucoinSync(market),
    plan: (instruments, options) => plan(market, instruments, options),
    ...(market === 'spot' ? { ratePoll: quotePoll } : {}),
    recordedBook: (url, body) => {
      const symbol = url.searchParams.get('symbol');
      // Also the whole book of spot, which only those with a key may ask for.
      return symbol === null || !/\/level2(?:_\d+|\/snapshot|\/depth\d+)?$/.test(url.pathname) ? undefined : parseKucoinBook(market, body, symbol, 'whole');
    },
    instrumentRequests: (endpoints) => [contracts(market, endpoints)],
    facts: factsOf(market),
  };
}

/** Which market type a socket serves is told by its token alone, so older addresses are either's. */
function owns(market: KucoinMarket, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const host = new URL(address).hostname;
  if (/^push.*\.kucoin\.com$/.test(host)) return true;
  return market === 'spot' ? /^(?:api|openapi-v2|ws-api-spot)\.kucoin\.com$/.test(host) : /^(?:api-futures|ws-api-futures)\.kucoin\.com$/.test(host);
}

function contracts(market: KucoinMarket, endpoints: VenueEndpoints): PollPlan['request'] {
  return { method: 'GET', url: `${endpoints.rest}${market === 'spot' ? '/api/v2/symbols' : '/api/v1/contracts/active'}` };
}

function plan(market: KucoinMarket, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const sockets: SocketPlan[] = [];
  for (let i = 0; i < symbols.length; i += SYMBOLS_PER_SOCKET) sockets.push(socket(market, sockets.length, symbols.slice(i, i + SYMBOLS_PER_SOCKET), options));
  return {
    sockets,
    // Futures books are whole; those of spot are completed again and again.
    polls: market === 'spot' ? symbols.map((symbol) => bookPoll(market, symbol, 'part', options)) : symbols.length === 0 ? [] : [figuresPoll(symbols, options)],
    resync: (symbol) => ({ kind: 'request', poll: bookPoll(market, symbol, 'whole', options) }),
  };
}

function socket(market: KucoinMarket, number: number, symbols: readonly string[], options: PlanOptions): SocketPlan {
  const topics = market === 'spot' ? ['/market/level2', '/market/match', '/market/ticker'] : ['/contractMarket/level2', '/contractMarket/execution', '/contract/instrument'];
  return {
    name: `public-${number}`, url: '',
    handshake: { request: { method: 'POST', url: `${options.endpoints.rest}/api/v1/bullet-public` }, open: readToken },
    subscribe: topics.map((topic, i) => JSON.stringify({ id: String(i + 1), type: 'subscribe', topic: `${topic}:${symbols.join(',')}`, privateChannel: false, response: true })),
    channels: symbols.flatMap((symbol) => channelsOf(market, symbol)),
    ping: { text: '{"id":"ping","type":"ping"}', everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

/**
 * The answer of `/api/v1/bullet-public`: a server, its ping interval, and a token.
 * Source: https://www.kucoin.com/docs-new/websocket-api/base-info/get-public-token-futures, read 2026-11-27.
 */
function readToken(body: string): Result<SocketAddress, string> {
  const root = parseJson(body);
  const data = isRecord(root) && root['code'] === '200000' ? root['data'] : undefined;
  const servers: readonly unknown[] = isRecord(data) && Array.isArray(data['instanceServers']) ? data['instanceServers'] : [];
  const server = servers.find((s) => isRecord(s) && s['protocol'] === 'websocket') ?? servers[0];
  const token = isRecord(data) ? asText(data['token']) : '';
  const endpoint = isRecord(server) ? asText(server['endpoint']) : '';
  if (token === '' || !/^wss?:\/\//.test(endpoint) || !URL.canParse(endpoint)) return err('no server or no token');
  const url = new URL(endpoint);
  url.searchParams.set('token', token);
  const pingEveryMs = isRecord(server) ? parsePositive(server['pingInterval']) : NaN;
  // An interval out of all proportion would let the socket be closed, or flood it.
  return ok({ url: url.href, ...(pingEveryMs >= 1_000 && pingEveryMs <= 60_000 ? { pingEveryMs } : {}) });
}

function channelsOf(market: KucoinMarket, symbol: string): ChannelPlan[] {
  return [
    // A quiet market's book may rest for many seconds; learning lowers this for busy ones.
    { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
    { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
    // Spot tickers follow trades and quotes; mark and index price come every second, and the funding rate every minute.
    market === 'spot' ? { symbol, channel: 'ticker', sparse: true, expectedEveryMs: 60_000 } : { symbol, channel: 'ticker', sparse: false, expectedEveryMs: 5_000 },
  ];
}

function bookPoll(market: KucoinMarket, symbol: string, as: 'whole' | 'part', options: PlanOptions): PollPlan {
  const path = market === 'spot' ? '/api/v1/market/orderbook/level2_100' : '/api/v1/level2/snapshot';
  return {
    name: `${as} ${symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}${path}?symbol=${encodeURIComponent(symbol)}` },
    everyMs: options.deepEveryMs, channel: as === 'whole' ? 'book' : 'book.deep',
    weight: market === 'spot' ? WEIGHT.spotBook : WEIGHT.futuresBook,
    parse: (body) => parseKucoinBook(market, body, symbol, as),
  };
}

/** One request for all: the list is of some weight, and has the figures of every contract. */
function figuresPoll(symbols: readonly string[], options: PlanOptions): PollPlan {
  const watched = new Set(symbols);
  return {
    name: 'contracts', request: contracts('futures', options.endpoints), everyMs: options.pollEveryMs, channel: 'openInterest', weight: WEIGHT.contracts,
    parse: (body, receivedAt) => parseKucoinFigures(body, watched, receivedAt),
  };
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v1/market/orderbook/level1?symbol=${encodeURIComponent(pair.symbol)}` },
    everyMs: options.pollEveryMs, channel: 'rates', weight: WEIGHT.quote,
    parse: (body) => parseKucoinQuote(body, pair),
  };
}

function factsOf(market: KucoinMarket): VenueFacts {
  const docs = 'https://www.kucoin.com/docs-new';
  const stream = (name: string, page: string) => ({ by: 'stream', name, source: `${docs}/${page}` }) as const;
  const poll = (name: string, page: string) => ({ by: 'poll', name, source: `${docs}/rest/${page}` }) as const;
  if (market === 'spot') {
    return {
      figures: {
        instruments: poll('/api/v2/symbols', 'spot-trading/market-data/get-all-symbols'), book: stream('/market/level2', '3470068w0'),
        'book.deep': poll('/api/v1/market/orderbook/level2_100', 'spot-trading/market-data/get-part-orderbook'),
        trades: stream('/market/match', '3470072w0'), last: stream('/market/ticker', '3470063w0'),
      },
      liquidations: { kind: 'none' }, bookRule: 'sequence (start <= end before + 1); begins with 100 levels, completed every few seconds', checked: '2026-11-27',
    };
  }
  const list = poll('/api/v1/contracts/active', 'futures-trading/market-data/get-all-symbols');
  const instrument = stream('/contract/instrument', '3470087w0');
  return {
    figures: {
      instruments: list, book: stream('/contractMarket/level2', '3470082w0'), trades: stream('/contractMarket/execution', '3470084w0'),
      last: list, mark: instrument, index: instrument, funding: instrument, openInterest: list,
    },
    liquidations: { kind: 'none' }, bookRule: 'sequence (each one more); begins with the whole book', checked: '2026-11-27',
  };
}
