import type { EpochMs, Price, Qty } from '@breakwater/models/core';
import type { TradeEvent } from '../events.ts';
import type { FIELD_SHIFT, FLAG, Op, Program, Reg } from './program.ts';
import type { Marks, PAIR_OPERANDS } from './pairs.ts';
import { doubles, makeRoom, markOne, pairNumbers, readPairs } from './pairs.ts';
import { isPlain, readDecimal, readDigits, readInteger, readIso, readMillis, readSeconds, readSigned, readText, skipValue } from './read.ts';
import { readDecimalMillis, readNanos, readWholeSeconds } from './read-times.ts';
import type { Texts } from './texts.ts';

/** The instructions once more, as constants of this file: an imported one would be read from memory at every step. The compiler checks that they agree. */
const PAIRS: (typeof Op)['Pairs'] = 25;
const LEVEL_PRICE: (typeof Op)['LevelPrice'] = 2;
const LEVEL_QTY: (typeof Op)['LevelQty'] = 3;
const SHORT: (typeof Op)['Short'] = 0;
const LEVEL_END: (typeof Op)['LevelEnd'] = 4;
const LONG: (typeof Op)['Long'] = 1;
const SYMBOL: (typeof Op)['Symbol'] = 11;
const TEXT: (typeof Op)['Text'] = 12;
const LEVELS: (typeof Op)['Levels'] = 5;
const MILLIS: (typeof Op)['Millis'] = 10;
const INTEGER: (typeof Op)['Integer'] = 9;
const FIELDS: (typeof Op)['Fields'] = 19;
const ONCE: (typeof Op)['Once'] = 20;
const FIELD_END: (typeof Op)['FieldEnd'] = 21;
const POSITIVE: (typeof Op)['Positive'] = 6;
const DECIMAL: (typeof Op)['Decimal'] = 7;
const SIGNED: (typeof Op)['Signed'] = 8;
const VALUE: (typeof Op)['Value'] = 15;
const SET: (typeof Op)['Set'] = 16;
const JUMP: (typeof Op)['Jump'] = 17;
const ID_TEXT: (typeof Op)['IdText'] = 13;
const ID_NUMBER: (typeof Op)['IdNumber'] = 14;
const ROW_END: (typeof Op)['RowEnd'] = 18;
const MEDIUM: (typeof Op)['Medium'] = 26;
const VALUES: (typeof Op)['Values'] = 27;
const RISING: (typeof Op)['Rising'] = 23;
const ISO: (typeof Op)['Iso'] = 24;
const LATEST: (typeof Op)['Latest'] = 28;
const NANOS: (typeof Op)['Nanos'] = 29;
const SIGNED_QTY: (typeof Op)['SignedQty'] = 30;
const REQUIRED: (typeof Op)['Required'] = 31;
const DECIMAL_MILLIS: (typeof Op)['DecimalMillis'] = 32;
const WHOLE_SECONDS: (typeof Op)['WholeSeconds'] = 33;
const REST: (typeof Op)['Rest'] = 34;
const END: (typeof Op)['End'] = 22;
const REG_SEQ: (typeof Reg)['Seq'] = 1;
const REG_TIME: (typeof Reg)['Time'] = 0;
const REG_PRICE: (typeof Reg)['Price'] = 5;
const REG_QTY: (typeof Reg)['Qty'] = 6;
const OPERANDS_OF_PAIRS: typeof PAIR_OPERANDS = 15;
const FLAG_BUY: (typeof FLAG)['buy'] = 1;
const FLAG_BID: (typeof FLAG)['bid'] = 2;
const FLAG_GONE: (typeof FLAG)['gone'] = 3;
const PLACE_SHIFT: typeof FIELD_SHIFT = 26;

/** What a frame was found to say. Numbers are in lists of doubles that are used again for each frame: whoever needs them longer copies them. */
export interface Found {
  /** By register. */
  readonly numbers: number[];
  /** Which registers were set, as bits. */
  has: number;
  snapshot: boolean;
  buy: boolean;
  bid: boolean;
  symbol: string;
  id: string | undefined;
  /** Levels as alternating price and quantity; those beyond the counts are of frames before. */
  readonly bids: number[];
  readonly asks: number[];
  /** Numbers (not levels) of each side. */
  bidCount: number;
  askCount: number;
  trades: TradeEvent[];
  /** Where the numbers of levels are in the frame, where a shape asks for it. */
  readonly bidMarks: Marks;
  readonly askMarks: Marks;
}

