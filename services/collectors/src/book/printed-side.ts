import type { BookHalf } from '@breakwater/models/market';
import { clearSide, createBookHalf, readQuantities, replaceSide, setLevel, sizeOf } from '@breakwater/models/market';
import { crc32Before, crc32Bytes, crc32Shift, crc32Step } from './crc32.ts';

/** Levels as printed: where in a frame's bytes each number begins and ends, alternating price and quantity. Good only until the next frame is read. */
export interface PrintedBytes {
  readonly words: DataView;
  readonly marks: Int32Array;
}

/** One side of a book as a checksum over `price:quantity` sees it: of each level the CRC of its text, so that the CRC of all is joined from those of the levels. */
export interface PrintedSide {
  /** Puts alternating printed prices and quantities over what is there; quantity 0 removes. `numbers` are the same as numbers. O(levels). */
  put(levels: readonly string[] | PrintedBytes, numbers?: readonly number[]): void;
  clear(): void;
  /** Writes the hashes of the best `n` levels, best first; how many they are. */
  read(n: number, hashes: Float64Array): number;
}

const COLON = 58;
/** A hash is the CRC, from zero, of a colon and the level's text, and above its 32 bits the length of that. */
const ABOVE = 2 ** 32;

/** An empty side; `direction` is 1 for asks (lowest first) and -1 for bids. */
export function createPrintedSide(direction: 1 | -1): PrintedSide {
  const side = createBookHalf(direction === 1 ? -1 : 1);
  const hashAt = (levels: readonly string[] | PrintedBytes, i: number): number => ('marks' in levels ? hashOfBytes(levels.words, levels.marks, 2 * i) : hashOfTexts(levels[i] ?? '', levels[i + 1] ?? ''));
  return {
    put: (levels, given) => {
      const numbers = 'marks' in levels || given?.length === levels.length ? (given ?? []) : levels.map(Number);
      if (sizeOf(side) === 0) replaceSide(side, numbers.map((n, i) => (i % 2 === 0 || n === 0 ? n : hashAt(levels, i - 1))));
      else if ('marks' in levels) putBytes(side, levels, numbers);
      else for (let i = 0; i + 1 < numbers.length; i += 2) setLevel(side, numbers[i] ?? NaN, numbers[i + 1] === 0 ? 0 : hashAt(levels, i));
    },
    clear: () => clearSide(side),
    read: (n, hashes) => readQuantities(side, n, hashes),
  };
}

function putBytes(side: BookHalf, { words, marks }: PrintedBytes, numbers: readonly number[]): void {
  for (let i = 0; i + 1 < numbers.length; i += 2) setLevel(side, numbers[i] ?? NaN, numbers[i + 1] === 0 ? 0 : hashOfBytes(words, marks, 2 * i));
}

const BEGUN = crc32Step(0, COLON);

function hashOfTexts(price: string, qty: string): number {
  const text = `${price}:${qty}`;
  let crc = BEGUN;
  for (let c = 0; c < text.length; c++) crc = crc32Step(crc, text.charCodeAt(c));
  return (crc >>> 0) + ABOVE * (text.length + 1);
}

/** The hash of the level whose places in the frame begin at `at` of the marks. */
function hashOfBytes(words: DataView, marks: Int32Array, at: number): number {
  const price = marks[at] ?? 0;
  const priceEnd = marks[at + 1] ?? 0;
  const qty = marks[at + 2] ?? 0;
  const qtyEnd = marks[at + 3] ?? 0;
  const crc = crc32Bytes(crc32Step(crc32Bytes(BEGUN, words, price, priceEnd), COLON), words, qty, qtyEnd);
  return (crc >>> 0) + ABOVE * (priceEnd - price + qtyEnd - qty + 2);
}

/** More levels than any checksum covers. */
const MOST = 64;
const bidHashes = new Float64Array(MOST);
const askHashes = new Float64Array(MOST);
/** From here one colon leads to where a CRC begins: every level is hashed with a colon before it, and the first has none. */
const BEFORE_FIRST = crc32Before(-1, COLON);

/** CRC-32 of the best `levels` (at most 64) a side, bid and ask by turns, then what is left of the longer side, each `price:quantity` as printed, joined with colons; the rule of OKX and Bitget. O(levels). */
export function interleavedChecksum(bids: PrintedSide, asks: PrintedSide, levels: number): number {
  const bidCount = bids.read(Math.min(levels, MOST), bidHashes);
  const askCount = asks.read(Math.min(levels, MOST), askHashes);
  if (bidCount + askCount === 0) return 0;
  let state = BEFORE_FIRST;
  for (let i = 0; i < bidCount || i < askCount; i++) {
    if (i < bidCount) state = joined(state, bidHashes[i] ?? NaN);
    if (i < askCount) state = joined(state, askHashes[i] ?? NaN);
  }
  return ~state;
}

function joined(state: number, hash: number): number {
  const length = (hash / ABOVE) | 0;
  return crc32Shift(state, length) ^ ((hash - length * ABOVE) | 0);
}
