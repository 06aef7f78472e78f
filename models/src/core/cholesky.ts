import { assert, defined } from './assert.ts';

/** A pivot at or below this part of its diagonal is rounding: the matrix is singular or indefinite, as far as float64 can tell. Some 4,500 spacings of float64 at 1. */
const TINY = 1e-12;

/** Cholesky's lower factor of a symmetric positive definite matrix of n by n (row by row; only the lower triangle is read), or undefined where it is none. O(n^3). */
export function choleskyOf(matrix: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = matrix[i * n + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (factor[i * n + k] ?? 0) * (factor[j * n + k] ?? 0);
      if (i > j) factor[i * n + j] = sum / (factor[j * n + j] ?? NaN);
      else if (sum > TINY * Math.abs(matrix[j * n + j] ?? 0)) factor[j * n + j] = Math.sqrt(sum);
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

/** Solves M x = b for a symmetric positive definite M (row by row; only the lower triangle is read). Crashes where M is none. O(n^3). */
export function solvePositive(matrix: Float64Array, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  assert(matrix.length === n * n, `a matrix of ${n} by ${n}`);
  return solveFactored(defined(choleskyOf(matrix, n), 'the factor of a positive definite matrix'), right);
}
