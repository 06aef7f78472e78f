import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../core/index.ts';
import { at, totalLots, totalTriggerLots, triggersFromRows } from '../market/index.ts';
import { cascadeMarket, ladderOf, triggersOf, usableLots, type CascadeMarket, type ShockSide } from './cascade-market.ts';
import { extendedShareOfDepth, mergeGrid, mergeMarkets } from './merge.ts';
import { randomMarket } from './random-market.ts';
import { referenceMarketOrders } from './reference.ts';
import { solveStatic } from './solve-static.ts';

const marketArb = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 40 })).map(([seed, size]) => randomMarket(createRng(seed), size));
const noAsks = { ticks: new Int32Array(0), lots: new Float64Array(0) };

/** The common price by definition: the best tick at which summed depth covers the shock and all markets' triggers. */
function commonPrice(markets: readonly CascadeMarket[], side: ShockSide, shock: number): number {
  const sign = side === 'sell' ? 1 : -1;
  const candidates = markets.flatMap((m) => [...ladderOf(m, side).ticks]).sort((a, b) => sign * (b - a));
  for (const t of candidates) {
    let net = -shock;
    for (const m of markets) {
      const usable = usableLots(m, side);
      ladderOf(m, side).ticks.forEach((tick, i) => { if (sign * tick >= sign * t) net += at(usable, i); });
      triggersOf(m, side).ticks.forEach((tick, i) => { if (sign * tick >= sign * t) net -= at(triggersOf(m, side).lots, i); });
    }
    if (net >= 0) return t;
  }
  return candidates.at(-1) ?? 0;
}

