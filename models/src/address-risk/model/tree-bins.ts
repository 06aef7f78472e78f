import type { Matrix } from './matrix.ts';

/** Columns cut into bins: bin 0 is a value that is not known, bin b >= 1 holds what is above cut b - 2 and at most cut b - 1. */
export interface Binned {
  readonly rows: number;
  /** For each column the bin of each row. */
  readonly bins: readonly Uint8Array[];
  /** For each column its cuts, rising; n cuts make n + 1 bins of known values. */
  readonly cuts: readonly Float64Array[];
}

/** Most bins of a column, with the one of what is not known. */
export const mostBins = 256;

/** Cuts halfway between neighbours among at most `most` quantiles of a column's known values. */
function cutsOf(values: Float64Array, most: number): Float64Array {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort();
  const distinct: number[] = [];
  for (const x of sorted) if (distinct.at(-1) !== x) distinct.push(x);
  const between = (i: number): number => {
    const [a = NaN, b = NaN] = [distinct[i], distinct[i + 1]];
    const middle = a + (b - a) / 2;
    // Neighbours in float64 have nothing between them.
    return middle >= b ? a : middle;
  };
  if (distinct.length - 1 <= most) return Float64Array.from({ length: Math.max(0, distinct.length - 1) }, (_, i) => between(i));
  const at = new Map(distinct.map((x, i) => [x, i]));
  const cuts = new Set<number>();
  for (let k = 1; k <= most; k++) {
    const i = at.get(sorted[Math.floor((k * sorted.length) / (most + 1))] ?? NaN) ?? 0;
    if (i < distinct.length - 1) cuts.add(between(i));
  }
  return Float64Array.from(cuts).sort();
}

/** The bin of a known value: binary search. */
function binOf(cuts: Float64Array, x: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= (cuts[middle] ?? NaN)) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

/** Cuts every column of a matrix into at most `most` bins of known values (at most 254), so that about as many rows are in each. O(rows columns log rows). */
export function binned({ rows, columns, values }: Matrix, most = 254): Binned {
  const bins: Uint8Array[] = [];
  const cuts: Float64Array[] = [];
  for (let j = 0; j < columns; j++) {
    const column = Float64Array.from({ length: rows }, (_, i) => values[i * columns + j] ?? NaN);
    const own = cutsOf(column, Math.min(most, mostBins - 2) - 1);
    cuts.push(own);
    bins.push(Uint8Array.from(column, (x) => (Number.isNaN(x) ? 0 : binOf(own, x))));
  }
  return { rows, bins, cuts };
}
