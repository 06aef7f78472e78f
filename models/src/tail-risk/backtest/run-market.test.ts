import { describe, expect, it } from '@jest/globals';
import { createEwmaForecaster } from '../forecast/ewma.ts';
import { createHistoricalForecaster } from '../forecast/historical.ts';
import { fitPool } from '../forecast/fit-pool.ts';
import { randomCandles, randomUniverse, universeOf } from '../forecast/testing/random-candles.ts';
import type { Candle } from '../forecast/types.ts';
import { candleAt } from '../forecast/universe.ts';
import { aloneMarketModel, marketModel, pooledMarketModel, usualModels } from './models.ts';
import { daysOf, judgeRun, runMarket, type MarketRun } from './run-market.ts';
import { sumOfTallies, verdictOf } from './tally.ts';

const START = 300;

/** Weibull's rank and the mean of the tail, by sorting. */
const quantileOf = (losses: readonly number[], tail: number): number => {
  const falling = [...losses].sort((a, b) => b - a);
  const at = tail * (losses.length + 1);
  const k = Math.floor(at);
  return (falling[k - 1] ?? NaN) + (at - k) * ((falling[k] ?? NaN) - (falling[k - 1] ?? NaN));
};
const shortfallOf = (losses: readonly number[], tail: number): number => {
  const falling = [...losses].sort((a, b) => b - a);
  const count = tail * (losses.length + 1);
  const k = Math.floor(count);
  return (falling.slice(0, k).reduce((a, b) => a + b, 0) + (count - k) * (falling[k] ?? NaN)) / count;
};

/** Everything from its definition, anew at every bar: returns, the variance as a weighted mean of all squares, the window of losses in its units. */
function slowRun(candles: readonly Candle[], decay: number | null, window: number): Pick<MarketRun, 'losses' | 'valuesAtRisk' | 'shortfalls'> {
  const returns = candles.slice(1).map((candle, i) => Math.log(candle.close / (candles[i]?.close ?? NaN)));
  const sigma = returns.map((_, now) => {
    if (decay === null) return 1;
    const weights = returns.slice(0, now + 1).map((__, i) => decay ** (now - i));
    return Math.sqrt(weights.reduce((sum, w, i) => sum + w * (returns[i] ?? NaN) ** 2, 0) / weights.reduce((a, b) => a + b, 0));
  });
  const run = { losses: [] as number[], valuesAtRisk: [] as number[], shortfalls: [] as number[] };
  for (let now = START - 1; now + 1 < returns.length; now++) {
    const standardised = returns.slice(0, now + 1).map((r, i) => -r / (decay === null ? 1 : (sigma[i - 1] ?? NaN))).slice(decay === null ? 0 : 1).slice(-window);
    run.losses.push(-(returns[now + 1] ?? NaN));
    run.valuesAtRisk.push((sigma[now] ?? NaN) * quantileOf(standardised, 0.01));
    run.shortfalls.push((sigma[now] ?? NaN) * shortfallOf(standardised, 0.025));
  }
  return run;
}

describe('the protocol', () => {
  const universe = randomUniverse({ seed: 7, count: 3, bars: 700 });
  const candlesOf = (k: number): Candle[] => Array.from({ length: 700 }, (_, i) => candleAt(universe, 700 * k + i));

  it.each([['historical', null], ['EWMA', 0.97]] as const)('a generated universe, %s: each forecast and its outcome as a slow reference has them', (_, decay) => {
    for (const k of [0, 2]) {
      const run = runMarket(universe, k, marketModel(decay === null ? createHistoricalForecaster(200) : createEwmaForecaster(decay, 200)), { start: START });
      const slow = slowRun(candlesOf(k), decay, 200);
      expect(run.losses).toHaveLength(699 - START);
      for (const key of ['losses', 'valuesAtRisk', 'shortfalls'] as const) run[key].forEach((x, i) => expect(Math.abs(x - (slow[key][i] ?? NaN))).toBeLessThan(1e-12));
      const exceeded = slow.losses.filter((loss, i) => loss > (slow.valuesAtRisk[i] ?? NaN)).length;
      const days = daysOf(universe.rows.filter((__, i) => i % 6 === 0).subarray(0, 700));
      expect(verdictOf(sumOfTallies(judgeRun(run, days).tallies))).toMatchObject({ forecasts: 699 - START, exceedances: exceeded });
    }
  });

  it('the live model over time: no forecast depends on a later bar of any market', () => {
    const schedule = { start: START, refit: 100 };
    const runOf = (of: typeof universe): MarketRun => runMarket(of, 1, pooledMarketModel(fitPool(of, schedule), schedule), schedule);
    const aloneOf = (of: typeof universe): MarketRun => runMarket(of, 1, aloneMarketModel(fitPool(of, schedule), schedule), schedule);
    const rows = universe.rows.slice();
    const cut = candlesOf(0)[560]?.t ?? NaN;
    for (let i = 0; i < rows.length; i += 6) if ((rows[i] ?? 0) >= cut) for (let c = 1; c < 5; c++) rows[i + c] = (rows[i + c] ?? 0) * (1.2 + 0.3 * Math.sin(i));
    for (const run of [runOf, aloneOf]) {
      const [whole, other] = [run(universe), run({ ...universe, rows })];
      const before = whole.at.filter((t) => t <= cut).length;
      expect(before).toBeGreaterThan(200);
      for (const key of ['valuesAtRisk', 'shortfallQuantiles', 'shortfalls'] as const) {
        expect(other[key].slice(0, before)).toEqual(whole[key].slice(0, before));
        expect(other[key].slice(before)).not.toEqual(whole[key].slice(before));
      }
    }
  });

  it('counts a forecast only where its bar follows directly', () => {
    const candles = randomCandles({ seed: 1, bars: 420 });
    const run = runMarket(universeOf({ A: candles.filter((_, i) => i !== 350) }), 0, marketModel(createEwmaForecaster(0.97, 200)), { start: START });
    // 419 returns; the missing bar takes two, and the first 300 begin.
    expect(run.losses).toHaveLength(419 - 2 - START);
    expect(run.at).not.toContain(candles[351]?.t);
    expect(run.at).toContain(candles[352]?.t);
  });

  it('runs every usual model', () => {
    const whole = randomUniverse({ seed: 8, count: 1, bars: 1_100 });
    for (const [name, make] of Object.entries(usualModels)) {
      const run = runMarket(whole, 0, marketModel(make({ start: 1_000, refit: 50 })), { start: 1_000 });
      expect([name, run.losses.length]).toEqual([name, 99]);
      expect(run.shortfalls.every((x, i) => x >= (run.shortfallQuantiles[i] ?? NaN))).toBe(true);
    }
  });
});
