import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldMark, fundingPrice, markPrice, markState, type MarkInputs, type MarkState } from './mark-price.ts';
import { averageOf, emaOf, exponentialAverage, sampledAverage, withEmaSample, withSample } from './moving-average.ts';
import { ALL_VENUE_RULES, BINANCE, BITGET, DERIBIT, HYPERLIQUID, OKX } from './venues/index.ts';

describe('averages of a mark price', () => {
  it('a window of 30 one-second points: the mean of the last 30 slots, the first value in each', () => {
    let average = sampledAverage(30, 1);
    expect(averageOf(average)).toBeUndefined();
    for (let second = 0; second < 45; second++) {
      average = withSample(average, second * 1000 + 10, second);
      average = withSample(average, second * 1000 + 900, 1e6);
    }
    // Seconds 15 to 44.
    expect(averageOf(average)).toBeCloseTo(29.5, 12);
  });

  it('slots without a sample repeat the last one; earlier values and NaN change nothing', () => {
    let average = withSample(sampledAverage(10, 1), 1_000, 5);
    average = withSample(average, 4_000, 9);
    // Seconds 1, 2, 3 at 5, second 4 at 9.
    expect(averageOf(average)).toBe(6);
    expect(withSample(average, 3_000, 99)).toBe(average);
    expect(withSample(average, 5_000, NaN)).toBe(average);
    // A pause longer than the window leaves only what held during it, and the new value.
    expect(averageOf(withSample(average, 100_000, 19))).toBe(10);
    expect(() => sampledAverage(10, 3)).toThrow('whole number');
  });

  it('Hyperliquid robust-price-indices: num and den decay with e^(-t / 150 s), whatever the gap', () => {
    let ema = withEmaSample(exponentialAverage(150), 0, 4);
    expect(emaOf(ema)).toBe(4);
    ema = withEmaSample(ema, 150_000, 10);
    // (4 x 3 e^-1 + 10 x 150) / (3 e^-1 + 150).
    expect(emaOf(ema)).toBeCloseTo((12 / Math.E + 1500) / (3 / Math.E + 150), 12);
    expect(withEmaSample(ema, 150_000, 99)).toBe(ema);
    // A steady value is its own average after any gaps.
    for (const at of [151_000, 160_000, 900_000]) ema = withEmaSample(ema, at, 10);
    expect(emaOf(ema)).toBeCloseTo(10, 1);
    expect(emaOf(exponentialAverage(30))).toBeUndefined();
  });
});

const quiet: MarkInputs = { atMs: 0, index: 100, bid: 100.4, ask: 100.6, last: 100.7, funding: { rate: 0.001, untilNext: 4, period: 8 } };
function seconds(state: MarkState, inputs: MarkInputs, count: number): MarkState {
  let folded = state;
  for (let i = 0; i < count; i++) folded = foldMark(folded, { ...inputs, atMs: inputs.atMs + i * 1000 });
  return folded;
}

