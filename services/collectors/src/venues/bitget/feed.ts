import { sourceId, venueId } from '@breakwater/models/core';
import type { ChannelPlan, FeedPlan, PlanOptions, PollPlan, RatePair, SocketPlan, Venue, VenueFacts, VenueInstrument } from '../../venue.ts';
import type { BitgetMarket } from './instruments.ts';
import { BITGET_CATEGORY, bitgetMarketOf, parseBitgetInstruments } from './instruments.ts';
import { parseBitgetDepth, parseBitgetFrame, parseBitgetQuote } from './map.ts';
import { bitgetShapes } from './shapes.ts';
import { createBitgetSync } from './sync.ts';

/**
 * Limits of a socket: 240 subscription requests an hour, 4,096 bytes of arguments each, 10 messages a second, closed after 24 h and after 2 min without a
 * ping; 100 connections of one address, opened at most 300 in 5 min; "less than 50 channels in one connection" are advised.
 * Source: https://www.bitget.com/api-doc/common/websocket-intro, read 2026-11-27.
 */
const BYTES_PER_REQUEST = 3_900;
/** Sockets of the third version were seen to close, with no error, on requests of 25 books and more; 20 were taken. Not documented. */
const ARGS_PER_REQUEST = 15;
const SEND_PER_SECOND = 5;
const PING_EVERY_MS = 25_000;
const ROTATE_AFTER_MS = 23 * 3_600_000;
/** Three channels each, and one for all liquidations: 46. */
const SYMBOLS_PER_SOCKET = 15;
/** Steps that deep snapshots are joined to, finest first: about 100 and 1,000 times the price's own. The stream has every level near the top. */
const SCALES = ['scale2', 'scale3'] as const;

const DOCS = 'https://www.bitget.com/api-doc/uta';

/** Bitget's spot markets. */
export const bitgetSpot: Venue = createBitget('spot');
/** Bitget's futures margined in USDT. */
export const bitgetUsdt: Venue = createBitget('usdt');
/** Bitget's futures margined in USDC. */
export const bitgetUsdc: Venue = createBitget('usdc');
/** Bitget's futures margined in coins; quarterly ones are listed as dated. */
export const bitgetCoin: Venue = createBitget('coin');

interface Arg {
  readonly instType: string;
  readonly topic: string;
  readonly symbol?: string;
}

function createBitget(market: BitgetMarket): Venue {
  return {
    venue: venueId('bitget'),
    marketType: market,
    source: sourceId(`bitget:${market}`),
    owns: (url) => owns(market, url),
    parseFrame: (text) => parseBitgetFrame(market, text),
    shapes: bitgetShapes(market),
    parseInstruments: (body) => parseBitgetInstruments(market, body),
    createSync: createBitgetSync,
    plan: (instruments, options) => plan(market, instruments, options),
    ...(market === 'spot' ? { ratePoll: quotePoll } : {}),
    instrumentRequests: (endpoints) => [{ method: 'GET', url: `${endpoints.rest}/api/v3/market/instruments?category=${BITGET_CATEGORY[market]}` }],
    facts: facts(market),
  };
}

function facts(market: BitgetMarket): VenueFacts {
  const stream = (name: string, page: string) => ({ by: 'stream', name, source: `${DOCS}/websocket/public/${page}` }) as const;
  const depth = market === 'spot' ? 'spot/market/Merge-Orderbook' : 'contract/market/Get-Merge-Depth';
  const ticker = stream('ticker', 'Tickers-Channel');
  return {
    figures: {
      instruments: { by: 'poll', name: '/api/v3/market/instruments', source: `${DOCS}/public/Instruments` },
      book: stream('books', 'Order-Book-Channel'),
      'book.deep': { by: 'poll', name: `${depthPath(market)}/merge-depth`, source: `https://www.bitget.com/api-doc/${depth}` },
      trades: stream('publicTrade', 'New-Trades-Channel'),
      last: ticker,
      ...(market === 'spot' ? {} : { mark: ticker, index: ticker, openInterest: ticker, funding: ticker, liquidations: stream('liquidation', 'Liquidation-Channel') }),
    },
    // The largest of each side of a market in each second.
    liquidations: market === 'spot' ? { kind: 'none' } : { kind: 'sampled', windowMs: 1_000, which: 'largest' },
    bookRule: 'sequence (pseq = previous seq)',
    checked: '2026-11-27',
  };
}

function depthPath(market: BitgetMarket): string {
  return `/api/v2/${market === 'spot' ? 'spot' : 'mix'}/market`;
}

