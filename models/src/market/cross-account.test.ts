import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossAccountTrigger, crossEquity, crossRequirement, type CrossAccount, type CrossPosition } from './cross-account.ts';
import { liquidationPrice } from './liquidation-price.ts';
import { marginTiers } from './tiers.ts';
import { HYPERLIQUID, HYPERLIQUID_BTC_TIERS } from './venues/index.ts';

const btc = { ...HYPERLIQUID, tiers: HYPERLIQUID_BTC_TIERS };
const flat = { ...HYPERLIQUID, tiers: marginTiers([[0, 0.05]]) };
function xOf(account: CrossAccount, reach?: number): number {
  const result = crossAccountTrigger(account, reach);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value.x;
}

describe('cross account', () => {
  it('of one position in cash is liquidated at its liquidation price', () => {
    for (const side of ['long', 'short'] as const) {
      const beta = side === 'long' ? 1 : -1;
      const position: CrossPosition = { side, size: 5_000, entryPrice: 60_000, price: 60_000, beta, rules: btc };
      const single = liquidationPrice(btc, { side, entryPrice: 60_000, size: 5_000, margin: 90_000_000 });
      expect(single.ok && 60_000 * Math.exp(-beta * xOf({ cash: 90_000_000, collateral: [], positions: [position] }))).toBeCloseTo(single.ok ? single.value.price : NaN, 6);
    }
  });

  it('by hand: collateral that falls with the market, haircut 20 %, beside a long', () => {
    // 10 coins at 100 count 800 e^-x; long 20 at 100: 2000 e^-x - 2000. Requirement 100 e^-x. Zero at 2700 e^-x = 2000 + 500 cash short: cash -500.
    const account: CrossAccount = {
      cash: -500, collateral: [{ quantity: 10, price: 100, haircut: 0.2, beta: 1 }],
      positions: [{ side: 'long', size: 20, entryPrice: 100, price: 100, beta: 1, rules: flat }],
    };
    expect(xOf(account)).toBeCloseTo(Math.log(2700 / 2500), 12);
    // The same coins with a steady price: 800 + 2000 e^-x - 2000 - 500 = 100 e^-x, later.
    expect(xOf({ ...account, collateral: [{ quantity: 10, price: 100, haircut: 0.2, beta: 0 }] })).toBeCloseTo(Math.log(1900 / 1700), 12);
  });

  it('is liquidated by its collateral alone when that loses its peg', () => {
    // 100,000 of a stablecoin at 0.9 of its value against a hedged pair of positions: 90,000 e^-x = 2 x 0.05 x 500,000.
    const pair = (['long', 'short'] as const).map((side): CrossPosition => ({ side, size: 5_000, entryPrice: 100, price: 100, beta: 0, rules: flat }));
    expect(xOf({ cash: 0, collateral: [{ quantity: 100_000, price: 1, haircut: 0.1, beta: 1 }], positions: pair })).toBeCloseTo(Math.log(90_000 / 50_000), 12);
  });

  it('finds the first of two crossings of an account that would recover', () => {
    // A long of a fast faller against a larger short of a slow one: loses first, gains later. With u = e^-x the spare margin is
    // cash + 1000 u^4 - 1000 - 3000 u + 3000 - 50 u^4 - 150 u = cash + 2000 + 950 u^4 - 3150 u: cash - 200 at the start, cash - 219.3 at its least, u^3 = 3150 / 3800.
    const account: CrossAccount = {
      cash: 190, collateral: [],
      positions: [{ side: 'long', size: 10, entryPrice: 100, price: 100, beta: 4, rules: flat }, { side: 'short', size: 30, entryPrice: 100, price: 100, beta: 1, rules: flat }],
    };
    expect(xOf(account)).toBe(0);
    const healthier = { ...account, cash: 210 };
    const x = xOf(healthier);
    const spare = (at: number): number => crossEquity(healthier, at) - crossRequirement(healthier, at);
    for (let i = 0; i < 100; i++) expect(spare((x * 0.999 * i) / 100)).toBeGreaterThan(0);
    expect(spare(x + 1e-6)).toBeLessThan(0);
    expect(spare(1)).toBeGreaterThan(0);
    expect(crossAccountTrigger({ ...account, cash: 220 })).toEqual({ ok: false, error: { kind: 'cross-account.never' } });
  });

  it('says never when nothing on the way exhausts it, and refuses lawless accounts', () => {
    const position: CrossPosition = { side: 'long', size: 1, entryPrice: 100, price: 100, beta: 1, rules: flat };
    expect(crossAccountTrigger({ cash: 1_000, collateral: [], positions: [position] })).toEqual({ ok: false, error: { kind: 'cross-account.never' } });
    expect(crossAccountTrigger({ cash: 50, collateral: [], positions: [position] }, 0.1)).toEqual({ ok: false, error: { kind: 'cross-account.never' } });
    for (const bad of [{ positions: [] }, { cash: NaN }, { collateral: [{ quantity: 1, price: 1, haircut: 2, beta: 0 }] }, { positions: [{ ...position, rules: { ...flat, mmBasis: 'entry' as const } }] }]) {
      expect(crossAccountTrigger({ cash: 50, collateral: [], positions: [position], ...bad })).toEqual({ ok: false, error: { kind: 'cross-account.bad-account' } });
    }
  });

  it('covers its requirement before the trigger and meets it there, for any mix of assets', () => {
    // Evenly spread: doubles of a range that holds 0 are almost all next to it.
    const number = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + ((max - min) * n) / 1_000_000);
    const positions = fc.array(fc.record({
      side: fc.constantFrom('long' as const, 'short' as const), size: number(0.1, 1e4), entryPrice: number(10, 1e3), price: number(10, 1e3), beta: number(-2, 3), rules: fc.constantFrom(btc, flat),
    }), { minLength: 1, maxLength: 6 });
    const collateral = fc.array(fc.record({ quantity: number(0, 1e4), price: number(0.1, 100), haircut: number(0, 0.9), beta: number(-1, 3) }), { maxLength: 4 });
    let found = 0;
    fc.assert(fc.property(number(0.001, 0.5), collateral, positions, (spareShare, coins, held) => {
      // Healthy at the start by a share of what it holds.
      const empty: CrossAccount = { cash: 0, collateral: coins, positions: held };
      const cash = crossRequirement(empty, 0) - crossEquity(empty, 0) + spareShare * held.reduce((sum, p) => sum + p.size * p.price, 0);
      const account = { ...empty, cash };
      const result = crossAccountTrigger(account);
      const spare = (x: number): number => crossEquity(account, x) - crossRequirement(account, x);
      // The largest sum of magnitudes on the way, which is what rounding is relative to.
      const scale = Math.abs(cash) + [...coins.map((c) => c.quantity * c.price), ...held.map((p) => p.size * Math.max(p.price, p.entryPrice))].reduce((a, b) => a + b, 0) * Math.exp(6);
      const until = result.ok ? result.value.x : 3;
      for (let i = 0; i < 60; i++) if (spare((until * i) / 60) < -1e-12 * scale && until > 0) throw new Error(`not covered at ${(until * i) / 60} of ${until}`);
      if (!result.ok || until === 0) return;
      found++;
      expect(Math.abs(result.value.equity - result.value.requirement)).toBeLessThanOrEqual(1e-12 * scale);
    }), { numRuns: 300 });
    expect(found).toBeGreaterThan(50);
  });
});
