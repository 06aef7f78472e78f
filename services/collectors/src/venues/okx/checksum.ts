/** CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320) of an ASCII string, as a signed 32-bit integer as OKX prints it. */
export function crc32(text: string): number {
  let crc = -1;
  for (let i = 0; i < text.length; i++) crc = (crc >>> 8) ^ (TABLE[(crc ^ text.charCodeAt(i)) & 0xff] ?? 0);
  return ~crc;
}

const TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

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

/** Levels a side that the checksum covers. Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel, read 2026-11-21. */
export const CHECKSUM_LEVELS = 25;

/** OKX's checksum: the best 25 levels a side, bid and ask by turns, each `price:quantity` as printed, joined with colons. */
export function okxChecksum(bids: PrintedSide, asks: PrintedSide): number {
  const b = bids.top(CHECKSUM_LEVELS);
  const a = asks.top(CHECKSUM_LEVELS);
  const parts: string[] = [];
  for (let i = 0; i < Math.max(b.length, a.length); i++) {
    const bid = b[i];
    const ask = a[i];
    if (bid !== undefined) parts.push(bid);
    if (ask !== undefined) parts.push(ask);
  }
  return crc32(parts.join(':'));
}
