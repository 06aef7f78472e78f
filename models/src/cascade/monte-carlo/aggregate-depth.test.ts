import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { totalLots } from '../../market/index.ts';
import { randomMarket } from '../random-market.ts';
import { solveStatic } from '../solve-static.ts';
import { aggregateDepth } from './aggregate-depth.ts';

describe('aggregateDepth', () => {
  it('by hand: whole within 1 %, one level a step of 1 % of log-price beyond', () => {
    // ln(1000 / t) / 0.01: 985 at 1.51, 981 at 1.92, 980 at 2.02, 975 at 2.53, 960 at 4.08.
    const bids = { ticks: Int32Array.of(1_000, 995, 990, 985, 981, 980, 975, 960), lots: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const got = aggregateDepth(bids, 0.01, 0.01);
    expect([...got.ticks]).toEqual([1_000, 995, 990, 981, 975, 960]);
    expect([...got.lots]).toEqual([1, 2, 3, 9, 13, 8]);
  });
  it('keeps all depth and never makes an outcome better, bids and asks, over random markets', () => {
    let shorter = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const rng = createRng(seed);
      const market = { ...randomMarket(rng, 80), withdrawal: { kappaMin: 1, beta: 0, sigmaDaily: 0.05 } };
      const gathered = { ...market, bids: aggregateDepth(market.bids, 0.01, 0.01), asks: aggregateDepth(market.asks, 0.01, 0.01) };
      expect(totalLots(gathered.bids)).toBe(totalLots(market.bids));
      shorter += market.bids.ticks.length - gathered.bids.ticks.length;
      for (const side of ['sell', 'buy'] as const) {
        const shock = rng.int(400);
        const [fine, coarse] = [solveStatic(market, side, shock), solveStatic(gathered, side, shock)];
        expect([seed, side, (coarse?.dropTicks ?? 0) >= (fine?.dropTicks ?? 0)]).toEqual([seed, side, true]);
      }
    }
    expect(shorter).toBeGreaterThan(1_000);
  });
});