describe('mark prices', () => {
  it('Bitget 12560603824106: price 2 of 91,500 at 0.01 % with 120 of 480 minutes left is 91,502.2875', () => {
    expect(fundingPrice(91_500, 0.0001, 120, 480)).toBe(91_502.2875);
    // Bitget's basis counts every five seconds.
    const state = foldMark(foldMark(markState(BITGET.mark), { atMs: 1_000, index: 91_500, bid: 91_510, ask: 91_512 }), { atMs: 6_000, index: 91_500, bid: 91_500, ask: 91_502 });
    expect(markPrice(state, { atMs: 6_000, index: 91_500, last: 90_000, funding: { rate: 0.0001, untilNext: 120, period: 480 } })).toBe(91_502.2875);
    expect(markPrice(state, { atMs: 6_000, index: 91_500, last: 99_000, funding: { rate: 0.0001, untilNext: 120, period: 480 } })).toBe(91_506);
  });

  it('Binance: the median of 100.05 by funding, 100.5 by the basis and the last price, which alone cannot move it', () => {
    const state = seconds(markState(BINANCE.mark), quiet, 30);
    expect(markPrice(state, quiet)).toBeCloseTo(100.5, 12);
    expect(markPrice(state, { ...quiet, last: 50 })).toBeCloseTo(100.05, 12);
    // A crash of the book moves the average by a thirtieth a second.
    const crashed = foldMark(state, { ...quiet, atMs: 30_000, bid: 70.4, ask: 70.6, last: 70 });
    expect(markPrice(crashed, { ...quiet, bid: 70.4, ask: 70.6, last: 70 })).toBeCloseTo(100.5 - 1, 12);
  });

  it('OKX and Deribit: index plus the average of the basis, sampled or exponential', () => {
    expect(markPrice(seconds(markState(OKX.mark), quiet, 300), { ...quiet, index: 90 })).toBeCloseTo(90.5, 12);
    expect(markPrice(seconds(markState(DERIBIT.mark), quiet, 300), { ...quiet, index: 90 })).toBeCloseTo(90.5, 9);
    expect(markPrice(markState(OKX.mark), quiet)).toBe(100);
  });

  it('Hyperliquid: the median of oracle + basis, the book and other venues; with two of three the slow book price joins', () => {
    const state = seconds(markState(HYPERLIQUID.mark), quiet, 600);
    const perpMids = { binance: 101, okx: 99, bybit: 99, gate: 1, unknown: 1e9 };
    // Basis 100.5; book median(100.4, 100.6, 100.7) = 100.6; perpetuals weighted 3, 2, 2, 1: 99.
    expect(markPrice(state, { ...quiet, perpMids })).toBeCloseTo(100.5, 9);
    expect(markPrice(state, { ...quiet, perpMids: { binance: 200 } })).toBeCloseTo(100.6, 12);
    // Without other venues: 100.5, 90 (book crashed) and the slow book at 100.6.
    expect(markPrice(state, { ...quiet, bid: 89, ask: 91, last: 90 })).toBeCloseTo(100.5, 9);
    // The book alone is a median of one.
    expect(markPrice(markState(HYPERLIQUID.mark), quiet)).toBe(100.6);
    expect(markPrice(markState(HYPERLIQUID.mark), { atMs: 0, index: 100 })).toBe(100);
  });

  it('is non-decreasing in index, book, last price and other venues, with the moment folded in or not', () => {
    const price = fc.integer({ min: 8_000, max: 12_000 });
    const moment = fc.record({ index: price, bid: price, ask: price, last: price, okx: price, binance: price });
    const inputsOf = (m: { index: number; bid: number; ask: number; last: number; okx: number; binance: number }, atMs: number): MarkInputs => ({
      atMs, index: m.index / 100, bid: m.bid / 100, ask: m.ask / 100, last: m.last / 100, funding: { rate: -0.01, untilNext: 2, period: 8 }, perpMids: { okx: m.okx / 100, binance: m.binance / 100 },
    });
    const fields = ['index', 'bid', 'ask', 'last', 'okx', 'binance'] as const;
    fc.assert(fc.property(fc.constantFrom(...ALL_VENUE_RULES), fc.array(moment, { maxLength: 8 }), moment, fc.constantFrom(...fields), fc.integer({ min: 1, max: 500 }), fc.boolean(), (rules, past, now, field, by, folds) => {
      const state = past.reduce((s, m, i) => foldMark(s, inputsOf(m, i * 7_000)), markState(rules.mark));
      const at = past.length * 7_000;
      const [low, high] = [inputsOf(now, at), inputsOf({ ...now, [field]: now[field] + by }, at)];
      const markOf = (inputs: MarkInputs): number => markPrice(folds ? foldMark(state, inputs) : state, inputs);
      expect(markOf(high)).toBeGreaterThanOrEqual(markOf(low) - 1e-9);
    }), { numRuns: 2_000 });
  });
});
