import type { EpochMs } from '@breakwater/models/core';
import { numberedBook } from '../../events.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, readLevels, readTime } from '../../numbers.ts';
import type { BookEvent, ParsedFrame } from '../../venue.ts';
import type { Failure, Read, Row } from './fields.ts';
import { failure, printed, readChanges, readNanos, readNumber } from './fields.ts';
import type { KucoinMarket } from './instruments.ts';

/** KuCoin's order books: frames of its sockets and answers of REST. Sources as in `map.ts`. */

/** A frame of `/market/level2`: changes of a range of numbers. Frames from before 2023 carry no time and are stamped `receivedAt`. */
export function readSpotChange(data: Row, receivedAt: EpochMs): Read {
  const symbol = asText(data['symbol']);
  const changes = data['changes'];
  const start = readNumber(data['sequenceStart']);
  const end = readNumber(data['sequenceEnd']);
  if (symbol === '' || !isRecord(changes)) return failure('missing-field', 'symbol, changes');
  if (start === undefined || end === undefined) return failure('bad-number', 'sequenceStart, sequenceEnd');
  const eventTime = data['time'] === undefined ? receivedAt : readTime(data['time']);
  if (eventTime === undefined) return failure('bad-time', 'time');
  const bids = readChanges(changes['bids']);
  const asks = readChanges(changes['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'changes');
  // The venue's own example prints the two ends of a range the other way round.
  return [numberedBook(symbol, eventTime, false, bids, asks, Math.min(start, end), Math.max(start, end))];
}

/** A frame of `/contractMarket/level2`: one change `price,side,quantity` and its number. */
export function readFuturesChange(symbol: string, data: Row): Read {
  const last = readNumber(data['sequence']);
  const eventTime = readTime(data['timestamp']);
  const [price, side, quantity, ...more] = asText(data['change']).split(',');
  if (symbol === '') return failure('missing-field', 'topic');
  if (last === undefined) return failure('bad-number', 'sequence');
  if (eventTime === undefined) return failure('bad-time', 'timestamp');
  if ((side !== 'buy' && side !== 'sell') || more.length > 0) return failure('missing-field', 'change');
  const p = parseNonNegative(price);
  const q = parseNonNegative(quantity);
  if (Number.isNaN(p) || Number.isNaN(q)) return failure('bad-number', 'change');
  const level = p > 0 ? [p, q] : [];
  return [numberedBook(symbol, eventTime, false, side === 'buy' ? level : [], side === 'sell' ? level : [], last, last)];
}

/** A REST book that a recorder put among the frames. */
export function readRecorded(market: KucoinMarket, symbol: string, data: Row): Read {
  const book = restBook(market, symbol, data, 'whole');
  return 'reason' in book ? book : [book];
}

/**
 * An answer of a REST order book: `whole` a snapshot that a book begins with, `part` the same to complete one that it has begun with.
 * Source: https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-part-orderbook and .../futures-trading/market-data/get-full-orderbook, read 2026-11-27.
 */
export function parseKucoinBook(market: KucoinMarket, body: string, symbol: string, as: 'whole' | 'part'): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return { kind: 'rejected', reason: 'not-json', detail: body.slice(0, 80) };
  const data = root['data'];
  if (root['code'] !== '200000' || !isRecord(data)) return { kind: 'rejected', reason: 'unknown-shape', detail: printed(root) };
  const book = restBook(market, symbol, data, as);
  return 'reason' in book ? { kind: 'rejected', ...book } : { kind: 'events', events: [book] };
}

function restBook(market: KucoinMarket, symbol: string, data: Row, as: 'whole' | 'part'): BookEvent | Failure {
  const last = readNumber(data['sequence']);
  const eventTime = market === 'spot' ? readTime(data['time']) : readNanos(data['ts']);
  if (symbol === '') return failure('missing-field', 'symbol');
  // Printed so for a market that does not trade.
  if (last === undefined) return failure('bad-number', 'sequence');
  if (eventTime === undefined) return failure('bad-time', 'time, ts');
  const bids = readLevels(data['bids']);
  const asks = readLevels(data['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  return { kind: 'book', origin: 'seed', snapshot: as === 'whole', symbol, eventTime, bids, asks, last };
}

/** The best bid and ask of an answer of `level1`; undefined when it is none. */
export function readBest(body: string): { readonly bid: unknown; readonly ask: unknown; readonly eventTime: EpochMs | undefined } | undefined {
  const root = parseJson(body);
  const data = isRecord(root) && root['code'] === '200000' ? root['data'] : undefined;
  return isRecord(data) ? { bid: data['bestBid'], ask: data['bestAsk'], eventTime: readTime(parsePositive(data['time'])) } : undefined;
}
