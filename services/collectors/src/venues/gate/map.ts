import type { EpochMs } from '@breakwater/models/core';
import { isPrice, isQty } from '@breakwater/models/core';
import { tradeEvent } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readTime } from '../../numbers.ts';
import type { ParsedFrame, RatePair, RejectReason, VenueEvent } from '../../venue.ts';
import { readBook, readLimitedBook, readOrderBookChanges, readRecorded } from './books.ts';
import type { Read, Row } from './fields.ts';
import { absent, failure, frameTime, optionalPrice, optionalRatio, printed, readEither, readMillis, readSeconds } from './fields.ts';
import type { GateMarket } from './instruments.ts';

/**
 * Frames of Gate's v4 sockets and answers of its REST books to events. Sources: https://www.gate.com/docs/developers/apiv4/ws/en/ (spot),
 * https://www.gate.com/docs/developers/futures/ws/en/ and https://www.gate.com/docs/developers/apiv4/en/ (REST), read 2026-11-27.
 */

/** Channels that exist and are not carried: the top of the same book, candles, statistics that tickers have too, lists. */
const IGNORED = /^(?:spot\.(?:order_book|book_ticker|candlesticks)|futures\.(?:book_ticker|candlesticks|contract_stats|contract_info|adl_warning))$/;
/**
 * From this day every liquidation order of a contract is published, in lists of a second or of twenty; before, at most one in a second.
 * Source: changelog of the futures socket, 2026-08-20, https://www.gate.com/docs/developers/futures/ws/en/, read 2026-11-27.
 */
const LIQUIDATIONS_COMPLETE_FROM = Date.UTC(2026, 7, 20);

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });
/** One frame of a Gate socket. Quantities are in the instrument's unit: base units on spot, contracts else. Cost: one JSON.parse and O(levels). */
export function parseGateFrame(market: GateMarket, text: string): ParsedFrame {
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  const channel = frame['channel'];
  if (typeof channel !== 'string') {
    // The protocol before v4 names a method, or only the id of what it answers.
    return 'method' in frame || ('id' in frame && 'result' in frame) ? rejected('legacy-format', `v3 ${asText(frame['method']).slice(0, 40)}`) : rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  }
  const event = frame['event'];
  if (event === 'subscribe' || event === 'unsubscribe' || isRecord(frame['error'])) return control(channel, frame);
  const read = channel.startsWith(market === 'spot' ? 'spot.' : 'futures.') ? readUpdate(channel, event, frame) : undefined;
  if (read === undefined) return notCarried(market, channel, event, frame);
  return 'reason' in read ? { kind: 'rejected', ...read } : { kind: 'events', events: read };
}

function notCarried(market: GateMarket, channel: string, event: unknown, frame: Row): ParsedFrame {
  if (channel.endsWith('.pong')) return { kind: 'control', control: 'pong' };
  if (channel.endsWith('.system')) return { kind: 'control', control: 'notice', detail: printed(frame['result']) };
  if (!channel.startsWith(market === 'spot' ? 'spot.' : 'futures.') && /^(?:spot|futures|options)\./.test(channel)) return { kind: 'ignored', channel: `other-market:${channel.slice(0, 40)}` };
  return IGNORED.test(channel) ? { kind: 'ignored', channel } : rejected('unknown-shape', `channel ${channel.slice(0, 40)} event ${asText(event).slice(0, 20)}`);
}

