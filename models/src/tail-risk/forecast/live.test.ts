import { describe, expect, it } from '@jest/globals';
import { createLiveForecaster, type SavedLiveForecaster } from './live.ts';
import { pooledDefaults } from './pooled-defaults.ts';
import { lawProbabilities, sampleOf } from './pooled-model.ts';
import { marketFeatures, ownFeatures } from './range-state.ts';
import { randomCandles } from './testing/random-candles.ts';

describe('the coefficients to begin with', () => {
  it('are as many as there are features and points of a law, which rises', () => {
    const { together, alone, laws } = pooledDefaults;
    for (const tail of ['valueAtRisk', 'shortfall'] as const) {
      expect(together?.[tail]).toHaveLength(ownFeatures.length + marketFeatures.length);
      expect(alone?.[tail]).toHaveLength(ownFeatures.length);
      expect(laws[tail]).toHaveLength(lawProbabilities.length);
      expect([...laws[tail]].sort((a, b) => a - b)).toEqual(laws[tail]);
    }
    // The unit of each law is what is exceeded with the probability that it was fitted for.
    expect(laws.valueAtRisk[lawProbabilities.indexOf(0.99)]).toBeCloseTo(1, 1);
    expect(laws.shortfall[lawProbabilities.indexOf(0.975)]).toBeCloseTo(1, 1);
  });
});

describe('the live model', () => {
  it('has a figure after twelve bars and none before, from the pooled law', () => {
    const live = createLiveForecaster();
    const candles = randomCandles({ seed: 1, bars: 40 });
    for (const candle of candles.slice(0, 11)) live.add(candle);
    expect([live.forecast(), live.scale(), live.sigma(), live.longRun()]).toEqual([null, null, null, null]);
    for (const candle of candles.slice(11, 12)) live.add(candle);
    const forecast = live.forecast();
    const scale = live.scale() ?? NaN;
    const sample = sampleOf(pooledDefaults.laws.shortfall, 2_000);
    // The 2.5 % of 2,001 from above is the fiftieth largest, nearly.
    expect(forecast?.shortfallQuantile).toBeCloseTo(scale * (sample[1_950] ?? NaN), 4);
    // A made-up price of 0.2 % a bar: the right order of size.
    expect(live.sigma()).toBeGreaterThan(0.0007);
    expect(live.sigma()).toBeLessThan(0.006);
  });

  it('lets its own losses take the place of the pooled ones, one by one', () => {
    const window = 300;
    const live = createLiveForecaster({ window });
    const pooled = new Set(Array.from(sampleOf(pooledDefaults.laws.shortfall, window), (z) => -z));
    const own: number[] = [];
    for (const candle of randomCandles({ seed: 2, bars: 400 })) {
      live.add(candle);
      own.push(live.innovations().filter((z) => !pooled.has(z)).length);
    }
    expect(own[11]).toBe(0);
    expect(own[12]).toBe(1);
    expect(own[150]).toBe(139);
    expect(own.at(-1)).toBe(window);
  });

  it('goes on to the last bit from plain JSON', () => {
    const candles = randomCandles({ seed: 3, bars: 200, tick: 0.01 });
    for (const cut of [0, 5, 120]) {
      const whole = createLiveForecaster();
      const first = createLiveForecaster();
      for (const candle of candles.slice(0, cut)) first.add(candle);
      const second = createLiveForecaster({}, JSON.parse(JSON.stringify(first.save())) as SavedLiveForecaster);
      for (const candle of candles) whole.add(candle);
      for (const candle of candles.slice(cut)) second.add(candle);
      expect(second.forecast()).toEqual(whole.forecast());
      expect(second.save()).toEqual(whole.save());
    }
  });

  it('counts innovations in units of the standard deviation, falls first', () => {
    const live = createLiveForecaster({ window: 500 });
    for (const candle of randomCandles({ seed: 4, bars: 600 })) live.add(candle);
    const z = live.standardised() ?? new Float64Array();
    expect(z).toHaveLength(500);
    expect(Array.from(z)).toEqual([...z].sort((a, b) => a - b));
    expect(Math.sqrt(z.reduce((sum, x) => sum + x * x, 0) / z.length)).toBeCloseTo(1, 6);
    expect((z[0] ?? NaN) * (live.sigma() ?? NaN)).toBeCloseTo((live.innovations()[0] ?? NaN) * (live.scale() ?? NaN), 12);
  });

  it('has no standard deviation while its price rested for the whole window, and one again from the first move', () => {
    const live = createLiveForecaster({ window: 300 });
    const bars = randomCandles({ seed: 6, bars: 420, sigma: 0 });
    for (const candle of bars.slice(0, 400)) live.add(candle);
    expect([live.sigma(), live.standardised()]).toEqual([null, null]);
    expect(live.forecast()?.expectedShortfall).toBeGreaterThan(0);
    const moved = bars[400];
    if (moved === undefined) throw new Error('401 bars');
    live.add({ ...moved, high: moved.open * 1.001, close: moved.open * 1.001 });
    expect(live.sigma()).toBeGreaterThan(0);
    expect(live.standardised()?.every(Number.isFinite)).toBe(true);
  });

  it('refuses a bar of the past, and a market moment that its model knows nothing of', () => {
    const [a, b] = randomCandles({ seed: 5, bars: 2 });
    const live = createLiveForecaster({ model: { ...pooledDefaults, together: null } });
    if (a === undefined || b === undefined) throw new Error('two bars');
    live.add(b);
    expect(() => live.add(a)).toThrow(/order of time/);
    expect(() => live.add({ ...b, t: b.t + 300_000 }, live.own())).toThrow(/beside it/);
  });
});
