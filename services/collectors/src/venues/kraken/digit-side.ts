import { crc32Shift, crc32Step } from '../../book/crc32.ts';
import type { PrintedBytes } from '../../book/printed-side.ts';

/** Levels a side that Kraken's checksum covers, whatever the depth subscribed. Source: https://docs.kraken.com/exchange/guides/websockets/book-checksum-v2, read 2026-11-27. */
export const CHECKSUM_LEVELS = 10;

/** Decimals that a market's prices and quantities are padded to before they are hashed; absent: they are hashed as printed. */
export interface Decimals {
  readonly price?: number;
  readonly qty?: number;
}

/**
 * The digits of a printed number as the checksum takes them: padded to `decimals`, without point and leading zeros (`0.00100000` is `100000`). A number
 * with an exponent is written out first.
 */
export function digitsOf(printed: string, decimals?: number): string {
  const plain = /[eE]/.test(printed) ? withoutExponent(printed) : printed;
  const point = plain.indexOf('.');
  const whole = point < 0 ? plain : plain.slice(0, point);
  let fraction = point < 0 ? '' : plain.slice(point + 1);
  if (decimals !== undefined) {
    while (fraction.length > decimals && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
    fraction = fraction.padEnd(decimals, '0');
  }
  const digits = whole + fraction;
  let from = 0;
  while (from < digits.length - 1 && digits.charCodeAt(from) === 48) from++;
  return digits.slice(from);
}

/** A printed number with an exponent (`1.5e-7`), written out. */
export function withoutExponent(printed: string): string {
  const [mantissa = '', power = '0'] = printed.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(power);
  if (shift >= 0) return `${whole}${fraction.slice(0, shift).padEnd(shift, '0')}.${fraction.slice(shift)}`;
  const padded = whole.padStart(1 - shift, '0');
  return `${padded.slice(0, padded.length + shift)}.${padded.slice(padded.length + shift)}${fraction}`;
}

/** One side of a book as the checksum sees it: of each level the CRC of its digits, so that the CRC of all is joined from those of the levels. */
export interface DigitSide {
  /** Puts alternating printed prices and quantities over what is there, in order; quantity 0 removes. `numbers` are the same as numbers. O(log levels) and a move near the best a change. */
  put(levels: readonly string[] | PrintedBytes, decimals: Decimals, numbers?: readonly number[]): void;
  /** Replaces every level; levels best first, as snapshots have them, are taken in one pass. */
  fill(levels: readonly string[] | PrintedBytes, decimals: Decimals, numbers?: readonly number[]): void;
  /** Drops the levels beyond the best `depth` and tells their prices. */
  trim(depth: number): readonly number[];
  clear(): void;
  size(): number;
  /** Another number after each change among the levels that the checksum covers. */
  version(): number;
  /** Goes on with a CRC over the digits of the best levels, best first. */
  hash(state: number): number;
}

const NOTHING: readonly number[] = [];
/** Levels that there is room for at first. */
const FIRST_ROOM = 256;
/** Beyond so many moves the engine's own copying costs less. */
const FEW = 32;
/** A hash is the CRC, from zero, of a level's digits, and above its 32 bits how many they are. */
const ABOVE = 2 ** 32;

/** Levels in order with the best last, where most changes are, and with the first anywhere, so that what falls out of the depth moves nothing. */
interface Levels {
  keys: Float64Array;
  hashes: Float64Array;
  first: number;
  end: number;
  version: number;
}

/** An empty side; `direction` is 1 for bids (highest best) and -1 for asks. */
export function createDigitSide(direction: 1 | -1): DigitSide {
  const held: Levels = { keys: new Float64Array(FIRST_ROOM), hashes: new Float64Array(FIRST_ROOM), first: 0, end: 0, version: 0 };
  const hashAt = (levels: readonly string[] | PrintedBytes, i: number, decimals: Decimals, numbers: readonly number[] | undefined): number => {
    if ('marks' in levels) return numbers?.[i + 1] === 0 ? 0 : hashOfBytes(levels, 2 * i, decimals);
    const qty = levels[i + 1] ?? '';
    return (numbers?.[i + 1] ?? Number(qty)) === 0 ? 0 : hashOf(levels[i] ?? '', qty, decimals);
  };
  const keyOf = (levels: readonly string[] | PrintedBytes, i: number, numbers: readonly number[] | undefined): number => (numbers?.[i] ?? ('marks' in levels ? NaN : Number(levels[i]))) * direction;
  const putBytes = (levels: PrintedBytes, decimals: Decimals, numbers: readonly number[]): void => {
    for (let i = 0; i + 1 < numbers.length; i += 2) setHash(held, (numbers[i] ?? NaN) * direction, numbers[i + 1] === 0 ? 0 : hashOfBytes(levels, 2 * i, decimals));
  };
  const put: DigitSide['put'] = (levels, decimals, numbers) => {
    if ('marks' in levels) putBytes(levels, decimals, numbers ?? []);
    else for (let i = 0; i + 1 < levels.length; i += 2) setHash(held, keyOf(levels, i, numbers), hashAt(levels, i, decimals, numbers));
  };
  const clear = (): void => {
    held.first = held.end = 0;
    held.version++;
  };
  return {
    put,
    fill(levels, decimals, numbers) {
      clear();
      let best = -Infinity;
      for (let i = ('marks' in levels ? (numbers?.length ?? 0) : levels.length) - 2; i >= 0; i -= 2) {
        const key = keyOf(levels, i, numbers);
        const hash = hashAt(levels, i, decimals, numbers);
        // From the worst to the best: keys rise. Whatever comes in another order is put one by one.
        if (!(key > best) || hash === 0) {
          clear();
          put(levels, decimals, numbers);
          return;
        }
        if (held.end === held.keys.length) makeRoom(held);
        held.keys[held.end] = best = key;
        held.hashes[held.end++] = hash;
      }
    },
    trim(depth) {
      const beyond = held.end - held.first - depth;
      if (beyond <= 0) return NOTHING;
      if (depth < CHECKSUM_LEVELS) held.version++;
      held.first += beyond;
      return Array.from(held.keys.subarray(held.first - beyond, held.first), (key) => key * direction);
    },
    clear,
    size: () => held.end - held.first,
    version: () => held.version,
    hash: (state) => joinBest(held, state),
  };
}

function joinBest({ hashes, first, end }: Levels, begun: number): number {
  let state = begun;
  const last = Math.max(first, end - CHECKSUM_LEVELS);
  for (let i = end - 1; i >= last; i--) {
    const hash = hashes[i] ?? NaN;
    const length = (hash / ABOVE) | 0;
    state = crc32Shift(state, length) ^ ((hash - length * ABOVE) | 0);
  }
  return state;
}

/** Sets the hash of a level, 0 removes it. */
function setHash(held: Levels, key: number, hash: number): void {
  if (held.end === held.keys.length) makeRoom(held);
  const at = find(held, key);
  const present = at < held.end && held.keys[at] === key;
  if (hash === 0 && !present) return;
  if (at >= held.end - CHECKSUM_LEVELS) held.version++;
  if (hash === 0) {
    move(held, at, at + 1);
    held.end--;
    return;
  }
  if (!present) {
    move(held, at + 1, at);
    held.end++;
  }
  held.keys[at] = key;
  held.hashes[at] = hash;
}

/** The first place whose key is not below `key`. */
function find({ keys, first, end }: Levels, key: number): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Makes room at the end: where the beginning has some, everything is moved there. */
function makeRoom(held: Levels): void {
  const { keys, hashes, first, end } = held;
  const size = end - first;
  if (2 * size > keys.length) {
    held.keys = new Float64Array(2 * keys.length);
    held.hashes = new Float64Array(2 * keys.length);
  }
  held.keys.set(keys.subarray(first, end));
  held.hashes.set(hashes.subarray(first, end));
  held.first = 0;
  held.end = size;
}

/** Moves the levels from `from` on one place up or down. */
function move({ keys, hashes, end }: Levels, to: number, from: number): void {
  if (end - from > FEW) {
    keys.copyWithin(to, from, end);
    hashes.copyWithin(to, from, end);
    return;
  }
  const step = to - from;
  for (let i = step < 0 ? from : end - 1; i >= from && i < end; i -= step) {
    keys[i + step] = keys[i] ?? NaN;
    hashes[i + step] = hashes[i] ?? NaN;
  }
}

function hashOf(price: string, qty: string, decimals: Decimals): number {
  const { price: p, qty: q } = decimals;
  const ofPrice = addDigits(0, p === undefined ? price : digitsOf(price, p));
  return addDigits(ofPrice, q === undefined ? qty : digitsOf(qty, q));
}

/** The same of a level in the bytes of its frame, whose four marks begin at `at`. */
function hashOfBytes({ words, marks }: PrintedBytes, at: number, decimals: Decimals): number {
  const [price, priceEnd, qty, qtyEnd] = [marks[at] ?? 0, marks[at + 1] ?? 0, marks[at + 2] ?? 0, marks[at + 3] ?? 0];
  if (decimals.price !== undefined || decimals.qty !== undefined) return hashOf(textOf(words, price, priceEnd), textOf(words, qty, qtyEnd), decimals);
  return addBytes(addBytes(0, words, price, priceEnd), words, qty, qtyEnd);
}

/** The texts of `count` numbers in the bytes of their frame. */
export function textsOf({ words, marks }: PrintedBytes, count: number): string[] {
  return Array.from({ length: count }, (_, i) => textOf(words, marks[2 * i] ?? 0, marks[2 * i + 1] ?? 0));
}

function textOf(words: DataView, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(words.getUint8(i));
  return text;
}

function addBytes(hash: number, words: DataView, from: number, to: number): number {
  let length = (hash / ABOVE) | 0;
  let crc = (hash - length * ABOVE) | 0;
  let leading = true;
  for (let i = from; i < to; i++) {
    const code = words.getUint8(i);
    if (code === POINT || (leading && code === ZERO && i < to - 1)) continue;
    leading = false;
    crc = crc32Step(crc, code);
    length++;
  }
  return (crc >>> 0) + ABOVE * length;
}

/** A hash with the digits of a printed number added, without point and leading zeros. */
function addDigits(hash: number, printed: string): number {
  const last = printed.length - 1;
  let length = (hash / ABOVE) | 0;
  let crc = (hash - length * ABOVE) | 0;
  let i = 0;
  for (; i < last; i++) {
    const code = printed.charCodeAt(i);
    if (code !== ZERO && code !== POINT) break;
  }
  for (; i <= last; i++) {
    const code = printed.charCodeAt(i);
    if (code === POINT) continue;
    // A number with an exponent is written out and read anew.
    if (code > NINE) return addDigits(hash, digitsOf(printed));
    crc = crc32Step(crc, code);
    length++;
  }
  return (crc >>> 0) + ABOVE * length;
}

const ZERO = 48;
const NINE = 57;
const POINT = 46;
