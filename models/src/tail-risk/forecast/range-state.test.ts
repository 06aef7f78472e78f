import { describe, expect, it } from '@jest/globals';
import { createRangeState, marketFeatures, marketMomentOf, ownFeatures } from './range-state.ts';
import { randomCandles } from './testing/random-candles.ts';
import { barMs, type Candle } from './types.ts';

/** A weighted mean by definition: the newest value has weight 1, the one before 2^(-1 / halfLife), and so on. */
const weighted = (values: readonly number[], halfLife: number): number => {
  const weights = values.map((_, i) => 0.5 ** ((values.length - 1 - i) / halfLife));
  return values.reduce((sum, v, i) => sum + v * (weights[i] ?? NaN), 0) / weights.reduce((a, b) => a + b, 0);
};
const lifted = (value: number, base: number): number => Math.log((value + 0.05 * base) / (1.05 * base));
const relu = (x: number): number => Math.max(0, x);

/** The features once more, from the whole history. */
function slowFeatures(candles: readonly Candle[]): Record<string, number> {
  const before = (i: number): number => candles[i - 1]?.close ?? candles[i]?.open ?? NaN;
  const ranges = candles.map(({ high, low }, i) => Math.log(Math.max(high, before(i)) / Math.min(low, before(i))) ** 2 / (4 * Math.LN2));
  const returns = candles.map(({ close }, i) => Math.log(close / before(i)));
  const squares = returns.map((r) => r * r);
  const volumes = candles.map(({ volume }) => volume);
  const long = weighted(ranges, 288);
  const daySquares = weighted(squares, 288) + 1e-14;
  const next = new Date((candles.at(-1)?.t ?? NaN) + barMs);
  const minute = next.getUTCHours() * 60 + next.getUTCMinutes();
  const angle = (minute / 720) * Math.PI;
  // The last return in units of what was long-run volatility before it.
  const move = candles.length < 2 ? 0 : Math.max(-6, Math.min(6, (returns.at(-1) ?? NaN) / Math.sqrt(weighted(ranges.slice(0, -1), 288))));
  const [r1, r3] = [lifted(weighted(ranges, 1), long), lifted(weighted(ranges, 3), long)];
  return {
    constant: 1, level: Math.log(long) + 14, range1: r1, range3: r3, range12: lifted(weighted(ranges, 12), long), range48: lifted(weighted(ranges, 48), long), fell: (returns.at(-1) ?? 0) < 0 ? 1 : 0,
    sin1: Math.sin(angle), cos1: Math.cos(angle), sin2: Math.sin(2 * angle), cos2: Math.cos(2 * angle), sin3: Math.sin(3 * angle), cos3: Math.cos(3 * angle),
    hour: Number(minute % 60 === 0), quarterHour: Number([15, 30, 45].includes(minute % 60)), halfHour: Number(minute % 60 === 30), fourHours: Number(minute % 240 === 0), midnight: Number(minute === 0),
    volume: lifted(weighted(volumes, 3), weighted(volumes, 288)), 'range1Above0.7': relu(r1 - 0.7), 'range1Above1.8': relu(r1 - 1.8), range3Above1: relu(r3 - 1), level5d: Math.log(weighted(ranges, 1_440) / long),
    square2: lifted(weighted(squares, 2), daySquares), square8: lifted(weighted(squares, 8), daySquares), square32: lifted(weighted(squares, 32), daySquares), squareLevel: Math.log(daySquares / long),
    side: 1, sideFell: Math.log1p(relu(-move)), sideRose: Math.log1p(relu(move)),
  };
}

describe('the state of a market', () => {
  it('gives the features that their definitions give of the whole history', () => {
    const candles = randomCandles({ seed: 3, bars: 330 });
    const state = createRangeState();
    const x = new Float64Array(ownFeatures.length);
    candles.forEach((candle, i) => {
      state.add(candle);
      if (i % 47 !== 0 && i !== 287) return;
      state.fill(x, 0, null);
      const slow = slowFeatures(candles.slice(0, i + 1));
      ownFeatures.forEach((name, k) => expect([name, x[k]]).toEqual([name, expect.closeTo(slow[name] ?? NaN, 9)]));
    });
  });

  it('puts what all markets share after it', () => {
    const states = [4, 5, 6].map((seed) => {
      const state = createRangeState();
      for (const candle of randomCandles({ seed, bars: 50 })) state.add(candle);
      return state;
    });
    const moment = marketMomentOf(states.map((state) => state.own()));
    expect(moment?.volume).toBeCloseTo(states.reduce((sum, state) => sum + state.own().volume / 3, 0), 12);
    const x = new Float64Array(ownFeatures.length + marketFeatures.length);
    states[0]?.fill(x, 0, moment);
    const [r1 = NaN, r3, r12, r48] = moment?.ratios ?? [];
    const move = moment?.move ?? NaN;
    expect(Array.from(x.subarray(ownFeatures.length))).toEqual([r1, r3, r12, r48, moment?.volume, relu(r1 - 0.4), relu(-move), relu(move), relu(-move - 1), relu(-move), relu(move)]);
    expect(marketMomentOf([])).toBeNull();
  });

  it('goes on exactly from what was saved, from the start as well', () => {
    const candles = randomCandles({ seed: 8, bars: 40 });
    for (const cut of [0, 1, 20]) {
      const whole = createRangeState();
      const first = createRangeState();
      for (const candle of candles.slice(0, cut)) first.add(candle);
      const second = createRangeState(JSON.parse(JSON.stringify(first.save())) as number[]);
      for (const candle of candles) whole.add(candle);
      for (const candle of candles.slice(cut)) second.add(candle);
      expect(second.save()).toEqual(whole.save());
    }
  });
});
