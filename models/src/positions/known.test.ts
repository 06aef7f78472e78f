import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HYPERLIQUID, liquidationPrice, marginTiers, bankruptcyPrice } from '../market/index.ts';
import { joinTriggers, knownTriggers, type KnownPosition, type KnownTerms } from './known.ts';
import { priorTriggers } from './prior-density.ts';

/** Maximum leverage 10: maintenance of 5 %. */
const rules = { ...HYPERLIQUID, tiers: marginTiers([[0, 0.05]]) };
const terms: KnownTerms = { side: 'long', markPrice: 100, tickSize: 0.01, lotSize: 0.1, bucketTicks: 25, rules };
const total = (of: { readonly lots: Float64Array; readonly unreachableLots: number }): number => of.lots.reduce((sum, lots) => sum + lots, of.unreachableLots);
const position = (side: KnownPosition['side'], lots: number, price: number | null): KnownPosition => ({ side, lots, liquidationPrice: price });

describe('triggers of known positions', () => {
  it('by hand: longs round up to the edge of their bucket and shorts down, bankrupt a maintenance margin later', () => {
    const positions = [position('long', 30, 90.1), position('long', 20, 90.2), position('long', 5, 80), position('long', 7, null), position('short', 40, 110.2)];
    // 90.10 and 90.20 are ticks 9010 and 9020, both in the bucket that fires at 9025. Bankrupt at (30 x 90.1 + 20 x 90.2) / 50 x 0.95 = 85.633.
    expect(knownTriggers(positions, terms)).toEqual({
      ticks: Int32Array.of(9025, 8000), lots: Float64Array.of(50, 5), low: Float64Array.of(50, 5), high: Float64Array.of(50, 5), bankruptcyTicks: Int32Array.of(8563, 7600),
      unreachableLots: 7, excludedShare: 0, priorOnlyLots: Float64Array.of(0, 0), passedLots: 0,
    });
    expect(knownTriggers(positions, { ...terms, side: 'short' })).toMatchObject({ ticks: Int32Array.of(11_000), lots: Float64Array.of(40), bankruptcyTicks: Int32Array.of(11_571), unreachableLots: 0 });
  });

  it('takes whom the mark has passed for closed, and never puts a bankruptcy before its trigger', () => {
    expect(knownTriggers([position('long', 3, 100), position('long', 4, 101), position('long', 5, 99.99)], terms)).toMatchObject({ ticks: Int32Array.of(10_000), lots: Float64Array.of(5), passedLots: 7 });
    expect(knownTriggers([position('short', 3, 99)], { ...terms, side: 'short' })).toMatchObject({ ticks: new Int32Array(0), passedLots: 3 });
  });

  it('finds the bankruptcy of a position on its own margin, whatever that margin was', () => {
    fc.assert(fc.property(fc.constantFrom('long' as const, 'short' as const), fc.double({ min: 1.1, max: 9, noNaN: true }), fc.double({ min: 50, max: 150, noNaN: true }), (side, leverage, entryPrice) => {
      const own = { side, entryPrice, size: 10, margin: (10 * entryPrice) / leverage };
      const [found, bankrupt] = [liquidationPrice(rules, own), bankruptcyPrice('linear', own)];
      if (!found.ok || !bankrupt.ok) return;
      const mark = side === 'long' ? found.value.price * 1.1 : found.value.price * 0.9;
      const { bankruptcyTicks } = knownTriggers([position(side, 100, found.value.price)], { ...terms, side, markPrice: mark, bucketTicks: 1 });
      expect(Math.abs((bankruptcyTicks[0] ?? NaN) - bankrupt.value / terms.tickSize)).toBeLessThanOrEqual(1);
    }), { numRuns: 200, seed: 20_261_127 });
  });

  it('with the rest inferred, makes one book that conserves all lots and keeps bands only where something is inferred', () => {
    const known = fc.array(fc.record({ side: fc.constantFrom('long' as const, 'short' as const), lots: fc.integer({ min: 1, max: 1_000 }), liquidationPrice: fc.option(fc.double({ min: 1, max: 250, noNaN: true })) }), { maxLength: 20 });
    fc.assert(fc.property(known, fc.constantFrom('long' as const, 'short' as const), fc.integer({ min: 0, max: 100_000 }), (positions, side, rest) => {
      const own = knownTriggers(positions, { ...terms, side });
      expect(total(own) + own.passedLots).toBe(positions.filter((p) => p.side === side).reduce((sum, { lots }) => sum + lots, 0));
      const inferred = priorTriggers({ openInterestLots: rest, markPrice: 100, tickSize: 0.01, side, rules: HYPERLIQUID, bucketTicks: 25 });
      const joined = joinTriggers(own, inferred, side);
      expect(total(joined)).toBe(total(own) + rest);
      expect(joined.priorOnlyLots.reduce((sum, lots) => sum + lots, 0)).toBe(rest - inferred.unreachableLots);
      joined.ticks.forEach((tick, i) => {
        const [low, lots, high] = [joined.low[i] ?? NaN, joined.lots[i] ?? NaN, joined.high[i] ?? NaN];
        const sign = side === 'long' ? 1 : -1;
        const certain = own.lots[own.ticks.indexOf(tick)] ?? 0;
        expect(low <= lots && lots <= high && low >= certain - 1e-9).toBe(true);
        expect(i === 0 || sign * tick < sign * (joined.ticks[i - 1] ?? NaN)).toBe(true);
        expect(sign * (joined.bankruptcyTicks[i] ?? NaN)).toBeLessThanOrEqual(sign * tick);
      });
      if (rest === 0) expect([...joined.low]).toEqual([...joined.high]);
    }), { numRuns: 150, seed: 20_261_127 });
  });
});
