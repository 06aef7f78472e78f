import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bankruptcyPrice, equityAt, liquidationPrice, requirementAt, type MarginRules } from './liquidation-price.ts';
import { HYPERLIQUID_BTC_TIERS } from './venues/index.ts';
import { genericMarginTiers, maintenanceMargin, marginTiers, tierIndex } from './venue-rules.ts';

const flat = (rate: number): MarginRules => ({ contract: 'linear', mmBasis: 'mark', closeFee: 0, tiers: marginTiers([[0, rate]]) });

function priceOf(rules: MarginRules, terms: Parameters<typeof liquidationPrice>[1]): number {
  const result = liquidationPrice(rules, terms);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value.price;
}

describe('liquidation price', () => {
  it('agrees with both published linear forms: M=100, E=100, q=10, m=2.5 %', () => {
    const terms = { side: 'long', entryPrice: 100, size: 10, margin: 100 } as const;
    const p = priceOf(flat(0.025), terms);
    expect(p).toBeCloseTo(92.3077, 4);
    // Binance: (WB - TMM + UPNL + cum - side q EP) / (q (MMR - side)).
    expect(p).toBeCloseTo((100 + 0 - 10 * 100) / (10 * (0.025 - 1)), 12);
    // Hyperliquid: p - side margin_available / size / (1 - l side) at the entry price, margin available = equity - maintenance.
    expect(p).toBeCloseTo(100 - (100 - 0.025 * 1000) / 10 / (1 - 0.025), 12);
  });

  it('reproduces the published inverse example 7,890.08 at 50x only with maintenance at entry', () => {
    const face = 10_000;
    const terms = { side: 'long', entryPrice: 7890.08, size: face, margin: face / 7890.08 / 50 } as const;
    const entry: MarginRules = { contract: 'inverse', mmBasis: 'entry', closeFee: 0, tiers: marginTiers([[0, 0.005]]) };
    expect(bankruptcyPrice('inverse', terms)).toEqual({ ok: true, value: expect.closeTo(7735.3725, 4) });
    expect(priceOf(entry, terms)).toBeCloseTo(7773.478, 3);
    expect(priceOf({ ...entry, mmBasis: 'mark' }, terms)).toBeCloseTo(7774.05, 2);
  });

  it('bankruptcy price of long 100 @ 500 with margin 1000 and 100 in the wallet is 489', () => {
    expect(bankruptcyPrice('linear', { side: 'long', entryPrice: 500, size: 100, margin: 1100 })).toEqual({ ok: true, value: 489 });
    // With a taker fee of 0.06 % in it: 489 / (1 - 0.0006).
    const withFee = bankruptcyPrice('linear', { side: 'long', entryPrice: 500, size: 100, margin: 1100 }, 0.0006);
    expect(withFee).toEqual({ ok: true, value: expect.closeTo(489.29357614568743, 9) });
  });

  it('derives the deduction of 1.875 m for the 0/150 m table', () => {
    expect(HYPERLIQUID_BTC_TIERS.map((t) => t.deduction)).toEqual([0, 1_875_000]);
    expect(maintenanceMargin(HYPERLIQUID_BTC_TIERS, 200_000_000)).toBeCloseTo(3_125_000, 6);
  });

  it('finds the root in another tier than the entry: long of 300 at 1,000,000 falls from tier 1 to tier 0', () => {
    // V at entry 300 m, tier 1. M = 200 m: tier 0 gives (200 - 300) m / (300 (0.0125 - 1)) = 337,552.74, V = 101.27 m < 150 m.
    const rules: MarginRules = { ...flat(0.0125), tiers: HYPERLIQUID_BTC_TIERS };
    const result = liquidationPrice(rules, { side: 'long', entryPrice: 1_000_000, size: 300, margin: 200_000_000 });
    expect(result).toEqual({ ok: true, value: { tier: 0, price: expect.closeTo(337_552.7426, 3) } });
  });

  it('says never for an unlevered long and bad terms for no size', () => {
    expect(liquidationPrice(flat(0.01), { side: 'long', entryPrice: 10, size: 1, margin: 10 })).toEqual({ ok: false, error: { kind: 'liquidation-price.never' } });
    expect(liquidationPrice(flat(0.01), { side: 'long', entryPrice: 10, size: 0, margin: 10 })).toEqual({ ok: false, error: { kind: 'liquidation-price.bad-terms' } });
    expect(bankruptcyPrice('linear', { side: 'long', entryPrice: 10, size: 1, margin: 10 }).ok).toBe(false);
  });
});

describe('liquidation price, properties', () => {
  const tierTables = fc.array(fc.tuple(fc.double({ min: 1.05, max: 20, noNaN: true }), fc.double({ min: 1.05, max: 2.5, noNaN: true })), { maxLength: 8 })
    .map((steps) => {
      const rows: [number, number][] = [[0, 0.004]];
      for (const [grow, worse] of steps) {
        const [from, rate] = rows[rows.length - 1] ?? [0, 0.004];
        rows.push([from === 0 ? 1000 * grow : from * grow, Math.min(rate * worse, 0.4 + rows.length / 100)]);
      }
      return marginTiers(rows.filter(([, rate], i) => i === 0 || rate > (rows[i - 1]?.[1] ?? 0)));
    });
  const rulesArb = fc.record({
    contract: fc.constantFrom('linear' as const, 'inverse' as const), mmBasis: fc.constantFrom('mark' as const, 'entry' as const),
    closeFee: fc.constantFrom(0, 0.0006), tiers: tierTables,
  });

  it('equity equals the requirement at the liquidation price: margin ratio 1', () => {
    fc.assert(fc.property(rulesArb, fc.constantFrom('long' as const, 'short' as const), fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      fc.double({ min: 1, max: 1e7, noNaN: true }), fc.double({ min: 1.2, max: 60, noNaN: true }), (rules, side, entryPrice, value, leverage) => {
        const size = rules.contract === 'linear' ? value / entryPrice : value * entryPrice;
        const terms = { side, entryPrice, size, margin: value / leverage };
        const result = liquidationPrice(rules, terms);
        if (!result.ok) return result.error.kind === 'liquidation-price.never';
        const atLiquidation = result.value.price;
        // With maintenance at entry the fee is part of nothing that moves, so it is not in the requirement either.
        const gap = equityAt(rules.contract, terms, atLiquidation) - requirementAt(rules, terms, atLiquidation);
        // A price far from entry scales the rounding error of equity with the notional there.
        const notional = rules.contract === 'linear' ? size * Math.max(atLiquidation, entryPrice) : size / Math.min(atLiquidation, entryPrice);
        return Math.abs(gap) <= 1e-9 * notional;
      }), { numRuns: 500 });
  });

  it('the requirement is continuous at every bound, for generic tables of any maximum leverage', () => {
    fc.assert(fc.property(fc.double({ min: 1.01, max: 150, noNaN: true }), (leverage) => {
      const tiers = genericMarginTiers(leverage);
      return tiers.every(({ from, rate, deduction }, i) => {
        const below = tiers[i - 1];
        return below === undefined || (Math.abs(below.rate * from - below.deduction - (rate * from - deduction)) <= 1e-9 * from && tierIndex(tiers, from) === i);
      });
    }));
  });
});
