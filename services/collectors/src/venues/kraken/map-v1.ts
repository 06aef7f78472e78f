import type { EpochMs } from '@breakwater/models/core';
import { isPrice, isQty } from '@breakwater/models/core';
import { isRecord, parseNonNegative, parsePositive, readTime } from '../../numbers.ts';
import type { BookEvent, ParsedFrame, RejectReason, TradeEvent } from '../../venue.ts';
import { krakenSymbol } from './names.ts';

/** Data frames of the first version of Kraken's spot sockets. Source: https://docs.kraken.com/api/docs/websocket-v1/book, /trade, /ticker, read 2026-11-27. */

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });

/**
 * `[channel id, payload, (second payload,) channel name, pair]`. Prices and quantities are texts, times seconds as texts with microseconds. Symbols are
 * those of the second version (`XBT/USD` is `BTC/USD`). Cost: O(levels).
 */
export function parseKrakenV1(frame: readonly unknown[], receivedAt: EpochMs): ParsedFrame {
  const name = frame.at(-2);
  const pair = frame.at(-1);
  if (frame.length < 4 || frame.length > 5 || typeof name !== 'string' || typeof pair !== 'string') return rejected('unknown-shape', 'array');
  const symbol = krakenSymbol(pair);
  if (symbol === undefined) return rejected('missing-field', 'pair');
  const stamp = { symbol, ...(symbol === pair ? {} : { printedSymbol: pair }) };
  const [channel = '', depth] = name.split('-');
  switch (channel) {
    case 'book':
      return readBook(frame.slice(1, -2), stamp, depth, receivedAt);
    case 'trade':
      return readTrades(frame[1], stamp);
    case 'ticker':
      return readTicker(frame[1], stamp, receivedAt);
    // Best quotes, which the book has, and candles.
    case 'spread':
    case 'ohlc':
      return { kind: 'ignored', channel };
    default:
      return rejected('unknown-shape', `channel ${name.slice(0, 40)}`);
  }
}

interface Stamp {
  readonly symbol: string;
  readonly printedSymbol?: string;
}

/** Seconds as text (`1618678142.557535`) to whole milliseconds; undefined when it is no time. */
function readSeconds(v: unknown): EpochMs | undefined {
  const match = typeof v === 'string' ? /^(\d{9,10})(?:\.(\d{1,9}))?$/.exec(v) : null;
  return match === null ? undefined : readTime(Number(match[1]) * 1_000 + Number((match[2] ?? '').padEnd(3, '0').slice(0, 3)));
}

/** Levels of one side of one payload. */
interface Levels {
  readonly numbers: number[];
  readonly printed: string[];
}

/** A snapshot has `as` and `bs`, an update `a`, `b` or both in two payloads, the checksum in the last. The time is that of the latest level. */
function readBook(payloads: readonly unknown[], stamp: Stamp, depthText: string | undefined, receivedAt: EpochMs): ParsedFrame {
  const sides = { b: { numbers: [], printed: [] } as Levels, a: { numbers: [], printed: [] } as Levels };
  const state: { latest: number; snapshot: boolean; update: boolean; checksum: number | undefined } = { latest: 0, snapshot: false, update: false, checksum: undefined };
  for (const payload of payloads) {
    if (!isRecord(payload)) return rejected('unknown-shape', 'book');
    for (const [key, side, whole] of [['as', 'a', true], ['bs', 'b', true], ['a', 'a', false], ['b', 'b', false]] as const) {
      const rows = payload[key];
      if (rows === undefined) continue;
      if (whole) state.snapshot = true;
      else state.update = true;
      const latest = Array.isArray(rows) ? readLevels(rows, sides[side]) : 'bad-number';
      if (typeof latest !== 'number') return rejected(latest, 'levels');
      state.latest = Math.max(state.latest, latest);
    }
    if (payload['c'] === undefined) continue;
    const checksum = typeof payload['c'] === 'string' ? parseNonNegative(payload['c']) : NaN;
    if (!Number.isInteger(checksum) || checksum > 0xffff_ffff) return rejected('bad-number', 'c');
    state.checksum = checksum;
  }
  // An empty book has neither levels nor a time.
  if (state.snapshot === state.update) return rejected('unknown-shape', 'book payload');
  const eventTime = state.latest === 0 ? receivedAt : readTime(state.latest);
  if (eventTime === undefined) return rejected('bad-time', 'levels');
  const depth = depthText === undefined ? NaN : parsePositive(depthText);
  const event: BookEvent = {
    kind: 'book', origin: 'live', snapshot: state.snapshot, ...stamp, eventTime, bids: sides.b.numbers, asks: sides.a.numbers, printedBids: sides.b.printed, printedAsks: sides.a.printed,
    ...(state.checksum === undefined ? {} : { checksum: state.checksum }), ...(Number.isInteger(depth) ? { depth } : {}),
  };
  return { kind: 'events', events: [event] };
}

/** Appends `[price, volume, time, "r"?]` rows to a side (`r` marks a level sent again, which changes nothing); the latest time, 0 for none, or what is wrong. */
function readLevels(rows: readonly unknown[], into: Levels): number | 'bad-number' | 'bad-time' {
  let latest = 0;
  for (const row of rows) {
    if (!Array.isArray(row)) return 'bad-number';
    const [price, qty, time] = row as readonly unknown[];
    if (typeof price !== 'string' || typeof qty !== 'string') return 'bad-number';
    const p = parsePositive(price);
    const q = parseNonNegative(qty);
    if (p !== p || q !== q) return 'bad-number';
    const at = readSeconds(time);
    if (at === undefined) return 'bad-time';
    if (at > latest) latest = at;
    into.numbers.push(p, q);
    into.printed.push(price, qty);
  }
  return latest;
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
    const eventTime = readSeconds(time);
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
