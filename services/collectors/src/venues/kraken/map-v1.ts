import type { EpochMs } from '@breakwater/models/core';
import { isPrice, isQty } from '@breakwater/models/core';
import { printedBook } from '../../events.ts';
import { isRecord, parseNonNegative, parsePositive, readTime } from '../../numbers.ts';
import type { ParsedFrame, RejectReason, TradeEvent } from '../../venue.ts';
import { krakenSymbol } from './names.ts';

/** Data frames of the first version of Kraken's spot sockets. Source: https://docs.kraken.com/api/docs/websocket-v1/book, /trade, /ticker, read 2026-11-27. */

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });

/** Told apart without a look-up: nearly every frame is of it. */
const DEEPEST = 'book-1000';
/** Names of book channels with the depth that each keeps. */
const BOOKS: ReadonlyMap<string, number> = new Map([10, 25, 100, 500, 1000].map((depth) => [`book-${depth}`, depth]));

/**
 * `[channel id, payload, (second payload,) channel name, pair]`. Prices and quantities are texts, times seconds as texts with microseconds. Symbols are
 * those of the second version (`XBT/USD` is `BTC/USD`). Cost: O(levels).
 */
export function parseKrakenV1(frame: readonly unknown[], receivedAt: EpochMs): ParsedFrame {
  const name = frame[frame.length - 2];
  const pair = frame[frame.length - 1];
  if (frame.length < 4 || frame.length > 5 || typeof name !== 'string' || typeof pair !== 'string') return rejected('unknown-shape', 'array');
  const symbol = krakenSymbol(pair);
  if (symbol === undefined) return rejected('missing-field', 'pair');
  const depth = name === DEEPEST ? 1_000 : BOOKS.get(name);
  if (depth !== undefined) return readBook(frame, symbol, pair, depth, receivedAt);
  if (name === 'trade') return readTrades(frame[1], stampOf(symbol, pair));
  if (name === 'ticker') return readTicker(frame[1], stampOf(symbol, pair), receivedAt);
  // Best quotes, which the book has, and candles.
  if (name === 'spread' || name.startsWith('ohlc-')) return { kind: 'ignored', channel: name === 'spread' ? name : 'ohlc' };
  return rejected('unknown-shape', `channel ${name.slice(0, 40)}`);
}

interface Stamp {
  readonly symbol: string;
  readonly printedSymbol?: string;
}
const stampOf = (symbol: string, pair: string): Stamp => (symbol === pair ? { symbol } : { symbol, printedSymbol: pair });

/** Seconds as text (`1618678142.557535`) to whole milliseconds; NaN when it is no time. */
function readSeconds(v: unknown): number {
  if (typeof v !== 'string' || v.length > 20) return NaN;
  let n = 0;
  let point = -1;
  // Up to the third decimal; the others are only looked at.
  for (let i = 0; i < v.length; i++) {
    const digit = v.charCodeAt(i) - 48;
    if (digit === -2 && point < 0) point = i;
    else if (!(digit >= 0 && digit <= 9)) return NaN;
    else if (point < 0 || i <= point + 3) n = 10 * n + digit;
  }
  if (point === 0 || point === v.length - 1) return NaN;
  for (let decimals = point < 0 ? 0 : v.length - 1 - point; decimals < 3; decimals++) n *= 10;
  return readTime(n) ?? NaN;
}

/** A side of which a frame says nothing; never written to. */
const NONE: number[] = [];
const NO_TEXT: string[] = [];

/** What the payloads of a book frame add up to. */
interface Book {
  bids: number[];
  asks: number[];
  printedBids: string[];
  printedAsks: string[];
  /** Time of the latest level as printed; empty without levels. Texts with as many digits before the point, as until 2286, are in the order of time. */
  latest: string;
  snapshot: boolean;
  update: boolean;
  checksum: number | undefined;
}

/** A snapshot has `as` and `bs`, an update `a`, `b` or both in two payloads, the checksum in the last. The time is that of the latest level. */
function readBook(frame: readonly unknown[], symbol: string, pair: string, depth: number, receivedAt: EpochMs): ParsedFrame {
  const book: Book = { bids: NONE, asks: NONE, printedBids: NO_TEXT, printedAsks: NO_TEXT, latest: '', snapshot: false, update: false, checksum: undefined };
  for (let i = 1; i < frame.length - 2; i++) {
    const wrong = readPayload(frame[i], book);
    if (wrong !== undefined) return rejected(wrong, 'book payload');
  }
  if (book.snapshot === book.update) return rejected('unknown-shape', 'book payload');
  // An empty book has neither levels nor a time.
  const eventTime = book.latest === '' ? receivedAt : readTime(readSeconds(book.latest));
  if (eventTime === undefined) return rejected('bad-time', 'levels');
  const { bids, asks, printedBids, printedAsks, snapshot, checksum } = book;
  return { kind: 'events', events: [printedBook(symbol, eventTime, snapshot, bids, asks, checksum, { printedBids, printedAsks, depth, printedSymbol: symbol === pair ? undefined : pair })] };
}

