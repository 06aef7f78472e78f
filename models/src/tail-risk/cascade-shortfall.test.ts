import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noTriggers, triggersFromRows } from '../market/index.ts';
import { assetResponse, cascadeMarket, solveStatic, type AssetStep } from '../cascade/index.ts';
import { cascadeShortfall, createLossResponse, type SaleCurves, type SaleStep } from './cascade-shortfall.ts';
import { tailOfLosses } from './weighted-losses.ts';

const steps = (count: number, saleUsd: number, price: (i: number) => number): SaleStep[] => Array.from({ length: count }, (_, i) => ({ saleUsd: saleUsd * (i + 1), price: price(i + 1) }));
/** Uniform books and positions (section 3.3, form 1): every fall becomes A = 1 / (1 - g) times as large. */
const uniform = (amplification: number, width = 0.003, count = 100): SaleCurves => ({ price: 100, withoutForced: steps(count, 1_000, (i) => 100 * (1 - (width * i) / amplification)), withForced: steps(count, 1_000, (i) => 100 * (1 - width * i)) });
/** Falls of 6 % and more set off 20 % of what is left. */
const cliff: SaleCurves = { price: 50, withoutForced: steps(100, 1_000, (i) => 50 * (1 - 0.003 * i)), withForced: steps(100, 1_000, (i) => 50 * (1 - 0.003 * i) * (i > 20 ? 0.8 : 1)) };

describe('the answer of a market to a fall', () => {
  it('with uniform densities is the fall times 1 / (1 - g), at the ends of steps', () => {
    const { forced } = createLossResponse(uniform(2.5));
    for (const i of [1, 10, 50, 100]) expect(forced((0.003 * i) / 2.5).loss).toBeCloseTo(0.003 * i, 12);
  });

  it('without forced sales is the fall itself, whatever the width of the steps', () => {
    const curves = uniform(1, 0.03, 10);
    const { forced } = createLossResponse(curves);
    for (const loss of [0.001, 0.02, 0.0449, 0.1234, 0.29]) expect(forced(loss)).toEqual({ loss: expect.closeTo(loss, 12), beyond: false });
  });

  it('jumps where the threshold is, and not before', () => {
    const { forced, saleOf, withForced, withoutForced } = createLossResponse(cliff);
    expect(forced(0.06).loss).toBeCloseTo(0.06, 12);
    expect(forced(0.0601).loss).toBeGreaterThan(0.24);
    expect(saleOf(0.06)).toBeCloseTo(20_000, 6);
    expect(withForced(20_000).loss).toBeCloseTo(0.06, 12);
    expect(withForced(20_001).loss).toBeGreaterThan(0.24);
    expect(withoutForced(20_001).loss).toBeCloseTo(0.060003, 9);
  });

  it('leaves gains, and says beyond its end only what is at least lost', () => {
    const { forced, withForced } = createLossResponse(cliff);
    expect(forced(-0.2)).toEqual({ loss: -0.2, beyond: false });
    expect(forced(0.31)).toEqual({ loss: expect.closeTo(0.44, 12), beyond: true });
    expect(forced(0.9)).toEqual({ loss: 0.9, beyond: true });
    expect(withForced(1e9)).toEqual({ loss: expect.closeTo(0.44, 12), beyond: true });
    expect(createLossResponse({ price: 1, withoutForced: [], withForced: [] }).forced(0.1)).toEqual({ loss: 0.1, beyond: true });
  });

  it('never falls as the loss grows, and is never less than the loss', () => {
    const curve = fc.array(fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: 0, max: 0.05, noNaN: true })), { minLength: 1, maxLength: 40 }).map((rows) => {
      let [saleUsd, price] = [0, 10];
      return rows.map(([more, fall]) => ({ saleUsd: (saleUsd += more), price: (price *= 1 - fall) }));
    });
    fc.assert(fc.property(curve, curve, fc.array(fc.double({ min: 0, max: 0.95, noNaN: true }), { minLength: 2, maxLength: 40 }), (withoutForced, withForced, losses) => {
      const { forced } = createLossResponse({ price: 10, withoutForced, withForced });
      let before = 0;
      for (const loss of losses.sort((a, b) => a - b)) {
        const found = forced(loss).loss;
        expect(found).toBeGreaterThanOrEqual(Math.max(loss, before) - 1e-12);
        before = found;
      }
    }));
  });

  it('is what the network engine says of the sale', () => {
    const bids = { ticks: Int32Array.from({ length: 3_000 }, (_, i) => 10_000 - i), lots: new Float64Array(3_000).fill(10) };
    const triggers = triggersFromRows(Array.from({ length: 500 }, (_, i): readonly [number, number, number] => [9_700 - i, 14, 1]), 'long');
    const market = cascadeMarket({ id: 'm', tickSize: 0.01, lotSize: 1, bids, asks: { ticks: Int32Array.of(10_001), lots: Float64Array.of(1) }, longTriggers: triggers, shortTriggers: noTriggers() });
    const answer = assetResponse({ side: 'sell', markets: [market], edges: [], hedges: [], marks: [null] }, { ignitionGap: 0.02, timesIgnition: 3, fallOfInterest: 0.25 });
    if (answer === undefined) throw new Error('no answer');
    const asSteps = (list: readonly AssetStep[]): SaleStep[] => list.map(({ quote, price }) => ({ saleUsd: quote, price }));
    const response = createLossResponse({ price: answer.bestPrice, withoutForced: asSteps(answer.stepsWithoutForced), withForced: asSteps(answer.steps) });
    // A fall of 2 % meets no trigger. 5 % is beyond the threshold near 3 %: more lots fire than bids take, down to where 500 ticks of triggers are sold.
    expect(response.forced(0.02).loss).toBeCloseTo(0.02, 3);
    // 500 levels of 10 lots are 5,000 lots: the engine's own answer to them lies in the same step.
    const own = (solveStatic(market, 'sell', 5_000)?.dropTicks ?? NaN) / 10_000;
    const next = answer.steps.findIndex((step) => step.quote >= response.saleOf(0.05));
    const [above, below] = [answer.steps[next - 1]?.price ?? NaN, answer.steps[next]?.price ?? NaN].map((price) => 1 - price / answer.bestPrice);
    for (const loss of [own, response.forced(0.05).loss]) {
      expect(loss).toBeGreaterThanOrEqual(above ?? NaN);
      expect(loss).toBeLessThanOrEqual(below ?? NaN);
      expect(loss).toBeGreaterThan(0.1);
    }
  });

  it('refuses curves that are not in order', () => {
    expect(() => createLossResponse({ ...cliff, price: 0 })).toThrow('price');
    expect(() => createLossResponse({ ...cliff, withForced: [...cliff.withForced].reverse() })).toThrow('rise');
  });
});

