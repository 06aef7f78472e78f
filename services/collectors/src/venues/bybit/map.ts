import type { EpochMs } from '@breakwater/models/core';
import { currencyCode, isPrice, isQty, ratio, usdRate } from '@breakwater/models/core';
import { readCrossQuote } from '../../cross-quote.ts';
import { isRecord, parseNonNegative, parsePositive, parseSigned, readLevels, readSequence, readTime } from '../../numbers.ts';
import type { BookEvent, LiquidationEvent, ParsedFrame, RatePair, RejectReason, TickerEvent, VenueEvent } from '../../venue.ts';

type Json = Record<string, unknown>;

/** Topics of the public v5 streams that are not carried. Source: https://bybit-exchange.github.io/docs/v5/ws/connect, read 2026-11. */
const NOT_CARRIED = new Set(['kline', 'kline_lt', 'tickers_lt', 'lt', 'insurance', 'priceLimit', 'adlAlert', 'system']);
/** Topics of the protocols before v5, switched off by the venue. */
const LEGACY = /^(?:instrument_info|orderBookL2_25|orderBookL2_200|orderBook_200|trade|depth|mergedDepth|diffDepth|bookTicker|realtimes|klineV2|candle|kline|kline_\w+|insurance|orderbook\.40)(?:\.|$)/;
/** Instruments whose spot ticker gives the dollar price of a quote currency: the venue prints a dollar index of the base beside the last price. */
const RATE_SOURCES: ReadonlyMap<string, string> = new Map([['BTCUSDT', 'USDT'], ['BTCUSDC', 'USDC']]);

/**
 * Ticker changes of the best quotes alone, a sixth of all frames, as the venue prints them. Whatever this matches is JSON with a valid time that
 * the reader below would ignore too; it is only told sooner.
 */
const QUOTES_ONLY = /^\{"topic":"tickers\.[A-Z0-9-]{1,40}","type":"delta","data":\{"symbol":"[A-Z0-9-]{1,40}"(?:,"(?:bid|ask)1(?:Price|Size)":"[0-9.]*")*\},"cs":[1-9]\d{0,17},"ts":1[3-9]\d{11}\}$/;

/**
 * Turns one frame of Bybit's public v5 streams into events. Source: https://bybit-exchange.github.io/docs/v5/websocket/public, read 2026-11.
 * Quantities are in the base coin (spot, linear) or in US dollars (inverse). The time of book frames is `ts`.
 */
export function parseBybitFrame(text: string): ParsedFrame {
  if (QUOTES_ONLY.test(text)) return { kind: 'ignored', channel: 'tickers.quotes' };
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return reject('not-json', text.slice(0, 80));
  }
  if (!isRecord(frame)) return reject('unknown-shape', 'not an object');
  const topic = frame['topic'];
  if (typeof topic !== 'string') return parseControl(frame);
  // Forty levels are of the third version's spot socket.
  if (topic.startsWith('orderbook.') && !topic.startsWith('orderbook.40.')) return parseBook(topic, frame);
  if (topic.startsWith('tickers.')) return parseTicker(frame);
  if (topic.startsWith('publicTrade.')) return parseTrades(frame);
  if (topic.startsWith('allLiquidation.')) return parseLiquidations(frame);
  if (topic.startsWith('liquidation.')) return parseSampledLiquidation(frame);
  return parseOther(topic, frame);
}

function reject(reason: RejectReason, detail: string): ParsedFrame {
  return { kind: 'rejected', reason, detail };
}

/** A JSON value as a short text; String() throws on an object whose `toString` is data. */
function printed(v: unknown): string {
  return (typeof v === 'string' ? v : (JSON.stringify(v) as string | undefined) ?? '').slice(0, 200);
}

function parseOther(topic: string, frame: Json): ParsedFrame {
  const name = topic.split('.', 1)[0] ?? topic;
  // `kline.1.BTCUSDT` has kept its name; everything else with these names is from before v5.
  if (NOT_CARRIED.has(name) && 'ts' in frame) return { kind: 'ignored', channel: name };
  return LEGACY.test(topic) ? reject('legacy-format', topic) : reject('unknown-shape', `topic ${topic.slice(0, 80)}`);
}

function parseControl(frame: Json): ParsedFrame {
  const op = frame['op'];
  if (op === 'pong' || frame['ret_msg'] === 'pong') return { kind: 'control', control: 'pong' };
  if (typeof frame['success'] !== 'boolean') return reject('unknown-shape', 'neither topic nor success');
  if ('request' in frame) return reject('legacy-format', 'acknowledgement');
  if (op !== 'subscribe' && op !== 'unsubscribe' && op !== 'auth') return reject('unknown-shape', 'unknown op');
  return frame['success'] ? { kind: 'control', control: 'acknowledgement' } : { kind: 'control', control: 'refused', detail: printed(frame['ret_msg']) };
}