/** Adds one payload to a book; tells what is wrong with it. */
function readPayload(payload: unknown, book: Book): RejectReason | undefined {
  if (!isRecord(payload)) return 'unknown-shape';
  const { a, b, as, bs, c } = payload;
  if (as !== undefined || bs !== undefined) book.snapshot = true;
  if (a !== undefined || b !== undefined) book.update = true;
  const asks = a ?? as;
  const bids = b ?? bs;
  let wrong: RejectReason | undefined;
  if (asks !== undefined) {
    if (book.asks === NONE) {
      book.asks = [];
      book.printedAsks = [];
    }
    wrong = readLevels(asks, book.asks, book.printedAsks, book);
  }
  if (bids !== undefined && wrong === undefined) {
    if (book.bids === NONE) {
      book.bids = [];
      book.printedBids = [];
    }
    wrong = readLevels(bids, book.bids, book.printedBids, book);
  }
  if (wrong !== undefined || c === undefined) return wrong;
  const checksum = typeof c === 'string' ? parseNonNegative(c) : NaN;
  if (!Number.isInteger(checksum) || checksum > 0xffff_ffff) return 'bad-number';
  book.checksum = checksum;
  return undefined;
}

/** Appends `[price, volume, time, "r"?]` rows to a side (`r` marks a level sent again, which changes nothing); tells what is wrong with them. */
function readLevels(rows: unknown, numbers: number[], printed: string[], book: Book): 'bad-number' | 'bad-time' | undefined {
  if (!Array.isArray(rows)) return 'bad-number';
  const list: readonly unknown[] = rows;
  for (let i = 0; i < list.length; i++) {
    const row = list[i];
    if (!Array.isArray(row)) return 'bad-number';
    const level: readonly unknown[] = row;
    const price = level[0];
    const qty = level[1];
    if (typeof price !== 'string' || typeof qty !== 'string') return 'bad-number';
    const p = parsePositive(price);
    const q = parseNonNegative(qty);
    if (p !== p || q !== q) return 'bad-number';
    const time = level[2];
    if (typeof time !== 'string' || time === '') return 'bad-time';
    if (time > book.latest) book.latest = time;
    numbers.push(p, q);
    printed.push(price, qty);
  }
  return undefined;
}

/** `[price, volume, time, side, order type, misc]` rows; there is no trade id. */
function readTrades(rows: unknown, stamp: Stamp): ParsedFrame {
  if (!Array.isArray(rows)) return rejected('unknown-shape', 'trade');
  const list: readonly unknown[] = rows;
  const events: TradeEvent[] = [];
  for (const row of list) {
    if (!Array.isArray(row)) return rejected('unknown-shape', 'trade');
    const [rawPrice, rawQty, time, rawSide] = row as readonly unknown[];
    const price = parsePositive(rawPrice);
    const qty = parsePositive(rawQty);
    const eventTime = readTime(readSeconds(time));
    const side = rawSide === 'b' ? 'buy' : rawSide === 's' ? 'sell' : undefined;
    if (!isPrice(price) || !isQty(qty)) return rejected('bad-number', 'trade');
    if (eventTime === undefined) return rejected('bad-time', 'trade');
    if (side === undefined) return rejected('missing-field', 'side');
    events.push({ kind: 'trade', ...stamp, eventTime, price, qty, side });
  }
  return { kind: 'events', events };
}

/** `c` is `[price, lot]` of the last trade; the frame has no time of its own. */
function readTicker(payload: unknown, stamp: Stamp, receivedAt: EpochMs): ParsedFrame {
  if (!isRecord(payload) || !Array.isArray(payload['c'])) return rejected('missing-field', 'ticker c');
  const last = parseNonNegative((payload['c'] as readonly unknown[])[0]);
  if (Number.isNaN(last)) return rejected('bad-number', 'ticker c');
  return { kind: 'events', events: isPrice(last) ? [{ kind: 'ticker', ...stamp, eventTime: receivedAt, last }] : [] };
}
