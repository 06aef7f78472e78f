import { at } from './at.ts';

/** Whose positions: longs are sold as the price falls, shorts are bought back as it rises. */
export type PositionSide = 'long' | 'short';

/**
 * Positions that will be liquidated, as (trigger tick, whole lots, bankruptcy tick), first to fire first: long triggers
 * descend, short triggers ascend. A trigger tick may be beyond any book level.
 */
export interface Triggers {
  readonly ticks: Int32Array;
  readonly lots: Float64Array;
  readonly bankruptcyTicks: Int32Array;
}

/** No positions at all, e.g. a spot market. */
export function noTriggers(): Triggers {
  return { ticks: new Int32Array(0), lots: new Float64Array(0), bankruptcyTicks: new Int32Array(0) };
}

/** Orders rows `[tick, lots, bankruptcyTick]` by firing order; rows of equal tick keep their order. O(n log n). */
export function triggersFromRows(rows: readonly (readonly [number, number, number])[], side: PositionSide): Triggers {
  const sign = side === 'long' ? 1 : -1;
  const sorted = rows.map((row) => row).sort((a, b) => sign * (b[0] - a[0]));
  return {
    ticks: Int32Array.from(sorted, (row) => row[0]),
    lots: Float64Array.from(sorted, (row) => row[1]),
    bankruptcyTicks: Int32Array.from(sorted, (row) => row[2]),
  };
}

/** Sum of the lots of all triggers. O(n). */
export function totalTriggerLots(triggers: Triggers): number {
  let sum = 0;
  for (let i = 0; i < triggers.lots.length; i++) sum += at(triggers.lots, i);
  return sum;
}
