import type { EpochMs, Price, Ratio } from '@breakwater/models/core';
import { isPrice, isQty, ratio } from '@breakwater/models/core';
import { tradeEvent } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readTime } from '../../numbers.ts';
import type { ParsedFrame, RatePair, RejectReason, TickerEvent } from '../../venue.ts';
import { readBest, readFuturesChange, readRecorded, readSpotChange } from './books.ts';
import type { Read, Row } from './fields.ts';
import { failure, printed, readNanos } from './fields.ts';
import type { KucoinMarket } from './instruments.ts';

/**
 * Frames of KuCoin's classic public sockets and answers of its REST lists to events. Sources: https://www.kucoin.com/docs-new/websocket-api/base-info/introduction
 * and the pages of each channel under https://www.kucoin.com/docs-new/ (spot 3470063w0 to 3470072w0, futures 3470080w0 to 3470097w0), read 2026-11-27.
 */

/** Topics that exist and are not carried: fewer levels of the same book, its best quotes, candles, statistics, indices of margin, auctions, settlements, lists. */
const IGNORED: Readonly<Record<KucoinMarket, RegExp>> = {
  spot: /^\/(?:spotMarket\/(?:level1|level2Depth5|level2Depth50)|market\/(?:snapshot|candles)|indicator\/(?:index|markPrice)|margin\/\w+|callauction\/\w+)$/,
  futures: /^\/(?:contractMarket\/(?:tickerV2|ticker|level2Depth5|level2Depth50|limitCandle|candle|snapshot)|contract\/(?:announcement|details))$/,
};
/** The stream of single orders, switched off by the venue, which gives it to those with a key elsewhere. */
const LEGACY = /^\/(?:market\/level3|spotMarket\/level3|contractMarket\/level3(?:v2)?)$/;

/** Nearly every frame of a spot socket is of it, and is told by it without cutting its topic. */
const SPOT_CHANGES = '/market/level2:';

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });

/** One frame of a KuCoin socket. Quantities are in the instrument's unit: base units on spot, lots on futures. Cost: one JSON.parse and O(levels). */
export function parseKucoinFrame(market: KucoinMarket, text: string, receivedAt: EpochMs): ParsedFrame {
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  switch (frame['type']) {
    case 'message': return message(market, frame, receivedAt);
    case 'welcome': return { kind: 'control', control: 'welcome' };
    case 'ack': return { kind: 'control', control: 'acknowledgement', detail: `id ${printed(frame['id'])}` };
    case 'pong': return { kind: 'control', control: 'pong' };
    case 'error': return { kind: 'control', control: 'refused', detail: `${printed(frame['code'])} ${printed(frame['data'])}`.slice(0, 200) };
    case 'notice': return { kind: 'control', control: 'notice', detail: printed(frame['data']) };
    // The page of settlements shows frames without a type.
    default: return frame['type'] === undefined && typeof frame['topic'] === 'string' ? message(market, frame, receivedAt) : rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  }
}

function message(market: KucoinMarket, frame: Row, receivedAt: EpochMs): ParsedFrame {
  const named = frame['topic'];
  if (typeof named !== 'string') return rejected('unknown-shape', 'topic');
  if (market === 'spot' && named.startsWith(SPOT_CHANGES) && isRecord(frame['data'])) return frameOf(readSpotChange(frame['data'], receivedAt));
  const at = named.indexOf(':');
  const topic = at < 0 ? named : named.slice(0, at);
  if (!isCarried(market, topic)) return notCarried(market, topic);
  const of = at < 0 ? '' : named.slice(at + 1);
  const data = frame['data'];
  if (!isRecord(data)) return rejected('unknown-shape', topic);
  const read = market === 'spot' ? readSpot(topic, of, frame, data, receivedAt) : readFutures(topic, of, asText(frame['subject']), data);
  if (read === undefined) return { kind: 'ignored', channel: `${topic}:${asText(frame['subject']).slice(0, 40)}` };
  return frameOf(read);
}

