import { describe, expect, it } from '@jest/globals';
import { createRng, defined } from '../core/index.ts';
import { at } from '../market/index.ts';
import { isGap, ladderOf, type CascadeMarket } from './cascade-market.ts';
import { networkResponse, type AssetShare } from './network-response.ts';
import { randomMarket } from './random-market.ts';
import { randomSystem } from './random-system.ts';
import { solveNetwork } from './solve-network.ts';
import type { NetworkSystem } from './network-system.ts';
import { staticProfile } from './static-profile.ts';

const reach = { ignitionGap: 0.02, firstUnits: 1, timesIgnition: 3, maxUnits: Infinity };
const price = (system: NetworkSystem, share: AssetShare, levels: readonly number[]): number =>
  system.markets.reduce((sum, market, m) => sum + (share.priceWeights[m] ?? 0) * at(ladderOf(market, system.side).ticks, levels[m] ?? 0) * market.tickSize, 0);

interface Outcome { readonly price: number; readonly fired: number; readonly exhausted: boolean }
function solved(system: NetworkSystem, share: AssetShare, units: number): Outcome {
  const { markets } = solveNetwork(system, share.lotsPerUnit.map((lots) => Math.floor(lots * units + 1e-9)));
  return { price: price(system, share, markets.map(({ level }) => level)), fired: markets.reduce((sum, m) => sum + m.liquidatedLots, 0), exhausted: markets.some((m) => m.exhausted) };
}

describe('the response of an asset', () => {
  it('finds the first ignition that trying every sale finds, to the lot, over random systems', () => {
    const kinds = { zero: 0, found: 0, none: 0, unknownLanding: 0 };
    for (let seed = 1; seed <= 700; seed++) {
      const rng = createRng(seed);
      const { system } = randomSystem(rng, 5, 14);
      const share = { lotsPerUnit: system.markets.map(() => rng.int(4)).map((x, i) => (i === 0 ? x + 1 : x)), priceWeights: system.markets.map(() => 1 / system.markets.length) };
      const got = networkResponse(system, share, reach);
      const best = price(system, share, system.markets.map(() => 0));
      let before = solved(system, share, 0);
      if (before.exhausted || isGap(best, before.price, 0.02)) {
        expect(got).toMatchObject({ ignitedAtZero: true, ignitionUnits: 0, landingPrice: before.price, exhausted: before.exhausted });
        kinds.zero++;
        continue;
      }
      // Lots of every market change only where units x lots is whole: at multiples of 1/6 for 1, 2 and 3 lots a unit, and at quarters for 4.
      let expected: { units: number | null; landing: number | null } = { units: null, landing: null };
      let unknown = false;
      for (let twelfth = 1; ; twelfth++) {
        const after = solved(system, share, twelfth / 12);
        if (isGap(before.price, after.price, 0.02) && after.fired > before.fired) {
          expected = { units: twelfth / 12, landing: after.price };
          unknown = after.exhausted;
          break;
        }
        if (after.exhausted) break;
        before = after;
      }
      if (got.ignitionUnits === null || expected.units === null) expect([seed, got.ignitionUnits]).toEqual([seed, expected.units]);
      else expect(Math.abs(got.ignitionUnits - expected.units)).toBeLessThan(1e-6);
      if (expected.landing === null) expect([seed, got.landingPrice]).toEqual([seed, null]);
      else if (unknown) expect([seed, got.exhausted]).toEqual([seed, true]);
      else expect(got.landingPrice).toBeCloseTo(expected.landing, 9);
      kinds[expected.units === null ? 'none' : unknown ? 'unknownLanding' : 'found']++;
    }
    for (const n of Object.values(kinds)) expect(n).toBeGreaterThan(5);
  });
  it('steps are outcomes: a sale of a step ends at its price', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const rng = createRng(seed);
      const { system } = randomSystem(rng, 5, 30);
      const share = { lotsPerUnit: system.markets.map(() => 1 + rng.int(3)), priceWeights: system.markets.map(() => 1) };
      const { steps } = networkResponse(system, share, reach);
      for (const [i, step] of steps.entries()) {
        if (i > 0) expect(step.units).toBeGreaterThanOrEqual(steps[i - 1]?.units ?? 0);
        if (i > 0) expect(system.side === 'sell' ? step.price <= (steps[i - 1]?.price ?? 0) : step.price >= (steps[i - 1]?.price ?? 0)).toBe(true);
        // Just short of the step's end: at the end itself a jump may stand.
        const inside = Math.max(steps[i - 1]?.units ?? 0, step.units * (1 - 1e-7));
        const worse = solved(system, share, step.units * (1 + 1e-7));
        const better = solved(system, share, inside);
        const [low, high] = system.side === 'sell' ? [worse.price, better.price] : [better.price, worse.price];
        if (!worse.exhausted) expect(step.price >= low - 1e-9 && step.price <= high + 1e-9).toBe(true);
      }
    }
  });
  it('of one market alone is its static profile', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const market: CascadeMarket = randomMarket(createRng(seed), 60);
      const system: NetworkSystem = { side: 'sell', markets: [market], edges: [], hedges: [], marks: [null] };
      const profile = staticProfile(market, 'sell', 0.02);
      const got = networkResponse(system, { lotsPerUnit: [1], priceWeights: [1] }, reach);
      expect([seed, got.ignitedAtZero]).toEqual([seed, profile.ignitedAtZero]);
      if (profile.ignitionLots === null) expect(got.ignitionUnits).toBeNull();
      else if (!profile.ignitedAtZero) expect(defined(got.ignitionUnits, 'units')).toBeCloseTo(profile.ignitionLots + 1, 6);
      if (profile.landingTick === null) expect(got.landingPrice === null || got.exhausted).toBe(true);
      else expect(got.landingPrice).toBeCloseTo(profile.landingTick * market.tickSize, 9);
    }
  });
});
