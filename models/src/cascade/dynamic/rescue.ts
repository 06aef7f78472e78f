import { at, type Tranche } from '../../market/index.ts';
import { lookAhead, type LiquidationSide } from './liquidation-side.ts';
import type { RescueArrival } from './scenario.ts';

const maxTick = 0x7fffffff;

/** A waiting position while a side is put in order again. */
interface Row {
  readonly tick: number;
  readonly lots: number;
  readonly bankruptcyTick: number;
  readonly entryTick: number;
  readonly tail: readonly Tranche[] | undefined;
  readonly rest: number;
}

/**
 * Moves a share of every waiting position whose trigger is in the range away from the price: a row of its own with trigger and bankruptcy price shifted. A position that is
 * cut in steps moves whole when at least half of it would, since a staircase cannot be split. What has fired is past saving. O(n log n).
 */
export function rescue(s: LiquidationSide, { fromTick, toTick, share, shiftTicks }: RescueArrival): void {
  if (shiftTicks === 0 || share === 0) return;
  const [low, high] = [Math.min(fromTick, toTick), Math.max(fromTick, toTick)];
  const offset = -s.sign * shiftTicks;
  const moved = (tick: number): number => Math.max(1, Math.min(maxTick, tick + offset));
  const rows: Row[] = [];
  for (let i = s.next; i < s.ticks.length; i++) {
    const row: Row = { tick: at(s.ticks, i), lots: at(s.lots, i), bankruptcyTick: at(s.bankruptcyTicks, i), entryTick: at(s.entryTicks, i), tail: s.tails[i], rest: at(s.rest, i) };
    const isIn = row.tick >= low && row.tick <= high;
    const lots = !isIn ? 0 : row.rest > 0 ? (share >= 0.5 ? row.lots : 0) : Math.floor(share * row.lots + 1e-9);
    if (lots < row.lots || lots === 0) rows.push({ ...row, lots: row.lots - lots });
    if (lots === 0) continue;
    const tail = row.tail?.map((tranche) => ({ ...tranche, tick: moved(tranche.tick), bankruptcyTick: moved(tranche.bankruptcyTick) }));
    rows.push({ ...row, lots, tick: moved(row.tick), bankruptcyTick: moved(row.bankruptcyTick), tail });
  }
  rows.sort((a, b) => s.sign * (b.tick - a.tick));
  replaceWaiting(s, rows);
}

/** Rows before `next` keep their numbers: they have orders. */
function replaceWaiting(s: LiquidationSide, rows: readonly Row[]): void {
  const { next } = s;
  const n = next + rows.length;
  const ints = (old: Int32Array, of?: (row: Row) => number): Int32Array => fillFrom(new Int32Array(n), old, next, rows, of);
  const floats = (old: Float64Array, of?: (row: Row) => number): Float64Array => fillFrom(new Float64Array(n), old, next, rows, of);
  s.ticks = ints(s.ticks, (row) => row.tick);
  s.lots = floats(s.lots, (row) => row.lots);
  s.bankruptcyTicks = ints(s.bankruptcyTicks, (row) => row.bankruptcyTick);
  s.entryTicks = ints(s.entryTicks, (row) => row.entryTick);
  s.rest = floats(s.rest, (row) => row.rest);
  s.tails = [...Array.from({ length: next }, (_, i) => s.tails[i]), ...rows.map(({ tail }) => tail)];
  s.left = floats(s.left);
  s.size = floats(s.size);
  s.value = floats(s.value);
  s.limit = ints(s.limit);
  s.firedAt = ints(s.firedAt);
  s.steps = ints(s.steps);
  s.stageTick = ints(s.stageTick);
  s.stageBankruptcy = ints(s.stageBankruptcy);
  s.staged = ints(s.staged);
  s.orders.grow(n);
  s.held.grow(n);
  lookAhead(s);
}

/** The rows that fired as they were, then the waiting ones: 0 where a waiting row has no such value. */
function fillFrom<A extends Int32Array | Float64Array>(made: A, old: A, next: number, rows: readonly Row[], of?: (row: Row) => number): A {
  made.set(old.subarray(0, next));
  if (of !== undefined) for (const [i, row] of rows.entries()) made[next + i] = of(row);
  return made;
}
