import type { EpochMs, Price, Qty } from '@breakwater/models/core';
import type { TradeEvent } from '../events.ts';
import { FIELD_BITS, FLAG, Op, Reg } from './program.ts';
import type { Program } from './program.ts';
import { readDecimal, readInteger, readMillis, readSigned, readText, skipValue } from './read.ts';
import type { Texts } from './texts.ts';

/** What a frame was found to say. Numbers are in lists of doubles that are used again for each frame: whoever needs them longer copies them. */
export interface Found {
  /** By register. */
  readonly numbers: number[];
  /** Which registers were set, as bits. */
  has: number;
  snapshot: boolean;
  buy: boolean;
  symbol: string;
  id: string | undefined;
  /** Levels as alternating price and quantity; those beyond the counts are of frames before. */
  readonly bids: number[];
  readonly asks: number[];
  /** Numbers (not levels) of each side. */
  bidCount: number;
  askCount: number;
  trades: TradeEvent[];
}

/** What a reading works on. */
export interface Memory {
  bytes: Uint8Array;
  words: DataView;
  readonly found: Found;
  readonly texts: Texts;
  /** The frame in which each member came last. */
  readonly seen: Int32Array;
  frame: number;
}

/** Members of an object that can be told apart. */
const MOST_FIELDS = 256;
/** Numbers of a side that there is room for at first. */
const FIRST_ROOM = 512;

/** Doubles that stay doubles: a list that begins with whole numbers would be kept as such and copied at the first other one. */
function doubles(length: number): number[] {
  const out = [0.5];
  while (out.length < length) out.push(0.5);
  return out;
}

/** Makes the memory of one decoder over the given bytes. */
export function createMemory(bytes: Uint8Array, words: DataView, texts: Texts): Memory {
  return {
    bytes, words, texts, seen: new Int32Array(MOST_FIELDS), frame: 0,
    found: { numbers: doubles(16), has: 0, snapshot: false, buy: false, symbol: '', id: undefined, bids: doubles(FIRST_ROOM), asks: doubles(FIRST_ROOM), bidCount: 0, askCount: 0, trades: [] },
  };
}

const COMMA = 44;
const QUOTE = 34;
const CLOSE_LIST = 93;

/**
 * Reads the `length` bytes of the memory by a program; the number of the shape that they are, or -1. One loop over whole numbers, without recursion, and nothing
 * allocated but ids and trades.
 */
