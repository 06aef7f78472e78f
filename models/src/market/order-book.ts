import { bestOf, clearSide, createBookHalf, dropWorst, listOf, replaceSide, setLevel, sizeOf, worstOf, type BookHalf } from './book-half.ts';

/** An order book of one market. Levels are keyed by the double of the printed price, so equal prints are one level whatever the tick. */
export interface OrderBook {
  /** Applies absolute quantities (0 removes), alternating price and quantity in any order. Finite prices > 0 and quantities >= 0 only. O(k) near the best, O(k log n) plus moves far from it. */
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
  const bidSide = createBookHalf(1);
  const askSide = createBookHalf(-1);
  let dropped = 0;

  /** A change of a side that is full: what would be its worst level is not taken in. */
  const setFull = (side: BookHalf, price: number, qty: number): void => {
    if (qty > 0 && price * side.sign < worstOf(side) * side.sign) dropped++;
    else if (setLevel(side, price, qty) > 0) {
      dropWorst(side, 1);
      dropped++;
    }
  };
  const applySide = (side: BookHalf, levels: readonly number[]): void => {
    for (let i = 0; i + 1 < levels.length; i += 2) {
      if (sizeOf(side) < maxLevels) setLevel(side, levels[i] ?? NaN, levels[i + 1] ?? NaN);
      else setFull(side, levels[i] ?? NaN, levels[i + 1] ?? NaN);
    }
  };
  const replace = (side: BookHalf, levels: readonly number[]): void => {
    replaceSide(side, levels);
    const excess = sizeOf(side) - maxLevels;
    if (excess <= 0) return;
    dropWorst(side, excess);
    dropped += excess;
  };

  return {
    apply: (bids, asks) => {
      applySide(bidSide, bids);
      applySide(askSide, asks);
    },
    replace: (bids, asks) => {
      replace(bidSide, bids);
      replace(askSide, asks);
    },
    clear: () => {
      clearSide(bidSide);
      clearSide(askSide);
    },
    best: (side) => bestOf(side === 'bids' ? bidSide : askSide),
    // A comparison with NaN (an empty side) is false.
    crossed: () => bestOf(bidSide) >= bestOf(askSide),
    levels: (side, limit = Infinity) => listOf(side === 'bids' ? bidSide : askSide, limit),
    size: (side) => sizeOf(side === 'bids' ? bidSide : askSide),
    dropped: () => dropped,
  };
}
