import { assert } from '../../core/index.ts';

/** Solves M x = b for a symmetric positive definite M (row by row; only the lower triangle is read) by Cholesky's factors. O(n^3). */
export function solvePositive(matrix: Float64Array, right: ArrayLike<number>): Float64Array {
  const n = right.length;
  assert(matrix.length === n * n, `a matrix of ${n} by ${n}`);
  const factor = matrix.slice();
  const x = Float64Array.from(right);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = factor[i * n + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (factor[i * n + k] ?? 0) * (factor[j * n + k] ?? 0);
      if (i === j) {
        assert(sum > 0, 'a positive definite matrix');
        factor[j * n + j] = Math.sqrt(sum);
      } else factor[i * n + j] = sum / (factor[j * n + j] ?? NaN);
    }
  }
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