/** What a reading works on. */
export interface Memory {
  bytes: Buffer;
  words: DataView;
  readonly found: Found;
  readonly texts: Texts;
  /** Names of now by those of an older protocol. */
  readonly oldTexts: Texts;
  /** Whether where numbers of levels begin and end is kept. */
  marks: boolean;
  /** The frame, or the row of one, in which each member came last. */
  readonly seen: Int32Array;
  frame: number;
}

/** Members of an object that can be told apart. */
const MOST_FIELDS = 256;
/** Numbers of a side that there is room for at first. */
const FIRST_ROOM = 512;

/** Where the frames of all decoders are read into, one at a time: it stays in the caches. */
const found: Found = { numbers: doubles(32), has: 0, snapshot: false, buy: false, bid: false, symbol: '', id: undefined, bids: doubles(FIRST_ROOM), asks: doubles(FIRST_ROOM), bidCount: 0, askCount: 0, trades: [], bidMarks: { places: new Int32Array(2 * FIRST_ROOM) }, askMarks: { places: new Int32Array(2 * FIRST_ROOM) },
};

/** Makes the memory of one decoder over the given bytes. */
export function createMemory(bytes: Buffer, words: DataView, texts: Texts, oldTexts: Texts, marks: boolean): Memory {
  return { bytes, words, texts, oldTexts, marks, seen: new Int32Array(MOST_FIELDS), frame: 0, found };
}

const LARGEST_ID = String(Number.MAX_SAFE_INTEGER);
const COMMA = 44;
const QUOTE = 34;
const CLOSE_LIST = 93;

/**
 * Reads the `length` bytes of the memory by a program; the number of the shape that they are, or -1. One loop over whole numbers, without recursion, and nothing
 * allocated but ids and trades.
 */
