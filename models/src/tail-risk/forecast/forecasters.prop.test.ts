import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEwmaForecaster, createRiskMetricsForecaster } from './ewma.ts';
import { createGarchPotForecaster } from './garch-pot.ts';
import { createHistoricalForecaster } from './historical.ts';
import { createLiveForecaster } from './live.ts';
import { randomCandles } from './testing/random-candles.ts';
import type { Candle, TailForecast, TailForecaster } from './types.ts';

const BARS = 460;
const forecasters: Readonly<Record<string, () => TailForecaster>> = {
  historical: () => createHistoricalForecaster(200),
  'EWMA and filtered historical': () => createEwmaForecaster(0.97, 200),
  RiskMetrics: () => createRiskMetricsForecaster(),
  'AR-GARCH and POT': () => createGarchPotForecaster({ window: 300, refit: 100 }),
  live: () => createLiveForecaster({ window: 200 }),
};

const forecastsOf = (forecaster: TailForecaster, candles: readonly Candle[]): (TailForecast | null)[] => candles.map((candle) => {
  forecaster.add(candle);
  return forecaster.forecast();
});
const scaled = (candles: readonly Candle[], by: number): Candle[] => candles.map(({ t, open, high, low, close, volume }) => ({ t, open: open * by, high: high * by, low: low * by, close: close * by, volume }));

describe.each(Object.entries(forecasters))('%s', (_, make) => {
  it('does not depend on the unit of the price', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (seed, by) => {
      const candles = randomCandles({ seed, bars: BARS });
      const plain = forecastsOf(make(), candles).at(-1);
      const other = forecastsOf(make(), scaled(candles, by)).at(-1);
      expect(plain).toBeDefined();
      for (const key of ['valueAtRisk', 'shortfallQuantile', 'expectedShortfall'] as const) expect(Math.abs((other?.[key] ?? NaN) / (plain?.[key] ?? NaN) - 1)).toBeLessThan(1e-4);
    }), { numRuns: 5 });
  });

  it('never looks ahead: another future leaves every earlier forecast as it was', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: BARS - 1 }), (seed, cut) => {
      const candles = randomCandles({ seed, bars: BARS });
      const other = [...candles.slice(0, cut), ...scaled(randomCandles({ seed: seed + 1, bars: BARS, sigma: 0.02 }).slice(cut), 3)];
      expect(forecastsOf(make(), other).slice(0, cut)).toEqual(forecastsOf(make(), candles).slice(0, cut));
    }), { numRuns: 5 });
  });

  it('has an expected shortfall above 0 and not below its quantile, also of a price that rests most of the time', () => {
    for (const candles of [randomCandles({ seed: 5, bars: BARS }), randomCandles({ seed: 6, bars: BARS, price: 1, sigma: 0.0002, tick: 0.001 }), randomCandles({ seed: 7, bars: BARS, sigma: 0 })]) {
      const forecasts = forecastsOf(make(), candles).filter((forecast) => forecast !== null);
      expect(forecasts.length).toBeGreaterThan(50);
      for (const { scale, valueAtRisk, shortfallQuantile, expectedShortfall } of forecasts) {
        expect(scale).toBeGreaterThan(0);
        expect(Number.isFinite(valueAtRisk)).toBe(true);
        expect(expectedShortfall).toBeGreaterThan(0);
        expect(expectedShortfall).toBeGreaterThanOrEqual(shortfallQuantile);
      }
    }
  });

  it('takes no return across a gap', () => {
    const candles = randomCandles({ seed: 9, bars: BARS });
    // After the gap everything is ten times as dear: a return of ln 10 would be the largest of all.
    const gapped = [...candles.slice(0, 400), ...scaled(candles.slice(410), 10)];
    const largest = Math.max(...forecastsOf(make(), gapped).slice(380).map((forecast) => forecast?.expectedShortfall ?? NaN));
    expect(largest).toBeLessThan(0.1);
  });
});
