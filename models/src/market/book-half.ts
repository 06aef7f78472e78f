import type { BookHalf } from './book-half-levels.ts';
import { keyOf, listOf, lowestPlace, placeBelow, sizeOf } from './book-half-levels.ts';
import { appendKey, createSortedLevels, dropLowest, keyAt, setKey } from './sorted-levels.ts';

export type { BookHalf } from './book-half-levels.ts';
export { bestOf, listOf, readQuantities, sizeOf, worstOf } from './book-half-levels.ts';

/** Places of the window at first: 16 KiB a side, and at ten cents a tick two hundred dollars of a bitcoin. */
const FIRST_PLACES = 2_048;
/** Places at most, for books whose levels are many ticks apart. */
const MOST_PLACES = 16_384;
/** Levels that each place more must bring in when the window is made for a snapshot, as a share (design assumption: a bit in two words of the bitmap). */
const LEAST_DENSITY = 1 / 64;
/** Levels that come below the window before it is made wider (design assumption): a book that seldom changes there gains nothing. */
const BELOW_LIMIT = 256;
/** Where the best level is put, below which place the window is moved when there are levels beyond it, and by how much at least, as shares of the places. */
const HOME = 3 / 4;
const LOW = 1 / 4;
const LEAST_MOVE = 1 / 8;
/** Decimals that are looked for, and ticks that stay exact. */
const MOST_DECIMALS = 12;
const MOST_TICKS = 2 ** 50;
/** Levels that a scale is chosen from, and stray levels before it is chosen anew (doubled each time). */
const SAMPLE = 64;

/** An empty side: 1 for bids, -1 for asks. */
export function createBookHalf(sign: 1 | -1): BookHalf {
  // Written once, so that its memory is there before the first frame and not with it.
  return { sign, scale: 0, base: 0, quantities: new Float64Array(FIRST_PLACES).fill(0), marks: new Int32Array(FIRST_PLACES >>> 5), top: -1, near: 0, far: createSortedLevels(), strays: 0, strayLimit: SAMPLE, below: 0 };
}

/** Sets the quantity at a price (finite, above 0), 0 removes; how many levels there are more than before. O(1) near the best, O(log n) and moves beyond. */
export function setLevel(side: BookHalf, price: number, qty: number): number {
  const tick = tickOf(side, price);
  const place = tick * side.sign - side.base;
  return place >= 0 && place < side.quantities.length && tick / side.scale === price ? setPlace(side, place, qty) : setBeyond(side, price, qty, tick);
}

/** The tick nearest to a price. Rounded without `Math.round`, which branches on what the last bit of a product happens to be. */
function tickOf(side: BookHalf, price: number): number {
  return Math.floor(price * side.scale + 0.5);
}

function setPlace(side: BookHalf, place: number, qty: number): number {
  const { quantities, marks } = side;
  const word = place >>> 5;
  const bits = marks[word] ?? 0;
  // Whether a level comes, changes or goes cannot be foretold: a branch on it would be guessed wrong as often as not.
  const held = (bits >>> place) & 1;
  const holds = Number(qty > 0);
  const change = holds - held;
  quantities[place] = qty;
  marks[word] = (bits & ~(1 << place)) | (holds << place);
  side.near += change;
  if (place >= side.top) setTop(side, place, qty > 0);
  return change;
}

/** What a change at or above the best place makes of that. */
function setTop(side: BookHalf, place: number, holds: boolean): void {
  if (holds) side.top = place;
  else if (place === side.top) {
    side.top = placeBelow(side, place);
    if (side.top < LOW * side.quantities.length && side.far.size > 0) moveWindow(side);
  }
}

function setBeyond(side: BookHalf, price: number, qty: number, tick: number): number {
  if (side.scale === 0) {
    if (!(qty > 0) || !chooseScale(side, [price])) return setKey(side.far, price * side.sign, qty);
    side.base = Math.round(price * side.scale) * side.sign - HOME * side.quantities.length;
    return setLevel(side, price, qty);
  }
  const between = tick / side.scale !== price;
  if (!between && qty > 0 && tick * side.sign - side.base >= side.quantities.length) {
    moveWindow(side, tick * side.sign);
    return setLevel(side, price, qty);
  }
  const change = setKey(side.far, price * side.sign, qty);
  if (between && change > 0 && ++side.strays > side.strayLimit) {
    side.strayLimit *= 2;
    rescale(side);
  } else if (!between && change > 0 && ++side.below > BELOW_LIMIT && side.quantities.length < MOST_PLACES) widen(side);
  return change;
}

/** Puts the window where the best level (or the tick given) is at home, and each level on its side of the edge. O(levels). */
function moveWindow(side: BookHalf, best = bestTick(side)): void {
  const places = side.quantities.length;
  const base = best - HOME * places;
  if (Math.abs(base - side.base) < LEAST_MOVE * places) return;
  const levels = listOf(side, Infinity);
  resetWindow(side);
  side.base = base;
  place(side, levels);
}

/** Makes the window four times as wide. O(levels). */
function widen(side: BookHalf): void {
  const levels = listOf(side, Infinity);
  const best = bestTick(side);
  side.below = 0;
  resetWindow(side);
  makePlaces(side, Math.min(MOST_PLACES, 4 * side.quantities.length));
  side.base = best - HOME * side.quantities.length;
  place(side, levels);
}

