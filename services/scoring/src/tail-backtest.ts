import { leastTailForecasts, type TailBacktest } from '@breakwater/contracts';
import { createCriticalValues, forecastTails, tallyOf, verdictOf, type TailForecast } from '@breakwater/models/tail-risk';

/** Forecasts that the critical value of the shortfall test is simulated for; it is scaled to others. */
const simulatedFor = 1_000;

let critical: ((forecasts: number) => number) | undefined;
/** Simulated when it is first asked for: some tens of milliseconds. */
function criticalOf(forecasts: number): number {
  return (critical ??= createCriticalValues(simulatedFor))(forecasts);
}

/** Keeps forecasts of single bars and what came of them. */
export interface ForecastRecord {
  /** A forecast, and the loss (minus the log-return) of the bar it was of. */
  add(forecast: TailForecast, loss: number): void;
  /** How many were added. */
  count(): number;
  /** What the tests say of them; null while there are too few. */
  judge(): TailBacktest | null;
}

/** An empty record. */
export function createForecastRecord(): ForecastRecord {
  const [losses, valuesAtRisk, shortfallQuantiles, shortfalls]: [number[], number[], number[], number[]] = [[], [], [], []];
  return {
    add: (forecast, loss) => {
      losses.push(loss);
      valuesAtRisk.push(forecast.valueAtRisk);
      shortfallQuantiles.push(forecast.shortfallQuantile);
      shortfalls.push(forecast.expectedShortfall);
    },
    count: () => losses.length,
    judge: () => {
      const forecasts = losses.length;
      if (forecasts < leastTailForecasts) return null;
      const { exceedances, kupiec, independence, z2 } = verdictOf(tallyOf({ losses, valuesAtRisk, shortfallQuantiles, shortfalls }, new Uint8Array(forecasts), 1));
      return { forecasts, exceedances, expected: forecasts * forecastTails.valueAtRisk, coverage: kupiec.pValue, independence: independence.pValue, z2, z2Critical: criticalOf(forecasts) };
    },
  };
}
