import { assert, choleskyOf, inverseFactored, solveFactored } from '../../core/index.ts';
import type { Matrix } from './matrix.ts';

/** What a logistic regression found. Coefficients and errors begin with the intercept's. */
export interface LogisticFit {
  readonly coefficients: readonly number[];
  /** Roots of the diagonal of the inverse of X'WX + L; without a penalty the classical standard errors. */
  readonly standardErrors: readonly number[];
  /** -2 log-likelihood, without the penalty. */
  readonly deviance: number;
  readonly iterations: number;
  /** False where `maxIterations` steps were not enough, as when the classes are separable and nothing is penalised. */
  readonly converged: boolean;
}

/** Settings of the fit. */
export interface LogisticOptions {
  /** L2 penalty: half of it times the squared coefficient is added to the negative log-likelihood; of every column alike, or one a column. The intercept is never penalised. Default 0. */
  readonly penalty?: number | readonly number[];
  /** Weight of each row, >= 0; default 1. */
  readonly weights?: ArrayLike<number>;
  /** Default 60. */
  readonly maxIterations?: number;
  /** Where to begin, the intercept first: the minimum is the same from anywhere, and near it few steps are enough. Default 0. */
  readonly start?: readonly number[];
}

/** 1 / (1 + e^-x) without overflow, in (0, 1) up to rounding. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** ln(p / (1 - p)), for p in (0, 1). */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** log(1 + e^x) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** The log odds of every row. */
export function linearScores(rows: Matrix, coefficients: ArrayLike<number>): Float64Array {
  const { columns, values } = rows;
  const scores = new Float64Array(rows.rows);
  for (let i = 0; i < rows.rows; i++) {
    let sum = coefficients[0] ?? NaN;
    for (let j = 0; j < columns; j++) sum += (coefficients[j + 1] ?? NaN) * (values[i * columns + j] ?? NaN);
    scores[i] = sum;
  }
  return scores;
}

/** Twice the negative log-likelihood. */
function devianceOf(scores: Float64Array, labels: ArrayLike<number>, weights: ArrayLike<number> | undefined): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += (weights?.[i] ?? 1) * (softplus(scores[i] ?? NaN) - (labels[i] ?? NaN) * (scores[i] ?? NaN));
  return 2 * sum;
}

/** X'WX + L (lower triangle) and X'(y - p) - L b at `coefficients`. */
function normalEquations(rows: Matrix, labels: ArrayLike<number>, weights: ArrayLike<number> | undefined, penalties: Float64Array, coefficients: Float64Array, scores: Float64Array): { readonly information: Float64Array; readonly gradient: Float64Array } {
  const size = rows.columns + 1;
  const information = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const row = new Float64Array(size);
  row[0] = 1;
  for (let i = 0; i < rows.rows; i++) {
    row.set(rows.values.subarray(i * rows.columns, (i + 1) * rows.columns), 1);
    const weight = weights?.[i] ?? 1;
    const p = sigmoid(scores[i] ?? NaN);
    const error = weight * ((labels[i] ?? NaN) - p);
    const curvature = weight * p * (1 - p);
    for (let j = 0; j < size; j++) {
      const value = row[j] ?? 0;
      if (value === 0) continue;
      gradient[j] = (gradient[j] ?? 0) + error * value;
      const scaled = curvature * value;
      for (let k = 0; k <= j; k++) information[j * size + k] = (information[j * size + k] ?? 0) + scaled * (row[k] ?? 0);
    }
  }
  for (let j = 0; j < size; j++) {
    information[j * size + j] = (information[j * size + j] ?? 0) + (penalties[j] ?? 0);
    gradient[j] = (gradient[j] ?? 0) - (penalties[j] ?? 0) * (coefficients[j] ?? 0);
  }
  return { information, gradient };
}

/**
 * Logistic regression with an L2 penalty by iteratively reweighted least squares (Newton's method, with halved steps where a whole one would not lower the objective). `rows` hold known numbers only and no column of ones;
 * `labels` are 0 or 1. Deterministic; O(iterations rows columns^2). Crashes on numbers that are not finite; columns that say the same without a penalty leave `converged` false and errors of NaN.
 * Source: McCullagh and Nelder 1989, Generalized Linear Models, section 4.4.
 */
export function fitLogistic(rows: Matrix, labels: ArrayLike<number>, options: LogisticOptions = {}): LogisticFit {
  assert(labels.length === rows.rows && rows.rows > 0, `a label a row, got ${labels.length} of ${rows.rows}`);
  assert(rows.values.every(Number.isFinite), 'known numbers only');
  const size = rows.columns + 1;
  const { penalty = 0, weights, maxIterations = 60, start } = options;
  assert(start === undefined || start.length === size, `a start of ${size} coefficients`);
  const penalties = Float64Array.from({ length: size }, (_, j) => (j === 0 ? 0 : typeof penalty === 'number' ? penalty : (penalty[j - 1] ?? 0)));
  const objectiveOf = (at: Float64Array, scores: Float64Array): number => devianceOf(scores, labels, weights) / 2 + at.reduce((sum, b, j) => sum + ((penalties[j] ?? 0) * b * b) / 2, 0);
  let coefficients = start === undefined ? new Float64Array(size) : Float64Array.from(start);
  let scores = linearScores(rows, coefficients);
  let objective = objectiveOf(coefficients, scores);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    iterations++;
    const { information, gradient } = normalEquations(rows, labels, weights, penalties, coefficients, scores);
    const factor = choleskyOf(information, size);
    if (factor === undefined) break;
    const step = solveFactored(factor, gradient);
    let share = 1;
    for (;;) {
      const next = coefficients.map((b, j) => b + share * (step[j] ?? 0));
      const nextScores = linearScores(rows, next);
      const nextObjective = objectiveOf(next, nextScores);
      if (nextObjective <= objective + 1e-12 * Math.abs(objective) || share < 1e-6) {
        // Newton's decrement says how far the minimum still is, whatever the scale of the columns; on separable classes it vanishes too, while the steps do not.
        converged = step.reduce((sum, s, j) => sum + s * (gradient[j] ?? 0), 0) < 1e-14 * (1 + Math.abs(objective)) && step.every((s, j) => Math.abs(s) <= 1e-6 * (1 + Math.abs(next[j] ?? 0)));
        [coefficients, scores, objective] = [next, nextScores, nextObjective];
        break;
      }
      share /= 2;
    }
  }
  const factor = choleskyOf(normalEquations(rows, labels, weights, penalties, coefficients, scores).information, size);
  const inverse = factor === undefined ? undefined : inverseFactored(factor, size);
  return { coefficients: [...coefficients], standardErrors: Array.from(coefficients, (_, j) => Math.sqrt(inverse?.[j * size + j] ?? NaN)), deviance: devianceOf(scores, labels, weights), iterations, converged };
}
