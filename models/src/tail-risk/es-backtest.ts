import type { Rng } from '../core/index.ts';
import { assert, normalQuantile } from '../core/index.ts';

/**
 * Backtests of expected shortfall, and the score that ranks models. Everywhere `losses` are what was lost (positive is a loss), `vars` and `shortfalls` what was forecast for
 * them, all in one unit, and `tail` (alpha, in (0, 1)) is the share of the worst outcomes: 0.025 for a 97.5 % expected shortfall.
 */
export interface TailForecasts {
  readonly losses: readonly number[];
  readonly vars: readonly number[];
  /** Each above 0 and not below its VaR. */
  readonly shortfalls: readonly number[];
}

/**
 * Acerbi and Szekely's second test statistic: 1 - sum of losses beyond the VaR over their expected sum. Zero is expected, below zero the shortfall was forecast too low; compare with
 * `z2Critical`. It sees both too many exceedances and too large ones. Source: Acerbi and Szekely 2014, "Backtesting expected shortfall", Risk, equation 6. O(n).
 */
export function acerbiSzekelyZ2({ losses, vars, shortfalls }: TailForecasts, tail: number): number {
  assert(losses.length > 0 && losses.length === vars.length && losses.length === shortfalls.length, 'one VaR and one shortfall for each loss');
  let sum = 0;
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i] ?? NaN;
    if (loss > (vars[i] ?? NaN)) sum += loss / (shortfalls[i] ?? NaN);
  }
  return 1 - sum / (losses.length * tail);
}

/** A distribution of losses under which critical values are found: its quantile function and the mean of what is beyond its VaR. */
export interface LossLaw {
  /** The loss exceeded with probability `p` in (0, 1). */
  readonly exceededWith: (p: number) => number;
  /** Expected shortfall of the worst share `tail`. */
  readonly shortfall: (tail: number) => number;
}

/** The standard normal law; ES at 2.5 % is 2.33780. */
export const normalLaw: LossLaw = {
  exceededWith: (p) => -normalQuantile(p),
  shortfall: (tail) => Math.exp(-(normalQuantile(tail) ** 2) / 2) / (Math.sqrt(2 * Math.PI) * tail),
};

/**
 * The value that Z2 falls below with probability `significance` when the forecasts are true, for a test of `length` forecasts: simulated under `law`, `draws` times. The
 * normal law is the least strict of the usual ones. O(draws length tail); standard error about 0.005 for 10,000 draws of 250 forecasts.
 */
export function z2Critical(options: { readonly length: number; readonly tail: number; readonly significance: number; readonly draws: number; readonly law?: LossLaw; readonly rng: Rng }): number {
  const { length, tail, significance, draws, rng, law = normalLaw } = options;
  assert(length >= 1 && tail > 0 && tail < 1 && significance > 0 && significance < 1 && draws >= 1, 'a test with a length, shares in (0, 1) and draws');
  const shortfall = law.shortfall(tail);
  const values: number[] = [];
  for (let d = 0; d < draws; d++) {
    let sum = 0;
    // Only outcomes beyond the VaR count: how far the next one is follows a geometric law.
    for (let t = gap(rng, tail); t < length; t += 1 + gap(rng, tail)) sum += law.exceededWith(Math.max(Number.MIN_VALUE, tail * (1 - rng.next())));
    values.push(1 - sum / (length * tail * shortfall));
  }
  values.sort((a, b) => a - b);
  return values[Math.min(draws - 1, Math.floor(significance * draws))] ?? NaN;
}

/** Outcomes within the VaR before the next one beyond it. */
function gap(rng: Rng, tail: number): number {
  return Math.floor(Math.log(1 - rng.next()) / Math.log(1 - tail));
}

/**
 * The FZ0 score of a forecast, lower is better: the one that is consistent for VaR and ES together and does not depend on the unit but for a constant. Its mean ranks models.
 * Source: Patton, Ziegel and Chen 2019, Journal of Econometrics 211(2), equation 6, after Fissler and Ziegel 2016. O(1).
 */
export function fisslerZiegelScore(loss: number, valueAtRisk: number, shortfall: number, tail: number): number {
  return (loss > valueAtRisk ? (loss - valueAtRisk) / (tail * shortfall) : 0) + valueAtRisk / shortfall + Math.log(shortfall) - 1;
}

/** The FZ0 score of each forecast. O(n). */
export function fisslerZiegel({ losses, vars, shortfalls }: TailForecasts, tail: number): Float64Array {
  assert(losses.length === vars.length && losses.length === shortfalls.length, 'one VaR and one shortfall for each loss');
  return Float64Array.from(losses, (loss, i) => fisslerZiegelScore(loss, vars[i] ?? NaN, shortfalls[i] ?? NaN, tail));
}

/** Whether one series of scores is lower than another on average. */
export interface DieboldMariano {
  /** Mean of first minus second: below 0 the first is better. */
  readonly difference: number;
  /** The difference over its standard error, which allows for serial correlation. */
  readonly t: number;
}

/**
 * Diebold and Mariano's comparison of two series of scores of the same outcomes, in the order of time. The variance is Newey and West's with Bartlett weights over
 * `lags` (default: the cube root of the length). Sources: Diebold and Mariano 1995, JBES 13(3); Newey and West 1987, Econometrica 55(3). O(n lags).
 */
export function dieboldMariano(first: ArrayLike<number>, second: ArrayLike<number>, lags: number = Math.floor(Math.cbrt(first.length))): DieboldMariano {
  const n = first.length;
  assert(n > 1 && n === second.length && lags >= 0 && lags < n, `two series of one length, got ${n} and ${second.length}`);
  const d = Float64Array.from({ length: n }, (_, i) => (first[i] ?? NaN) - (second[i] ?? NaN));
  const difference = d.reduce((a, b) => a + b, 0) / n;
  let variance = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let covariance = 0;
    for (let i = lag; i < n; i++) covariance += ((d[i] ?? NaN) - difference) * ((d[i - lag] ?? NaN) - difference);
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * (covariance / n);
  }
  return { difference, t: variance > 0 ? difference / Math.sqrt(variance / n) : difference === 0 ? 0 : Math.sign(difference) * Infinity };
}
