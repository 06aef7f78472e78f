import { createLiveForecaster } from '@breakwater/models/tail-risk';
import { barMs, type Bar } from './bars.ts';

/** What the history of an asset, and of the universe before it had one, says of its returns of five minutes. */
export interface Volatility {
  /** Standard deviation expected of the next log-return. */
  readonly sigma: number;
  /** That of all bars that are kept, which it goes back to. */
  readonly longRun: number;
  /** Log-returns over what was expected of each; ascending, falls negative. */
  readonly innovations: Float64Array;
}

/**
 * The pooled model over the bars that are kept, from the first one on: a function of them and of nothing else, so that whoever has the same bars says the same. Undefined before an hour of them. About
 * 15 ms for a week.
 */
export function volatilityOf(bars: readonly Bar[]): Volatility | undefined {
  const forecaster = createLiveForecaster();
  for (const { at: t, ...candle } of bars) forecaster.add({ t, ...candle });
  const sigma = forecaster.sigma();
  const innovations = forecaster.standardised();
  if (sigma === null || innovations === null) return undefined;
  // Where a bar is missing there is no return.
  const returns = bars.flatMap(({ at, close }, i) => {
    const before = bars[i - 1];
    return before === undefined || at !== before.at + barMs ? [] : [Math.log(close / before.close)];
  });
  const longRun = returns.length === 0 ? sigma : Math.sqrt(returns.reduce((sum, r) => sum + r * r, 0) / returns.length);
  return { sigma, longRun, innovations };
}
