import { assert } from '../../core/index.ts';
import { fisslerZiegelScore } from '../es-backtest.ts';
import { forecastTails } from '../forecast/types.ts';
import { christoffersen, dynamicQuantileOf, kupiec, type TestResult } from '../var-backtest.ts';

/** Lags and regressors of the dynamic-quantile test. */
const LAGS = 4;
const REGRESSORS = LAGS + 2;
/** Where in a tally each sum is. */
const [COUNT, EXCEEDED, TRANSITIONS, BEYOND, SCORE, RIGHT] = [0, 1, 2, 6, 7, 8] as const;
const NORMAL = RIGHT + REGRESSORS;
/** Numbers in a tally: sums over forecasts from which every test follows. Tallies of parts of a series add up. */
export const tallySize: number = NORMAL + (REGRESSORS * (REGRESSORS + 1)) / 2;

/** Forecasts of one market by one model, and what came of them, in the order of time. */
export interface Outcomes {
  /** Minus the log return of the bar that was forecast. */
  readonly losses: readonly number[];
  readonly valuesAtRisk: readonly number[];
  readonly shortfallQuantiles: readonly number[];
  readonly shortfalls: readonly number[];
}

/** Sums over the forecasts of each part (`parts[i]`, from 0, is the part of forecast i): one tally after the other. A transition or a regression row belongs to the part of its later end. O(n). */
export function tallyOf({ losses, valuesAtRisk, shortfallQuantiles, shortfalls }: Outcomes, parts: ArrayLike<number>, partCount: number): Float64Array {
  const tallies = new Float64Array(partCount * tallySize);
  const p = forecastTails.valueAtRisk;
  const row = new Float64Array(REGRESSORS).fill(1);
  const hits: number[] = [];
  losses.forEach((loss, i) => {
    const part = parts[i] ?? NaN;
    assert(part >= 0 && part < partCount, `a part of ${partCount}, got ${part}`);
    const from = part * tallySize;
    const add = (k: number, value: number): void => {
      tallies[from + k] = (tallies[from + k] ?? 0) + value;
    };
    const [quantile = NaN, shortfall = NaN, valueAtRisk = NaN] = [shortfallQuantiles[i], shortfalls[i], valuesAtRisk[i]];
    const exceeded = loss > valueAtRisk ? 1 : 0;
    add(COUNT, 1);
    add(EXCEEDED, exceeded);
    if (i > 0) add(TRANSITIONS + 2 * Number((hits[i - 1] ?? 0) > 0) + exceeded, 1);
    if (loss > quantile) add(BEYOND, loss / shortfall);
    add(SCORE, fisslerZiegelScore(loss, quantile, shortfall, forecastTails.shortfall));
    hits.push(exceeded - p);
    if (i < LAGS) return;
    for (let lag = 1; lag <= LAGS; lag++) row[lag] = hits[i - lag] ?? NaN;
    row[REGRESSORS - 1] = valueAtRisk;
    for (let a = 0, k = NORMAL; a < REGRESSORS; a++) {
      add(RIGHT + a, (row[a] ?? NaN) * (exceeded - p));
      for (let b = 0; b <= a; b++, k++) add(k, (row[a] ?? NaN) * (row[b] ?? NaN));
    }
  });
  return tallies;
}

/** The sum of several tallies, without part `without` where given. */
export function sumOfTallies(tallies: Float64Array, without?: number): Float64Array {
  const sum = new Float64Array(tallySize);
  for (let i = 0; i < tallies.length; i++) {
    if (Math.floor(i / tallySize) !== without) sum[i % tallySize] = (sum[i % tallySize] ?? 0) + (tallies[i] ?? 0);
  }
  return sum;
}

/** The parts that any forecast is in. */
export function partsWithForecasts(tallies: Float64Array): readonly number[] {
  return Array.from({ length: tallies.length / tallySize }, (_, part) => part).filter((part) => (tallies[part * tallySize + COUNT] ?? 0) > 0);
}

/** What the tests say of a tally. */
export interface Verdict {
  readonly forecasts: number;
  /** Losses beyond the 99 % VaR. */
  readonly exceedances: number;
  readonly kupiec: TestResult;
  readonly independence: TestResult;
  readonly z2: number;
  readonly dynamicQuantile: TestResult;
  /** Mean FZ0 score of the 97.5 % VaR and shortfall. */
  readonly fz0: number;
}

/** The tests of a tally of at least one forecast. */
export function verdictOf(tally: Float64Array): Verdict {
  const at = (k: number): number => tally[k] ?? NaN;
  const [forecasts, exceedances] = [at(COUNT), at(EXCEEDED)];
  const index = (a: number, b: number): number => NORMAL + (a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a);
  const normal = Array.from({ length: REGRESSORS }, (_, a) => Array.from({ length: REGRESSORS }, (__, b) => at(index(a, b))));
  return {
    forecasts, exceedances,
    kupiec: kupiec(forecasts, exceedances, forecastTails.valueAtRisk),
    independence: christoffersen({ n00: at(TRANSITIONS), n01: at(TRANSITIONS + 1), n10: at(TRANSITIONS + 2), n11: at(TRANSITIONS + 3) }),
    z2: 1 - at(BEYOND) / (forecasts * forecastTails.shortfall),
    dynamicQuantile: dynamicQuantileOf(normal, Array.from({ length: REGRESSORS }, (_, a) => at(RIGHT + a)), forecastTails.valueAtRisk),
    fz0: at(SCORE) / forecasts,
  };
}
