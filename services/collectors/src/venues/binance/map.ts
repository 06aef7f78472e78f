import type { EpochMs, Ratio, Result } from '@breakwater/models/core';
import { currencyCode, err, isPrice, isQty, ok, ratio } from '@breakwater/models/core';
import { numberedBook, tradeEvent } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readLevels, readOptionalPrice, readSequence, readTime } from '../../numbers.ts';
import type { BookEvent, ParsedFrame, RatePair, RejectReason, TickerEvent, VenueEvent, VenueInstrument } from '../../venue.ts';
import type { BinanceRule } from './sync.ts';

/**
 * Frames of Binance's streams to events. Sources: developers.binance.com, spot "WebSocket Streams" and USDS-margined futures
 * "Websocket Market Streams" with its pages per stream, all read 2026-11-21; the same of COIN-margined futures, read 2026-11-27.
 * Quantities are in base units, on COIN-M in contracts.
 */

/** Streams that exist and are not carried: what they say is in the streams that are. */
const IGNORED_EVENTS: ReadonlySet<string> = new Set([
  'bookTicker', 'kline', 'continuous_kline', 'indexPrice_kline', 'markPrice_kline', '24hrMiniTicker', 'avgPrice', '1hTicker', '4hTicker', '1dTicker',
  'compositeIndex', 'contractInfo', 'assetIndexUpdate', 'tradingSession', 'referencePrice', 'serverShutdown',
]);

const BOOK_TICKER = 'bookTicker';
const IGNORED_BOOK_TICKER: ParsedFrame = { kind: 'ignored', channel: BOOK_TICKER };

/** What recorders made of REST answers, beside the two that are read: last trades and ratios of accounts. */
const IGNORED_RECORDED = /^(?:recentTrades|(?:top|global|taker)longshort)/i;

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });
const events = (...list: readonly VenueEvent[]): ParsedFrame => ({ kind: 'events', events: list });

/**
 * One frame of a Binance socket, combined (`{stream, data}`) or raw; also the REST-like `depthSnapshot` and `openInterest` frames that recorders add.
 * `receivedAt` stamps what carries no time. Cost: one JSON.parse and O(levels).
 */
export function parseBinanceFrame(market: BinanceRule, text: string, receivedAt: EpochMs): ParsedFrame {
  const root = parseJson(text);
  if (root === undefined) return rejected('not-json', text.slice(0, 80));
  if (Array.isArray(root)) return parseList(market, root, '', receivedAt);
  if (!isRecord(root)) return rejected('unknown-shape', 'not an object');
  const stream = root['stream'];
  if (typeof stream !== 'string') return parseRaw(market, root, '', receivedAt);
  const at = stream.indexOf('@');
  const channel = at < 0 ? stream : stream.slice(at + 1);
  const data = root['data'];
  // Nearly every frame is an event.
  if (isRecord(data) && typeof data['e'] === 'string') return parseEvent(market, data['e'], data, channel);
  if (channel !== BOOK_TICKER && IGNORED_RECORDED.test(channel)) return { kind: 'ignored', channel };
  if (isRecord(data)) return parseRaw(market, data, channel, receivedAt, at > 0 ? stream.slice(0, at) : '');
  // All-market streams (`!miniTicker@arr`) come as lists, and the marks of all contracts of a COIN-M pair do (`btcusd@markPrice`).
  if (!Array.isArray(data)) return rejected('unknown-shape', stream);
  return stream.startsWith('!') ? { kind: 'ignored', channel: stream } : parseList(market, data, channel, receivedAt);
}

/** A list of events as one frame: it is what its members are, and the first that is no event decides. */
function parseList(market: BinanceRule, list: readonly unknown[], channel: string, receivedAt: EpochMs): ParsedFrame {
  const out: VenueEvent[] = [];
  for (const data of list) {
    const parsed = isRecord(data) ? parseRaw(market, data, channel, receivedAt) : rejected('unknown-shape', 'list');
    if (parsed.kind !== 'events') return parsed;
    for (const event of parsed.events) out.push(event);
  }
  return list.length === 0 ? rejected('unknown-shape', 'empty list') : events(...out);
}

