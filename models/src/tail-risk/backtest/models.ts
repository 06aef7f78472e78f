import { createEwmaForecaster, createRiskMetricsForecaster } from '../forecast/ewma.ts';
import { momentAt, type PoolHistory, type PoolSchedule } from '../forecast/fit-pool.ts';
import { createGarchPotForecaster } from '../forecast/garch-pot.ts';
import { createHistoricalForecaster } from '../forecast/historical.ts';
import { createLiveForecaster } from '../forecast/live.ts';
import type { PooledModel } from '../forecast/pooled-model.ts';
import type { TailForecaster } from '../forecast/types.ts';
import { assert } from '../../core/index.ts';
import type { MarketModel, Protocol } from './run-market.ts';

/** The live model beside all markets, fitted anew as time goes on. The daemon runs it in another form: each market alone, by coefficients that it ships with and never fits anew. */
export const liveModelName = 'pooled range filter';
/** The live model of each market alone, fitted once on the bars before the first forecast: the form that the daemon runs, by numbers that have not seen what they forecast. */
export const aloneModelName = 'live, alone';
/** The model that scores are compared with. */
export const referenceModelName = 'AR-GARCH + POT';

/** The models that need one market alone, by name: what the live one is held against. */
export const usualModels: Readonly<Record<string, (protocol: Protocol) => TailForecaster>> = {
  'historical 1,000': () => createHistoricalForecaster(1_000),
  'RiskMetrics .94': () => createRiskMetricsForecaster(0.94),
  'EWMA .97 + FHS': ({ start }) => createEwmaForecaster(0.97, start),
  'EWMA .80 + FHS': ({ start }) => createEwmaForecaster(0.8, start),
  [referenceModelName]: ({ start, refit }) => createGarchPotForecaster({ window: start, refit }),
};

/** A forecaster as the protocol runs it. */
export function marketModel(forecaster: TailForecaster): MarketModel {
  return (candle) => {
    forecaster.add(candle);
    return forecaster.forecast();
  };
}

/** The live model of a market beside all others: the first fit of the pool goes through the bars before it, each later one takes over where it was made. */
export function pooledMarketModel(history: PoolHistory, { start, refit }: PoolSchedule): MarketModel {
  const modelAt = (i: number): PooledModel => {
    const model = history.models[Math.max(0, Math.min(history.models.length - 1, Math.floor((i - start) / refit)))];
    assert(model !== undefined, 'a pool that was fitted');
    return model;
  };
  let i = 0;
  let current: PooledModel | undefined;
  let forecaster: ReturnType<typeof createLiveForecaster> | undefined;
  return (candle) => {
    while (i < history.grid.length && (history.grid[i] ?? NaN) < candle.t) i++;
    const model = modelAt(i);
    forecaster ??= createLiveForecaster({ model, window: start });
    if (model !== current) forecaster.use(model);
    current = model;
    forecaster.add(candle, momentAt(history, i));
    return forecaster.forecast();
  };
}

/** The live model of a market by itself: the pool's only fit for one alone goes through all bars. */
export function aloneMarketModel({ alone }: Pick<PoolHistory, 'alone'>, { start }: Pick<PoolSchedule, 'start'>): MarketModel {
  return marketModel(createLiveForecaster({ model: alone, window: start }));
}
