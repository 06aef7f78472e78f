import type { Matrix } from './matrix.ts';

/** How columns of any table become columns for a linear model or a network: learned on the rows that are learned from, never on those that are asked about. */
export interface Standardiser {
  readonly columns: number;
  /** For each column that is kept: which it is, whether it is 1 where the value is not known, else centre and deviation of sign(x) ln(1 + |x|). */
  readonly kept: readonly { readonly column: number; readonly unknown: boolean; readonly centre: number; readonly scale: number }[];
}

const squeezed = (x: number): number => Math.sign(x) * Math.log1p(Math.abs(x));

/**
 * Learns it: each column that varies by its signed logarithm (amounts and counts span many orders of size), with mean 0 and deviation 1 among known values, and one more where some are not known and some are. O(rows columns).
 */
export function fitStandardiser({ rows, columns, values }: Matrix): Standardiser {
  const kept: Standardiser['kept'][number][] = [];
  for (let column = 0; column < columns; column++) {
    let [known, sum, squares] = [0, 0, 0];
    for (let i = 0; i < rows; i++) {
      const x = values[i * columns + column] ?? NaN;
      if (Number.isNaN(x)) continue;
      known++;
      sum += squeezed(x);
    }
    const centre = known === 0 ? 0 : sum / known;
    for (let i = 0; i < rows; i++) {
      const x = values[i * columns + column] ?? NaN;
      if (!Number.isNaN(x)) squares += (squeezed(x) - centre) ** 2;
    }
    const scale = Math.sqrt(squares / Math.max(1, known));
    if (scale > 1e-9) kept.push({ column, unknown: false, centre, scale });
    if (known > 0 && known < rows) kept.push({ column, unknown: true, centre: 0, scale: 1 });
  }
  return { columns, kept };
}

/** Most deviations that a value may be from the mean: one wild figure does not decide alone. */
const mostDeviations = 8;

/** Rows as the model takes them; a value that is not known is the mean, 0. O(rows columns). */
export function standardised({ kept }: Standardiser, { rows, columns, values }: Matrix): Matrix {
  const out = new Float64Array(rows * kept.length);
  for (let i = 0; i < rows; i++) {
    kept.forEach(({ column, unknown, centre, scale }, k) => {
      const x = values[i * columns + column] ?? NaN;
      const taken = unknown ? Number(Number.isNaN(x)) : Number.isNaN(x) ? 0 : (squeezed(x) - centre) / scale;
      out[i * kept.length + k] = Math.min(mostDeviations, Math.max(-mostDeviations, taken));
    });
  }
  return { rows, columns: kept.length, values: out };
}
