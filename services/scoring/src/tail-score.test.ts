import { describe, expect, it } from '@jest/globals';
import { mostObservedLosses, mostTailPoints, tailScore, type ResponseCurve, type TailScore } from '@breakwater/contracts';
import { createRng, epochMs, price, usd } from '@breakwater/models/core';
import { barMs, type Bar } from './bars.ts';
import { horizonTailOf, tailScoreOf, type TailContext } from './tail-score.ts';

const t0 = Math.ceil(1_700_000_000_000 / 3_600_000) * 3_600_000;

/** Bars of a walk with a standard deviation of `sigma` a bar, with `wild` times it now and then. */
function walk(count: number, sigma = 0.002, wild = 4): readonly Bar[] {
  const rng = createRng(11);
  let close = 5;
  return Array.from({ length: count }, (_, i): Bar => {
    const open = close;
    const path = Array.from({ length: 6 }, () => (close *= Math.exp((sigma / Math.sqrt(6)) * rng.normal() * (rng.chance(0.03) ? wild : 1))));
    return { at: epochMs(t0 + i * barMs), open, high: Math.max(open, ...path), low: Math.min(open, ...path), close, volume: 10_000 };
  });
}
/** Sales of up to ten million: 0.2 % a hundred thousand, and 15 % more from two million on. */
function responseAt(from: number, extra = 0.15): ResponseCurve {
  const steps = (fall: (saleUsd: number) => number) => Array.from({ length: 100 }, (_, i) => ({ saleUsd: usd((i + 1) * 1e5), price: price(from * (1 - fall((i + 1) * 1e5))) }));
  const plain = (saleUsd: number): number => saleUsd * 2e-8;
  const forced = (at: number, more: number) => steps((saleUsd) => plain(saleUsd) + (saleUsd > at ? more : 0));
  return { price: price(from), withoutForced: steps(plain), central: forced(2e6, extra), pessimistic: forced(1e6, 1.2 * extra), optimistic: forced(4e6, extra) };
}
function scoreOf(bars: readonly Bar[], over: Partial<TailContext> = {}): TailScore {
  const tail = horizonTailOf(bars);
  const last = bars.at(-1);
  if (tail === undefined || last === undefined) throw new Error('no tail');
  return tailScoreOf(tail, { at: last.at + barMs, response: responseAt(last.close), responseStatus: 'inferred', offered: undefined, ...over });
}

