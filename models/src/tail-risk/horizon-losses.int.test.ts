import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { dataFile } from '../../../infra/dev/src/env.ts';
import { fitPot } from './conditional-risk.ts';
import { acerbiSzekelyZ2 } from './es-backtest.ts';
import { filterGarch, fitGarch, type Garch } from './garch.ts';
import { fiveMinuteDynamics, horizonLosses, planHorizon } from './horizon-losses.ts';
import { kupiec } from './var-backtest.ts';
import { tailOfLosses } from './weighted-losses.ts';

const file = dataFile('om-2025-04/universe-5m-2025-04.csv.gz');
/** Closes of the five-minute bars of a coin, in the order of time, from the text of the file. */
function closesOf(text: string, symbol: string): number[] {
  const rows = [...text.matchAll(new RegExp(`^${symbol},(\\d+),[^,]*,[^,]*,[^,]*,([^,]*),`, 'gm'))].map(([, time, close]) => [Number(time), Number(close)] as const);
  return rows.sort((a, b) => a[0] - b[0]).map(([, close]) => close);
}

const [window, refit, hour] = [2_000, 1_152, 12];
const plan = planHorizon({ seed: 1, steps: hour, paths: 512 });

interface Tally {
  hours: number;
  exceedances: number;
  readonly losses: number[];
  readonly vars: number[];
  readonly shortfalls: number[];
}

/** Hour after hour without overlap: one bar's forecast by AR-GARCH, its residuals as the pool, a generalised Pareto tail, and twelve bars simulated from there. */
function backtest(symbols: readonly string[]): Tally {
  const text = gunzipSync(readFileSync(file ?? '')).toString();
  const tally: Tally = { hours: 0, exceedances: 0, losses: [], vars: [], shortfalls: [] };
  for (const symbol of symbols) {
    const closes = closesOf(text, symbol);
    const returns = closes.slice(1).map((close, i) => Math.log(close / (closes[i] ?? NaN)));
    let model: Garch | undefined;
    for (let t = window; t + hour <= returns.length; t += hour) {
      const past = returns.slice(t - window, t);
      if ((t - window) % refit === 0) {
        const fitted = fitGarch(past, model === undefined ? {} : { start: model });
        if (fitted.ok) model = fitted.value;
      }
      if (model === undefined) break;
      const { residuals, nextSigma } = filterGarch(past, model);
      const pot = fitPot(residuals.map((z) => -z), 100);
      const longRun = Math.sqrt(past.reduce((sum, r) => sum + r * r, 0) / window);
      const losses = horizonLosses(plan, { sigma: nextSigma, longRun, ...fiveMinuteDynamics, innovations: residuals.toSorted(), ...(pot.ok ? { tail: pot.value } : {}) });
      const [far, near] = [tailOfLosses({ losses }, 0.99), tailOfLosses({ losses }, 0.975)];
      const loss = -Math.expm1(returns.slice(t, t + hour).reduce((a, b) => a + b, 0));
      tally.hours++;
      if (loss > far.valueAtRisk) tally.exceedances++;
      tally.losses.push(loss);
      tally.vars.push(near.valueAtRisk);
      tally.shortfalls.push(near.expectedShortfall);
    }
  }
  return tally;
}

(file === undefined ? describe.skip : describe)('hours simulated from five-minute bars, two coins, April 2025', () => {
  it('lose more than their value at risk as often as it says, and beyond it on average what the shortfall says', () => {
    const { hours, exceedances, ...forecasts } = backtest(['DOGE_USDT', 'SOL_USDT']);
    console.info(`${exceedances} of ${hours} hours beyond the value at risk at 99 %, Z2 ${acerbiSzekelyZ2(forecasts, 0.025).toFixed(3)}`);
    expect(hours).toBe(1_106);
    // Hours of several coins fall together, so the test is a mild one.
    expect(kupiec(hours, exceedances, 0.01).pValue).toBeGreaterThan(0.01);
    expect(Math.abs(acerbiSzekelyZ2(forecasts, 0.025))).toBeLessThan(0.35);
  });
});
