import { crc32Shift, crc32Step } from '../../book/crc32.ts';
import type { PrintedBytes } from '../../book/printed-side.ts';

/** Levels a side that Kraken's checksum covers, whatever the depth subscribed. Source: https://docs.kraken.com/exchange/guides/websockets/book-checksum-v2, read 2026-11-27. */
export const CHECKSUM_LEVELS = 10;

/** Decimals that a market's prices and quantities are padded to before they are hashed; absent: they are hashed as printed. */
export interface Decimals {
  readonly price?: number;
  readonly qty?: number;
}

/** More decimals than any market has. The list of markets had at most 10 in April 2021. */
const MOST_DECIMALS = 12;

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

function withoutExponent(printed: string): string {
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
  fill(levels: readonly string[], decimals: Decimals, numbers?: readonly number[]): void;
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

/**
 * An empty side; `direction` is 1 for bids (highest best) and -1 for asks. Kept in order with the best level last, where most changes are, and with the first level
 * anywhere, so that what falls out of the depth moves nothing.
 */
export function createDigitSide(direction: 1 | -1): DigitSide {
  let keys = new Float64Array(FIRST_ROOM);
  let hashes = new Float64Array(FIRST_ROOM);
  let first = 0;
  let end = 0;
  let version = 0;

  const find = (key: number): number => {
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  /** Makes room at the end: where the beginning has some, everything is moved there. */
  const makeRoom = (): void => {
    const size = end - first;
    const wide = 2 * size > keys.length ? 2 * keys.length : keys.length;
    const [oldKeys, oldHashes] = [keys, hashes];
    if (wide > keys.length) {
      keys = new Float64Array(wide);
      hashes = new Float64Array(wide);
    }
    keys.set(oldKeys.subarray(first, end));
    hashes.set(oldHashes.subarray(first, end));
    first = 0;
    end = size;
  };
  const move = (to: number, from: number, upTo: number): void => {
    if (upTo - from > FEW) {
      keys.copyWithin(to, from, upTo);
      hashes.copyWithin(to, from, upTo);
    } else if (to < from) {
      for (let i = from; i < upTo; i++) copy(i + to - from, i);
    } else for (let i = upTo - 1; i >= from; i--) copy(i + to - from, i);
  };
  const copy = (to: number, from: number): void => {
    keys[to] = keys[from] ?? NaN;
    hashes[to] = hashes[from] ?? NaN;
  };
  /** Sets the hash of a level, 0 removes it. */
  const set = (key: number, hash: number): void => {
    if (end === keys.length) makeRoom();
    const at = find(key);
    const present = at < end && keys[at] === key;
    if (hash === 0 && !present) return;
    if (at >= end - CHECKSUM_LEVELS) version++;
    if (hash === 0) move(at, at + 1, end--);
    else {
      if (!present) move(at + 1, at, end++);
      keys[at] = key;
      hashes[at] = hash;
    }
  };
  const hashAt = (levels: readonly string[], i: number, decimals: Decimals, numbers: readonly number[] | undefined): number => {
    const qty = levels[i + 1] ?? '';
    return (numbers?.[i + 1] ?? Number(qty)) === 0 ? 0 : hashOf(levels[i] ?? '', qty, decimals);
  };
  const keyOf = (levels: readonly string[], i: number, numbers: readonly number[] | undefined): number => (numbers?.[i] ?? Number(levels[i])) * direction;
  const clear = (): void => {
    first = end = 0;
    version++;
  };
  return {
    put(levels, decimals, numbers) {
      if ('marks' in levels) {
        for (let i = 0; numbers !== undefined && i + 1 < numbers.length; i += 2) set((numbers[i] ?? NaN) * direction, numbers[i + 1] === 0 ? 0 : hashOfBytes(levels, 2 * i, decimals));
        return;
      }
      for (let i = 0; i + 1 < levels.length; i += 2) set(keyOf(levels, i, numbers), hashAt(levels, i, decimals, numbers));
    },
    fill(levels, decimals, numbers) {
      clear();
      let best = -Infinity;
      for (let i = levels.length - 2; i >= 0; i -= 2) {
        const key = keyOf(levels, i, numbers);
        const hash = hashAt(levels, i, decimals, numbers);
        // From the worst to the best: keys rise. Whatever comes in another order is put one by one.
        if (!(key > best) || hash === 0) {
          clear();
          this.put(levels, decimals, numbers);
          return;
        }
        if (end === keys.length) makeRoom();
        keys[end] = best = key;
        hashes[end++] = hash;
      }
    },
    trim(depth) {
      const beyond = end - first - depth;
      if (beyond <= 0) return NOTHING;
      if (depth < CHECKSUM_LEVELS) version++;
      first += beyond;
      return Array.from(keys.subarray(first - beyond, first), (key) => key * direction);
    },
    clear,
    size: () => end - first,
    version: () => version,
    hash(begun) {
      let state = begun;
      const last = Math.max(first, end - CHECKSUM_LEVELS);
      for (let i = end - 1; i >= last; i--) {
        const hash = hashes[i] ?? NaN;
        const length = (hash / ABOVE) | 0;
        state = crc32Shift(state, length) ^ ((hash - length * ABOVE) | 0);
      }
      return state;
    },
  };
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

/** Kraken's checksum of a book: CRC-32 of the digits of the best ten asks and then of the best ten bids, unsigned. */
export function krakenChecksum(bids: DigitSide, asks: DigitSide): number {
  return ~bids.hash(asks.hash(-1)) >>> 0;
}

/** The checksum of a book that changes: what did not change among the covered levels is not joined again. */
export function createKrakenChecksum(bids: DigitSide, asks: DigitSide): () => number {
  let [asksAt, bidsAt] = [-1, -1];
  let [asksState, checksum] = [-1, 0];
  return () => {
    if (asks.version() !== asksAt) {
      asksAt = asks.version();
      bidsAt = -1;
      asksState = asks.hash(-1);
    }
    if (bids.version() !== bidsAt) {
      bidsAt = bids.version();
      checksum = ~bids.hash(asksState) >>> 0;
    }
    return checksum;
  };
}

/**
 * How a whole book has to be written so that its checksum is the one sent; undefined when there is no way, so the book is not what was meant. The second
 * version of the protocol prints JSON numbers and says that they have their full precision, while whoever re-encodes them drops trailing zeros: as printed is
 * tried first, then every number of decimals that the prices and quantities allow. A wrong book passes once in some 10^7 tries of all of them.
 */
export function decimalsFor(bids: readonly string[], asks: readonly string[], checksum: number): Decimals | undefined {
  const best = [bids, asks].map((levels, side) => bestOf(levels, side === 0 ? 1 : -1));
  const fits = (decimals: Decimals): boolean => {
    const [b, a] = [createDigitSide(1), createDigitSide(-1)];
    b.put(best[0] ?? [], decimals);
    a.put(best[1] ?? [], decimals);
    return krakenChecksum(b, a) === checksum;
  };
  if (fits({})) return {};
  const all = best.flat();
  for (let price = decimalsIn(all, 0); price <= MOST_DECIMALS; price++) {
    for (let qty = decimalsIn(all, 1); qty <= MOST_DECIMALS; qty++) if (fits({ price, qty })) return { price, qty };
  }
  return undefined;
}

/** The best levels that the checksum covers, of levels in any order. */
function bestOf(levels: readonly string[], direction: 1 | -1): readonly string[] {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < levels.length; i += 2) pairs.push([levels[i] ?? '', levels[i + 1] ?? '']);
  return pairs.sort((a, b) => (Number(b[0]) - Number(a[0])) * direction).slice(0, CHECKSUM_LEVELS).flat();
}

/** The most decimals, trailing zeros aside, of every second text from `from`. */
function decimalsIn(levels: readonly string[], from: 0 | 1): number {
  let most = 0;
  for (let i = from; i < levels.length; i += 2) {
    const text = levels[i] ?? '';
    const plain = /[eE]/.test(text) ? withoutExponent(text) : text;
    const point = plain.indexOf('.');
    if (point >= 0) most = Math.max(most, plain.slice(point + 1).replace(/0+$/, '').length);
  }
  return most;
}
