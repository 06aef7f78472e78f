import { assert } from '../../core/index.ts';
import { at, type Ladder } from '../../market/index.ts';

/** 1 buys, -1 sells. The same sign is the side of a book: 1 the asks, -1 the bids. */
export type Direction = 1 | -1;

/** Rounds lots that arithmetic left just below a whole number up to it, as the static engine does. */
const lotSlack = 1e-9;
/** A displacement smaller than this is none. */
const negligible = 1e-15;

/** One half of a book: the ladder and how far each level is from the middle, |ln(tick / middle)|, filled in when first asked for (`offsetOf`). */
interface HalfBook {
  readonly ticks: Int32Array;
  readonly lots: Float64Array;
  readonly middle: number;
  readonly offsets: Float64Array;
}

/**
 * A ladder around a fundamental and how much of it is consumed. The consumed part is one signed stretch: from the middle `level` levels into the asks (`side` 1) or
 * the bids (-1), and some lots of that level; executions against it first give back what was taken. `displacement` is the end of the stretch in log-price, a
 * level's lots being spread evenly over the gap before it. The price is the tick of `level`.
 */
export interface DynamicBook {
  readonly bids: HalfBook;
  readonly asks: HalfBook;
  /** kappa: levels hold floor(kappa x lots + 1e-9). */
  kappa: number;
  /** e^F: ticks of levels are round(tick x scale), at least 1. */
  scale: number;
  side: Direction;
  level: number;
  usable: number;
  /** Lots of the level that are taken: what the displacement said, not whole, and whole lots since (apart, so that their sum does not depend on how they came). */
  taken: number;
  moved: number;
  displacement: number;
  /** The lots taken no longer say what `displacement` does. */
  stale: boolean;
  tick: number;
}

/** A book at `displacement` from its middle, the geometric mean of the best prices. At least one side has levels, and the best bid is below the best ask. */
export function createBook(bids: Ladder, asks: Ladder, kappa: number, scale: number, displacement: number, touch: Direction): DynamicBook {
  const [hasBids, hasAsks] = [bids.ticks.length > 0, asks.ticks.length > 0];
  assert(hasBids || hasAsks, 'a book has a level');
  const bestBid = hasBids ? at(bids.ticks, 0) : at(asks.ticks, 0) - 0.5;
  const bestAsk = hasAsks ? at(asks.ticks, 0) : bestBid + 0.5;
  assert(bestBid < bestAsk, 'the best bid is below the best ask');
  const middle = Math.sqrt(bestBid * bestAsk);
  const half = ({ ticks, lots }: Ladder): HalfBook => ({ ticks, lots, middle, offsets: new Float64Array(ticks.length) });
  const wanted: Direction = displacement === 0 ? touch : displacement < 0 ? -1 : 1;
  const side: Direction = (wanted === -1 ? hasBids : hasAsks) ? wanted : wanted === -1 ? 1 : -1;
  const book: DynamicBook = { bids: half(bids), asks: half(asks), kappa, scale, side, level: 0, usable: 0, taken: 0, moved: 0, displacement, stale: true, tick: 0 };
  const reached = halfOf(book);
  while (book.level + 1 < reached.ticks.length && offsetOf(reached, book.level) < Math.abs(displacement)) book.level++;
  refresh(book);
  reprice(book);
  return book;
}

/** Reads `tick` anew, after `scale` or `level` changed. */
export function reprice(book: DynamicBook): void {
  book.tick = Math.max(1, Math.round(at(halfOf(book).ticks, book.level) * book.scale));
}

/** Sets the depth multiplier: the displacement stays, the lots consumed shrink or grow with the level. */
export function setKappa(book: DynamicBook, kappa: number): void {
  if (kappa === book.kappa) return;
  book.kappa = kappa;
  book.stale = true;
}