describe('cascade expected shortfall', () => {
  const losses = Array.from({ length: 4_000 }, (_, i) => -0.05 + (0.15 * (i + 0.5)) / 4_000);

  it('of even losses with uniform densities is A times the shortfall', () => {
    const found = cascadeShortfall({ losses, ...uniform(2.5), level: 0.975 });
    const alone = tailOfLosses({ losses }, 0.975);
    expect(found.alone).toEqual(alone);
    // Within a step what is added is that of its end: too much by at most a step of 0.3 %, so by half of one on average.
    expect(found.expectedShortfall.value).toBeGreaterThan(2.5 * alone.expectedShortfall);
    expect(found.expectedShortfall.value).toBeLessThan(2.5 * alone.expectedShortfall + 0.003);
    expect(found.beyond).toBe(0);
  });

  it('of losses across a threshold is the mean beyond the VaR of what they become', () => {
    // Losses are even on (-0.05, 0.1): the worst 40 % are above 0.04, half of a tenth of them each way of the threshold at 0.06, where they become 1 - 0.8 (1 - x).
    const found = cascadeShortfall({ losses, ...cliff, level: 0.6 });
    const [low, high] = [(0.04 + 0.06) / 2, 1 - 0.8 * (1 - (0.06 + 0.1) / 2)];
    expect(found.expectedShortfall.value).toBeCloseTo((0.02 * low + 0.04 * high) / 0.06, 3);
    expect(found.valueAtRisk.value).toBeCloseTo(0.04, 4);
  });

  it('has the band of the curve, and both curves of exceedance', () => {
    const found = cascadeShortfall({ losses, ...cliff, optimistic: cliff.withoutForced, pessimistic: cliff.withForced.map((step, i) => ({ ...step, price: i >= 10 ? step.price * 0.8 : step.price })), level: 0.975 });
    expect(found.expectedShortfall.low).toBeCloseTo(found.alone.expectedShortfall, 12);
    expect(found.expectedShortfall.high).toBeGreaterThan(found.expectedShortfall.value);
    expect(found.expectedShortfall.value).toBeGreaterThan(found.expectedShortfall.low);
    const probabilityOfMore = (curve: readonly (readonly [number, number])[], loss: number): number => curve.find(([x]) => x >= loss)?.[1] ?? 0;
    expect(probabilityOfMore(found.forcedCurve, 0.2)).toBeCloseTo(0.04 / 0.15, 1);
    expect(probabilityOfMore(found.curve, 0.2)).toBe(0);
  });

  it('says how much of the distribution is beyond the curve', () => {
    const found = cascadeShortfall({ losses: [0, 0.1, 0.5], weights: [0.9, 0.06, 0.04], ...cliff, level: 0.975 });
    expect(found.beyond).toBeCloseTo(0.04, 12);
    expect(found.expectedShortfall.value).toBeCloseTo(0.5, 12);
  });
});
