import { describe, expect, it } from '@jest/globals';
import { fitPool, fitPoolOnce, momentAt } from './fit-pool.ts';
import { createRangeState, marketMomentOf } from './range-state.ts';
import { randomCandles, randomUniverse, universeOf } from './testing/random-candles.ts';
import { candleAt, gridOf } from './universe.ts';

const schedule = { start: 300, refit: 60 };

describe('the pool over time', () => {
  it('is fitted on schedule, and no model depends on a bar after it', () => {
    const universe = randomUniverse({ seed: 1, count: 4, bars: 500 });
    const history = fitPool(universe, schedule);
    expect(history.models).toHaveLength(4);
    // From bar 421 on everything is another world.
    const rows = universe.rows.slice();
    for (let i = 0; i < rows.length; i += 6) if ((rows[i] ?? 0) > (history.grid[420] ?? 0)) for (let k = 1; k < 5; k++) rows[i + k] = (rows[i + k] ?? 0) * (1 + 0.5 * ((i / 6) % 2));
    const other = fitPool({ ...universe, rows }, schedule);
    expect(other.models.slice(0, 3)).toEqual(history.models.slice(0, 3));
    expect(other.models[3]).not.toEqual(history.models[3]);
    expect(Array.from(other.moments.subarray(0, 6 * 421))).toEqual(Array.from(history.moments.subarray(0, 6 * 421)));
  });

  it('averages the markets that have a bar, each once, wherever bars are missing', () => {
    const whole = randomCandles({ seed: 2, bars: 420 });
    const late = randomCandles({ seed: 3, bars: 420 }).slice(100);
    const holes = randomCandles({ seed: 4, bars: 420 }).filter((_, i) => i % 50 !== 7);
    const universe = universeOf({ A: whole, B: late, C: holes });
    const history = fitPool(universe, schedule);
    expect(history.grid).toHaveLength(420);
    for (const i of [50, 107, 400]) {
      const at = history.grid[i] ?? NaN;
      const states = [whole, late, holes].filter((candles) => candles.some(({ t }) => t === at)).map((candles) => {
        const state = createRangeState();
        for (const candle of candles) if (candle.t <= at) state.add(candle);
        return state.own();
      });
      const moment = marketMomentOf(states);
      expect(momentAt(history, i)).toEqual(moment);
    }
    for (const { together } of history.models) for (const b of [...Array.from(together?.shortfall ?? []), ...Array.from(together?.valueAtRisk ?? [])]) expect(Number.isFinite(b)).toBe(true);
  });

  it('has a fit for a market alone on the bars up to the first fit, which is that of a universe that ends there', () => {
    const universe = randomUniverse({ seed: 3, count: 3, bars: 400 });
    const until = universeOf(Object.fromEntries(universe.symbols.map((symbol, k) => [symbol, Array.from({ length: schedule.start + 1 }, (_, i) => candleAt(universe, 400 * k + i))])));
    const { alone } = fitPool(universe, schedule);
    expect(alone).toEqual({ ...fitPoolOnce(until), together: null });
  });

  it('is not moved by a price that rests', () => {
    const moving = Object.fromEntries([6, 7, 8].map((seed) => [`M${seed}`, randomCandles({ seed, bars: 420 })]));
    const still = randomCandles({ seed: 9, bars: 420, sigma: 0, tick: 0.01 });
    const [without, beside] = [fitPool(universeOf(moving), schedule), fitPool(universeOf({ ...moving, STILL: still }), schedule)];
    expect(beside).toEqual(without);
  });

  it('is fitted once for a market alone and for one among others', () => {
    const universe = randomUniverse({ seed: 5, count: 3, bars: 400 });
    const { together, alone, laws } = fitPoolOnce(universe);
    expect([together?.shortfall.length, alone?.shortfall.length]).toEqual([41, 30]);
    expect(laws.shortfall.every(Number.isFinite)).toBe(true);
    expect(gridOf(universe)).toHaveLength(400);
    expect(candleAt(universe, 400).t).toBe(universe.rows[0]);
  });
});
