import { describe, expect, it } from '@jest/globals';
import { choleskyOf, inverseFactored, solveFactored, solvePositive } from './cholesky.ts';
import { createRng } from './rng.ts';

describe('Cholesky', () => {
  it('solves positive definite equations', () => {
    const solution = solvePositive(Float64Array.from([4, 0, 0, 2, 5, 0, 1, 3, 6]), [9, 21, 25]);
    // Rows of the full matrix: 4 2 1, 2 5 3, 1 3 6.
    const residual = [[4, 2, 1], [2, 5, 3], [1, 3, 6]].map((row, i) => row.reduce((sum, m, j) => sum + m * (solution[j] ?? NaN), 0) - ([9, 21, 25][i] ?? NaN));
    for (const r of residual) expect(r).toBeCloseTo(0, 12);
  });

  it('refuses what is indefinite or singular but for rounding, in every form', () => {
    const indefinite = Float64Array.from([1, 0, 2, 1]);
    expect(choleskyOf(indefinite, 2)).toBeUndefined();
    expect(() => solvePositive(indefinite, [1, 1])).toThrow(/positive definite/);
    // A pivot of one spacing of float64 is above 0 and means nothing.
    const singular = Float64Array.from([1, 0, 1, 1 + 2 ** -52]);
    expect(choleskyOf(singular, 2)).toBeUndefined();
    expect(() => solvePositive(singular, [1, 1])).toThrow(/positive definite/);
    expect(() => solvePositive(Float64Array.from([1]), [1, 1])).toThrow('a matrix of 2 by 2');
  });

  it('factors A A\' + I of random matrices: the factor gives it back, the inverse inverts it', () => {
    const rng = createRng(7);
    for (let n = 1; n <= 12; n++) {
      const a = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()));
      const full = a.map((row, i) => a.map((other, j) => row.reduce((sum, x, k) => sum + x * (other[k] ?? 0), i === j ? 1 : 0)));
      const factor = choleskyOf(Float64Array.from(full.flat()), n) ?? new Float64Array(n * n);
      const inverse = inverseFactored(factor, n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let [back, unit] = [0, 0];
          for (let k = 0; k < n; k++) {
            back += (factor[i * n + k] ?? 0) * (factor[j * n + k] ?? 0);
            unit += (full[i]?.[k] ?? 0) * (inverse[k * n + j] ?? 0);
          }
          expect(back).toBeCloseTo(full[i]?.[j] ?? NaN, 9);
          expect(unit).toBeCloseTo(i === j ? 1 : 0, 9);
        }
      }
      expect(solveFactored(factor, full.map(([first = 0]) => first))[0]).toBeCloseTo(1, 9);
    }
  });
});
