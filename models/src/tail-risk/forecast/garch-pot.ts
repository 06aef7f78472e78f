import { assert } from '../../core/index.ts';
import { filterGarch, fitGarch, type Garch } from '../garch.ts';
import { fitGpd, potQuantile, potShortfall } from '../gpd.ts';
import { createReturns } from './returns.ts';
import { createRollingTail } from './rolling-tail.ts';
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

/** Quantiles and shortfall of the standardised losses. */
interface Law {
  readonly valueAtRisk: number;
  readonly shortfallQuantile: number;
  readonly expectedShortfall: number;
}

/**
 * McNeil and Frey 2000 (Journal of Empirical Finance 7): AR(1)-GARCH(1,1) by quasi-maximum likelihood, and a generalised Pareto law of the losses it leaves beyond a threshold. Fitted anew every `refit` returns; in between
 * its volatility is updated every bar. Where a fit is refused (the price rested, or the tail has no mean), the residuals themselves are the law. Null until the window is full. Some 3 ms a fit, O(1) a bar.
 */
export function createGarchPotForecaster({ window = 2_000, refit = 288, tail = 0.1 }: GarchPotOptions = {}): TailForecaster {
  assert(tail >= forecastTails.shortfall && tail < 1, `a tail that holds the forecast quantiles, got ${tail}`);
  const returns = createReturns();
  const tick = createTickWatch();
  const history = new Float64Array(window);
  let [count, close] = [0, NaN];
  let model: Garch | null = null;
  let law: Law = { valueAtRisk: NaN, shortfallQuantile: NaN, expectedShortfall: NaN };
  let [mean, variance] = [0, 0];

  const fit = (): void => {
    const recent = Float64Array.from({ length: window }, (_, i) => history[(count + i) % window] ?? NaN);
    const fitted = fitGarch(recent, model === null ? {} : { start: model });
    // A price that rested the whole time: nothing is expected to move.
    if (!fitted.ok) {
      model = null;
      [mean, variance] = [0, 0];
      law = { valueAtRisk: 0, shortfallQuantile: 0, expectedShortfall: 0 };
      return;
    }
    model = fitted.value;
    const { residuals, nextMean, nextSigma } = filterGarch(recent, model);
    [mean, variance] = [nextMean, nextSigma * nextSigma];
    law = lawOf(residuals.map((z) => -z), tail);
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
      else if (model !== null) {
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

function lawOf(losses: Float64Array, share: number): Law {
  const sorted = losses.slice().sort().reverse();
  const beyond = Math.round(share * sorted.length);
  const threshold = sorted[beyond] ?? NaN;
  const fitted = fitGpd(Array.from(sorted.subarray(0, beyond), (loss) => loss - threshold).filter((excess) => excess > 0));
  if (fitted.ok && threshold > 0) {
    const pot = { fit: fitted.value, threshold, share: beyond / sorted.length };
    const shortfall = potShortfall(pot, forecastTails.shortfall);
    if (Number.isFinite(shortfall)) return { valueAtRisk: potQuantile(pot, forecastTails.valueAtRisk), shortfallQuantile: potQuantile(pot, forecastTails.shortfall), expectedShortfall: shortfall };
  }
  const own = createRollingTail(losses.length, losses);
  return { valueAtRisk: own.quantile(forecastTails.valueAtRisk), shortfallQuantile: own.quantile(forecastTails.shortfall), expectedShortfall: own.shortfall(forecastTails.shortfall) };
}