function frameOf(read: Read): ParsedFrame {
  return 'reason' in read ? { kind: 'rejected', ...read } : { kind: 'events', events: read };
}

function isCarried(market: KucoinMarket, topic: string): boolean {
  return market === 'spot'
    ? topic === '/market/level2' || topic === '/market/match' || topic === '/market/ticker' || topic === '/market/level2Snapshot'
    : topic === '/contractMarket/level2' || topic === '/contractMarket/execution' || topic === '/contract/instrument' || topic === '/contractMarket/level2Snapshot';
}

function notCarried(market: KucoinMarket, topic: string): ParsedFrame {
  if (LEGACY.test(topic)) return rejected('legacy-format', topic);
  if (IGNORED[market].test(topic)) return { kind: 'ignored', channel: topic };
  const other = market === 'spot' ? 'futures' : 'spot';
  return IGNORED[other].test(topic) || isCarried(other, topic) ? { kind: 'ignored', channel: `other-market:${topic}` } : rejected('unknown-shape', `topic ${topic.slice(0, 40)}`);
}

function readSpot(topic: string, of: string, frame: Row, data: Row, receivedAt: EpochMs): Read {
  switch (topic) {
    case '/market/level2': return readSpotChange(data, receivedAt);
    case '/market/match': return readTrade(data, 'time');
    // The ticker of all markets names each by its subject.
    case '/market/ticker': return readSpotTicker(of === 'all' ? asText(frame['subject']) : of, data);
    default: return readRecorded('spot', of, data);
  }
}

/** Undefined for a subject that is not carried. */
function readFutures(topic: string, of: string, subject: string, data: Row): Read | undefined {
  switch (topic) {
    case '/contractMarket/level2': return readFuturesChange(of, data);
    case '/contractMarket/execution':
      // The fields of before 2021: a size matched, and a time of another name.
      return data['ts'] === undefined && data['matchSize'] !== undefined ? failure('legacy-format', 'execution with matchSize') : readTrade(data, 'ts');
    case '/contract/instrument':
      return subject === 'mark.index.price' ? readMark(of, data) : subject === 'funding.rate' ? readFunding(of, data) : undefined;
    default: return readRecorded('futures', of, data);
  }
}

/** A match: `side` is the taker's; the time is in nanoseconds. */
function readTrade(data: Row, timeField: 'time' | 'ts'): Read {
  const symbol = asText(data['symbol']);
  const eventTime = readNanos(data[timeField]);
  const price = parsePositive(data['price']);
  const qty = parsePositive(data['size']);
  const side = data['side'];
  const id = data['tradeId'];
  if (symbol === '') return failure('missing-field', 'symbol');
  if (eventTime === undefined) return failure('bad-time', timeField);
  if (side !== 'buy' && side !== 'sell') return failure('missing-field', 'side');
  if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'price, size');
  return [tradeEvent(symbol, eventTime, typeof id === 'string' ? id : undefined, price, qty, side)];
}

function readSpotTicker(symbol: string, data: Row): Read {
  // The page's example spells the field with a capital, frames do not.
  const eventTime = readTime(data['time'] ?? data['Time']);
  const last = optionalPrice(data['price']);
  if (symbol === '') return failure('missing-field', 'topic');
  if (eventTime === undefined) return failure('bad-time', 'time');
  if (last === 'bad') return failure('bad-number', 'price');
  return last === undefined ? [] : [{ kind: 'ticker', symbol, eventTime, last }];
}

function readMark(symbol: string, data: Row): Read {
  const eventTime = readTime(data['timestamp']);
  const mark = optionalPrice(data['markPrice']);
  const index = optionalPrice(data['indexPrice']);
  if (symbol === '') return failure('missing-field', 'topic');
  if (eventTime === undefined) return failure('bad-time', 'timestamp');
  if (mark === 'bad' || index === 'bad') return failure('bad-number', 'markPrice, indexPrice');
  return [{ kind: 'ticker', symbol, eventTime, ...(mark === undefined ? {} : { mark }), ...(index === undefined ? {} : { index }) }];
}

