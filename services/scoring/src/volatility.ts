import type { TailBacktest } from '@breakwater/contracts';
import { createLiveForecaster } from '@breakwater/models/tail-risk';
import { barMs, type Bar } from './bars.ts';
import { createForecastRecord } from './tail-backtest.ts';

/** What the history of an asset, and of the universe before it had one, says of its returns of five minutes. */
export interface Volatility {
  /** Standard deviation expected of the next log-return. */
  readonly sigma: number;
  /** That of all bars that are kept, which it goes back to. */
  readonly longRun: number;
  /** Log-returns over what was expected of each; ascending, falls negative. */
  readonly innovations: Float64Array;
  /** Forecasts of a bar from those before it that came to be judged. */
  readonly forecasts: number;
  /** What came of them; null while there are too few. */
  readonly backtest: TailBacktest | null;
}

/**
 * The pooled model over the bars that are kept, from the first one on: a function of them and of nothing else, so that whoever has the same bars says the same. Undefined before an hour of them. About
 * 20 ms for a week.
 */
export function volatilityOf(bars: readonly Bar[]): Volatility | undefined {
  const forecaster = createLiveForecaster();
  const record = createForecastRecord();
  const returns: number[] = [];
  for (const [i, { at: t, ...candle }] of bars.entries()) {
    const before = bars[i - 1];
    // Where a bar is missing there is no return.
    if (before !== undefined && t === before.at + barMs) {
      const move = Math.log(candle.close / before.close);
      const forecast = forecaster.forecast();
      if (forecast !== null) record.add(forecast, 0 - move);
      returns.push(move);
    }
    forecaster.add({ t, ...candle });
  }
  const sigma = forecaster.sigma();
  const innovations = forecaster.standardised();
  if (sigma === null || innovations === null) return undefined;
  const longRun = returns.length === 0 ? sigma : Math.sqrt(returns.reduce((sum, r) => sum + r * r, 0) / returns.length);
  return { sigma, longRun, innovations, forecasts: record.count(), backtest: record.judge() };
}
