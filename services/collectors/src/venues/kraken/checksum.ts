import { crc32Shift, crc32Step } from '../../book/crc32.ts';

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

/** One side of a book as the checksum sees it. */
export interface DigitSide {
  /** Puts alternating printed prices and quantities over what is there, in order; quantity 0 removes. `numbers` are the same as numbers. O(log levels) and a move near the best a change. */
  put(levels: readonly string[], decimals: Decimals, numbers?: readonly number[]): void;
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
/** Beyond so many moves a list is cut and joined by the engine. */
const FEW = 64;

/** A level as it is hashed. Its digits are read when it first comes among those that the checksum covers. */
interface Level {
  readonly price: string;
  readonly qty: string;
  /** CRC of the digits from zero, and how many they are; -1 before they were read. */
  crc: number;
  length: number;
}

/**
 * An empty side; `direction` is 1 for bids (highest best) and -1 for asks. Kept with the best level last, where most changes are; the CRC of all is joined
 * from those of the levels.
 */
export function createDigitSide(direction: 1 | -1): DigitSide {
  let keys: number[] = [];
  let held: Level[] = [];
  let version = 0;
  const find = (key: number): number => {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const change = (levels: readonly string[], decimals: Decimals, numbers: readonly number[] | undefined): void => {
    for (let i = 0; i + 1 < levels.length; i += 2) {
      const price = levels[i] ?? '';
      const qty = levels[i + 1] ?? '';
      const key = (numbers?.[i] ?? Number(price)) * direction;
      const gone = (numbers?.[i + 1] ?? Number(qty)) === 0;
      const at = find(key);
      const present = keys[at] === key;
      if (gone && !present) continue;
      if (at >= keys.length - CHECKSUM_LEVELS) version++;
      if (gone) {
        take(keys, at);
        take(held, at);
      } else if (present) held[at] = levelOf(price, qty, decimals);
      else {
        put(keys, at, key);
        put(held, at, levelOf(price, qty, decimals));
      }
    }
  };
  const clear = (): void => {
    keys = [];
    held = [];
    version++;
  };
  return {
    put: change,
    fill(levels, decimals, numbers) {
      clear();
      for (let i = levels.length - 2; i >= 0; i -= 2) {
        const price = levels[i] ?? '';
        const qty = levels[i + 1] ?? '';
        const key = (numbers?.[i] ?? Number(price)) * direction;
        // From the worst to the best: keys rise. Whatever comes in another order is put one by one.
        if (!(key > (keys[keys.length - 1] ?? -Infinity)) || (numbers?.[i + 1] ?? Number(qty)) === 0) {
          clear();
          change(levels, decimals, numbers);
          return;
        }
        keys.push(key);
        held.push(levelOf(price, qty, decimals));
      }
    },
    trim(depth) {
      const beyond = keys.length - depth;
      if (beyond <= 0) return NOTHING;
      if (depth < CHECKSUM_LEVELS) version++;
      held.splice(0, beyond);
      return keys.splice(0, beyond).map((key) => key * direction);
    },
    clear,
    size: () => keys.length,
    version: () => version,
    hash(begun) {
      let state = begun;
      for (let i = held.length - 1; i >= 0 && i >= held.length - CHECKSUM_LEVELS; i--) {
        const level = held[i];
        if (level === undefined) break;
        if (level.length < 0) readDigits(level);
        state = crc32Shift(state, level.length) ^ level.crc;
      }
      return state;
    },
  };
}

function levelOf(price: string, qty: string, decimals: Decimals): Level {
  const { price: p, qty: q } = decimals;
  return { price: p === undefined ? price : digitsOf(price, p), qty: q === undefined ? qty : digitsOf(qty, q), crc: 0, length: -1 };
}

/** Puts a value into a list; most are put near its end. */
function put<T>(list: T[], at: number, value: T): void {
  if (list.length - at > FEW) {
    list.splice(at, 0, value);
    return;
  }
  list.push(value);
  for (let i = list.length - 1; i > at; i--) list[i] = list[i - 1] ?? value;
  list[at] = value;
}

/** Takes a value out of a list; most are near its end. */
function take(list: unknown[], at: number): void {
  const last = list.pop();
  if (last === undefined || at >= list.length) return;
  if (list.length - at > FEW) {
    list.splice(at, 1);
    list.push(last);
    return;
  }
  for (let i = at; i < list.length - 1; i++) list[i] = list[i + 1] ?? last;
  list[list.length - 1] = last;
}

/** Reads the digits of a level, price and then quantity, without points and leading zeros. */
function readDigits(level: Level): void {
  level.crc = 0;
  level.length = 0;
  addDigits(level, level.price);
  addDigits(level, level.qty);
}

function addDigits(level: Level, printed: string): void {
  const last = printed.length - 1;
  let { crc, length } = level;
  let i = 0;
  for (; i < last; i++) {
    const code = printed.charCodeAt(i);
    if (code !== ZERO && code !== POINT) break;
  }
  for (; i <= last; i++) {
    const code = printed.charCodeAt(i);
    if (code === POINT) continue;
    // A number with an exponent is written out and read anew.
    if (code > NINE) {
      addDigits(level, digitsOf(printed));
      return;
    }
    crc = crc32Step(crc, code);
    length++;
  }
  level.crc = crc;
  level.length = length;
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
