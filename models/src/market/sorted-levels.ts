/**
 * Levels in order: `cells` alternate key and quantity, keys ascending with the best last, so that changes near the top move little memory, and a
 * level is moved with one copy. A key is the price for bids and its negative for asks.
 */
export interface SortedLevels {
  cells: Float64Array;
  /** Levels. */
  size: number;
}

/** Grows by doubling. */
const FIRST_CAPACITY = 32;

/** No levels. */
export function createSortedLevels(): SortedLevels {
  return { cells: new Float64Array(2 * FIRST_CAPACITY), size: 0 };
}

/** Sets the quantity of a key, 0 removes it; how many levels there are more than before: 1, 0 or -1. O(log n) plus the moves behind it. */
export function setKey(levels: SortedLevels, key: number, qty: number): number {
  const at = lowerBound(levels, key);
  if (at < levels.size && levels.cells[2 * at] === key) {
    if (qty > 0) {
      levels.cells[2 * at + 1] = qty;
      return 0;
    }
    levels.cells.copyWithin(2 * at, 2 * at + 2, 2 * levels.size);
    levels.size--;
    return -1;
  }
  if (!(qty > 0)) return 0;
  reserve(levels, levels.size + 1);
  levels.cells.copyWithin(2 * at + 2, 2 * at, 2 * levels.size);
  levels.cells[2 * at] = key;
  levels.cells[2 * at + 1] = qty;
  levels.size++;
  return 1;
}

/** Adds a level above all others. */
export function appendKey(levels: SortedLevels, key: number, qty: number): void {
  reserve(levels, levels.size + 1);
  levels.cells[2 * levels.size] = key;
  levels.cells[2 * levels.size + 1] = qty;
  levels.size++;
}

/** Removes the lowest `count` levels. */
export function dropLowest(levels: SortedLevels, count: number): void {
  levels.cells.copyWithin(0, 2 * count, 2 * levels.size);
  levels.size -= count;
}

/** The key of level `i`, the lowest first; NaN outside. */
export function keyAt(levels: SortedLevels, i: number): number {
  return i >= 0 && i < levels.size ? (levels.cells[2 * i] ?? NaN) : NaN;
}

/** The quantity of level `i`. */
export function qtyAt(levels: SortedLevels, i: number): number {
  return levels.cells[2 * i + 1] ?? NaN;
}

/** The first index whose key is not below `key`. */
function lowerBound(levels: SortedLevels, key: number): number {
  const { cells } = levels;
  let low = 0;
  let high = levels.size;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((cells[2 * mid] ?? NaN) < key) low = mid + 1;
    else high = mid;
  }
  return low;
}

function reserve(levels: SortedLevels, size: number): void {
  if (2 * size <= levels.cells.length) return;
  let capacity = levels.cells.length;
  while (capacity < 2 * size) capacity *= 2;
  const cells = new Float64Array(capacity);
  cells.set(levels.cells);
  levels.cells = cells;
}
