/**
 * One side of a book: `cells` alternate key and quantity, keys ascending with the best last, so that changes near the top move little memory, and a
 * level is moved with one copy. A key is the price for bids and its negative for asks.
 */
interface Side {
  cells: Float64Array;
  /** Levels. */
  size: number;
  readonly sign: 1 | -1;
}

/** An order book of one market. Levels are keyed by the double of the printed price, so equal prints are one level whatever the tick. */
export interface OrderBook {
  /** Applies absolute quantities (0 removes), alternating price and quantity in any order. Finite prices > 0 and quantities >= 0 only. O(k log n) plus moves near the top. */
  apply(bids: readonly number[], asks: readonly number[]): void;
  /** Replaces every level. */
  replace(bids: readonly number[], asks: readonly number[]): void;
  /** Removes every level. */
  clear(): void;
  /** The best price of a side; NaN when it is empty. */
  best(side: 'bids' | 'asks'): number;
  /** Whether the best bid is at or above the best ask. */
  crossed(): boolean;
  /** Up to `limit` levels best first, alternating price and quantity. */
  levels(side: 'bids' | 'asks', limit?: number): number[];
  /** The number of levels of a side. */
  size(side: 'bids' | 'asks'): number;
  /** Levels dropped because the side was full: the worst make room, and each is counted. */
  dropped(): number;
}

/** Makes an empty book that holds at most `maxLevels` levels a side (default 20,000; most venues give up to 5,000, Coinbase its whole book: 27,236 asks of BTC-USD in August 2026). */
export function createOrderBook(options: { readonly maxLevels?: number } = {}): OrderBook {
  const maxLevels = options.maxLevels ?? 20_000;
  const bidSide = emptySide(1);
  const askSide = emptySide(-1);
  let dropped = 0;

  const set = (side: Side, price: number, qty: number): void => {
    const key = price * side.sign;
    const at = lowerBound(side, key);
    if (at < side.size && side.cells[2 * at] === key) {
      if (qty > 0) side.cells[2 * at + 1] = qty;
      else removeAt(side, at);
      return;
    }
    if (qty > 0) {
      insertAt(side, at, key, qty);
      if (side.size > maxLevels) {
        removeAt(side, 0);
        dropped++;
      }
    }
  };
  const applySide = (side: Side, levels: readonly number[]): void => {
    for (let i = 0; i + 1 < levels.length; i += 2) set(side, levels[i] ?? NaN, levels[i + 1] ?? NaN);
  };
  const replaceSide = (side: Side, levels: readonly number[]): void => {
    side.size = 0;
    if (!fill(side, levels)) {
      side.size = 0;
      applySide(side, levels);
      return;
    }
    const excess = side.size - maxLevels;
    if (excess <= 0) return;
    side.cells.copyWithin(0, 2 * excess, 2 * side.size);
    side.size = maxLevels;
    dropped += excess;
  };

  return {
    apply: (bids, asks) => {
      applySide(bidSide, bids);
      applySide(askSide, asks);
    },
    replace: (bids, asks) => {
      replaceSide(bidSide, bids);
      replaceSide(askSide, asks);
    },
    clear: () => {
      bidSide.size = 0;
      askSide.size = 0;
    },
    best: (side) => bestOf(side === 'bids' ? bidSide : askSide),
    // A comparison with NaN (an empty side) is false.
    crossed: () => bestOf(bidSide) >= bestOf(askSide),
    levels: (side, limit = Infinity) => listOf(side === 'bids' ? bidSide : askSide, limit),
    size: (side) => (side === 'bids' ? bidSide : askSide).size,
    dropped: () => dropped,
  };
}

/** Enough for the channels of most venues; grows by doubling. */
const INITIAL_CAPACITY = 256;

function emptySide(sign: 1 | -1): Side {
  return { cells: new Float64Array(2 * INITIAL_CAPACITY), size: 0, sign };
}

/** The first index whose key is not below `key`. */
function lowerBound(side: Side, key: number): number {
  const cells = side.cells;
  let low = 0;
  let high = side.size;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((cells[2 * mid] ?? NaN) < key) low = mid + 1;
    else high = mid;
  }
  return low;
}

function reserve(side: Side, size: number): void {
  if (2 * size <= side.cells.length) return;
  let capacity = side.cells.length;
  while (capacity < 2 * size) capacity *= 2;
  const cells = new Float64Array(capacity);
  cells.set(side.cells);
  side.cells = cells;
}

/** Short moves are cheaper by hand than through copyWithin's call; in cells. */
const SHORT_MOVE = 32;

function insertAt(side: Side, at: number, key: number, qty: number): void {
  reserve(side, side.size + 1);
  const cells = side.cells;
  const from = 2 * at;
  const end = 2 * side.size;
  if (end - from < SHORT_MOVE) for (let i = end + 1; i > from + 1; i--) cells[i] = cells[i - 2] ?? NaN;
  else cells.copyWithin(from + 2, from, end);
  cells[from] = key;
  cells[from + 1] = qty;
  side.size++;
}

function removeAt(side: Side, at: number): void {
  const cells = side.cells;
  const from = 2 * at;
  const end = 2 * side.size;
  if (end - from < SHORT_MOVE) for (let i = from; i < end - 2; i++) cells[i] = cells[i + 2] ?? NaN;
  else cells.copyWithin(from, from + 2, end);
  side.size--;
}

/** Writes levels that are strictly ordered best first; false when they are not (the side is then in an unspecified state). */
function fill(side: Side, levels: readonly number[]): boolean {
  const count = levels.length >>> 1;
  reserve(side, count);
  let previous = -Infinity;
  let size = 0;
  // From the worst to the best, which is the order they are kept in.
  for (let i = count - 1; i >= 0; i--) {
    const key = (levels[2 * i] ?? NaN) * side.sign;
    const qty = levels[2 * i + 1] ?? NaN;
    if (!(key > previous)) return false;
    previous = key;
    if (qty > 0) {
      side.cells[2 * size] = key;
      side.cells[2 * size + 1] = qty;
      size++;
    }
  }
  side.size = size;
  return true;
}

function bestOf(side: Side): number {
  return side.size === 0 ? NaN : (side.cells[2 * side.size - 2] ?? NaN) * side.sign;
}

function listOf(side: Side, limit: number): number[] {
  const out: number[] = [];
  const end = Math.max(0, side.size - limit);
  for (let i = side.size - 1; i >= end; i--) out.push((side.cells[2 * i] ?? NaN) * side.sign, side.cells[2 * i + 1] ?? NaN);
  return out;
}