export function readFrame(program: Program, memory: Memory, length: number): number {
  const { ops } = program;
  const { bytes, words, found, texts, seen, marks } = memory;
  const { numbers, bids, asks } = found;
  let frame = ++memory.frame;
  let pc = 0;
  let at = 0;
  let has = 0;
  let snapshot = 0;
  let buy = 0;
  let bid = 0;
  let gone = 0;
  let risen = -1;
  let bidCount = 0;
  let askCount = 0;
  let symbolAt = 0;
  let symbolLength = 0;
  found.id = undefined;
  for (;;) {
    const op = ops[pc] ?? -1;
    if (op === PAIRS) {
      const isBids = ops[pc + 1] === 1;
      at = readPairs(bytes, words, at, ops, pc + 2, isBids ? bids : asks, marks ? (isBids ? found.bidMarks : found.askMarks) : undefined);
      if (at < 0) return -1;
      if (isBids) bidCount = pairNumbers;
      else askCount = pairNumbers;
      pc += 2 + OPERANDS_OF_PAIRS;
    } else if (op === LEVEL_PRICE) {
      const side = bid === 1 ? bids : asks;
      const n = bid === 1 ? bidCount : askCount;
      const from = at;
      at = readDecimal(bytes, at, side, n);
      if (at < 0 || (side[n] === 0 && ops[pc + 1] === 0)) return -1;
      if (marks) markOne(bid === 1 ? found.bidMarks : found.askMarks, n, from, at);
      pc += 2;
    } else if (op === LEVEL_QTY) {
      const from = at;
      at = bid === 1 ? readDecimal(bytes, at, bids, bidCount + 1) : readDecimal(bytes, at, asks, askCount + 1);
      if (at < 0) return -1;
      if (marks) markOne(bid === 1 ? found.bidMarks : found.askMarks, bid === 1 ? bidCount + 1 : askCount + 1, from, at);
      pc++;
    } else if (op === SHORT) {
      if ((words.getInt32(at, true) & (ops[pc + 3] ?? 0)) === ops[pc + 2]) {
        at += ops[pc + 1] ?? 0;
        pc += 5;
      } else {
        pc = ops[pc + 4] ?? 0;
        if (pc === 0) return -1;
      }
    } else if (op === LEVEL_END) {
      const side = bid === 1 ? bids : asks;
      const n = bid === 1 ? bidCount : askCount;
      // What is gone has no quantity left; a venue that prints one all the same is left to its own reader.
      if (gone === 1 && side[n + 1] !== 0) return -1;
      if (side[n] !== 0) {
        if (bid === 1) bidCount += 2;
        else askCount += 2;
      }
      if (bytes[at] === COMMA) {
        at++;
        pc = ops[pc + 1] ?? 0;
        if (bidCount + 2 > bids.length || askCount + 2 > asks.length) makeRoom(bidCount + 2 > bids.length ? bids : asks);
      } else pc += 2;
    } else if (op === MEDIUM) {
      const size = ops[pc + 1] ?? 0;
      if (words.getInt32(at, true) === ops[pc + 3] && words.getInt32(at + size - 4, true) === ops[pc + 4]) {
        at += size;
        pc += 5;
      } else {
        pc = ops[pc + 2] ?? 0;
        if (pc === 0) return -1;
      }
    } else if (op === LONG) {
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
    } else if (op === SYMBOL) {
      const stop = ops[pc + 1] ?? 0;
      if (symbolLength > 0) {
        if (!sameBytes(bytes, words, at, symbolAt, symbolLength)) return -1;
        at += symbolLength;
        if (bytes[at] !== stop) return -1;
      } else {
        let hash = 0;
        let end = at;
        for (let c = bytes[end] ?? 0; c !== stop; c = bytes[++end] ?? 0) {
          if (!isPlain(c)) return -1;
          hash = (Math.imul(hash, 31) + c) | 0;
        }
        if (end === at) return -1;
        symbolAt = at;
        symbolLength = end - at;
        const symbol = (ops[pc + 2] === 1 ? memory.oldTexts : texts).get(bytes, words, at, symbolLength, hash);
        if (symbol === '') return -1;
        found.symbol = symbol;
        at = end;
      }
      pc += 3;
    } else if (op === TEXT) {
      at = readText(bytes, at, ops[pc + 1] ?? 0);
      if (at < 0) return -1;
      pc += 2;
    } else if (op === LEVELS) {
      bid = ops[pc + 1] ?? 0;
      risen = -1;
      pc = bytes[at] === CLOSE_LIST ? (ops[pc + 2] ?? 0) : pc + 3;
    } else if (op === MILLIS) {
      const slot = ops[pc + 1] ?? 0;
      at = readMillis(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === INTEGER) {
      const slot = ops[pc + 1] ?? 0;
      at = readInteger(bytes, at, numbers, slot);
      if (at < 0 || (numbers[slot] ?? NaN) < (ops[pc + 2] ?? 0)) return -1;
      has |= 1 << slot;
      pc += 3;
    } else if (op === FIELDS) {
      pc = ops[pc + 1 + (Math.imul(words.getInt32(at, true), 0x9e3779b1) >>> PLACE_SHIFT)] ?? 0;
      if (pc === 0) return -1;
    } else if (op === ONCE) {
      const field = ops[pc + 1] ?? 0;
      if (seen[field] === frame) return -1;
      seen[field] = frame;
      pc += 2;
    } else if (op === FIELD_END) {
      if (bytes[at] === COMMA) {
        at++;
        pc = ops[pc + 1] ?? 0;
      } else pc = ops[pc + 2] ?? 0;
    } else if (op === POSITIVE) {
      const slot = ops[pc + 1] ?? 0;
      at = readDecimal(bytes, at, numbers, slot);
      if (at < 0 || numbers[slot] === 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === DECIMAL) {
      const slot = ops[pc + 1] ?? 0;
      at = readDecimal(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === SIGNED) {
      const slot = ops[pc + 1] ?? 0;
      at = readSigned(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === VALUES) {
      while (bytes[at] !== CLOSE_LIST) {
        at = skipValue(bytes, at);
        if (at < 0) return -1;
        if (bytes[at] === CLOSE_LIST) break;
        // A comma is followed by a value.
        if (bytes[at] !== COMMA || bytes[at + 1] === CLOSE_LIST) return -1;
        at++;
      }
      pc++;
    } else if (op === RISING) {
      at = readInteger(bytes, at, numbers, REG_SEQ);
      const value = numbers[REG_SEQ] ?? NaN;
      if (at < 0 || value < risen) return -1;
      risen = value;
      pc++;
    } else if (op === ISO) {
      const slot = ops[pc + 1] ?? 0;
      at = readIso(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === LATEST) {
      const before = (has & (1 << REG_TIME)) === 0 ? -1 : (numbers[REG_TIME] ?? NaN);
      at = readSeconds(bytes, at, numbers, REG_TIME);
      if (at < 0) return -1;
      if ((numbers[REG_TIME] ?? NaN) < before) numbers[REG_TIME] = before;
      has |= 1 << REG_TIME;
      pc++;
    } else if (op === NANOS) {
      const slot = ops[pc + 1] ?? 0;
      at = readNanos(bytes, at, numbers, slot, ops[pc + 2] === 1);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 3;
    } else if (op === SIGNED_QTY) {
      const quoted = bytes[at] === QUOTE;
      at = readSigned(bytes, quoted ? at + 1 : at, numbers, REG_QTY);
      const qty = numbers[REG_QTY] ?? NaN;
      if (at < 0 || qty === 0 || (quoted && bytes[at++] !== QUOTE)) return -1;
      buy = qty > 0 ? 1 : 0;
      numbers[REG_QTY] = Math.abs(qty);
      pc++;
    } else if (op === DECIMAL_MILLIS || op === WHOLE_SECONDS) {
      const slot = ops[pc + 1] ?? 0;
      at = op === DECIMAL_MILLIS ? readDecimalMillis(bytes, at, numbers, slot) : readWholeSeconds(bytes, at, numbers, slot);
      if (at < 0) return -1;
      has |= 1 << slot;
      pc += 2;
    } else if (op === REST) {
      if (length - (ops[pc + 1] ?? 0) < at) return -1;
      at = length - (ops[pc + 1] ?? 0);
      pc += 2;
    } else if (op === REQUIRED) {
      if (seen[ops[pc + 1] ?? 0] !== frame) return -1;
      pc += 2;
    } else if (op === VALUE) {
      at = skipValue(bytes, at);
      if (at < 0) return -1;
      pc++;
    } else if (op === SET) {
      const value = ops[pc + 2] ?? 0;
      const flag = ops[pc + 1];
      if (flag === FLAG_BID) bid = value;
      else if (flag === FLAG_BUY) buy = value;
      else if (flag === FLAG_GONE) gone = value;
      else snapshot = value;
      pc += 3;
    } else if (op === JUMP) {
      pc = ops[pc + 1] ?? 0;
    } else if (op === ID_TEXT) {
      const end = readText(bytes, at, ops[pc + 1] ?? QUOTE);
      // An empty id is none to some venues.
      if (end <= at) return -1;
      found.id = bytes.toString('latin1', at, end);
      at = end;
      pc += 2;
    } else if (op === ID_NUMBER) {
      const end = readDigits(bytes, at);
      if (end < 0) return -1;
      found.id = bytes.toString('latin1', at, end);
      // A larger number is printed by the plain path as the double nearest to it.
      if (end === at + 16 && found.id > LARGEST_ID) return -1;
      at = end;
      pc++;
    } else if (op === ROW_END) {
      found.trades.push(tradeOf(found, buy === 1));
      // The members of the next row are others.
      frame = ++memory.frame;
      if (bytes[at] === COMMA) {
        at++;
        pc = ops[pc + 1] ?? 0;
      } else pc += 2;
    } else if (op === END) {
      if (at !== length) return -1;
      found.has = has;
      found.snapshot = snapshot === 1;
      found.buy = buy === 1;
      found.bid = bid === 1;
      found.bidCount = bidCount;
      found.askCount = askCount;
      return ops[pc + 1] ?? -1;
    } else return -1;
  }
}

/** Whether the bytes at two places are the same: by words, the last one overlapping. */
function sameBytes(bytes: Uint8Array, words: DataView, a: number, b: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) if (words.getInt32(a + i, true) !== words.getInt32(b + i, true)) return false;
  return words.getInt32(a + last, true) === words.getInt32(b + last, true);
}

/** The trade that was read. */
export function tradeOf({ numbers, symbol, id }: Found, buy: boolean): TradeEvent {
  const eventTime = numbers[REG_TIME] as EpochMs;
  const price = numbers[REG_PRICE] as Price;
  const qty = numbers[REG_QTY] as Qty;
  const side = buy ? 'buy' : 'sell';
  return id === undefined ? { kind: 'trade', symbol, eventTime, price, qty, side } : { kind: 'trade', symbol, eventTime, id, price, qty, side };
}
