import { perronRoot } from '../perron.ts';
import { createExcitation, pieceOf, type HawkesEvents, type HawkesModel } from './hawkes-model.ts';

/** A parameter whose information is below this share of what it would be alone is not told apart from others. */
const DEPENDENT = 1e-10;

/**
 * Standard error of the spectral radius of a fitted branching matrix, and the dispersion that widens it: the delta method with the information sum over events of (slope of lambda / lambda) squared (Ogata 1978, Annals of the Institute of Statistical
 * Mathematics 30), over baseline, branching and decay together, so that what the baseline leaves open is in it. Orders that come
 * several at a time are fewer independent ones: dispersion is the sum over moments of (events - expected)^2 over that of events, at least 1 (quasi-likelihood; McCullagh and Nelder 1989, section 9.2). O(events kinds^2 + parameters^3).
 */
export function branchingErrors(model: HawkesModel, { times, kinds, step = 0 }: HawkesEvents): { readonly error: number; readonly dispersion: number } {
  const { edges, baseline, branching, decay } = model;
  const count = baseline.length;
  const pieces = edges.length - 1;
  const size = count * pieces + count * count + 1;
  const rowOf = (v: number, w: number): number => count * pieces + v * count + w;
  const information = Array.from({ length: size }, () => new Float64Array(size));
  const past = createExcitation(count, decay, step);
  const met = new Float64Array(count);
  const expected = new Float64Array(count);
  let squares = 0;
  const endMoment = (): void => {
    for (let v = 0; v < count; v++) if ((met[v] ?? 0) > 0) squares += ((met[v] ?? 0) - (expected[v] ?? 0)) ** 2;
    met.fill(0);
  };
  const at = new Int32Array(count + 2);
  const slope = new Float64Array(count + 2);
  let now = edges[0] ?? NaN;
  for (let i = 0; i < times.length; i++) {
    const t = times[i] ?? NaN;
    const v = kinds?.[i] ?? 0;
    if (t > now) endMoment();
    past.advance(t - now);
    now = t;
    const piece = pieceOf(edges, t);
    let rate = baseline[v]?.[piece] ?? 0;
    let byDecay = 0;
    for (let w = 0; w < count; w++) {
      const n = branching[v]?.[w] ?? 0;
      rate += n * decay * (past.sums[w] ?? 0);
      byDecay += n * ((past.sums[w] ?? 0) - decay * (past.ages[w] ?? 0));
      at[w] = rowOf(v, w);
      slope[w] = decay * (past.sums[w] ?? 0);
    }
    met[v] = (met[v] ?? 0) + 1;
    expected[v] = rate * step;
    at[count] = v * pieces + piece;
    slope[count] = 1;
    at[count + 1] = size - 1;
    slope[count + 1] = byDecay;
    for (let a = 0; a < at.length; a++) {
      const row = information[at[a] ?? 0];
      for (let b = 0; b < at.length && row !== undefined; b++) row[at[b] ?? 0] = (row[at[b] ?? 0] ?? 0) + ((slope[a] ?? 0) / rate) * ((slope[b] ?? 0) / rate);
    }
    past.add(v);
  }
  const gradient = new Float64Array(size);
  radiusSlopes(branching).forEach((row, v) => row.forEach((by, w) => void (gradient[rowOf(v, w)] = by)));
  endMoment();
  const dispersion = Math.max(1, squares / times.length);
  return { error: Math.sqrt(dispersion * Math.max(0, quadraticOfInverse(information, gradient))), dispersion };
}

/** Slopes of the spectral radius by each entry: left times right eigenvector over their product. */
function radiusSlopes(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const n = matrix.length;
  const even = new Array<number>(n).fill(1 / n);
  const right = perronRoot(matrix).vector ?? even;
  const left = perronRoot(matrix.map((_, i) => matrix.map((row) => row[i] ?? 0))).vector ?? even;
  const product = left.reduce((sum, x, i) => sum + x * (right[i] ?? 0), 0);
  return left.map((x) => right.map((y) => (product > 0 ? (x * y) / product : 1 / n)));
}

/** c' A^-1 c of a symmetric positive semidefinite matrix, by Cholesky's factors on a unit diagonal; what depends on what is before it is left out. */
function quadraticOfInverse(matrix: readonly Float64Array[], c: Float64Array): number {
  const n = c.length;
  const scale = Float64Array.from({ length: n }, (_, i) => Math.sqrt(matrix[i]?.[i] ?? 0));
  const factor = Array.from({ length: n }, () => new Float64Array(n));
  const solved = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const row = factor[i];
    const si = scale[i] ?? 0;
    if (row === undefined || si === 0) continue;
    let [pivot, right] = [1, (c[i] ?? 0) / si];
    for (let j = 0; j < i; j++) {
      const other = factor[j];
      const sj = scale[j] ?? 0;
      const diagonal = other?.[j] ?? 0;
      if (other === undefined || sj === 0 || diagonal === 0) continue;
      let x = (matrix[i]?.[j] ?? 0) / (si * sj);
      for (let k = 0; k < j; k++) x -= (row[k] ?? 0) * (other[k] ?? 0);
      x /= diagonal;
      row[j] = x;
      pivot -= x * x;
      right -= x * (solved[j] ?? 0);
    }
    if (!(pivot > DEPENDENT)) {
      row.fill(0);
      continue;
    }
    row[i] = Math.sqrt(pivot);
    solved[i] = right / (row[i] ?? NaN);
    sum += (solved[i] ?? 0) ** 2;
  }
  return sum;
}