function parseBook(topic: string, frame: Json): ParsedFrame {
  // Level 1 repeats the best quotes that the deeper stream carries.
  if (topic.startsWith('orderbook.1.')) return { kind: 'ignored', channel: 'orderbook.1' };
  if (topic.startsWith('orderbook.rpi.')) return { kind: 'ignored', channel: 'orderbook.rpi' };
  const data = frame['data'];
  const type = frame['type'];
  const eventTime = readTime(frame['ts']);
  if (!isRecord(data) || (type !== 'snapshot' && type !== 'delta')) return reject('unknown-shape', 'orderbook');
  if (eventTime === undefined) return reject('bad-time', 'orderbook ts');
  return bookFrame(data, eventTime, 'live', type === 'snapshot');
}

/** The part that the stream and the REST answer share. */
function bookFrame(data: Json, eventTime: EpochMs, origin: BookEvent['origin'], snapshot: boolean): ParsedFrame {
  const symbol = data['s'];
  const last = readSequence(data['u']);
  if (typeof symbol !== 'string' || symbol === '' || last === undefined) return reject('missing-field', 'orderbook s, u');
  const bids = readLevels(data['b']);
  const asks = readLevels(data['a']);
  if (bids === undefined || asks === undefined) return reject('bad-number', 'orderbook levels');
  return { kind: 'events', events: [{ kind: 'book', symbol, eventTime, origin, snapshot: snapshot || last === 1, bids, asks, last }] };
}

function parseTicker(frame: Json): ParsedFrame {
  const data = frame['data'];
  if (!isRecord(data)) return reject('unknown-shape', 'tickers');
  const eventTime = readTime(frame['ts']);
  if (eventTime === undefined) return reject('bad-time', 'tickers ts');
  const symbol = data['symbol'];
  if (typeof symbol !== 'string' || symbol === '') return reject('missing-field', 'tickers symbol');
  const ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } = { kind: 'ticker', symbol, eventTime };
  let carried = 0;
  // A delta holds only what changed; the venue prints an empty string for what does not apply to the market.
  const last = data['lastPrice'];
  if (last !== undefined && last !== '') {
    const n = parsePositive(last);
    if (!isPrice(n)) return reject('bad-number', 'lastPrice');
    ticker.last = n;
    carried++;
  }
  const mark = data['markPrice'];
  if (mark !== undefined && mark !== '') {
    const n = parsePositive(mark);
    if (!isPrice(n)) return reject('bad-number', 'markPrice');
    ticker.mark = n;
    carried++;
  }
  const index = data['indexPrice'];
  if (index !== undefined && index !== '') {
    const n = parsePositive(index);
    if (!isPrice(n)) return reject('bad-number', 'indexPrice');
    ticker.index = n;
    carried++;
  }
  // `openInterest` counts both sides and `singleOpenInterest` one (recorded in August 2026: exactly half); frames from before that field
  // was added have only the former, which is then taken as it stands: too large rather than too small.
  const bothSides = data['openInterest'];
  const openInterest = data['singleOpenInterest'] ?? bothSides;
  if (openInterest !== undefined && openInterest !== '') {
    const n = parseNonNegative(openInterest);
    if (!isQty(n)) return reject('bad-number', 'openInterest');
    ticker.openInterest = n;
    carried++;
    if (openInterest !== bothSides && bothSides !== undefined && bothSides !== '') {
      const both = parseNonNegative(bothSides);
      if (!isQty(both)) return reject('bad-number', 'openInterest');
      ticker.printedOpenInterest = both;
    }
  }
  const funding = data['fundingRate'];
  if (funding !== undefined && funding !== '') {
    const n = parseSigned(funding);
    if (n !== n) return reject('bad-number', 'fundingRate');
    ticker.fundingRate = ratio(n);
    carried++;
  }
  const fundingTime = data['nextFundingTime'];
  // Dated futures print 0.
  if (fundingTime !== undefined && fundingTime !== '' && fundingTime !== '0') {
    const t = readTime(fundingTime);
    if (t === undefined) return reject('bad-time', 'nextFundingTime');
    ticker.fundingTime = t;
    carried++;
  }
  // Most deltas change only the best quotes, which the book has.
  if (carried === 0) return { kind: 'ignored', channel: 'tickers.quotes' };
  const currency = data['usdIndexPrice'] === undefined ? undefined : RATE_SOURCES.get(symbol);
  if (currency === undefined || ticker.last === undefined || data['usdIndexPrice'] === '') return { kind: 'events', events: [ticker] };
  const usdIndex = parsePositive(data['usdIndexPrice']);
  if (usdIndex !== usdIndex) return reject('bad-number', 'usdIndexPrice');
  return { kind: 'events', events: [ticker, { kind: 'rate', symbol, eventTime, currency: currencyCode(currency), usd: usdRate(usdIndex / ticker.last) }] };
}

