import type { EpochMs, Price, Qty } from '@breakwater/models/core';
import type { TradeEvent } from '../events.ts';
import { tradeEvent } from '../events.ts';
import { isPlain, readDigits, readSigned, readText } from './read.ts';
import { room } from './room.ts';
import type { Texts } from './texts.ts';

const { bytes, words } = room;

/** Registers of numbers. */
export const Reg = {
  Time: 0, Seq: 1, First: 2, Previous: 3, Checksum: 4, Price: 5, Qty: 6,
  Last: 7, Mark: 8, Index: 9, OpenInterest: 10, BothSides: 11, Funding: 12, NextFunding: 13, FundingTime: 14, UsdIndex: 15, FrameNumber: 16, Bid: 17, Ask: 18,
} as const;

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

/** Where the numbers of a side begin and end, two places for each that there is room for. */
export interface Marks {
  places: Int32Array;
}

/** What a reading works on. */
export interface Memory {
  readonly found: Found;
  readonly texts: Texts;
  /** Names of now by those of an older protocol. */
  readonly oldTexts: Texts;
  /** Whether where numbers of levels begin and end is kept. */
  marks: boolean;
  /** Where the frame's symbol was read first; of length 0 before. */
  symbolAt: number;
  symbolLength: number;
  /** `has` of the frame under way, while its levels are read. */
  has: number;
}

/** Doubles that stay doubles: a list that begins with whole numbers would be kept as such and copied at the first other one. */
function doubles(length: number): number[] {
  const out = [0.5];
  while (out.length < length) out.push(0.5);
  return out;
}

/** Numbers of a side that there is room for at first. */
const FIRST_ROOM = 512;

/** Where the frames of all decoders are read into, one at a time: it stays in the caches. */
const found: Found = {
  numbers: doubles(32), has: 0, snapshot: false, buy: false, bid: false, symbol: '', id: undefined, bids: doubles(FIRST_ROOM), asks: doubles(FIRST_ROOM), bidCount: 0, askCount: 0, trades: [],
  bidMarks: { places: new Int32Array(2 * FIRST_ROOM) }, askMarks: { places: new Int32Array(2 * FIRST_ROOM) },
};

/** Makes the memory of one decoder. */
export function createMemory(texts: Texts, oldTexts: Texts, marks: boolean): Memory {
  return { texts, oldTexts, marks, symbolAt: 0, symbolLength: 0, has: 0, found };
}

/** Doubles the room of a side, and of where its numbers begin and end. */
export function makeRoom(side: number[], marks: Marks): void {
  for (let i = side.length; i > 0; i--) side.push(0.5);
  const wider = new Int32Array(2 * side.length);
  wider.set(marks.places);
  marks.places = wider;
}

/** The symbol up to the byte `stop`, known by `texts`; all of a frame are the same. */
export function readSymbol(memory: Memory, texts: Texts, at: number, stop: number): number {
  const { symbolLength } = memory;
  if (symbolLength > 0) return sameBytes(at, memory.symbolAt, symbolLength) && bytes[at + symbolLength] === stop ? at + symbolLength : -1;
  let hash = 0;
  let end = at;
  for (let c = bytes[end] ?? 0; c !== stop; c = bytes[++end] ?? 0) {
    if (!isPlain(c)) return -1;
    hash = (Math.imul(hash, 31) + c) | 0;
  }
  if (end === at) return -1;
  memory.symbolAt = at;
  memory.symbolLength = end - at;
  const symbol = texts.get(at, end - at, hash);
  memory.found.symbol = symbol;
  return symbol === '' ? -1 : end;
}

/** Whether the bytes at two places are the same: by words, the last one overlapping. */
function sameBytes(a: number, b: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }
  const last = length - 4;
  for (let i = 0; i < last; i += 4) if (words.getInt32(a + i, true) !== words.getInt32(b + i, true)) return false;
  return words.getInt32(a + last, true) === words.getInt32(b + last, true);
}

/** An id up to the byte `stop`; an empty one is none to some venues. */
export function readIdText({ found: into }: Memory, at: number, stop: number): number {
  const end = readText(at, stop);
  if (end <= at) return -1;
  into.id = bytes.toString('latin1', at, end);
  return end;
}

const LARGEST_ID = String(Number.MAX_SAFE_INTEGER);

/** An id that is a whole number; a larger one is printed by the plain path as the double nearest to it. */
export function readIdNumber({ found: into }: Memory, at: number): number {
  const end = readDigits(at);
  if (end < 0) return -1;
  into.id = bytes.toString('latin1', at, end);
  return end === at + 16 && into.id > LARGEST_ID ? -1 : end;
}

const QUOTE = 34;

/** A quantity that is not 0 with an optional sign, in quotes or not. */
export function readSignedQty(at: number, out: number[], slot: number): number {
  if (bytes[at] !== QUOTE) return notZero(readSigned(at, out, slot), out[slot]);
  const end = notZero(readSigned(at + 1, out, slot), out[slot]);
  return end < 0 || bytes[end] !== QUOTE ? -1 : end + 1;
}

function notZero(end: number, value: number | undefined): number {
  return value === 0 ? -1 : end;
}

/** Keeps what a frame that was read to its end says; gives the number of its shape. */
export function end(shape: number, into: Found, has: number, snapshot: number, buy: number, bid: number): number {
  into.has = has;
  into.snapshot = snapshot === 1;
  into.buy = buy === 1;
  into.bid = bid === 1;
  return shape;
}

/** The trade that was read. */
export function tradeOf({ numbers, symbol, id }: Found, buy: boolean): TradeEvent {
  const eventTime = numbers[Reg.Time] as EpochMs;
  const price = numbers[Reg.Price] as Price;
  const qty = numbers[Reg.Qty] as Qty;
  const side = buy ? 'buy' : 'sell';
  return tradeEvent(symbol, eventTime, id, price, qty, side);
}
