import { assert } from '../../core/index.ts';
import { filterGarch, fitGarch, type Garch } from '../garch.ts';
import { createReturns } from './returns.ts';
import { createRollingTail, type RollingTail } from './rolling-tail.ts';
import { lawOf, potLaw, type TailLaw } from './tail-law.ts';
import { createTickWatch } from './tick.ts';
import { forecastTails, type TailForecaster } from './types.ts';

/** Terms of the model. */
export interface GarchPotOptions {
  /** Returns that are fitted, default 2,000. */
  readonly window?: number;
  /** Returns from one fit to the next, default 288: a day. */
  readonly refit?: number;
  /** Share of the residuals that is the tail, default 0.1: 100 of 1,000 in McNeil and Frey. At least 0.025. */
  readonly tail?: number;
}

/**
 * McNeil and Frey 2000 (Journal of Empirical Finance 7): AR(1)-GARCH(1,1) by quasi-maximum likelihood, and a generalised Pareto law of the losses it leaves beyond a threshold. Fitted anew every `refit` returns; in between
 * its volatility is updated every bar. Where a fit does not converge, the last one that did goes on; where there is none, or the price rested for the whole window, the law is that of the last `window` losses themselves until the next fit.
 * Null until the window is full. Some 3 ms a fit, O(1) a bar, O(window) moves of memory without a fit.
 */
export function createGarchPotForecaster({ window = 2_000, refit = 288, tail = 0.1 }: GarchPotOptions = {}): TailForecaster {
  assert(tail >= forecastTails.shortfall && tail < 1, `a tail that holds the forecast quantiles, got ${tail}`);
  const returns = createReturns();
  const tick = createTickWatch();
  const history = new Float64Array(window);
  let [count, close] = [0, NaN];
  let model: Garch | null = null;
  let law: TailLaw = { valueAtRisk: NaN, shortfallQuantile: NaN, expectedShortfall: NaN };
  let [mean, variance] = [0, 0];
  /** The losses of the window, while they are the law; null while a model is. */
  let own: RollingTail | null = null;

  const fit = (): void => {
    const recent = Float64Array.from({ length: window }, (_, i) => history[(count + i) % window] ?? NaN);
    const fitted = fitGarch(recent, model === null ? {} : { start: model });
    // Refused is a price that rested: what was fitted before is not the law of one that does.
    if (!fitted.ok) model = null;
    else if (fitted.value.converged) model = fitted.value;
    if (model === null) {
      own = createRollingTail(window, recent.map((r) => 0 - r));
      [mean, variance] = [0, 1];
      law = lawOf(own);
      return;
    }
    own = null;
    const { residuals, nextMean, nextSigma } = filterGarch(recent, model);
    [mean, variance] = [nextMean, nextSigma * nextSigma];
    law = potLaw(residuals.map((z) => -z), tail);
  };
  return {
    add: (candle) => {
      const r = returns.next(candle);
      tick.add(candle, Number.isNaN(close) ? candle.open : close);
      close = candle.close;
      if (r === null) return;
      history[count % window] = r;
      count++;
      if (count < window) return;
      if ((count - window) % refit === 0) fit();
      else if (own !== null) {
        own.add(0 - r);
        law = lawOf(own);
      } else if (model !== null) {
        const error = r - mean;
        variance = model.base + (error < 0 ? model.shock + model.fall : model.shock) * error * error + model.memory * variance;
        mean = model.mean + model.carry * r;
      }
    },
    forecast: () => {
      if (count < window) return null;
      const scale = Math.sqrt(variance);
      const shortfallQuantile = -mean + scale * law.shortfallQuantile;
      return {
        scale: Math.max(scale, 1e-12), valueAtRisk: -mean + scale * law.valueAtRisk, shortfallQuantile,
        expectedShortfall: Math.max(-mean + scale * law.expectedShortfall, shortfallQuantile, tick.floor(close)),
      };
    },
  };
}
