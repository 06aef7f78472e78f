import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ratio } from '../core/index.ts';
import { liquidationTranches, type LotPosition, type PartialRules, type Tranche } from './partial-liquidation.ts';
import { marginTiers, type TierCharge } from './tiers.ts';
import { ALL_VENUE_RULES, BINANCE, BITGET, BYBIT, DERIBIT, GATE, HYPERLIQUID, KUCOIN, OKX } from './venues/index.ts';

function with3Tiers(rules: PartialRules, charge: TierCharge = 'marginal'): PartialRules {
  return { ...rules, closeFee: 0, liquidationFee: 0, tiers: marginTiers([[0, 0.01], [1_000, 0.02], [5_000, 0.05], [20_000, 0.1]], charge), tierUnit: 'notional' };
}
/** 300 base units at 100 = 30,000, the top tier, 5x. */
const large: LotPosition = { side: 'long', entryPrice: 100, lots: 300, margin: 6_000, lotSize: 1, tickSize: 0.01 };
const lots = (tranches: readonly Tranche[]): number[] => tranches.map((t) => t.lots);
const none: PartialRules = { ...with3Tiers(BINANCE), partial: { kind: 'none' } };

describe('partial liquidation', () => {
  it('none: whole at the liquidation price', () => {
    // Deductions 0, 10, 160, 1160. (6000 - 30000 + 1160) / (300 (0.1 - 1)) = 84.5926; bankrupt at 80.
    expect(liquidationTranches(none, large)).toEqual({ tranches: [{ tick: 8_460, lots: 300, bankruptcyTick: 8_000 }], unreachableLots: 0 });
    const short = liquidationTranches(none, { ...large, side: 'short' });
    // (6000 + 30000 + 1160) / (300 x 1.1) = 112.606; bankrupt at 120.
    expect(short.tranches).toEqual([{ tick: 11_260, lots: 300, bankruptcyTick: 12_000 }]);
  });

  it('OKX v-tiered: two tiers at a time from tier 3 up, whole below', () => {
    // Tier 4 at 84.5926: down to the top of tier 2, below 5,000: 59 lots. Equity there 300 x 4.5926 = 1377.8; requirement of 59 lots 0.02 x 4991 - 10 = 89.8.
    const { tranches } = liquidationTranches(with3Tiers(OKX), large);
    expect(tranches[0]).toEqual({ tick: 8_460, lots: 241, bankruptcyTick: 8_000 });
    // Left: 59 lots with M = 6000 - 241 x 15.4074 = 2286.8: (2286.8 - 5900 + 10) / (59 x -0.98) = 62.32, tier 2: whole.
    expect(tranches.slice(1)).toEqual([{ tick: 6_232, lots: 59, bankruptcyTick: 6_124 }]);
  });

  it('Bitget liquidation-summarize: from tier 2 up, the first tier whole', () => {
    expect(lots(liquidationTranches(with3Tiers(BITGET), large).tranches)).toEqual([241, 43, 16]);
  });

  it('Gate 22159: one tier at a time', () => {
    // 300 at 84.59 to below 20,000: 236; then below 5,000, below 1,000, the rest.
    const { tranches } = liquidationTranches(with3Tiers(GATE), large);
    expect(tranches[0]).toMatchObject({ tick: 8_460, lots: 64 });
    expect(tranches.length).toBe(4);
    expect(lots(tranches).reduce((a, b) => a + b, 0)).toBe(300);
  });

  it('a cut whose fee leaves less than the new requirement is followed at once, at the same price', () => {
    // 64 lots at 84.59 and a fee of 11 %: equity 1377.8 - 595.5 = 782.3, requirement of 236 lots 836.4.
    const { tranches } = liquidationTranches({ ...with3Tiers(GATE), liquidationFee: 0.11 }, large);
    expect(tranches[0]).toMatchObject({ tick: 8_460, lots: 64 });
    expect(tranches[1]).toMatchObject({ tick: 8_460, lots: 177 });
  });

  it('KuCoin risk-limit-level: 2,500,000 at level 4 is cut by 500,000 to level 3', () => {
    const rules: PartialRules = { ...KUCOIN, tiers: marginTiers([[0, 0.005], [500_000, 0.007], [1_000_000, 0.01], [2_000_000, 0.02]], 'whole') };
    const { tranches } = liquidationTranches(rules, { side: 'long', entryPrice: 1, lots: 2_500_000, margin: 100_000, lotSize: 1, tickSize: 1e-4 });
    // (L2): 1 - (100,000 - 50,000) / 2.5 m = 0.98. A lot less than the limit itself, which opens level 4 here.
    expect(tranches[0]).toEqual({ tick: 9_800, lots: 500_001, bankruptcyTick: 9_600 });
  });

  it('Bybit 000001098: the difference to the highest lower tier that satisfies, whole in the lowest', () => {
    const { tranches } = liquidationTranches(with3Tiers(BYBIT), large);
    expect(tranches[0]).toMatchObject({ tick: 8_460, lots: 64 });
    const small = liquidationTranches(with3Tiers(BYBIT), { ...large, lots: 5, margin: 100 });
    expect(lots(small.tranches)).toEqual([5]);
    // A fee above the tier's own rate of 10 % eats more than a cut frees: no lower tier satisfies.
    expect(lots(liquidationTranches({ ...with3Tiers(BYBIT), liquidationFee: 0.11 }, large).tranches)).toEqual([300]);
    expect(liquidationTranches({ ...with3Tiers(BYBIT), liquidationFee: 0.09 }, large).tranches[0]?.lots).toBe(64);
  });

  it('Binance 360033525271: small positions whole, since the fee exceeds the requirement; large ones down to compliance', () => {
    const rules: PartialRules = { ...with3Tiers(BINANCE), liquidationFee: ratio(0.0125) };
    expect(lots(liquidationTranches(rules, { ...large, lots: 5, margin: 100 }).tranches)).toEqual([5]);
    const { tranches } = liquidationTranches(rules, large);
    expect(tranches.length).toBeGreaterThan(3);
    // First cut at 84.5926: e = 1377.8; after d lots 0.8 (e - 0.0125 x 84.59 d) >= 0.1 x 84.59 (300 - d) - 1160: 7.6134 d >= 275.6, 37 lots.
    expect(tranches[0]).toEqual({ tick: 8_460, lots: 37, bankruptcyTick: 8_000 });
  });

  it('Hyperliquid liquidations: above 100k a fifth first, then everything; backstop at two thirds of the requirement', () => {
    const rules: PartialRules = { ...HYPERLIQUID, tiers: marginTiers([[0, 0.05]]) };
    const held: LotPosition = { side: 'long', entryPrice: 100, lots: 20_000, margin: 200_000, lotSize: 0.1, tickSize: 0.01 };
    // (200,000 - 200,000) would be free: margin 20,000 on 200,000: (20000 - 200000) / (2000 x -0.95) = 94.7368, notional 189,473.
    const { tranches } = liquidationTranches(rules, { ...held, margin: 20_000 });
    // Backstop: 20000 + 2000 (p - 100) = 2/3 x 0.05 x 2000 p: p = 180000 / (2000 x 0.966667) = 93.1034.
    expect(tranches[0]).toEqual({ tick: 9_474, lots: 4_000, bankruptcyTick: 9_000, backstopTick: 9_311 });
    // Left 1600 with M = 20000 - 400 x 5.26316 = 17,894.7: (17894.7 - 160000) / (1600 x -0.95) = 93.49.
    expect(tranches.slice(1)).toMatchObject([{ tick: 9_350, lots: 16_000 }]);
    const small = liquidationTranches(rules, { ...held, lots: 10_000, margin: 10_000 });
    expect(lots(small.tranches)).toEqual([10_000]);
  });

  it('Deribit: in steps, an inverse position too', () => {
    const { tranches } = liquidationTranches(DERIBIT, { side: 'short', entryPrice: 50_000, lots: 10_000, margin: 0.2, lotSize: 10, tickSize: 0.5 });
    expect(tranches.length).toBeGreaterThan(2);
    expect(lots(tranches).reduce((a, b) => a + b, 0)).toBe(10_000);
  });

  it('counts what no price liquidates', () => {
    expect(liquidationTranches(none, { ...large, margin: 30_000 })).toEqual({ tranches: [], unreachableLots: 300 });
    expect(() => liquidationTranches(none, { ...large, lots: 0.5 })).toThrow('whole');
  });

  it('conserves lots and fires in order, with equity ending beyond each trigger, by every venue\'s rules', () => {
    const number = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 1_000_000 }).map((n) => min * (max / min) ** (n / 1_000_000));
    fc.assert(fc.property(fc.constantFrom(...ALL_VENUE_RULES), fc.constantFrom('long' as const, 'short' as const), number(0.5, 5e4), fc.integer({ min: 1, max: 1_000_000 }), number(1.1, 45), number(1e3, 1e8),
      (rules, side, entryPrice, count, leverage, value) => {
        const coin = rules.contract === 'inverse' ? value / 1e4 : value;
        const lotSize = (rules.contract === 'linear' ? coin / entryPrice : coin * entryPrice) / count;
        const { tranches, unreachableLots } = liquidationTranches(rules, { side, entryPrice, lots: count, margin: coin / leverage, lotSize, tickSize: entryPrice / 1e5 });
        expect(lots(tranches).reduce((a, b) => a + b, 0) + unreachableLots).toBe(count);
        const sign = side === 'long' ? 1 : -1;
        tranches.forEach((tranche, i) => {
          const before = tranches[i - 1];
          const lawful = Number.isInteger(tranche.lots) && tranche.lots >= 1 && (before === undefined || sign * tranche.tick <= sign * before.tick) && sign * tranche.bankruptcyTick <= sign * tranche.tick + 1;
          expect(lawful).toBe(true);
        });
        expect(tranches.length).toBeLessThanOrEqual(25);
      }), { numRuns: 300 });
  });
});
