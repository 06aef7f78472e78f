import type { Candle } from './types.ts';

/** Bars of many markets. Survives structured cloning, without a copy where its memory is shared. */
export interface Universe {
  readonly symbols: readonly string[];
  /** Market k has the rows from `starts[k]` up to `starts[k + 1]`, in the order of time. */
  readonly starts: Int32Array;
  /** Six numbers a row: begin of the bar in milliseconds, open, high, low, close, volume. */
  readonly rows: Float64Array;
}

/** Row `i` of a universe. */
export function candleAt({ rows }: Pick<Universe, 'rows'>, i: number): Candle {
  const at = (k: number): number => rows[6 * i + k] ?? NaN;
  return { t: at(0), open: at(1), high: at(2), low: at(3), close: at(4), volume: at(5) };
}

/** Every moment at which any market has a bar, ascending. O(rows log rows). */
export function gridOf({ rows }: Pick<Universe, 'rows'>): Float64Array {
  const times = new Set<number>();
  for (let i = 0; i < rows.length; i += 6) times.add(rows[i] ?? NaN);
  return Float64Array.from(times).sort();
}
