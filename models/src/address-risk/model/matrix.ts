import { assert } from '../../core/index.ts';

/** A table of numbers, row by row. NaN is a value that is not known, where the reader says that it takes them. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `rows * columns` numbers. */
  readonly values: Float64Array;
}

/** A matrix of rows that are equally long; no rows need `columns`. */
export function matrixOf(rows: readonly (readonly number[])[], columns: number = rows[0]?.length ?? 0): Matrix {
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    assert(row.length === columns, `rows of ${columns} numbers, got one of ${row.length}`);
    values.set(row, i * columns);
  });
  return { rows: rows.length, columns, values };
}

/** Some rows of a matrix, in the order asked for, as a matrix of its own. */
export function rowsOf(matrix: Matrix, rows: readonly number[]): Matrix {
  const { columns, values } = matrix;
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => taken.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
  return { rows: rows.length, columns, values: taken };
}

/** Some members of a list of numbers, in the order asked for. */
export function pick(from: ArrayLike<number>, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => from[row] ?? NaN);
}
