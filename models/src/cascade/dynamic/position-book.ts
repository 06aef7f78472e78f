import { noTriggers, type PositionSide, type Tranche, type Triggers } from '../../market/index.ts';

/**
 * The positions of one side of a market, or buckets of them, first to fire first: the first order of each as a trigger, the tick it was opened at (for the
 * deleveraging queue), and the further orders of a position that is cut in steps. Each row is one position to the engine.
 */
export interface PositionBook extends Triggers {
  readonly entryTicks: Int32Array;
  /** Further tranches of row k, first to fire first; a row without any may be missing. */
  readonly tails: readonly (readonly Tranche[] | undefined)[];
}

/** One position: its staircase of orders (at least one) and the tick it was opened at. */
export interface StagedPosition {
  readonly tranches: readonly Tranche[];
  readonly entryTick: number;
}

/** No positions. */
export function noPositions(): PositionBook {
  return { ...noTriggers(), entryTicks: new Int32Array(0), tails: [] };
}

/** Orders positions by when they fire; those of equal tick keep their order, and a position without tranches is left out. O(n log n). */
export function positionBook(positions: readonly StagedPosition[], side: PositionSide): PositionBook {
  const sign = side === 'long' ? 1 : -1;
  const rows = positions.flatMap(({ tranches, entryTick }) => {
    const [first, ...tail] = tranches;
    return first === undefined ? [] : [{ first, tail, entryTick }];
  });
  rows.sort((a, b) => sign * (b.first.tick - a.first.tick));
  return {
    ticks: Int32Array.from(rows, ({ first }) => first.tick),
    lots: Float64Array.from(rows, ({ first }) => first.lots),
    bankruptcyTicks: Int32Array.from(rows, ({ first }) => first.bankruptcyTick),
    entryTicks: Int32Array.from(rows, ({ entryTick }) => entryTick),
    tails: rows.map(({ tail }) => (tail.length === 0 ? undefined : tail)),
  };
}

/** Triggers as positions that are closed whole, all opened at `entryTick`. O(n). */
export function positionsOf(triggers: Triggers, entryTick: number): PositionBook {
  return { ...triggers, entryTicks: new Int32Array(triggers.ticks.length).fill(entryTick), tails: [] };
}
