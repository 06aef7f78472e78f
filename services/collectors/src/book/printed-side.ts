import { crc32 } from './crc32.ts';

/** One side of a book as printed, best first, for checksums only. */
export interface PrintedSide {
  /** Puts alternating printed prices and quantities over what is there; quantity 0 removes. O(levels) a change. */
  put(levels: readonly string[]): void;
  clear(): void;
  /** `price:quantity` of the best `n` levels. */
  top(n: number): readonly string[];
}

/** An empty side; `direction` is 1 for asks (lowest first) and -1 for bids. */
export function createPrintedSide(direction: 1 | -1): PrintedSide {
  let keys: number[] = [];
  let printed: string[] = [];
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
    put(levels) {
      for (let i = 0; i + 1 < levels.length; i += 2) {
        const price = levels[i] ?? '';
        const quantity = levels[i + 1] ?? '';
        const key = Number(price) * direction;
        const at = find(key);
        const present = keys[at] === key ? 1 : 0;
        if (Number(quantity) === 0) {
          keys.splice(at, present);
          printed.splice(at, present);
        } else {
          keys.splice(at, present, key);
          printed.splice(at, present, `${price}:${quantity}`);
        }
      }
    },
    clear() {
      keys = [];
      printed = [];
    },
    top: (n) => printed.slice(0, n),
  };
}

/** CRC-32 of the best `levels` a side, bid and ask by turns, then what is left of the longer side, each `price:quantity` as printed, joined with colons; the rule of OKX and Bitget. O(levels). */
export function interleavedChecksum(bids: PrintedSide, asks: PrintedSide, levels: number): number {
  const b = bids.top(levels);
  const a = asks.top(levels);
  const parts: string[] = [];
  for (let i = 0; i < Math.max(b.length, a.length); i++) {
    const bid = b[i];
    const ask = a[i];
    if (bid !== undefined) parts.push(bid);
    if (ask !== undefined) parts.push(ask);
  }
  return crc32(parts.join(':'));
}