describe('the tail of the next hour', () => {
  it('is a sound message: losses rise and are less likely, bands hold their values, and forced sales only add', () => {
    for (const count of [12, 80, 600]) {
      const score = scoreOf(walk(count), { offered: { unlockUnits: 20_000, otcUnits: 4e5 } });
      expect(tailScore.safeParse(score).success).toBe(true);
      expect(score).toMatchObject({ horizonSeconds: 3_600, barSeconds: 300, observations: count, forecasts: count - 12, status: 'inferred', valueAtRisk: { level: 0.99 }, expectedShortfall: { level: 0.975 } });
      for (const figure of [score.valueAtRisk, score.expectedShortfall, score.cascadeExpectedShortfall]) expect(figure !== null && figure.low <= figure.value && figure.value <= figure.high && figure.high <= 1).toBe(true);
      for (const curve of [score.curve, score.forcedCurve ?? [], score.observed]) {
        expect(curve.every(([loss, probability], i) => i === 0 || (loss >= (curve[i - 1]?.[0] ?? NaN) && probability <= (curve[i - 1]?.[1] ?? NaN)))).toBe(true);
      }
      expect(score.curve.length > 10 && score.curve.length <= mostTailPoints && score.observed.length <= mostObservedLosses).toBe(true);
      expect(score.cascadeExpectedShortfall?.value ?? NaN).toBeGreaterThanOrEqual(score.expectedShortfall?.value ?? NaN);
      expect(score.scenarios.map(({ name }) => name)).toEqual(['jump', 'outage', 'oracle-freeze', 'unlock', 'otc']);
      for (const { loss, forcedLoss } of score.scenarios) expect(loss > 0 && (forcedLoss ?? NaN) >= loss && (forcedLoss ?? NaN) <= 1).toBe(true);
    }
  });

  it('counts the forecasts that came to be judged: none of the first hour, none of a bar behind a gap', () => {
    const holed = walk(600).filter((_, i) => i !== 300);
    expect([scoreOf(walk(600)).forecasts, scoreOf(holed).observations, scoreOf(holed).forecasts]).toEqual([588, 599, 586]);
    expect(scoreOf(walk(600)).backtest?.forecasts).toBe(588);
  });

  it('grows with volatility as it must: in proportion, and by the root of twelve bars', () => {
    const [calm, wild] = [scoreOf(walk(600, 0.001, 1)), scoreOf(walk(600, 0.003, 1))];
    expect(wild.valueAtRisk.value / calm.valueAtRisk.value).toBeGreaterThan(2.4);
    expect(wild.valueAtRisk.value / calm.valueAtRisk.value).toBeLessThan(3.6);
    // Normal returns of 0.1 % over an hour exceed 0.1 % x sqrt(12) x 2.33 = 0.81 % once in a hundred; the pooled law has fatter tails.
    expect(calm.valueAtRisk.value).toBeGreaterThan(0.0075);
    expect(calm.valueAtRisk.value).toBeLessThan(0.014);
    // The market holds: a fall of some 1 % is a sale of half a million, and forced sales begin at four times that, which hardly a path in a thousand reaches.
    expect((calm.cascadeExpectedShortfall?.value ?? NaN) - (calm.expectedShortfall?.value ?? NaN)).toBeLessThan(0.004);
  });

  it('has a band that says something after a crash, too', () => {
    const calm = walk(420, 0.0005);
    const from = calm.at(-1)?.close ?? 1;
    const crash = Array.from({ length: 9 }, (_, i): Bar => {
      const [open, close] = [from * 0.8 ** i, from * 0.8 ** (i + 1)];
      return { at: epochMs(t0 + (420 + i) * barMs), open, high: open, low: close, close, volume: 1e6 };
    });
    const { valueAtRisk, expectedShortfall } = scoreOf([...calm, ...crash]);
    for (const figure of [valueAtRisk, expectedShortfall]) {
      expect(figure?.value).toBeGreaterThan(0.1);
      expect((figure?.low ?? 0) * 3).toBeGreaterThan(figure?.value ?? NaN);
      expect(figure?.high).toBeLessThan(3 * (figure?.value ?? NaN));
    }
  });
  it('is made worse by what a fall beyond the threshold forces, to the pessimistic end in its band', () => {
    const bars = walk(600, 0.006);
    const score = scoreOf(bars);
    // A fall of 4 % is the sale of two million.
    expect(score.expectedShortfall?.value ?? NaN).toBeGreaterThan(0.04);
    expect((score.cascadeExpectedShortfall?.value ?? NaN) - (score.expectedShortfall?.value ?? NaN)).toBeGreaterThan(0.1);
    expect(score.cascadeExpectedShortfall?.high ?? NaN).toBeGreaterThan((score.cascadeExpectedShortfall?.value ?? NaN) + 0.02);
    const without = scoreOf(bars, { response: null });
    expect([without.cascadeExpectedShortfall, without.forcedCurve, without.curve.length > 10]).toEqual([null, null, true]);
    for (const { forcedLoss } of without.scenarios) expect(forcedLoss).toBeNull();
    expect(without.valueAtRisk).toEqual(score.valueAtRisk);
  });

  it('takes curves as scores print them: their ends may begin at no sale, repeat one or rise a little', () => {
    const bars = walk(600, 0.006);
    const response = responseAt(bars.at(-1)?.close ?? NaN);
    const bumpy = <T extends { readonly saleUsd: number; readonly price: number }>(steps: readonly T[]): readonly T[] => [
      { ...steps[0], saleUsd: usd(0), price: price(response.price * 1.002) } as unknown as T,
      ...steps.map((step, i) => ({ ...step, saleUsd: usd(i % 9 === 4 ? (steps[i - 1]?.saleUsd ?? 0) : step.saleUsd), price: price(i % 7 === 3 ? step.price * 1.01 : step.price) })),
    ];
    const rough = scoreOf(bars, { response: { price: response.price, central: bumpy(response.central), withoutForced: bumpy(response.withoutForced), pessimistic: bumpy(response.pessimistic), optimistic: bumpy(response.optimistic) } });
    expect(tailScore.safeParse(rough).success).toBe(true);
    expect(Math.abs((rough.cascadeExpectedShortfall?.value ?? NaN) - (scoreOf(bars).cascadeExpectedShortfall?.value ?? NaN))).toBeLessThan(0.02);
  });

  it('has sound figures where the price mostly rests', () => {
    for (const moves of [0.02, 0.04]) {
      const rng = createRng(5);
      let close = 0.01;
      const bars = Array.from({ length: 2_200 }, (_, i): Bar => {
        const open = close;
        if (rng.chance(moves)) close += rng.chance(0.5) ? 0.0001 : -0.0001;
        return { at: epochMs(t0 + i * barMs), open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 100 };
      });
      const score = scoreOf(bars);
      expect(tailScore.safeParse(score).success).toBe(true);
      expect(score.valueAtRisk.value).toBeGreaterThan(0);
      expect(score.expectedShortfall === null || score.expectedShortfall.value >= 0).toBe(true);
    }
    const still = walk(300).map((bar): Bar => ({ ...bar, open: 5, high: 5, low: 5, close: 5 }));
    expect(() => horizonTailOf(still)).not.toThrow();
  });

  it('tells what came of its own forecasts, once there are five hundred of them', () => {
    expect(scoreOf(walk(500)).backtest).toBeNull();
    const backtest = scoreOf(walk(1_500)).backtest;
    // Of the first twelve bars nothing was forecast.
    expect(backtest).toMatchObject({ forecasts: 1_488, expected: 14.88 });
    expect(backtest?.exceedances).toBeGreaterThan(4);
    expect(backtest?.exceedances).toBeLessThan(28);
    expect(Math.min(backtest?.coverage ?? 0, backtest?.independence ?? 0)).toBeGreaterThan(0.01);
    expect(backtest?.z2).toBeGreaterThan(backtest?.z2Critical ?? 0);
    expect(backtest?.z2Critical).toBeLessThan(-0.15);
    expect(backtest?.z2Critical).toBeGreaterThan(-0.4);
  });
  it('says what was observed from hour to hour', () => {
    const bars = walk(13 * 12 + 5);
    const closes = bars.filter(({ at }) => (at + barMs) % 3_600_000 === 0).map(({ close }) => close);
    const losses = closes.slice(1).map((close, i) => 1 - close / (closes[i] ?? NaN)).sort((a, b) => b - a);
    expect(losses.length).toBe(12);
    const { observed } = scoreOf(bars);
    expect(observed.at(-1)).toEqual([losses[0], 1 / 13]);
    expect(observed).toHaveLength(losses.filter((loss) => loss > 0).length);
  });

  it('is stale where bars are missing or the last one is old, and there is none below an hour or of a price that stands', () => {
    const bars = walk(300);
    expect(scoreOf(bars.filter((_, i) => i % 12 !== 5)).status).toBe('stale');
    expect(scoreOf(bars, { at: t0 + 310 * barMs }).valueAtRisk.status).toBe('stale');
    expect(scoreOf(bars, { responseStatus: 'missing' })).toMatchObject({ status: 'inferred', cascadeExpectedShortfall: { status: 'missing' } });
    expect(horizonTailOf(walk(11))).toBeUndefined();
  });
});