/** Sockets of the second and third version serve every market type, so all own them; those of the first tell spot and futures apart, REST addresses name a type. */
function owns(market: BitgetMarket, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (!/(?:^|\.)bitget\.com$/.test(url.hostname)) return false;
  const type = url.searchParams.get('category') ?? url.searchParams.get('productType');
  if (type !== null) return bitgetMarketOf(type, '') === market;
  const path = url.pathname;
  if (/\/spot\//.test(path)) return market === 'spot';
  return /\/mix\//.test(path) ? market !== 'spot' : true;
}

function plan(market: BitgetMarket, instruments: readonly VenueInstrument[], options: PlanOptions): FeedPlan {
  const symbols = instruments.map((i) => i.symbol);
  const sockets: SocketPlan[] = [];
  const socketOf = new Map<string, string>();
  for (let i = 0; i < symbols.length; i += SYMBOLS_PER_SOCKET) {
    const group = symbols.slice(i, i + SYMBOLS_PER_SOCKET);
    const name = `public-${sockets.length}`;
    for (const symbol of group) socketOf.set(symbol, name);
    sockets.push(socket(market, name, group, sockets.length === 0, options));
  }
  return {
    sockets,
    polls: symbols.flatMap((symbol) => SCALES.map((scale, layer) => depthPoll(market, symbol, scale, layer, options))),
    resync: (symbol) => {
      const args = [argOf(market, 'books', symbol)];
      return { kind: 'resubscribe', socket: socketOf.get(symbol) ?? 'public-0', frames: [request('unsubscribe', args), request('subscribe', args)] };
    },
  };
}

function socket(market: BitgetMarket, name: string, symbols: readonly string[], first: boolean, options: PlanOptions): SocketPlan {
  const futures = market !== 'spot';
  const args = symbols.flatMap((symbol) => ['books', 'publicTrade', 'ticker'].map((topic) => argOf(market, topic, symbol)));
  // One subscription brings the liquidations of every contract of the type.
  if (futures && first) args.push({ instType: instType(market), topic: 'liquidation' });
  return {
    name, url: options.endpoints.ws['public'] ?? '', subscribe: subscribeFrames(args),
    channels: symbols.flatMap((symbol): ChannelPlan[] => [
      // A book at rest is sent again now and then; learning lowers this for busy ones. Source: .../uta/best-practices, read 2026-11-27.
      { symbol, channel: 'book', sparse: false, expectedEveryMs: 60_000 },
      { symbol, channel: 'trades', sparse: true, expectedEveryMs: 60_000 },
      // Sent when it changed; a contract's mark price moves with its index, a spot market may have no trade for hours.
      { symbol, channel: 'ticker', sparse: !futures, expectedEveryMs: 30_000 },
      ...(futures ? [{ symbol, channel: 'liquidations', sparse: true, expectedEveryMs: 3_600_000 } as const] : []),
    ]),
    ping: { text: 'ping', everyMs: PING_EVERY_MS },
    rotateAfterMs: ROTATE_AFTER_MS, maxSendPerSecond: SEND_PER_SECOND,
  };
}

const instType = (market: BitgetMarket): string => BITGET_CATEGORY[market].toLowerCase();
const argOf = (market: BitgetMarket, topic: string, symbol: string): Arg => ({ instType: instType(market), topic, symbol });
const request = (op: 'subscribe' | 'unsubscribe', args: readonly Arg[]): string => JSON.stringify({ op, args });

function subscribeFrames(args: readonly Arg[]): string[] {
  const out: string[] = [];
  let group: Arg[] = [];
  for (const arg of args) {
    if (group.length === ARGS_PER_REQUEST || (group.length > 0 && request('subscribe', [...group, arg]).length > BYTES_PER_REQUEST)) {
      out.push(request('subscribe', group));
      group = [];
    }
    group.push(arg);
  }
  if (group.length > 0) out.push(request('subscribe', group));
  return out;
}

function depthPoll(market: BitgetMarket, symbol: string, scale: string, layer: number, options: PlanOptions): PollPlan {
  const type = market === 'spot' ? '' : `&productType=${BITGET_CATEGORY[market]}`;
  // The third version may call a coin-margined contract BTCUSD_CM; the second, whose path this is, knows it as BTCUSD.
  const name = encodeURIComponent(market === 'coin' ? symbol.replace(/_CM$/, '') : symbol);
  return {
    name: `deep ${symbol} ${scale}`,
    request: { method: 'GET', url: `${options.endpoints.rest}${depthPath(market)}/merge-depth?symbol=${name}${type}&precision=${scale}&limit=max` },
    everyMs: options.deepEveryMs, channel: 'book.deep',
    // One of the 20 requests a second that the path has for each address.
    weight: 1,
    parse: (body) => parseBitgetDepth(body, symbol, layer),
  };
}

function quotePoll(pair: RatePair, options: PlanOptions): PollPlan {
  return {
    name: `rate ${pair.symbol}`,
    request: { method: 'GET', url: `${options.endpoints.rest}/api/v3/market/tickers?category=SPOT&symbol=${encodeURIComponent(pair.symbol)}` },
    everyMs: options.pollEveryMs, channel: 'rates',
    // One of the 20 requests a second that the path has for each address. Source: https://www.bitget.com/api-doc/uta/public/Tickers, read 2026-11-27.
    weight: 1,
    parse: (body) => parseBitgetQuote(body, pair),
  };
}