/** Events of an update, a failure, or undefined for what does not exist. */
function readUpdate(channel: string, event: unknown, frame: Row): Read | undefined {
  const result = frame['result'];
  // The announcement of the newer book channel shows pushes without an event.
  if (event !== 'update' && !(event === undefined && channel.endsWith('.obu'))) {
    if (event === 'all' && channel === 'futures.order_book') return readLimitedBook(result);
    return event === 'snapshot' && channel.endsWith('.order_book_update') ? readRecorded(frame) : undefined;
  }
  switch (channel) {
    case 'spot.obu':
    case 'futures.obu':
    case 'spot.order_book_update':
    case 'futures.order_book_update':
      return readBook(result);
    case 'futures.order_book':
      return readOrderBookChanges(result, frame);
    case 'spot.trades':
    case 'spot.trades_v2':
      return isRecord(result) ? readSpotTrade(result) : failure('unknown-shape', channel);
    case 'futures.trades':
      return readRows(result, readTrade);
    case 'spot.tickers':
      return readRows(result, (row) => readSpotTicker(row, frameTime(frame)));
    case 'futures.tickers':
      return readRows(result, (row) => readTicker(row, frameTime(frame)));
    case 'futures.public_liquidates':
      return readRows(result, readLiquidation);
    default:
      return undefined;
  }
}

function control(channel: string, frame: Row): ParsedFrame {
  const payload: readonly unknown[] = Array.isArray(frame['payload']) ? frame['payload'] : [];
  const channels = payload.length === 0 ? {} : { channels: payload.map((name) => `${channel}:${asText(name)}`) };
  const { error, result } = frame;
  const failed = isRecord(error) || (isRecord(result) && result['status'] === 'fail');
  return failed ? { kind: 'control', control: 'refused', ...channels, detail: printed(error ?? result) } : { kind: 'control', control: 'acknowledgement', ...channels };
}

/** A list of rows, or one row by itself, as older frames have it. */
function readRows(result: unknown, read: (row: Row) => Read): Read {
  const rows: readonly unknown[] = Array.isArray(result) ? result : [result];
  const out: VenueEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return failure('unknown-shape', 'result');
    const events = read(row);
    if ('reason' in events) return events;
    out.push(...events);
  }
  return out;
}

function idOf(v: unknown): string | undefined {
  return typeof v === 'string' || typeof v === 'number' ? String(v) : undefined;
}

function readSpotTrade(row: Row): Read {
  const symbol = asText(row['currency_pair']);
  const eventTime = readMillis(row['create_time_ms']) ?? readSeconds(row['create_time']);
  const price = parsePositive(row['price']);
  const qty = parsePositive(row['amount']);
  const side = row['side'];
  if (symbol === '') return failure('missing-field', 'currency_pair');
  if (eventTime === undefined) return failure('bad-time', 'create_time_ms');
  if (side !== 'buy' && side !== 'sell') return failure('missing-field', 'side');
  if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'price, amount');
  return [tradeEvent(symbol, eventTime, idOf(row['id']), price, qty, side)];
}

/** `size` is above 0 when the taker bought. Takeovers by the insurance fund and auto-deleveraging (`is_internal`) do not come from the book. */
function readTrade(row: Row): Read {
  const symbol = asText(row['contract']);
  if (symbol === '') return failure('missing-field', 'contract');
  if (row['is_internal'] === true) return [];
  const eventTime = readMillis(row['create_time_ms']) ?? readSeconds(row['create_time']);
  const price = parsePositive(row['price']);
  const size = parseSigned(row['size']);
  const qty = Math.abs(size);
  if (eventTime === undefined) return failure('bad-time', 'create_time_ms');
  if (!isPrice(price) || !isQty(qty) || qty === 0) return failure('bad-number', 'price, size');
  return [tradeEvent(symbol, eventTime, idOf(row['id']), price, qty, size > 0 ? 'buy' : 'sell')];
}

function readSpotTicker(row: Row, eventTime: EpochMs | undefined): Read {
  const symbol = asText(row['currency_pair']);
  if (symbol === '') return failure('missing-field', 'currency_pair');
  if (eventTime === undefined) return failure('bad-time', 'time_ms');
  const last = optionalPrice(row['last']);
  if (last === 'bad') return failure('bad-number', 'last');
  return last === undefined ? [] : [{ kind: 'ticker', symbol, eventTime, last }];
}