/**
 * The rate of the running period: told every minute (`granularity` 60000) as it stands, and with the length of the period as it is settled. The
 * page calls the former predicted; it equals `fundingFeeRate` of the list of contracts, not the next period's estimate.
 */
function readFunding(symbol: string, data: Row): Read {
  const eventTime = readTime(data['timestamp']);
  const fundingRate = optionalRatio(data['fundingRate']);
  if (symbol === '') return failure('missing-field', 'topic');
  if (eventTime === undefined) return failure('bad-time', 'timestamp');
  if (fundingRate === 'bad') return failure('bad-number', 'fundingRate');
  return fundingRate === undefined ? [] : [{ kind: 'ticker', symbol, eventTime, fundingRate }];
}

/**
 * The list of contracts as figures of `symbols`: open interest (lots, one side), and the rate and end of the running funding period. It carries no time.
 * Source: https://www.kucoin.com/docs-new/rest/futures-trading/market-data/get-all-symbols, read 2026-11-27.
 */
export function parseKucoinFigures(body: string, symbols: ReadonlySet<string>, receivedAt: EpochMs): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  if (root['code'] !== '200000' || !Array.isArray(root['data'])) return rejected('unknown-shape', body.slice(0, 80));
  const rows: readonly unknown[] = root['data'];
  const events: TickerEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return rejected('unknown-shape', 'contract');
    const symbol = asText(row['symbol']);
    if (!symbols.has(symbol)) continue;
    const event = readFigures(symbol, row, receivedAt);
    if ('reason' in event) return { kind: 'rejected', ...event };
    events.push(event);
  }
  return { kind: 'events', events };
}

function readFigures(symbol: string, row: Row, eventTime: EpochMs): TickerEvent | ReturnType<typeof failure> {
  const openInterest = absent(row['openInterest']) ? undefined : parseNonNegative(row['openInterest']);
  const fundingRate = optionalRatio(row['fundingFeeRate']);
  const nextFundingRate = optionalRatio(row['predictedFundingFeeRate']);
  const last = optionalPrice(row['lastTradePrice']);
  const fundingTime = readTime(row['nextFundingRateDateTime']);
  if (fundingRate === 'bad' || nextFundingRate === 'bad' || last === 'bad') return failure('bad-number', `fundingFeeRate, lastTradePrice of ${symbol}`);
  if (openInterest !== undefined && !isQty(openInterest)) return failure('bad-number', `openInterest of ${symbol}`);
  return {
    kind: 'ticker', symbol, eventTime,
    ...(last === undefined ? {} : { last }), ...(openInterest === undefined ? {} : { openInterest }), ...(fundingRate === undefined ? {} : { fundingRate }),
    ...(nextFundingRate === undefined ? {} : { nextFundingRate }), ...(fundingTime === undefined ? {} : { fundingTime }),
  };
}

/**
 * An answer of `/api/v1/market/orderbook/level1?symbol=...` as the rate of the pair's currency, at its own time. It does not name its market.
 * Source: https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-ticker, read 2026-11-27.
 */
export function parseKucoinQuote(body: string, pair: RatePair): ParsedFrame {
  const best = readBest(body);
  if (best === undefined) return rejected(parseJson(body) === undefined ? 'not-json' : 'unknown-shape', body.slice(0, 80));
  if (best.eventTime === undefined) return rejected('bad-time', 'time');
  return readCrossQuote(pair, best.bid, best.ask, best.eventTime);
}

const absent = (v: unknown): boolean => v === undefined || v === null || v === '';

/** A price that may be absent: undefined when missing, empty or 0 (no price is 0), `bad` when it is no number. */
function optionalPrice(v: unknown): Price | undefined | 'bad' {
  if (absent(v)) return undefined;
  const n = parseNonNegative(v);
  if (n === 0) return undefined;
  return isPrice(n) ? n : 'bad';
}

function optionalRatio(v: unknown): Ratio | undefined | 'bad' {
  if (absent(v)) return undefined;
  const n = parseSigned(v);
  return Number.isNaN(n) ? 'bad' : ratio(n);
}
