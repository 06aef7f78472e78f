import { createReturns } from './returns.ts';
import { createRollingTail } from './rolling-tail.ts';
import { createTickWatch } from './tick.ts';
import { forecastTails, type TailForecaster } from './types.ts';

/** Historical simulation: the last `window` losses are the law of the next, whatever volatility is now. Null until the window is full. */
export function createHistoricalForecaster(window = 1_000): TailForecaster {
  const returns = createReturns();
  const tail = createRollingTail(window);
  const tick = createTickWatch();
  let close = NaN;
  return {
    add: (candle) => {
      const r = returns.next(candle);
      tick.add(candle, Number.isNaN(close) ? candle.open : close);
      close = candle.close;
      if (r !== null) tail.add(-r);
    },
    forecast: () => {
      if (tail.size < window) return null;
      const shortfallQuantile = tail.quantile(forecastTails.shortfall);
      return {
        scale: 1, valueAtRisk: tail.quantile(forecastTails.valueAtRisk), shortfallQuantile,
        expectedShortfall: Math.max(tail.shortfall(forecastTails.shortfall), shortfallQuantile, tick.floor(close)),
      };
    },
  };
}
