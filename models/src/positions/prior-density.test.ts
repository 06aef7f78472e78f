import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, venueId, type Rng } from '../core/index.ts';
import { BINANCE, BYBIT_INVERSE, HYPERLIQUID, marginTiers, rulesOf, withTiers } from '../market/index.ts';
import { gammaDraw } from './gamma-draw.ts';
import { cappedPrior, DEFAULT_LEVERAGE_PRIOR, PRIOR_CONCENTRATION, type LeveragePrior } from './leverage-prior.ts';
import { priorTriggers, type PriorInput } from './prior-density.ts';

const rules = withTiers(BINANCE, marginTiers([[0, 0.02]]), 100);
const base: PriorInput = { openInterestLots: 1000, markPrice: 100, tickSize: 0.01, side: 'long', rules, bucketTicks: 1 };
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** The default prior (its weights sum to 1) with weights drawn as its concentration says, from a Dirichlet distribution: what the closed form of the band is held against. */
function drawnPrior(rng: Rng): LeveragePrior {
  const drawn = DEFAULT_LEVERAGE_PRIOR.map(({ leverage, weight }) => ({ leverage, weight: gammaDraw(PRIOR_CONCENTRATION * weight, rng) }));
  const total = drawn.reduce((all, { weight }) => all + weight, 0);
  return drawn.map(({ leverage, weight }) => ({ leverage, weight: weight / total }));
}

describe('priorTriggers', () => {
  it('by hand: 10x and 2x longs opened at the mark of 100, maintenance 2 %', () => {
    // (L1) p = (M - qE) / (q (m - 1)) = 100 (1 - 1/l) / 0.98: 10x 91.8367, 2x 51.0204; bankrupt at 90 and 50.
    const book = priorTriggers({ ...base, leveragePrior: [{ leverage: 10, weight: 3 }, { leverage: 2, weight: 1 }] });
    expect(book.ticks).toEqual(Int32Array.of(9184, 5103));
    expect(book.lots).toEqual(Float64Array.of(750, 250));
    expect(book.bankruptcyTicks).toEqual(Int32Array.of(9000, 5000));
    expect(book).toMatchObject({ unreachableLots: 0, excludedShare: 0 });
  });

  it('by hand: shorts fire as the price rises, and buckets round to the edge that fires first', () => {
    // Short 10x: (M + qE) / (q (m + 1)) = 110 / 1.02 = 107.843; in buckets of 50 ticks 10784.3 floors to 10750.
    const book = priorTriggers({ ...base, side: 'short', bucketTicks: 50, leveragePrior: [{ leverage: 10, weight: 1 }] });
    expect(book).toMatchObject({ ticks: Int32Array.of(10_750), lots: Float64Array.of(1000), bankruptcyTicks: Int32Array.of(11_000) });
  });

  it('leaves out positions that would be gone by now and counts unlevered longs as unreachable', () => {
    // Opened at 110: 10x would have been liquidated at 101.02 > 100. 1x is never. Half of the rest each: 5x at 89.8, and 1x.
    const book = priorTriggers({ ...base, recentPrices: [{ price: 110, weight: 5 }], leveragePrior: [{ leverage: 10, weight: 2 }, { leverage: 5, weight: 1 }, { leverage: 1, weight: 1 }] });
    expect(book.ticks).toEqual(Int32Array.of(8980));
    expect(book.lots).toEqual(Float64Array.of(500));
    expect(book.unreachableLots).toBe(500);
    expect(book.excludedShare).toBeCloseTo(0.5, 12);
  });

  it('with nobody left alive, all of the open interest is unreachable', () => {
    const book = priorTriggers({ ...base, recentPrices: [{ price: 1000, weight: 1 }], leveragePrior: [{ leverage: 10, weight: 1 }] });
    expect(book).toMatchObject({ unreachableLots: 1000, excludedShare: 1, ticks: new Int32Array(0) });
  });

  it('conserves open interest, orders triggers by firing, keeps them beyond the mark and bankruptcy beyond them', () => {
    const entries = fc.array(fc.record({ price: fc.double({ min: 20, max: 400, noNaN: true }), weight: fc.double({ min: 0, max: 10, noNaN: true }) }), { maxLength: 12 });
    fc.assert(fc.property(entries, fc.double({ min: 0, max: 1e9, noNaN: true }), fc.constantFrom('long' as const, 'short' as const), fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(BINANCE, HYPERLIQUID, BYBIT_INVERSE), (recentPrices, openInterestLots, side, bucketTicks, venue) => {
        const book = priorTriggers({ ...base, recentPrices, openInterestLots, side, bucketTicks, rules: venue });
        expect(sum(book.lots) + book.unreachableLots).toBe(Math.round(openInterestLots));
        const sign = side === 'long' ? 1 : -1;
        book.ticks.forEach((tick, i) => {
          const lawful = (i === 0 || sign * tick < sign * (book.ticks[i - 1] ?? 0))
            && sign * tick <= sign * 10_000 + bucketTicks
            && sign * (book.bankruptcyTicks[i] ?? 0) <= sign * tick
            && (book.low[i] ?? 0) >= 0 && (book.low[i] ?? 0) <= (book.lots[i] ?? 0) && (book.lots[i] ?? 0) <= (book.high[i] ?? 0);
          expect(lawful).toBe(true);
        });
      }), { numRuns: 200 });
  });

  it('its band holds about 90 % of draws of the prior', () => {
    const book = priorTriggers(base);
    const rng = createRng(99);
    const inside = new Float64Array(book.ticks.length);
    const draws = 1500;
    for (let d = 0; d < draws; d++) {
      const drawn = priorTriggers({ ...base, leveragePrior: drawnPrior(rng) });
      book.ticks.forEach((tick, i) => {
        const lots = drawn.lots[drawn.ticks.indexOf(tick)] ?? 0;
        // A lot of rounding either way.
        if (lots >= (book.low[i] ?? 0) - 1 && lots <= (book.high[i] ?? 0) + 1) inside[i] = (inside[i] ?? 0) + 1;
      });
    }
    for (const count of inside) {
      expect(count / draws).toBeGreaterThan(0.85);
      expect(count / draws).toBeLessThan(0.97);
    }
  });
});