describe('mergeMarkets', () => {
  it('on one grid it is the common clearing price of all markets, and liquidating one by one agrees', () => {
    fc.assert(fc.property(fc.array(marketArb, { minLength: 1, maxLength: 4 }), fc.constantFrom<ShockSide>('sell', 'buy'), fc.integer({ min: 0, max: 600 }), (markets, side, shock) => {
      const merged = mergeMarkets('all', markets.map((market) => ({ market, usdPerQuote: 1 })), { tickSize: 0.01, lotSize: 0.1 });
      const outcome = solveStatic(merged, side, shock);
      expect(outcome?.tick).toBe(commonPrice(markets, side, shock));
      expect(outcome).toMatchObject(referenceMarketOrders(merged, side, shock, createRng(shock)));
      const usable = markets.reduce((sum, m) => sum + usableLots(m, side).reduce((a, b) => a + b, 0), 0);
      expect(totalLots(ladderOf(merged, side))).toBe(usable);
    }), { numRuns: 200 });
  });

  it('converts prices at the dollar rate and contracts at their price', () => {
    // 2 quote at 0.5 dollars = 1 dollar = 100 ticks of a cent.
    const linear = cascadeMarket({ id: 'a', tickSize: 0.1, lotSize: 1, asks: noAsks, bids: { ticks: Int32Array.of(20, 18), lots: Float64Array.of(3, 4) },
      longTriggers: triggersFromRows([[19, 2, 17]], 'long') });
    // 30 contracts of 10 dollars at 1 dollar = 300 base units.
    const inverse = cascadeMarket({ id: 'b', kind: 'inverse', contractSize: 10, tickSize: 0.5, lotSize: 1, asks: noAsks, bids: { ticks: Int32Array.of(2), lots: Float64Array.of(30) } });
    const merged = mergeMarkets('all', [{ market: linear, usdPerQuote: 0.5 }, { market: inverse, usdPerQuote: 1 }], { tickSize: 0.01, lotSize: 1 });
    expect(merged.bids).toEqual({ ticks: Int32Array.of(100, 90), lots: Float64Array.of(303, 4) });
    expect(merged.longTriggers).toEqual({ ticks: Int32Array.of(95), lots: Float64Array.of(2), bankruptcyTicks: Int32Array.of(85) });
  });

  it('counts no more lots than are whole numbers: a coin of a cent in hundred millionths', () => {
    const of = (id: string, lots: number): CascadeMarket => cascadeMarket({ id, tickSize: 1e-5, lotSize: 1e-8, asks: noAsks, bids: { ticks: Int32Array.of(1_000, 900), lots: Float64Array.of(lots, lots) }, longTriggers: triggersFromRows([[950, lots, 900]], 'long') });
    const sources = [of('a', 2 ** 52), of('b', 2 ** 52)].map((market) => ({ market, usdPerQuote: 1 }));
    const grid = mergeGrid(sources);
    expect(grid.lotSize).toBeCloseTo(1e-6, 15);
    const merged = mergeMarkets('all', sources, grid);
    const lots = 2 * 2 * 2 ** 52 * (1e-8 / grid.lotSize);
    expect(totalLots(merged.bids) / lots).toBeCloseTo(1, 11);
    expect(Number.isSafeInteger(totalLots(merged.bids) + totalTriggerLots(merged.longTriggers))).toBe(true);
    expect(solveStatic(merged, 'sell', Math.round(lots / 8))).toMatchObject({ tick: 1_000 });
    // What fits is as fine as it was.
    expect(mergeGrid([{ market: of('c', 1e9), usdPerQuote: 1 }]).lotSize).toBe(1e-8);
  });

  it('a coarser grid never ends nearer, and no trigger is lost', () => {
    fc.assert(fc.property(marketArb, fc.constantFrom<ShockSide>('sell', 'buy'), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 20 }), (market, side, shock, width) => {
      const sources = [{ market, usdPerQuote: 1 }];
      const rough = mergeMarkets('rough', sources, { tickSize: 0.01 * width, lotSize: 0.1 });
      const exact = solveStatic(market, side, shock);
      const outcome = solveStatic(rough, side, shock);
      if (outcome === null || exact === null) return;
      const price = outcome.tick * width;
      if (side === 'sell') expect(price).toBeLessThanOrEqual(exact.tick);
      else expect(price).toBeGreaterThanOrEqual(exact.tick);
      expect(totalTriggerLots(triggersOf(rough, side))).toBe(totalTriggerLots(triggersOf(market, side)));
    }), { numRuns: 200 });
  });

  it('picks a grid as fine as the finest source', () => {
    const fine = cascadeMarket({ id: 'a', tickSize: 0.01, lotSize: 0.5, asks: noAsks, bids: { ticks: Int32Array.of(100), lots: Float64Array.of(1) } });
    const coarse = cascadeMarket({ id: 'b', tickSize: 0.1, lotSize: 2, asks: noAsks, bids: { ticks: Int32Array.of(10), lots: Float64Array.of(1) } });
    expect(mergeGrid([{ market: fine, usdPerQuote: 1 }, { market: coarse, usdPerQuote: 1 }])).toEqual({ tickSize: 0.01, lotSize: 0.5 });
  });

  it('says how much of the depth down to a price is inferred', () => {
    // At 1, 0.9 and 0.8 dollars: 10, 5, 5 (last extended) and 6, 4 (last extended).
    const a = cascadeMarket({ id: 'a', tickSize: 0.1, lotSize: 1, asks: noAsks, bids: { ticks: Int32Array.of(10, 9, 8), lots: Float64Array.of(10, 5, 5) } });
    const b = cascadeMarket({ id: 'b', tickSize: 0.2, lotSize: 2, asks: noAsks, bids: { ticks: Int32Array.of(10, 9), lots: Float64Array.of(3, 2) } });
    const sources = [{ market: a, usdPerQuote: 1, extendedFrom: { bids: 2, asks: 0 } }, { market: b, usdPerQuote: 0.5, extendedFrom: { bids: 1, asks: 0 } }];
    expect(extendedShareOfDepth(sources, 'sell', 1)).toBe(0);
    // 10 + 5 known and 6 + 4 of which 4 extended.
    expect(extendedShareOfDepth(sources, 'sell', 0.9)).toBe(4 / 25);
    expect(extendedShareOfDepth(sources, 'sell', 0.8)).toBe(9 / 30);
    expect(extendedShareOfDepth(sources, 'buy', 2)).toBe(0);
  });
});