/** A depth answer of REST as a snapshot of `symbol`'s book. Futures answers carry the time `E` at which they were given, spot answers none. */
export function parseBinanceDepth(body: string, symbol: string, origin: 'seed' | 'deep', receivedAt: EpochMs): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  return depthSnapshot(root, symbol, origin, readTime(root['E']) ?? receivedAt);
}

/** An open-interest answer of REST. `openInterest` is of one side, in base units, on COIN-M in contracts. */
export function parseBinanceOpenInterest(body: string, receivedAt: EpochMs): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  return openInterest(root, receivedAt);
}

/**
 * A spot book-ticker answer of REST as the rate of the pair's currency. It carries no time and says what stands when it is given; an empty side is 0.
 * Source: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#symbol-order-book-ticker, read 2026-11-27.
 */
export function parseBinanceQuote(body: string, pair: RatePair, receivedAt: EpochMs): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  const symbol = readSymbol(root['symbol']);
  if (symbol === undefined) return rejected('missing-field', 'symbol');
  return symbol === pair.symbol ? readCrossQuote(pair, root['bidPrice'], root['askPrice'], receivedAt) : rejected('unknown-symbol', `${symbol} for ${pair.symbol}`);
}

function parseRaw(market: BinanceRule, data: Record<string, unknown>, channel: string, receivedAt: EpochMs, streamSymbol = ''): ParsedFrame {
  const e = data['e'];
  if (typeof e === 'string') return parseEvent(market, e, data, channel);
  // Recorders date a snapshot by the last transaction in it.
  if (channel === 'depthSnapshot') return depthSnapshot(data, streamSymbol.toUpperCase(), 'seed', readTime(data['T']) ?? readTime(data['E']) ?? receivedAt);
  if (channel === 'openInterest') return openInterest(data, receivedAt);
  // Spot's book ticker and partial depth name no event.
  if (channel === BOOK_TICKER || ('u' in data && 'B' in data && 'A' in data)) return IGNORED_BOOK_TICKER;
  if (/^depth\d/.test(channel)) return { kind: 'ignored', channel };
  if ('error' in data) return { kind: 'control', control: 'refused', detail: printed(data['error']) };
  if ('code' in data && 'msg' in data) return { kind: 'control', control: 'refused', detail: printed(data['msg']) };
  if ('result' in data && 'id' in data) return { kind: 'control', control: 'acknowledgement', detail: `id ${printed(data['id'])}` };
  return rejected('unknown-shape', Object.keys(data).slice(0, 8).join(','));
}

function parseEvent(market: BinanceRule, e: string, data: Record<string, unknown>, channel: string): ParsedFrame {
  switch (e) {
    case 'depthUpdate':
      // Futures send partial books of 5, 10 and 20 levels under the same event name, and books with orders of retail price improvement (`rpiDepth`).
      return channel === '' || channel === 'depth' || channel.startsWith('depth@') ? depthUpdate(market, data) : { kind: 'ignored', channel };
    case 'aggTrade':
      return trade(data, data['a']);
    case 'trade':
      return trade(data, data['t']);
    case '24hrTicker':
      return lastPrice(data);
    case 'markPriceUpdate':
      return markPrice(data);
    case 'indexPriceUpdate':
      return indexPrice(data);
    case 'forceOrder':
      return forceOrder(data);
    default:
      return IGNORED_EVENTS.has(e) ? { kind: 'ignored', channel: e } : rejected('unknown-shape', `event ${e.slice(0, 40)}`);
  }
}

function depthUpdate(market: BinanceRule, data: Record<string, unknown>): ParsedFrame {
  const symbol = readSymbol(data['s']);
  const eventTime = readTime(data['E']);
  const first = readSequence(data['U']);
  const last = readSequence(data['u']);
  const previous = readSequence(data['pu']);
  if (symbol === undefined) return rejected('missing-field', 's');
  if (eventTime === undefined) return rejected('bad-time', 'E');
  if (first === undefined || last === undefined || last < first) return rejected('bad-number', 'U, u');
  if (market !== 'spot' && previous === undefined) return rejected('missing-field', 'pu');
  const bids = readLevels(data['b']);
  const asks = readLevels(data['a']);
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  return events(numberedBook(symbol, eventTime, false, bids, asks, first, last, previous));
}