describe('leverage priors', () => {
  it('caps at the venue maximum and joins what is capped', () => {
    const capped = cappedPrior([{ leverage: 5, weight: 1 }, { leverage: 20, weight: 2 }, { leverage: 50, weight: 1 }], 10);
    expect(capped).toEqual([{ leverage: 5, weight: 0.25 }, { leverage: 10, weight: 0.75 }]);
  });

  it('draws average to the prior and sum to 1', () => {
    const rng = createRng(3);
    const mean = new Float64Array(DEFAULT_LEVERAGE_PRIOR.length);
    const draws = 4000;
    for (let d = 0; d < draws; d++) {
      const drawn = drawnPrior(rng);
      drawn.forEach((c, i) => { mean[i] = (mean[i] ?? 0) + c.weight / draws; });
      if (Math.abs(drawn.reduce((s, c) => s + c.weight, 0) - 1) > 1e-12) throw new Error('weights do not sum to 1');
    }
    // Dirichlet(10 w): variance w (1 - w) / 11.
    DEFAULT_LEVERAGE_PRIOR.forEach(({ weight }, i) => {
      expect(Math.abs((mean[i] ?? 0) - weight)).toBeLessThan(4 * Math.sqrt((weight * (1 - weight)) / 11 / draws));
    });
  });

  it('finds rules by venue', () => {
    expect(rulesOf(venueId('hyperliquid'))).toBe(HYPERLIQUID);
    expect(rulesOf('nowhere')).toBeUndefined();
  });
});
