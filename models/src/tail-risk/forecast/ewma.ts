import { assert, normalQuantile } from '../../core/index.ts';
import { createReturns } from './returns.ts';
import { createRollingTail } from './rolling-tail.ts';
import { createTickWatch } from './tick.ts';
import { forecastTails, type Candle, type TailForecast, type TailForecaster } from './types.ts';

/** Volatility of the next bar where prices have never moved: no return is infinite in units of it. */
const LEAST_SIGMA = 1e-12;
/** Bars before a forecast. */
const LEAST_BARS = 100;

/** An exponentially weighted variance and what it says of each bar. */
function createEwma(decay: number): { add(candle: Candle): number | null; readonly sigma: number; readonly count: number; floor(): number } {
  assert(decay > 0 && decay < 1, `a decay in (0, 1), got ${decay}`);
  const returns = createReturns();
  const tick = createTickWatch();
  let [sum, weight, count, close] = [0, 0, 0, NaN];
  const sigma = (): number => (weight > 0 ? Math.max(LEAST_SIGMA, Math.sqrt(sum / weight)) : NaN);
  return {
    /** The return of the bar in units of what was expected of it; null for none. */
    add: (candle) => {
      const r = returns.next(candle);
      tick.add(candle, Number.isNaN(close) ? candle.open : close);
      close = candle.close;
      if (r === null) return null;
      const standardised = count > 0 ? r / sigma() : null;
      sum = decay * sum + (1 - decay) * r * r;
      weight = decay * weight + 1 - decay;
      count++;
      return standardised;
    },
    get sigma() {
      return sigma();
    },
    get count() {
      return count;
    },
    floor: () => tick.floor(close),
  };
}

/**
 * Filtered historical simulation on an exponentially weighted variance with `decay` a bar in (0, 1): the last `window` losses in units of their own forecast volatility, times the volatility now.
 * Sources: Barone-Adesi, Giannopoulos and Vosper 1999, Journal of Futures Markets 19(5); Hull and White 1998, Journal of Risk 1(1). Null until there are 100 returns.
 */
export function createEwmaForecaster(decay: number, window = 2_000): TailForecaster {
  const ewma = createEwma(decay);
  const tail = createRollingTail(window);
  return {
    add: (candle) => {
      const standardised = ewma.add(candle);
      if (standardised !== null) tail.add(-standardised);
    },
    forecast: () => {
      if (ewma.count < LEAST_BARS) return null;
      const scale = ewma.sigma;
      const shortfallQuantile = scale * tail.quantile(forecastTails.shortfall);
      return {
        scale, valueAtRisk: scale * tail.quantile(forecastTails.valueAtRisk), shortfallQuantile,
        expectedShortfall: Math.max(scale * tail.shortfall(forecastTails.shortfall), shortfallQuantile, ewma.floor()),
      };
    },
  };
}

/** Quantiles and shortfall of a standard normal law. */
const normal = {
  valueAtRisk: -normalQuantile(forecastTails.valueAtRisk),
  shortfallQuantile: -normalQuantile(forecastTails.shortfall),
  expectedShortfall: Math.exp(-(normalQuantile(forecastTails.shortfall) ** 2) / 2) / (Math.sqrt(2 * Math.PI) * forecastTails.shortfall),
};

/** A normal law with an exponentially weighted variance: J.P. Morgan's RiskMetrics Technical Document 1996, decay 0.94, on bars. Null until there are 100 returns. */
export function createRiskMetricsForecaster(decay = 0.94): TailForecaster {
  const ewma = createEwma(decay);
  return {
    add: (candle) => void ewma.add(candle),
    forecast: (): TailForecast | null => {
      if (ewma.count < LEAST_BARS) return null;
      const scale = ewma.sigma;
      return { scale, valueAtRisk: scale * normal.valueAtRisk, shortfallQuantile: scale * normal.shortfallQuantile, expectedShortfall: Math.max(scale * normal.expectedShortfall, ewma.floor()) };
    },
  };
}
