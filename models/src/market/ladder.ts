import { err, ok, type Result } from '../core/index.ts';
import { at } from './at.ts';

/** Which half of a book a ladder is. */
export type BookSide = 'bid' | 'ask';

/**
 * One half of an order book on a whole-number grid, best level first: bids descend in ticks, asks ascend.
 * `lots` are whole numbers >= 0 in a float64 (exact to 2^53); ticks fit 32 bits, so a price of up to 2.1e9 ticks.
 */
export interface Ladder {
  readonly ticks: Int32Array;
  readonly lots: Float64Array;
}

/** The grid of one market: prices are multiples of `tickSize` (quote), quantities of `lotSize` (its own unit); both > 0. */
export interface LadderGrid {
  readonly tickSize: number;
  readonly lotSize: number;
  readonly side: BookSide;
}

/** Levels as pairs `[price, qty]`, as one flat list `price, qty, price, qty, ...`, or as two lists of equal length. */
export type Levels =
  | readonly (readonly [number, number])[]
  | readonly number[]
  | { readonly prices: ArrayLike<number>; readonly qtys: ArrayLike<number> };

/** Why levels are not a ladder; `index` is the level, `value` what was read there. */
export interface LadderError {
  readonly kind: 'ladder.price-off-grid' | 'ladder.qty-off-grid' | 'ladder.out-of-range' | 'ladder.not-best-first' | 'ladder.length';
  readonly index: number;
  readonly value: number;
}

const MAX_TICK = 0x7fffffff;

/** A ladder without levels. */
export function emptyLadder(): Ladder {
  return { ticks: new Int32Array(0), lots: new Float64Array(0) };
}

/**
 * The whole number `value` stands for, or null when it is farther from one than 1e-6 (a tolerance that grows in
 * proportion above 1e9, where float64 spacing of a quotient of decimals does).
 */
export function wholeNumber(value: number): number | null {
  const rounded = Math.round(value);
  return Math.abs(value - rounded) <= 1e-6 * Math.max(1, Math.abs(value) / 1e9) ? rounded : null;
}

/** A whole number of steps as a decimal of the step's own precision, without the last digits that float64 cannot hold: 3 steps of 0.1 are 0.3. */
export function multipleOf(count: number, step: number): number {
  return Number((count * step).toPrecision(15));
}

/** Reads levels that must lie on the grid, best first and strictly ordered. O(levels). Fails with the first bad level. */
export function ladderFromLevels(levels: Levels, grid: LadderGrid): Result<Ladder, LadderError> {
  const flat = flatten(levels);
  if (flat === null) return err({ kind: 'ladder.length', index: 0, value: 0 });
  const n = flat.length / 2;
  const ticks = new Int32Array(n);
  const lots = new Float64Array(n);
  const sign = grid.side === 'bid' ? 1 : -1;
  let previous = sign * Infinity;
  for (let i = 0; i < n; i++) {
    const price = at(flat, 2 * i);
    const qty = at(flat, 2 * i + 1);
    const tick = wholeNumber(price / grid.tickSize);
    if (tick === null) return err({ kind: 'ladder.price-off-grid', index: i, value: price });
    if (!(tick > 0 && tick <= MAX_TICK)) return err({ kind: 'ladder.out-of-range', index: i, value: price });
    if (!(sign * tick < sign * previous)) return err({ kind: 'ladder.not-best-first', index: i, value: price });
    const count = wholeNumber(qty / grid.lotSize);
    if (count === null) return err({ kind: 'ladder.qty-off-grid', index: i, value: qty });
    if (!(count >= 0 && count <= Number.MAX_SAFE_INTEGER)) return err({ kind: 'ladder.out-of-range', index: i, value: qty });
    ticks[i] = tick;
    lots[i] = count;
    previous = tick;
  }
  return ok({ ticks, lots });
}

/**
 * Puts live levels on a grid, which may be coarser than the venue's, always to the pessimistic side: a bid's price is
 * floored, an ask's is ceiled, and the quantity gathered at a tick is floored to whole lots (never more depth than was
 * quoted). Levels need not be ordered; those that are not finite, not positive or off the 32-bit range are left out,
 * and so is a tick with less than one lot. O(n), plus a sort when the levels were not best first.
 */
export function quantiseLadder(levels: Levels, grid: LadderGrid): Ladder {
  const flat = flatten(levels) ?? new Float64Array(0);
  const points: { tick: number; qty: number }[] = [];
  const sign = grid.side === 'bid' ? 1 : -1;
  let ordered = true;
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const qty = at(flat, i + 1);
    const raw = at(flat, i) / grid.tickSize;
    if (!(raw > 0 && raw <= MAX_TICK) || !(qty > 0 && qty < Infinity)) continue;
    const tick = sign * Math.floor(sign * raw + 1e-6 * Math.max(1, raw / 1e9));
    if (tick < 1) continue;
    const last = points.at(-1);
    if (last?.tick === tick) {
      last.qty += qty;
      continue;
    }
    if (last !== undefined && sign * tick > sign * last.tick) ordered = false;
    points.push({ tick, qty });
  }
  if (!ordered) points.sort((a, b) => sign * (b.tick - a.tick));
  return fromPoints(points, grid.lotSize);
}

/** Sum of all lots of a ladder. O(levels). */
export function totalLots(ladder: Ladder): number {
  let sum = 0;
  for (let i = 0; i < ladder.lots.length; i++) sum += at(ladder.lots, i);
  return sum;
}

function fromPoints(points: readonly { readonly tick: number; readonly qty: number }[], lotSize: number): Ladder {
  const ticks = new Int32Array(points.length);
  const lots = new Float64Array(points.length);
  let n = 0;
  for (let i = 0; i < points.length; ) {
    const tick = points[i]?.tick ?? 0;
    let qty = 0;
    for (; points[i]?.tick === tick; i++) qty += points[i]?.qty ?? 0;
    const count = Math.floor((qty / lotSize) * (1 + 1e-12) + 1e-9);
    if (count < 1) continue;
    ticks[n] = tick;
    lots[n++] = Math.min(count, Number.MAX_SAFE_INTEGER);
  }
  return { ticks: ticks.slice(0, n), lots: lots.slice(0, n) };
}

function flatten(levels: Levels): Float64Array | null {
  if ('prices' in levels) {
    const { prices, qtys } = levels;
    if (prices.length !== qtys.length) return null;
    const flat = new Float64Array(2 * prices.length);
    for (let i = 0; i < prices.length; i++) {
      flat[2 * i] = prices[i] ?? NaN;
      flat[2 * i + 1] = qtys[i] ?? NaN;
    }
    return flat;
  }
  const flat: number[] = [];
  for (const entry of levels) {
    if (typeof entry === 'number') flat.push(entry);
    else flat.push(entry[0], entry[1]);
  }
  return flat.length % 2 === 0 ? Float64Array.from(flat) : null;
}
