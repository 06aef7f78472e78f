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

/**
 * Cholesky's lower factor of a symmetric positive definite matrix of n by n (row by row; only the lower triangle is read), or undefined where it is none, as far as float64 can tell. O(n^3).
 */
export function choleskyOf(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = matrix[i * n + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (factor[i * n + k] ?? 0) * (factor[j * n + k] ?? 0);
      if (i > j) factor[i * n + j] = sum / (factor[j * n + j] ?? NaN);
      else if (sum > 1e-12 * Math.abs(matrix[j * n + j] ?? 0)) factor[j * n + j] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
}

/** Solves M x = b where `factor` is Cholesky's of M. O(n^2). */
export function solveFactored(factor: Float64Array, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (factor[i * n + k] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (factor[i * n + i] ?? NaN);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] ?? 0;
    for (let k = i + 1; k < n; k++) sum -= (factor[k * n + i] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (factor[i * n + i] ?? NaN);
  }
  return x;
}

/** The inverse of M where `factor` is Cholesky's of it, row by row. O(n^3). */
export function inverseFactored(factor: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    const column = solveFactored(factor, unit);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i] ?? NaN;
  }
  return inverse;
}