function depthSnapshot(data: Record<string, unknown>, symbol: string, origin: BookEvent['origin'], eventTime: EpochMs): ParsedFrame {
  const last = readSequence(data['lastUpdateId']);
  if (symbol === '') return rejected('missing-field', 'symbol');
  if (last === undefined) return rejected('missing-field', 'lastUpdateId');
  const bids = readLevels(data['bids']);
  const asks = readLevels(data['asks']);
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  return events({ kind: 'book', origin, snapshot: true, symbol, eventTime, bids, asks, last });
}

function trade(data: Record<string, unknown>, id: unknown): ParsedFrame {
  const symbol = readSymbol(data['s']);
  if (symbol === undefined) return rejected('missing-field', 's');
  // Trades of the insurance fund and of auto-deleveraging do not come from the book (`X`, on the trade streams of futures only).
  if (typeof data['X'] === 'string' && data['X'] !== 'MARKET') return events();
  const eventTime = readTime(data['T']);
  if (eventTime === undefined) return rejected('bad-time', 'T');
  const price = parsePositive(data['p']);
  const qty = parsePositive(data['q']);
  if (!isPrice(price) || !isQty(qty)) return rejected('bad-number', 'p, q');
  // `m`: the buyer is the maker, so the seller took.
  const buyerMade = data['m'];
  if (typeof buyerMade !== 'boolean') return rejected('missing-field', 'm');
  const side = buyerMade ? 'sell' : 'buy';
  return events(tradeEvent(symbol, eventTime, typeof id === 'number' || typeof id === 'string' ? String(id) : undefined, price, qty, side));
}

function lastPrice(data: Record<string, unknown>): ParsedFrame {
  const symbol = readSymbol(data['s']);
  const eventTime = readTime(data['E']);
  if (symbol === undefined) return rejected('missing-field', 's');
  if (eventTime === undefined) return rejected('bad-time', 'E');
  const last = readOptionalPrice(data['c']);
  if (last === 'bad') return rejected('bad-number', 'c');
  // A market that has not traded for a day has a last price of 0, which is no price.
  return last === undefined ? events() : events({ kind: 'ticker', symbol, eventTime, last });
}

function markPrice(data: Record<string, unknown>): ParsedFrame {
  const symbol = readSymbol(data['s']);
  const eventTime = readTime(data['E']);
  if (symbol === undefined) return rejected('missing-field', 's');
  if (eventTime === undefined) return rejected('bad-time', 'E');
  const mark = readOptionalPrice(data['p']);
  const index = readOptionalPrice(data['i']);
  if (mark === 'bad' || index === 'bad') return rejected('bad-number', 'p, i');
  const funding = readFunding(data['r'], data['T']);
  if (funding === undefined) return rejected('bad-number', 'r, T');
  const event: TickerEvent = { kind: 'ticker', symbol, eventTime, ...(mark === undefined ? {} : { mark }), ...(index === undefined ? {} : { index }), ...funding };
  return events(event);
}

/** The index of a COIN-M pair (`BTCUSD`), which all its contracts follow. */
function indexPrice(data: Record<string, unknown>): ParsedFrame {
  const symbol = readSymbol(data['i']);
  const eventTime = readTime(data['E']);
  if (symbol === undefined) return rejected('missing-field', 'i');
  if (eventTime === undefined) return rejected('bad-time', 'E');
  const price = readOptionalPrice(data['p']);
  if (price === 'bad') return rejected('bad-number', 'p');
  return price === undefined ? events() : events({ kind: 'index', symbol, eventTime, price });
}

/** Delivery contracts have no funding: their `r` is empty or 0 and their next funding time `T` is 0. */
function readFunding(rate: unknown, at: unknown): { readonly fundingRate?: Ratio; readonly fundingTime?: EpochMs } | undefined {
  if (rate === undefined || rate === '' || at === 0 || at === undefined) return {};
  const r = parseSigned(rate);
  const fundingTime = readTime(at);
  return Number.isNaN(r) || fundingTime === undefined ? undefined : { fundingRate: ratio(r), fundingTime };
}

