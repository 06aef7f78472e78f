import { assert, normalCdf } from '../core/index.ts';

/**
 * The probability that a chi-square variable of `degrees` degrees of freedom (a whole number >= 1) is above `x` (>= 0): the p-value of a likelihood-ratio or Wald
 * statistic. Closed forms by recursion over the degrees from those of one and two; absolute error below 1e-13 for up to 30 degrees. O(degrees).
 */
export function chiSquareAbove(x: number, degrees: number): number {
  assert(x >= 0 && Number.isInteger(degrees) && degrees >= 1, `a statistic from 0 on and whole degrees of freedom, got ${x} and ${degrees}`);
  if (x === 0) return 1;
  const half = x / 2;
  // Q(k + 2) = Q(k) + (x / 2)^(k / 2) e^(-x / 2) / Gamma(k / 2 + 1); the last term is carried along.
  const even = degrees % 2 === 0;
  let above = even ? Math.exp(-half) : complementaryError(Math.sqrt(half));
  let term = even ? half * Math.exp(-half) : (2 * Math.sqrt(half) * Math.exp(-half)) / Math.sqrt(Math.PI);
  for (let k = even ? 2 : 1; k < degrees; k += 2) {
    above += term;
    term *= half / (k / 2 + 1);
  }
  return Math.min(1, above);
}

/** 2 P(Z > sqrt(2) x) for a standard normal Z. */
function complementaryError(x: number): number {
  return 2 * normalCdf(-Math.SQRT2 * x);
}