/** An empty window of so many places. */
function makePlaces(side: BookHalf, places: number): void {
  side.quantities = new Float64Array(places).fill(0);
  side.marks = new Int32Array(places >>> 5);
}

/** Widens an empty window for levels, strictly best first, as long as twice the places take in enough more of them: these will be changed too. O(levels). */
function fitWindow(side: BookHalf, levels: readonly number[]): void {
  let places = side.quantities.length;
  for (let held = levelsWithin(side, levels, 0, places); held < levels.length && places < MOST_PLACES; ) {
    const more = levelsWithin(side, levels, held, 2 * places);
    if (more - held < 2 * LEAST_DENSITY * places) break;
    held = more;
    places *= 2;
  }
  if (places > side.quantities.length) makePlaces(side, places);
}

/** How far into a list of levels a window of so many places reaches, from `from` on. */
function levelsWithin(side: BookHalf, levels: readonly number[], from: number, places: number): number {
  const worst = (levels[0] ?? NaN) * side.sign - (HOME * places) / side.scale;
  let i = from;
  while (i < levels.length && (levels[i] ?? NaN) * side.sign >= worst) i += 2;
  return i;
}

function bestTick(side: BookHalf): number {
  return Math.max(side.top < 0 ? -Infinity : side.base + side.top, side.far.size === 0 ? -Infinity : Math.round(keyAt(side.far, side.far.size - 1) * side.scale));
}

function rescale(side: BookHalf): void {
  const levels = listOf(side, Infinity);
  const held = side.scale;
  if (!chooseScale(side, levels) || side.scale === held) return;
  resetWindow(side);
  side.base = Math.round((levels[0] ?? NaN) * side.scale) * side.sign - HOME * side.quantities.length;
  place(side, levels);
}

/** The scale of the finest of the best levels; false when none of them is a decimal of few digits. */
function chooseScale(side: BookHalf, levels: readonly number[]): boolean {
  let scale = 0;
  for (let i = 0; i < levels.length && i < 2 * SAMPLE; i += 2) scale = Math.max(scale, scaleOf(levels[i] ?? NaN));
  if (scale === 0) return false;
  side.scale = scale;
  side.strays = 0;
  return true;
}

function scaleOf(price: number): number {
  let scale = 1;
  for (let d = 0; d <= MOST_DECIMALS; d++) {
    const tick = Math.round(price * scale);
    if (tick >= MOST_TICKS) return 0;
    if (tick / scale === price) return scale;
    scale *= 10;
  }
  return 0;
}

function resetWindow(side: BookHalf): void {
  if (side.near > 0) {
    side.quantities.fill(0);
    side.marks.fill(0);
  }
  side.near = 0;
  side.top = -1;
  side.far.size = 0;
}

/** Puts levels, strictly best first, into an empty side whose window stands. */
function place(side: BookHalf, levels: readonly number[]): void {
  // From the worst to the best, which is the order they are kept in.
  for (let i = levels.length - 2; i >= 0; i -= 2) {
    const price = levels[i] ?? NaN;
    const qty = levels[i + 1] ?? NaN;
    if (!(qty > 0)) continue;
    const tick = tickOf(side, price);
    const at = tick * side.sign - side.base;
    if (at >= 0 && at < side.quantities.length && tick / side.scale === price) setPlace(side, at, qty);
    else appendKey(side.far, price * side.sign, qty);
  }
}

/** Removes every level. */
export function clearSide(side: BookHalf): void {
  resetWindow(side);
  side.scale = 0;
  side.strays = 0;
  side.strayLimit = SAMPLE;
}

/** Replaces every level. O(levels) when they are strictly best first, as venues nearly always send them. */
export function replaceSide(side: BookHalf, levels: readonly number[]): void {
  clearSide(side);
  let best = levels[0] ?? NaN;
  let ordered = true;
  for (let i = 2; i < levels.length; i += 2) {
    const price = levels[i] ?? NaN;
    if (!((levels[i - 2] ?? NaN) * side.sign > price * side.sign)) ordered = false;
    if (price * side.sign > best * side.sign) best = price;
  }
  if (levels.length < 2) return;
  if (chooseScale(side, levels)) {
    if (ordered) fitWindow(side, levels);
    side.base = Math.round(best * side.scale) * side.sign - HOME * side.quantities.length;
  }
  if (ordered) place(side, levels);
  else for (let i = 0; i + 1 < levels.length; i += 2) setLevel(side, levels[i] ?? NaN, levels[i + 1] ?? NaN);
}

/** Removes the worst `count` levels, at most all. */
export function dropWorst(side: BookHalf, count: number): void {
  for (let left = count; left > 0 && sizeOf(side) > 0; ) {
    const place = lowestPlace(side);
    // Levels below the window go in one move.
    let below = 0;
    while (below < left && below < side.far.size && (place < 0 || keyAt(side.far, below) < keyOf(side, place))) below++;
    if (below > 0) dropLowest(side.far, below);
    else setPlace(side, place, 0);
    left -= Math.max(1, below);
  }
}
