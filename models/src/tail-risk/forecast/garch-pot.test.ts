import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { filterGarch, fitGarch } from '../garch.ts';
import { createGarchPotForecaster } from './garch-pot.ts';
import { createHistoricalForecaster } from './historical.ts';
import { potLaw } from './tail-law.ts';
import { barMs, type Candle, type TailForecast, type TailForecaster } from './types.ts';

/** Bars that go from close to close by the given log returns. */
function candlesOf(returns: readonly number[]): Candle[] {
  let close = 1;
  return [0, ...returns].map((r, i) => {
    const open = close;
    close *= Math.exp(r);
    return { t: i * barMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1 };
  });
}
const forecastsOf = (forecaster: TailForecaster, returns: readonly number[]): (TailForecast | null)[] => candlesOf(returns).map((candle) => {
  forecaster.add(candle);
  return forecaster.forecast();
});
const still = (n: number): number[] => new Array<number>(n).fill(0);
const noise = (seed: number, n: number, sigma = 0.002): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => sigma * rng.normal());
};

describe('a price that begins to move after a window of rest', () => {
  // The fit at 2,000 returns is refused; the next comes 288 bars later.
  const returns = [...still(2_000), ...noise(1, 280)];
  it('is forecast by the losses of its window, bar after bar, until the next fit', () => {
    const said = forecastsOf(createGarchPotForecaster(), returns).slice(2_000, -1);
    const historical = forecastsOf(createHistoricalForecaster(2_000), returns).slice(2_000, -1);
    const plain = (of: readonly (TailForecast | null)[]): number[][] => of.map((forecast) => [forecast?.valueAtRisk ?? NaN, forecast?.shortfallQuantile ?? NaN, forecast?.expectedShortfall ?? NaN]);
    expect(plain(said)).toEqual(plain(historical));
    const exceeded = said.filter((forecast, i) => -(returns[2_000 + i] ?? 0) > (forecast?.valueAtRisk ?? NaN)).length;
    // Half of all bars while nothing is learnt: 20 losses of 2,001 have to be seen before the quantile is above 0.
    expect(exceeded).toBeLessThan(80);
  });
  it('has a model from the next fit on', () => {
    const forecast = forecastsOf(createGarchPotForecaster(), [...returns, ...noise(2, 20)]).at(-1);
    expect(forecast?.scale).toBeLessThan(0.1);
    expect(forecast?.scale).toBeGreaterThan(0.0005);
  });
});

describe('a fit that does not converge', () => {
  // Returns that grow without end have no finite variance to be found.
  const growing = (seed: number): number[] => noise(seed, 360, 1).map((r, i) => 1e-8 * Math.exp(i / 20) * r);
  /** As they are read from prices again. */
  const readFrom = (returns: readonly number[]): number[] => candlesOf(returns).slice(1).map(({ open, close }) => Math.log(close / open));
  const [window, refit] = [300, 60];
  it('leaves the law to the losses of the window where none did before', () => {
    const returns = growing(1);
    expect(fitGarch(readFrom(returns).slice(0, window))).toMatchObject({ ok: true, value: { converged: false } });
    const [said, historical] = [createGarchPotForecaster({ window, refit }), createHistoricalForecaster(window)].map((forecaster) => forecastsOf(forecaster, returns.slice(0, window + 20)).at(-1));
    expect(said).toBeDefined();
    expect(said).toEqual(historical);
  });
  it('leaves the last one that did in place, with the residuals of the new window', () => {
    const returns = growing(13);
    const before = fitGarch(readFrom(returns).slice(0, window));
    if (!before.ok) throw new Error(before.error);
    expect(before.value.converged).toBe(true);
    const recent = Float64Array.from(readFrom(returns).slice(refit));
    expect(fitGarch(recent, { start: before.value })).toMatchObject({ ok: true, value: { converged: false } });
    const said = forecastsOf(createGarchPotForecaster({ window, refit }), returns).at(-1);
    const { residuals, nextMean, nextSigma } = filterGarch(recent, before.value);
    expect((said?.scale ?? NaN) / nextSigma).toBeCloseTo(1, 9);
    expect((said?.valueAtRisk ?? NaN) / (-nextMean + nextSigma * potLaw(residuals.map((z) => -z), 0.1).valueAtRisk)).toBeCloseTo(1, 9);
  });
});
