import type { Decimals, DigitSide } from './digit-side.ts';
import { CHECKSUM_LEVELS, createDigitSide, withoutExponent } from './digit-side.ts';

/** More decimals than any market has. The list of markets had at most 10 in April 2021. */
const MOST_DECIMALS = 12;

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