export function readFrame(program: Program, memory: Memory, length: number): number {
  const { ops } = program;
  const { bytes, words, found, texts, seen } = memory;
  const { numbers, bids, asks } = found;
  const frame = ++memory.frame;
  let pc = 0;
  let at = 0;
  let has = 0;
  let snapshot = 0;
  let buy = 0;
  let bid = 0;
  let bidCount = 0;
  let askCount = 0;
  let symbolAt = 0;
  let symbolLength = 0;
  found.id = undefined;
  for (;;) {
    const op = ops[pc] ?? -1;
    if (op === Op.Pairs) {
      const side = ops[pc + 1] === 1 ? bids : asks;
      let n = 0;
      if (bytes[at] !== CLOSE_LIST) {
        for (;;) {
          if ((words.getInt32(at, true) & (ops[pc + 4] ?? 0)) !== ops[pc + 3]) return -1;
          at = readDecimal(bytes, at + (ops[pc + 2] ?? 0), side, n);
          if (at < 0 || side[n] === 0 || (words.getInt32(at, true) & (ops[pc + 7] ?? 0)) !== ops[pc + 6]) return -1;
          at = readDecimal(bytes, at + (ops[pc + 5] ?? 0), side, n + 1);
          if (at < 0 || (words.getInt32(at, true) & (ops[pc + 10] ?? 0)) !== ops[pc + 9]) return -1;
          at += ops[pc + 8] ?? 0;
          n += 2;
          if (bytes[at] !== COMMA) break;
          at++;
          if (n + 2 > side.length) makeRoom(side);
        }
      }
      if (ops[pc + 1] === 1) bidCount = n;
      else askCount = n;
      pc += 11;
    } else if (op === Op.LevelPrice) {
      const side = bid === 1 ? bids : asks;
      const n = bid === 1 ? bidCount : askCount;
      at = readDecimal(bytes, at, side, n);
      if (at < 0 || side[n] === 0) return -1;
      pc++;
    } else if (op === Op.LevelQty) {
      at = bid === 1 ? readDecimal(bytes, at, bids, bidCount + 1) : readDecimal(bytes, at, asks, askCount + 1);
      if (at < 0) return -1;
      pc++;
    } else if (op === Op.Short) {
      if ((words.getInt32(at, true) & (ops[pc + 3] ?? 0)) === ops[pc + 2]) {
        at += ops[pc + 1] ?? 0;
        pc += 5;
      } else {
        pc = ops[pc + 4] ?? 0;
        if (pc === 0) return -1;
      }
    } else if (op === Op.LevelEnd) {
      if (bid === 1) bidCount += 2;
      else askCount += 2;
      if (bytes[at] === COMMA) {
        at++;
        pc = ops[pc + 1] ?? 0;
        if (bidCount + 2 > bids.length || askCount + 2 > asks.length) makeRoom(bidCount + 2 > bids.length ? bids : asks);
      } else pc += 2;
    } else if (op === Op.Long) {
      const size = ops[pc + 1] ?? 0;
      const count = ops[pc + 2] ?? 0;
      let i = 0;
      while (i < count && words.getInt32(at + 4 * i, true) === ops[pc + 4 + i]) i++;
      if (i === count && words.getInt32(at + size - 4, true) === ops[pc + 4 + count]) {
        at += size;
        pc += 5 + count;
      } else {
        pc = ops[pc + 3] ?? 0;
        if (pc === 0) return -1;
      }
    } else if (op === Op.Symbol) {
      const stop = ops[pc + 1] ?? 0;
      if (symbolLength > 0) {
        for (let i = 0; i < symbolLength; i++) if (bytes[at + i] !== bytes[symbolAt + i]) return -1;
        at += symbolLength;
        if (bytes[at] !== stop) return -1;
      } else {
        let hash = 0;
        const end = readText(bytes, at, stop);
        for (let i = at; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
        if (end <= at) return -1;
        symbolAt = at;
        symbolLength = end - at;
        const symbol = texts.get(bytes, at, symbolLength, hash);
        if (symbol === '') return -1;
        found.symbol = symbol;
        at = end;
      }
      pc += 2;
    } else if (op === Op.Text) {
      at = readText(bytes, at, ops[pc + 1] ?? 0);
      if (at < 0) return -1;
      pc += 2;
    } else if (op === Op.Levels) {
      bid = ops[pc + 1] ?? 0;
      pc = bytes[at] === CLOSE_LIST ? (ops[pc + 2] ?? 0) : pc + 3;
    } else if (op === Op.Millis) {
      const slot = ops[pc + 1] ?? 0;
      at = readMillis(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === Op.Integer) {
      const slot = ops[pc + 1] ?? 0;
      at = readInteger(bytes, at, numbers, slot);
      if (at < 0 || (numbers[slot] ?? NaN) < (ops[pc + 2] ?? 0)) return -1;
      has |= 1 << slot;
      pc += 3;
    } else if (op === Op.Fields) {
      pc = ops[pc + 1 + (Math.imul(words.getInt32(at, true), 0x9e3779b1) >>> (32 - FIELD_BITS))] ?? 0;
      if (pc === 0) return -1;
    } else if (op === Op.Once) {
      const field = ops[pc + 1] ?? 0;
      if (seen[field] === frame) return -1;
      seen[field] = frame;
      pc += 2;
    } else if (op === Op.FieldEnd) {
      if (bytes[at] === COMMA) {
        at++;
        pc = ops[pc + 1] ?? 0;
      } else pc = ops[pc + 2] ?? 0;
    } else if (op === Op.Positive) {
      const slot = ops[pc + 1] ?? 0;
      at = readDecimal(bytes, at, numbers, slot);
      if (at < 0 || numbers[slot] === 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === Op.Decimal) {
      const slot = ops[pc + 1] ?? 0;
      at = readDecimal(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === Op.Signed) {
      const slot = ops[pc + 1] ?? 0;
      at = readSigned(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === Op.Value) {
      at = skipValue(bytes, at);
      if (at < 0) return -1;
      pc++;
    } else if (op === Op.Set) {
      const value = ops[pc + 2] ?? 0;
      const flag = ops[pc + 1];
      if (flag === FLAG.bid) bid = value;
      else if (flag === FLAG.buy) buy = value;
      else snapshot = value;
      pc += 3;
    } else if (op === Op.Jump) {
      pc = ops[pc + 1] ?? 0;
    } else if (op === Op.IdText) {
      const end = readText(bytes, at, ops[pc + 1] ?? QUOTE);
      if (end < 0) return -1;
      found.id = textOf(bytes, at, end);
      at = end;
      pc += 2;
    } else if (op === Op.IdNumber) {
      const end = readInteger(bytes, at, numbers, Reg.Seq);
      if (end < 0) return -1;
      found.id = String(numbers[Reg.Seq]);
      at = end;
      pc++;
    } else if (op === Op.RowEnd) {
      found.trades.push(tradeOf(found, buy === 1));
      if (bytes[at] === COMMA) {
        at++;
        pc = ops[pc + 1] ?? 0;
      } else pc += 2;
    } else if (op === Op.End) {
      if (at !== length) return -1;
      found.has = has;
      found.snapshot = snapshot === 1;
      found.buy = buy === 1;
      found.bidCount = bidCount;
      found.askCount = askCount;
      return ops[pc + 1] ?? -1;
    } else return -1;
  }
}

function makeRoom(side: number[]): void {
  for (let i = side.length; i > 0; i--) side.push(0.5);
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, from, to);
}

/** The trade that was read. */
export function tradeOf({ numbers, symbol, id }: Found, buy: boolean): TradeEvent {
  const eventTime = numbers[Reg.Time] as EpochMs;
  const price = numbers[Reg.Price] as Price;
  const qty = numbers[Reg.Qty] as Qty;
  const side = buy ? 'buy' : 'sell';
  return id === undefined ? { kind: 'trade', symbol, eventTime, price, qty, side } : { kind: 'trade', symbol, eventTime, id, price, qty, side };
}