/** Last, mark and index price, open interest (`total_size`: contracts, one side), the rate of the running funding period and the next one's estimate. */
function readTicker(row: Row, eventTime: EpochMs | undefined): Read {
  const symbol = asText(row['contract']);
  if (symbol === '') return failure('missing-field', 'contract');
  if (eventTime === undefined) return failure('bad-time', 'time_ms');
  const last = optionalPrice(row['last']);
  const mark = optionalPrice(row['mark_price']);
  const index = optionalPrice(row['index_price']);
  const openInterest = absent(row['total_size']) ? undefined : parseNonNegative(row['total_size']);
  const fundingRate = optionalRatio(row['funding_rate']);
  const nextFundingRate = optionalRatio(row['funding_rate_indicative']);
  const fundingTime = readSeconds(row['funding_next_apply']);
  if (last === 'bad' || mark === 'bad' || index === 'bad' || fundingRate === 'bad' || nextFundingRate === 'bad') return failure('bad-number', 'ticker');
  if (openInterest !== undefined && !isQty(openInterest)) return failure('bad-number', 'total_size');
  return [{
    kind: 'ticker', symbol, eventTime,
    ...(last === undefined ? {} : { last }), ...(mark === undefined ? {} : { mark }), ...(index === undefined ? {} : { index }),
    ...(openInterest === undefined ? {} : { openInterest }),
    ...(fundingRate === undefined ? {} : { fundingRate }), ...(nextFundingRate === undefined ? {} : { nextFundingRate }), ...(fundingTime === undefined ? {} : { fundingTime }),
  }];
}

/** A liquidation order: `size` is the order's, below 0 when it sells, so a long position is liquidated. `time` was in seconds before `time_ms` and after it is in milliseconds. */
function readLiquidation(row: Row): Read {
  const symbol = asText(row['contract']);
  const eventTime = readTime(row['time_ms']) ?? readEither(row['time']);
  const price = parsePositive(row['price']);
  const size = parseSigned(row['size']);
  const qty = Math.abs(size);
  if (symbol === '') return failure('missing-field', 'contract');
  if (eventTime === undefined) return failure('bad-time', 'time');
  if (!isPrice(price) || !isQty(qty) || qty === 0) return failure('bad-number', 'price, size');
  return [{ kind: 'liquidation', symbol, eventTime, price, qty, side: size > 0 ? 'buy' : 'sell', disclosure: eventTime >= LIQUIDATIONS_COMPLETE_FROM ? 'complete' : 'sampled' }];
}

/**
 * An answer of `/futures/{settle}/tickers`, of one contract or of all: the same figures as the stream, which is silent for a quiet market, of those
 * in `symbols`. It carries no time.
 */
export function parseGateTickers(body: string, symbols: ReadonlySet<string>, receivedAt: EpochMs): ParsedFrame {
  const rows = parseJson(body);
  if (!Array.isArray(rows)) return rejected(rows === undefined ? 'not-json' : 'unknown-shape', body.slice(0, 80));
  const list: readonly unknown[] = rows;
  const read = readRows(list.filter((row) => !isRecord(row) || symbols.has(asText(row['contract']))), (row) => readTicker(row, receivedAt));
  return 'reason' in read ? { kind: 'rejected', ...read } : { kind: 'events', events: read };
}

/**
 * An answer of `/spot/tickers?currency_pair=...` as the rate of the pair's currency. It carries no time and says what stands when it is given.
 * Source: https://www.gate.com/docs/developers/apiv4/en/ ("Get currency pair ticker information"), read 2026-11-27.
 */
export function parseGateQuote(body: string, pair: RatePair, receivedAt: EpochMs): ParsedFrame {
  const rows = parseJson(body);
  if (rows === undefined) return rejected('not-json', body.slice(0, 80));
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  if (!isRecord(row)) return rejected('unknown-shape', printed(rows));
  const symbol = asText(row['currency_pair']);
  if (symbol === '') return rejected('missing-field', 'currency_pair');
  return symbol === pair.symbol ? readCrossQuote(pair, row['highest_bid'], row['lowest_ask'], receivedAt) : rejected('unknown-symbol', `${symbol.slice(0, 40)} for ${pair.symbol}`);
}