function parseTrades(frame: Json): ParsedFrame {
  const data = frame['data'];
  if (!Array.isArray(data)) return reject('unknown-shape', 'publicTrade');
  const rows: readonly unknown[] = data;
  const events: VenueEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return reject('unknown-shape', 'publicTrade row');
    const symbol = row['s'];
    const eventTime = readTime(row['T']);
    const price = parsePositive(row['p']);
    const qty = parseNonNegative(row['v']);
    const taker = row['S'];
    const id = row['i'];
    if (typeof symbol !== 'string' || symbol === '' || (taker !== 'Buy' && taker !== 'Sell') || typeof id !== 'string') return reject('missing-field', 'publicTrade s, S, i');
    if (eventTime === undefined) return reject('bad-time', 'publicTrade T');
    if (!isPrice(price) || !isQty(qty)) return reject('bad-number', 'publicTrade p, v');
    events.push({ kind: 'trade', symbol, eventTime, id, price, qty, side: taker === 'Buy' ? 'buy' : 'sell' });
  }
  return { kind: 'events', events };
}

function parseLiquidations(frame: Json): ParsedFrame {
  const data = frame['data'];
  if (!Array.isArray(data)) return reject('unknown-shape', 'allLiquidation');
  const rows: readonly unknown[] = data;
  const events: VenueEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return reject('unknown-shape', 'allLiquidation row');
    const event = readLiquidation(row['s'], row['T'], row['p'], row['v'], row['S'], 'complete');
    if (typeof event === 'string') return reject(event, 'allLiquidation');
    events.push(event);
  }
  return { kind: 'events', events };
}

/**
 * A liquidation's side is that of the position ("when you receive a Buy update, this means that a long position has been liquidated"), so
 * the order's side is the other one. Source: https://bybit-exchange.github.io/docs/v5/websocket/public/all-liquidation, read 2026-11.
 */
function readLiquidation(symbol: unknown, time: unknown, printedPrice: unknown, size: unknown, position: unknown, disclosure: 'complete' | 'sampled'): LiquidationEvent | RejectReason {
  if (typeof symbol !== 'string' || symbol === '' || (position !== 'Buy' && position !== 'Sell')) return 'missing-field';
  const eventTime = readTime(time);
  if (eventTime === undefined) return 'bad-time';
  const price = parsePositive(printedPrice);
  const qty = parseNonNegative(size);
  if (!isPrice(price) || !isQty(qty)) return 'bad-number';
  return { kind: 'liquidation', symbol, eventTime, price, qty, side: position === 'Buy' ? 'sell' : 'buy', disclosure };
}

/** The older liquidation stream: at most one a second per symbol, one record a frame. Frames from before v5 carry a list. */
function parseSampledLiquidation(frame: Json): ParsedFrame {
  const data = frame['data'];
  if (Array.isArray(data) || !('ts' in frame)) return reject('legacy-format', 'liquidation');
  if (!isRecord(data)) return reject('unknown-shape', 'liquidation');
  const event = readLiquidation(data['symbol'], data['updatedTime'], data['price'], data['size'], data['side'], 'sampled');
  return typeof event === 'string' ? reject(event, 'liquidation') : { kind: 'events', events: [event] };
}

/** A book from the REST answer of `/v5/market/orderbook`, as a deep snapshot. Source: https://bybit-exchange.github.io/docs/v5/market/orderbook, read 2026-11. */
export function parseBybitDepth(body: string): ParsedFrame {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return reject('not-json', body.slice(0, 80));
  }
  if (!isRecord(answer) || !isRecord(answer['result'])) return reject('unknown-shape', 'orderbook answer');
  if (answer['retCode'] !== 0) return reject('unknown-shape', `retCode ${printed(answer['retCode'])}`);
  const result = answer['result'];
  const eventTime = readTime(result['ts']);
  if (eventTime === undefined) return reject('bad-time', 'orderbook ts');
  return bookFrame(result, eventTime, 'deep', true);
}

/**
 * The answer of `/v5/market/tickers?category=spot&symbol=...` as the rate of the pair's currency, at the time of the answer; an empty side is an empty
 * text. Source: https://bybit-exchange.github.io/docs/v5/market/tickers, read 2026-11-27.
 */
export function parseBybitQuote(body: string, pair: RatePair): ParsedFrame {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return reject('not-json', body.slice(0, 80));
  }
  if (!isRecord(answer) || !isRecord(answer['result'])) return reject('unknown-shape', 'tickers answer');
  if (answer['retCode'] !== 0) return reject('unknown-shape', `retCode ${printed(answer['retCode'])} ${printed(answer['retMsg'])}`);
  const list = answer['result']['list'];
  const row: unknown = Array.isArray(list) ? list[0] : undefined;
  if (!isRecord(row)) return reject('missing-field', 'tickers list');
  if (row['symbol'] !== pair.symbol) return reject('unknown-symbol', `${printed(row['symbol'])} for ${pair.symbol}`);
  const eventTime = readTime(answer['time']);
  if (eventTime === undefined) return reject('bad-time', 'tickers time');
  return readCrossQuote(pair, row['bid1Price'], row['ask1Price'], eventTime);
}
