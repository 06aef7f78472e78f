import type { SortedLevels } from './sorted-levels.ts';
import { keyAt, qtyAt } from './sorted-levels.ts';

/**
 * One side of a book. Levels near the best are kept by place: the quantity of tick `base + place` stands at that place, so a change is one write wherever it
 * falls, and a bitmap of the places taken finds the next level. What lies outside the window or between its ticks is kept in order beside it: an outlier or a
 * price finer than the others costs itself and nothing else. A level is in exactly one of the two. Ticks count in the direction of better prices: a tick is
 * `price * scale` for bids and its negative for asks; `scale` is a power of ten taken from the decimals of the prices themselves, never from a published tick.
 */
export interface BookHalf {
  readonly sign: 1 | -1;
  /** Ticks in one unit of price; 0 until a price is known. */
  scale: number;
  /** The tick of place 0. */
  base: number;
  quantities: Float64Array;
  /** A bit for each place taken. */
  marks: Int32Array;
  /** The best place taken; -1 for none. */
  top: number;
  /** Places taken. */
  near: number;
  readonly far: SortedLevels;
  /** Levels between the ticks that came since the scale was chosen, and how many may before it is chosen anew. */
  strays: number;
  strayLimit: number;
  /** Levels that came below the window since it was last made wider. */
  below: number;
}

/** The best place taken at or below `place` - 1; -1 for none. */
export function placeBelow({ marks }: BookHalf, place: number): number {
  if (place <= 0) return -1;
  const from = place - 1;
  let word = from >>> 5;
  let bits = (marks[word] ?? 0) & (-1 >>> (31 - (from & 31)));
  while (bits === 0) {
    if (word === 0) return -1;
    bits = marks[--word] ?? 0;
  }
  return (word << 5) + 31 - Math.clz32(bits);
}

/** The worst place taken; -1 for none. */
export function lowestPlace({ marks, near }: BookHalf): number {
  if (near === 0) return -1;
  let word = 0;
  while (marks[word] === 0) word++;
  const bits = marks[word] ?? 0;
  return (word << 5) + 31 - Math.clz32(bits & -bits);
}

/** The key (signed price) of a place. */
export function keyOf(side: BookHalf, place: number): number {
  return (side.base + place) / side.scale;
}

/** The number of levels. */
export function sizeOf(side: BookHalf): number {
  return side.near + side.far.size;
}

/** The best price; NaN when the side is empty. */
export function bestOf(side: BookHalf): number {
  const near = side.top < 0 ? NaN : keyOf(side, side.top);
  if (side.far.size === 0) return near * side.sign;
  const far = keyAt(side.far, side.far.size - 1);
  return (near >= far ? near : far) * side.sign;
}

/** The worst price; NaN when the side is empty. */
export function worstOf(side: BookHalf): number {
  const place = lowestPlace(side);
  const near = place < 0 ? NaN : keyOf(side, place);
  if (side.far.size === 0) return near * side.sign;
  const far = keyAt(side.far, 0);
  return (near <= far ? near : far) * side.sign;
}

/** Writes the quantities of the best `limit` levels, best first, into `out`; how many they are. */
export function readQuantities(side: BookHalf, limit: number, out: Float64Array): number {
  const { far, quantities, marks } = side;
  let i = far.size - 1;
  let n = 0;
  let word = side.top >>> 5;
  // A word of the bitmap at a time: the bits of the places not yet read.
  let bits = side.top < 0 ? 0 : (marks[word] ?? 0);
  let left = side.near;
  /** Where the best level outside the window would stand, in places. */
  let beyond = i < 0 ? -Infinity : keyAt(far, i) * side.scale - side.base;
  while (n < limit && (left > 0 || i >= 0)) {
    while (bits === 0 && left > 0) bits = marks[--word] ?? 0;
    const bit = 31 - Math.clz32(bits);
    const place = left > 0 ? (word << 5) + bit : -Infinity;
    // Keys are compared only where they may be close: a level outside the window may lie between two ticks.
    if (left > 0 && (place - beyond >= 1 || keyOf(side, place) >= keyAt(far, i))) {
      out[n++] = quantities[place] ?? NaN;
      bits &= ~(1 << bit);
      left--;
    } else {
      out[n++] = qtyAt(far, i--);
      beyond = i < 0 ? -Infinity : keyAt(far, i) * side.scale - side.base;
    }
  }
  return n;
}

/** Up to `limit` levels best first, alternating price and quantity. */
export function listOf(side: BookHalf, limit: number): number[] {
  const { far, quantities, sign } = side;
  const out: number[] = [];
  let place = side.top;
  let i = far.size - 1;
  for (let n = 0; n < limit && (place >= 0 || i >= 0); n++) {
    const key = place >= 0 ? keyOf(side, place) : -Infinity;
    if (i >= 0 && keyAt(far, i) > key) {
      out.push(keyAt(far, i) * sign, qtyAt(far, i));
      i--;
    } else {
      out.push(key * sign, quantities[place] ?? NaN);
      place = placeBelow(side, place);
    }
  }
  return out;
}
