import type { EpochMs } from '@breakwater/models/core';
import { numberedBook } from '../../events.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readSequence, readTime } from '../../numbers.ts';
import type { BookEvent, ParsedFrame } from '../../venue.ts';
import type { Failure, Read, Row } from './fields.ts';
import { failure, frameTime, printed, readEither } from './fields.ts';

/** Gate's order books: pushes of its sockets and answers of REST. Sources as in `map.ts`. */

/** Levels as pairs or as objects `{p, s}`; absent is none. Undefined when malformed. O(levels). */
function readLevels(v: unknown): number[] | undefined {
  if (v === undefined) return [];
  if (!Array.isArray(v)) return undefined;
  const rows: readonly unknown[] = v;
  const out: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    let price: unknown;
    let size: unknown;
    if (Array.isArray(row)) {
      price = row[0];
      size = row[1];
    } else if (isRecord(row)) {
      price = row['p'];
      size = row['s'];
    }
    const p = parsePositive(price);
    const q = parseNonNegative(size);
    // NaN is the only value unequal to itself.
    if (p !== p || q !== q) return undefined;
    out.push(p, q);
  }
  return out;
}

/** `ob.BTC_USDT.400` is the book of `BTC_USDT`; `order_book_update` prints the market alone. */
function bookSymbol(v: unknown): string {
  const name = asText(v);
  return name.startsWith('ob.') ? name.slice(3, name.lastIndexOf('.')) : name;
}

/** A push of `obu` or `order_book_update`: the whole book (`full`) or what changed between `U` and `u`, which may be nothing. */
export function readBook(result: unknown): Read {
  if (!isRecord(result)) return failure('unknown-shape', 'book');
  const symbol = bookSymbol(result['s']);
  const eventTime = readTime(result['t']);
  const last = readSequence(result['u']);
  if (symbol === '') return failure('missing-field', 's');
  if (eventTime === undefined) return failure('bad-time', 't');
  const bids = readLevels(result['b']);
  const asks = readLevels(result['a']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  if (last === undefined) return failure('bad-number', 'u');
  if (result['full'] === true) return [numberedBook(symbol, eventTime, true, bids, asks, undefined, last)];
  const first = readSequence(result['U']);
  if (first === undefined || last < first) return failure('bad-number', 'U, u');
  return [numberedBook(symbol, eventTime, false, bids, asks, first, last)];
}

/** The older `futures.order_book`: the best levels as a whole. Without an id (before March 2021) they cannot be joined to anything. */
export function readLimitedBook(result: unknown): Read {
  if (!isRecord(result)) return failure('unknown-shape', 'order_book');
  const symbol = asText(result['contract']);
  if (symbol === '') return failure('missing-field', 'contract');
  if (result['id'] === undefined) return failure('legacy-format', 'order_book without id');
  const bids = readLevels(result['bids']);
  const asks = readLevels(result['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  // Printed so for a contract that does not trade yet.
  if (result['id'] === 0 && result['t'] === 0 && bids.length === 0 && asks.length === 0) return [];
  const last = readSequence(result['id']);
  const eventTime = readTime(result['t']);
  if (last === undefined) return failure('bad-number', 'id');
  if (eventTime === undefined) return failure('bad-time', 't');
  return [numberedBook(symbol, eventTime, true, bids, asks, undefined, last)];
}

/** Changes of the older `futures.order_book`, one by one, with ids since March 2021: a size above 0 is of a bid, below 0 of an ask, and 0 removes the price from either side. */
export function readOrderBookChanges(result: unknown, frame: Row): Read {
  const rows: readonly unknown[] = Array.isArray(result) ? result : [];
  const eventTime = frameTime(frame);
  if (rows.length === 0) return failure('unknown-shape', 'order_book');
  if (eventTime === undefined) return failure('bad-time', 'time');
  const bids: number[] = [];
  const asks: number[] = [];
  let symbol = '';
  let first = Infinity;
  let last = -1;
  for (const row of rows) {
    if (!isRecord(row)) return failure('unknown-shape', 'order_book');
    if (row['id'] === undefined) return failure('legacy-format', 'order_book without id');
    const p = parsePositive(row['p']);
    const s = parseSigned(row['s']);
    const id = readSequence(row['id']);
    const of = asText(row['c']);
    if (of === '' || (symbol !== '' && of !== symbol)) return failure('missing-field', 'c');
    if (Number.isNaN(p) || Number.isNaN(s) || id === undefined) return failure('bad-number', 'p, s, id');
    symbol = of;
    first = Math.min(first, id);
    last = Math.max(last, id);
    if (s >= 0) bids.push(p, s);
    if (s <= 0) asks.push(p, Math.abs(s));
  }
  return [numberedBook(symbol, eventTime, false, bids, asks, first, last)];
}

/** A REST book that a recorder put among the frames. */
export function readRecorded(frame: Row): Read {
  const symbol = asText(frame['symbol'] ?? frame['contract']);
  if (symbol === '' || !isRecord(frame['result'])) return failure('missing-field', 'symbol, result');
  const book = restBook(frame['result'], symbol, 'seed');
  return 'reason' in book ? book : [book];
}

/** An answer of `/spot/order_book` or `/futures/{settle}/order_book` as a snapshot of `symbol`'s book, joined by its `id` where that was asked for; `receivedAt` stamps one without a time. */
export function parseGateDepth(body: string, symbol: string, origin: 'seed' | 'deep', receivedAt?: EpochMs): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return { kind: 'rejected', reason: 'not-json', detail: body.slice(0, 80) };
  if (root['label'] !== undefined) return { kind: 'rejected', reason: 'unknown-shape', detail: printed(root) };
  const book = restBook(root, symbol, origin, receivedAt);
  return 'reason' in book ? { kind: 'rejected', ...book } : { kind: 'events', events: [book] };
}

/**
 * `update` is the time of the last change, `current` that of the answer; in milliseconds on spot, in seconds on futures. Answers recorded before they had
 * either are stamped `receivedAt`, where that is known.
 */
function restBook(row: Row, symbol: string, origin: 'seed' | 'deep', receivedAt?: EpochMs): BookEvent | Failure {
  const printedTime = origin === 'seed' ? (row['update'] ?? row['current']) : (row['current'] ?? row['update']);
  const eventTime = printedTime === undefined ? receivedAt : readEither(printedTime);
  if (eventTime === undefined) return failure('bad-time', 'current, update');
  if (!Array.isArray(row['bids']) || !Array.isArray(row['asks'])) return failure('missing-field', 'bids, asks');
  const bids = readLevels(row['bids']);
  const asks = readLevels(row['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  const last = readSequence(row['id']);
  return { kind: 'book', origin, snapshot: true, symbol, eventTime, bids, asks, ...(last === undefined ? {} : { last }) };
}