/** A liquidation order. Binance pushes only the latest of each symbol in 1,000 ms, so totals are lower bounds. `p` is the order's limit, `q` its whole quantity. */
function forceOrder(data: Record<string, unknown>): ParsedFrame {
  const order = data['o'];
  if (!isRecord(order)) return rejected('missing-field', 'o');
  const symbol = readSymbol(order['s']);
  const eventTime = readTime(order['T']);
  const side = order['S'];
  if (symbol === undefined) return rejected('missing-field', 'o.s');
  if (eventTime === undefined) return rejected('bad-time', 'o.T');
  if (side !== 'BUY' && side !== 'SELL') return rejected('missing-field', 'o.S');
  const price = parsePositive(order['p']);
  const qty = parsePositive(order['q']);
  if (!isPrice(price) || !isQty(qty)) return rejected('bad-number', 'o.p, o.q');
  return events({ kind: 'liquidation', symbol, eventTime, price, qty, side: side === 'BUY' ? 'buy' : 'sell', disclosure: 'sampled' });
}

function openInterest(data: Record<string, unknown>, receivedAt: EpochMs): ParsedFrame {
  const symbol = readSymbol(data['symbol']);
  if (symbol === undefined) return rejected('missing-field', 'symbol');
  const amount = parseNonNegative(data['openInterest']);
  if (!isQty(amount)) return rejected('bad-number', 'openInterest');
  return events({ kind: 'ticker', symbol, eventTime: readTime(data['time']) ?? receivedAt, openInterest: amount });
}

/** A JSON value as a short text; String() throws on an object whose `toString` is data. */
function printed(v: unknown): string {
  return (typeof v === 'string' ? v : JSON.stringify(v)).slice(0, 200);
}

function readSymbol(v: unknown): string | undefined {
  return typeof v === 'string' && v !== '' ? v : undefined;
}

/**
 * Binance's exchangeInfo as instruments. Rows without a tick or lot size (contracts announced and not yet listed) are left out.
 * Quantities are in base units, on COIN-M in contracts of `contractSize` US dollars (100 for BTC, 10 for the others). Futures list no maximum leverage here.
 */
export function parseBinanceInstruments(market: BinanceRule, body: string): Result<readonly VenueInstrument[], string> {
  const root = parseJson(body);
  if (!isRecord(root) || !Array.isArray(root['symbols'])) return err('exchangeInfo: no symbols');
  const rows: readonly unknown[] = root['symbols'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    const instrument = isRecord(row) ? readInstrument(market, row) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

const MARKET_KIND = { spot: 'spot', usdm: 'linear', coinm: 'inverse' } as const;

function readInstrument(market: BinanceRule, row: Record<string, unknown>): VenueInstrument | undefined {
  const symbol = readSymbol(row['symbol']);
  const base = readSymbol(row['baseAsset']);
  const quote = readSymbol(row['quoteAsset']);
  const filters: readonly unknown[] = Array.isArray(row['filters']) ? row['filters'] : [];
  const tickSize = parsePositive(filterField(filters, 'PRICE_FILTER', 'tickSize'));
  const lotSize = parsePositive(filterField(filters, 'LOT_SIZE', 'stepSize'));
  const contractSize = market === 'coinm' ? parsePositive(row['contractSize']) : 1;
  if (symbol === undefined || base === undefined || quote === undefined || Number.isNaN(tickSize) || Number.isNaN(lotSize) || Number.isNaN(contractSize)) return undefined;
  const settle = market === 'spot' ? quote : (readSymbol(row['marginAsset']) ?? quote);
  const contract = row['contractType'];
  return {
    symbol,
    marketKind: MARKET_KIND[market],
    base: currencyCode(base),
    quote: currencyCode(quote),
    settle: currencyCode(settle),
    tickSize,
    lotSize,
    contractSize,
    trading: row[market === 'coinm' ? 'contractStatus' : 'status'] === 'TRADING',
    // PERPETUAL and TRADIFI_PERPETUAL; the others are CURRENT_QUARTER, NEXT_QUARTER and their delivering states.
    dated: market !== 'spot' && !(typeof contract === 'string' && contract.endsWith('PERPETUAL')),
    // Perpetuals on stocks and commodities: `MUUSDT` is Micron's, not a coin's.
    ...(contract === 'TRADIFI_PERPETUAL' ? { freelyNamed: true } : {}),
  };
}

function filterField(filters: readonly unknown[], type: string, field: string): unknown {
  for (const filter of filters) if (isRecord(filter) && filter['filterType'] === type) return filter[field];
  return undefined;
}