/** One second of resilience: the displacement shrinks to `keep` = e^-rho of itself. O(levels that grew back). */
export function recover(book: DynamicBook, keep: number): void {
  if (book.displacement === 0 || keep === 1) return;
  const left = book.displacement * keep;
  book.displacement = Math.abs(left) < negligible ? 0 : left;
  book.stale = true;
  const half = halfOf(book);
  const distance = Math.abs(book.displacement);
  if (offsetOf(half, book.level - 1) < distance) return;
  while (book.level > 0 && offsetOf(half, book.level - 1) >= distance) book.level--;
  reprice(book);
}

/** Makes `usable` and `taken` say what `displacement` does. Before an execution. */
export function refresh(book: DynamicBook): void {
  if (!book.stale) return;
  book.stale = false;
  book.usable = usableAt(book);
  const half = halfOf(book);
  const before = offsetOf(half, book.level - 1);
  const share = (Math.abs(book.displacement) - before) / (offsetOf(half, book.level) - before);
  book.taken = book.usable * Math.min(1, Math.max(0, share));
  book.moved = 0;
}

/** Whole lots that can be executed at the present tick. */
export function room(book: DynamicBook, direction: Direction): number {
  const taken = book.taken + book.moved;
  return Math.max(0, Math.floor((direction === book.side ? book.usable - taken : taken) + lotSlack));
}

/** Goes on to the next tick in a direction; false where the book ends. */
export function advance(book: DynamicBook, direction: Direction): boolean {
  if (direction === book.side) {
    if (book.level + 1 >= halfOf(book).ticks.length) return false;
    book.level++;
    enter(book, false);
  } else if (book.level > 0) {
    book.level--;
    enter(book, true);
  } else {
    if ((direction === 1 ? book.asks : book.bids).ticks.length === 0) return false;
    book.side = direction;
    enter(book, false);
  }
  reprice(book);
  return true;
}

/** The tick `advance` would go to; NaN where the book ends. */
export function tickBeyond(book: DynamicBook, direction: Direction): number {
  const half = direction === book.side || book.level > 0 ? halfOf(book) : direction === 1 ? book.asks : book.bids;
  const level = direction === book.side ? book.level + 1 : Math.max(0, book.level - 1);
  return level < half.ticks.length ? Math.max(1, Math.round(at(half.ticks, level) * book.scale)) : NaN;
}

/** Takes `lots` (at most `room`) at the present tick. */
export function consume(book: DynamicBook, direction: Direction, lots: number): void {
  book.moved += direction === book.side ? lots : -lots;
}

/** After an execution: rests on the first level that holds what is consumed, and says the displacement. */
export function rest(book: DynamicBook, direction: Direction): void {
  if (direction !== book.side) {
    const level = book.level;
    while (book.level > 0 && book.taken + book.moved <= lotSlack) {
      book.level--;
      enter(book, true);
    }
    if (book.level !== level) reprice(book);
  }
  const half = halfOf(book);
  const before = offsetOf(half, book.level - 1);
  const share = book.usable > 0 ? Math.min(1, Math.max(0, (book.taken + book.moved) / book.usable)) : direction === book.side ? 1 : 0;
  book.displacement = book.side * (before + (offsetOf(half, book.level) - before) * share);
}

/** How far level `i` is from the middle; 0 for the middle itself, level -1. */
export function offsetOf(half: HalfBook, i: number): number {
  if (i < 0) return 0;
  const known = at(half.offsets, i);
  if (known > 0) return known;
  const offset = Math.abs(Math.log(at(half.ticks, i) / half.middle));
  half.offsets[i] = offset;
  return offset;
}

/** On a new level: nothing of it taken, or all. */
function enter(book: DynamicBook, isTaken: boolean): void {
  book.usable = usableAt(book);
  book.taken = isTaken ? book.usable : 0;
  book.moved = 0;
}

function halfOf(book: DynamicBook): HalfBook {
  return book.side === 1 ? book.asks : book.bids;
}

function usableAt(book: DynamicBook): number {
  return Math.floor(book.kappa * at(halfOf(book).lots, book.level) + lotSlack);
}
