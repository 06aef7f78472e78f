import { crc32 } from '../../book/crc32.ts';

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
  /** Puts alternating printed prices and quantities over what is there, in order; quantity 0 removes. O(log levels) and a move near the best a change. */
  put(levels: readonly string[], decimals: Decimals): void;
  /** Drops the levels beyond the best `depth` and tells their prices. */
  trim(depth: number): readonly number[];
  clear(): void;
  size(): number;
  /** The digits of the best levels, best first. */
  top(): string;
}

/** An empty side; `direction` is 1 for bids (highest best) and -1 for asks. Kept with the best level last, where most changes are. */
export function createDigitSide(direction: 1 | -1): DigitSide {
  let keys: number[] = [];
  let digits: string[] = [];
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
  return {
    put(levels, decimals) {
      for (let i = 0; i + 1 < levels.length; i += 2) {
        const price = levels[i] ?? '';
        const qty = levels[i + 1] ?? '';
        const key = Number(price) * direction;
        const at = find(key);
        const present = keys[at] === key ? 1 : 0;
        if (Number(qty) === 0) {
          if (present === 0) continue;
          keys.splice(at, 1);
          digits.splice(at, 1);
        } else if (present === 1) digits[at] = digitsOf(price, decimals.price) + digitsOf(qty, decimals.qty);
        else {
          keys.splice(at, 0, key);
          digits.splice(at, 0, digitsOf(price, decimals.price) + digitsOf(qty, decimals.qty));
        }
      }
    },
    trim(depth) {
      const beyond = keys.length - depth;
      if (beyond <= 0) return [];
      digits.splice(0, beyond);
      return keys.splice(0, beyond).map((key) => key * direction);
    },
    clear() {
      keys = [];
      digits = [];
    },
    size: () => keys.length,
    top() {
      let out = '';
      for (let i = keys.length - 1; i >= 0 && i >= keys.length - CHECKSUM_LEVELS; i--) out += digits[i] ?? '';
      return out;
    },
  };
}

/** Kraken's checksum of a book: CRC-32 of the digits of the best ten asks and then of the best ten bids, unsigned. */
export function krakenChecksum(bids: DigitSide, asks: DigitSide): number {
  return crc32(asks.top() + bids.top()) >>> 0;
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
