import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, defined } from '../core/index.ts';
import { at } from '../market/index.ts';
import { bucketTriggers } from './bucket-bounds.ts';
import { signOf, usableLots, ladderOf, triggersOf, type ShockSide } from './cascade-market.ts';
import { mirrored, randomMarket } from './random-market.ts';
import { referenceLimitOrders, referenceMarketOrders } from './reference.ts';
import { solveStatic, type StaticOutcome } from './solve-static.ts';
import { staticProfile, stepFor } from './static-profile.ts';

const marketArb = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 40 })).map(([seed, size]) => randomMarket(createRng(seed), size));
const sides = fc.constantFrom<ShockSide>('sell', 'buy');
const shocks = fc.integer({ min: 0, max: 400 });
const solved = (...args: Parameters<typeof solveStatic>): StaticOutcome => defined(solveStatic(...args), 'outcome');

describe('static engine, properties', () => {
  it('market orders: equal to liquidating one position at a time in random order', () => {
    fc.assert(fc.property(marketArb, sides, shocks, fc.integer(), (market, side, shock, seed) => {
      const expected = referenceMarketOrders(market, side, shock, createRng(seed));
      expect(solved(market, side, shock)).toMatchObject(expected);
    }), { numRuns: 600 });
  });

  it('limit orders: equal to the level-by-level reference, no farther than market orders, nothing lost', () => {
    fc.assert(fc.property(marketArb, sides, shocks, (base, side, shock) => {
      const market = { ...base, liquidationOrder: 'limitAtBankruptcy' as const };
      const limit = solved(market, side, shock);
      expect(limit).toMatchObject(referenceLimitOrders(market, side, shock));
      expect(limit.dropTicks).toBeLessThanOrEqual(solved(base, side, shock).dropTicks);
      expect(limit.soldLots + limit.fundLots + limit.unfilledLots).toBe(shock + limit.liquidatedLots);
      const offered = usableLots(market, side).slice(0, limit.level + 1).reduce((a, b) => a + b, 0);
      expect(limit.soldLots).toBeLessThanOrEqual(offered);
      expect(Math.min(limit.soldLots, limit.fundLots, limit.unfilledLots)).toBeGreaterThanOrEqual(0);
    }), { numRuns: 600 });
  });

  it('a larger shock never ends nearer', () => {
    fc.assert(fc.property(marketArb, sides, shocks, fc.integer({ min: 1, max: 200 }), (market, side, shock, more) => {
      const small = solved(market, side, shock);
      const large = solved(market, side, shock + more);
      expect(large.dropTicks).toBeGreaterThanOrEqual(small.dropTicks);
      expect(large.liquidatedLots).toBeGreaterThanOrEqual(small.liquidatedLots);
    }), { numRuns: 300 });
  });

  it('the profile is the solution at M and at M + 1 of every step', () => {
    fc.assert(fc.property(marketArb, sides, (market, side) => {
      const { steps } = staticProfile(market, side, 0.02);
      const n = steps.lots.length;
      const ticks = ladderOf(market, side).ticks;
      expect(solved(market, side, 0)).toMatchObject(n > 0 ? { tick: steps.ticks[0], exhausted: false } : { tick: ticks[ticks.length - 1], exhausted: true });
      for (let k = 0; k < n; k++) {
        const lots = at(steps.lots, k);
        expect(solved(market, side, lots)).toMatchObject({ tick: steps.ticks[k], level: steps.levels[k], liquidatedLots: steps.fired[k], exhausted: false });
        expect(solved(market, side, lots + 1)).toMatchObject(k + 1 < n ? { tick: steps.ticks[k + 1], exhausted: false } : { tick: ticks[ticks.length - 1], exhausted: true });
        expect(stepFor(steps, lots)).toBe(k);
      }
      expect(stepFor(steps, n > 0 ? at(steps.lots, n - 1) + 1 : 0)).toBe(-1);
    }), { numRuns: 300 });
  });

  it('ignition is the first jump of at least the gap with liquidations in it, found by trying every shock', () => {
    fc.assert(fc.property(marketArb, sides, fc.constantFrom(0.02, 0.1, 0.3), (market, side, gap) => {
      const profile = staticProfile(market, side, gap);
      const all = ladderOf(market, side);
      const best = at(all.ticks, 0);
      const apart = (a: number, b: number): boolean => Math.abs(a - b) / Math.max(a, b) >= gap - 1e-12;
      let before = solved(market, side, 0);
      if (before.exhausted || apart(best, before.tick)) {
        expect(profile).toMatchObject({ ignitedAtZero: true, ignitionLots: 0, landingTick: before.exhausted ? null : before.tick, ignitionQuote: 0 });
        return;
      }
      for (let shock = 0; !before.exhausted; shock++) {
        const after = solved(market, side, shock + 1);
        if (apart(before.tick, after.tick) && after.liquidatedLots > before.liquidatedLots) {
          expect(profile).toMatchObject({ ignitedAtZero: false, ignitionLots: shock, landingTick: after.exhausted ? null : after.tick, landingFired: after.liquidatedLots });
          return;
        }
        before = after;
      }
      expect(profile).toMatchObject({ ignitedAtZero: false, ignitionLots: null, landingTick: null, landingFired: null, ignitionQuote: null });
    }), { numRuns: 150 });
  });

  it('buckets bracket the exact outcome', () => {
    fc.assert(fc.property(marketArb, sides, shocks, fc.integer({ min: 1, max: 60 }), (market, side, shock, width) => {
      const positions = side === 'sell' ? 'long' : 'short';
      const withBound = (bound: 'pessimistic' | 'optimistic'): StaticOutcome => {
        const triggers = bucketTriggers(triggersOf(market, side), positions, width, bound);
        return solved({ ...market, longTriggers: triggers, shortTriggers: triggers }, side, shock);
      };
      const exact = solved(market, side, shock);
      const sign = signOf(side);
      expect(sign * withBound('pessimistic').tick).toBeLessThanOrEqual(sign * exact.tick);
      expect(sign * withBound('optimistic').tick).toBeGreaterThanOrEqual(sign * exact.tick);
    }), { numRuns: 300 });
  });

  it('a purchase is a sale in the mirror', () => {
    fc.assert(fc.property(marketArb, shocks, fc.constantFrom('market' as const, 'limitAtBankruptcy' as const), (base, shock, liquidationOrder) => {
      const market = { ...base, liquidationOrder, withdrawal: { kappaMin: 1, beta: 0, sigmaDaily: 0.05 } };
      const mirror = mirrored(market, 5000);
      const sale = solved(market, 'sell', shock);
      expect(solved(mirror, 'buy', shock)).toEqual({ ...sale, tick: 5000 - sale.tick });
      const { steps } = staticProfile(market, 'sell', 0.02);
      expect(staticProfile(mirror, 'buy', 0.02).steps).toEqual({ ...steps, ticks: steps.ticks.map((t) => 5000 - t) });
    }), { numRuns: 200 });
  });
});
