import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, defined } from '../core/index.ts';
import { triggersFromRows, type Ladder } from '../market/index.ts';
import { cascadeMarket, type ShockSide } from './cascade-market.ts';
import { randomMarket } from './random-market.ts';
import { responseCurves, type ResponsePoint } from './response-curve.ts';
import { solveStatic } from './solve-static.ts';
import { staticProfile } from './static-profile.ts';

const marketArb = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 200 })).map(([seed, size]) => randomMarket(createRng(seed), size));
const sides = fc.constantFrom<ShockSide>('sell', 'buy');
const ladder = (rows: readonly (readonly [number, number])[]): Ladder => ({ ticks: Int32Array.from(rows, ([tick]) => tick), lots: Float64Array.from(rows, ([, lots]) => lots) });
const all = { maxQuote: Infinity, maxPoints: 1e6 };

function priceAt(points: readonly ResponsePoint[], quote: number): number | undefined {
  return points.find((point) => quote <= point.quote * (1 + 1e-12))?.price;
}

describe('response curves', () => {
  it('a market worked by hand: 10 at 100, 10 at 99, 100 at 90; 15 long lots fire at 99', () => {
    const market = cascadeMarket({
      id: 'm', tickSize: 1, lotSize: 1, bids: ladder([[100, 10], [99, 10], [90, 100]]), asks: ladder([[101, 10]]),
      longTriggers: triggersFromRows([[99, 15, 95]], 'long'),
    });
    // H: 10 at 100, 20 - 15 = 5 at 99, 120 - 15 = 105 at 90. So a sale of up to 10 ends at 100, of up to 105 at 90.
    // 10 alone fetch 1,000; 105 fetch 1,000 + 990 + 85 x 90 = 9,640. Without forced sales: 1,000 at 100, 1,990 at 99, 10,990 at 90.
    expect(responseCurves(market, 'sell', staticProfile(market, 'sell', 0.02), all)).toEqual({
      withForced: [{ quote: 1_000, price: 100 }, { quote: 9_640, price: 90 }],
      withoutForced: [{ quote: 1_000, price: 100 }, { quote: 1_990, price: 99 }, { quote: 10_990, price: 90 }],
    });
  });
  it('every shock ends on the curve where the solver ends', () => {
    fc.assert(fc.property(marketArb, sides, fc.integer({ min: 0, max: 2_000 }), (market, side, shock) => {
      const curves = responseCurves(market, side, staticProfile(market, side, 0.02), all);
      const solved = defined(solveStatic(market, side, shock), 'outcome');
      const calm = defined(solveStatic({ ...market, longTriggers: triggersFromRows([], 'long'), shortTriggers: triggersFromRows([], 'short') }, side, shock), 'outcome');
      // A shock's place on the axis is what it alone fetches: the quote of the calm curve interpolated within its level.
      const quote = quoteOf(market, side, shock);
      if (!solved.exhausted) expect(priceAt(curves.withForced, quote)).toBeCloseTo(solved.tick * market.tickSize, 9);
      if (!calm.exhausted && shock > 0) expect(priceAt(curves.withoutForced, quote)).toBeCloseTo(calm.tick * market.tickSize, 9);
    }), { numRuns: 400 });
  });
  it('a thinned curve is never better than the whole one, keeps its ends, and is short', () => {
    fc.assert(fc.property(marketArb, sides, fc.integer({ min: 8, max: 40 }), (market, side, maxPoints) => {
      const profile = staticProfile(market, side, 0.02);
      const whole = responseCurves(market, side, profile, all).withForced;
      const thin = responseCurves(market, side, profile, { maxQuote: Infinity, maxPoints }).withForced;
      expect(thin.length).toBeLessThanOrEqual(maxPoints);
      expect([thin[0], thin.at(-1)]).toEqual([whole[0], whole.at(-1)]);
      // The jump at ignition is there to the tick.
      const cliff = profile.ignitionLots === null || profile.ignitedAtZero ? -1 : Array.from(profile.steps.lots).indexOf(profile.ignitionLots);
      if (cliff >= 0) for (const point of whole.slice(cliff, cliff + 2)) expect(thin).toContainEqual(point);
      const worse = side === 'sell' ? 1 : -1;
      for (const { quote, price } of whole) expect(worse * (defined(priceAt(thin, quote), 'price') - price)).toBeLessThanOrEqual(1e-9);
    }), { numRuns: 400 });
  });
});

function quoteOf(market: Parameters<typeof staticProfile>[0], side: ShockSide, shock: number): number {
  const calm = { ...market, longTriggers: triggersFromRows([], 'long'), shortTriggers: triggersFromRows([], 'short') };
  const { steps } = staticProfile(calm, side, 0.5);
  let [left, quote, before] = [shock, 0, 0];
  for (let k = 0; k < steps.lots.length && left > 0; k++) {
    const here = (steps.lots[k] ?? 0) - before;
    before = steps.lots[k] ?? 0;
    quote += Math.min(left, here) * market.lotSize * (steps.ticks[k] ?? 0) * market.tickSize;
    left -= Math.min(left, here);
  }
  return quote;
}
