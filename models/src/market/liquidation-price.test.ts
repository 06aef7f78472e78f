import { describe, expect, it } from '@jest/globals';
import { bankruptcyFromLiquidation, bankruptcyPrice, crossMargin, liquidationPrice, type MarginRules } from './liquidation-price.ts';
import { marginTiers } from './tiers.ts';
import { BITGET, GATE, HYPERLIQUID_BTC_TIERS, KRAKEN_INVERSE, KUCOIN } from './venues/index.ts';

const flat = (rate: number): MarginRules => ({ contract: 'linear', mmBasis: 'mark', closeFee: 0, tiers: marginTiers([[0, rate]]) });

function priceOf(rules: MarginRules, terms: Parameters<typeof liquidationPrice>[1]): number {
  const result = liquidationPrice(rules, terms);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value.price;
}

describe('liquidation price, published examples', () => {
  it('Binance b3c689c1 and Hyperliquid liquidations: M=100, E=100, q=10, m=2.5 % gives 92.3077 by both forms', () => {
    const terms = { side: 'long', entryPrice: 100, size: 10, margin: 100 } as const;
    const p = priceOf(flat(0.025), terms);
    expect(p).toBeCloseTo(92.3077, 4);
    // Binance: (WB - TMM + UPNL + cum - side q EP) / (q (MMR - side)).
    expect(p).toBeCloseTo((100 + 0 - 10 * 100) / (10 * (0.025 - 1)), 12);
    // Hyperliquid: p - side margin_available / size / (1 - l side) at the entry price, margin available = equity - maintenance.
    expect(p).toBeCloseTo(100 - (100 - 0.025 * 1000) / 10 / (1 - 0.025), 12);
  });

  it('Bybit Auto-Deleveraging: inverse 7,890.08 at 50x gives 7,735.3725 and 7,773.478 by (I2), and 7,774.05 by (I1), which is not the published 7,773.50', () => {
    const face = 10_000;
    const terms = { side: 'long', entryPrice: 7890.08, size: face, margin: face / 7890.08 / 50 } as const;
    const entry: MarginRules = { contract: 'inverse', mmBasis: 'entry', closeFee: 0, tiers: marginTiers([[0, 0.005]]) };
    expect(bankruptcyPrice('inverse', terms)).toEqual({ ok: true, value: expect.closeTo(7735.3725, 4) });
    expect(priceOf(entry, terms)).toBeCloseTo(7773.478, 3);
    expect(priceOf({ ...entry, mmBasis: 'mark' }, terms)).toBeCloseTo(7774.05, 2);
  });

  it('Bybit 360039261334: long 10,000 contracts at 8,000 with 0.5 BTC and a fee of 0.075 % gives 5,718.57 and 5,739.50 after rounding up to half a dollar', () => {
    const rules: MarginRules = { contract: 'inverse', mmBasis: 'entry', closeFee: 0.00075, tiers: marginTiers([[0, 0.005]]) };
    const terms = { side: 'long', entryPrice: 8000, size: 10_000, margin: 0.5 } as const;
    expect(bankruptcyPrice('inverse', terms, 0.00075)).toEqual({ ok: true, value: expect.closeTo(5718.57, 2) });
    expect(Math.ceil(priceOf(rules, terms) * 2) / 2).toBe(5739.5);
  });

  it('Bybit 2026-05-27: the isolated inverse formula size (MMR + 1) / (size/entry + size/entry/leverage + deduction) is (I1)', () => {
    const rules: MarginRules = { contract: 'inverse', mmBasis: 'mark', closeFee: 0, tiers: marginTiers([[0, 0.005], [1, 0.01]]) };
    const [size, entry, leverage] = [60_000, 50_000, 10];
    const value = size / entry;
    expect(priceOf(rules, { side: 'long', entryPrice: entry, size, margin: value / leverage })).toBeCloseTo((size * 1.01) / (value + value / leverage + 0.005), 8);
    expect(priceOf(rules, { side: 'short', entryPrice: entry, size, margin: value / leverage })).toBeCloseTo((size * (1 - 0.01)) / (value - value / leverage - 0.005), 8);
  });

  it('Bybit USDT Bankruptcy Price: long 100 at 500 with margin 1000 and 100 in the wallet is 489', () => {
    expect(bankruptcyPrice('linear', { side: 'long', entryPrice: 500, size: 100, margin: 1100 })).toEqual({ ok: true, value: 489 });
    // With a taker fee of 0.06 % in it: 489 / (1 - 0.0006).
    const withFee = bankruptcyPrice('linear', { side: 'long', entryPrice: 500, size: 100, margin: 1100 }, 0.0006);
    expect(withFee).toEqual({ ok: true, value: expect.closeTo(489.29357614568743, 9) });
  });

  it('KuCoin 26686139092889: 40,000 at 40x and 0.4 % gives 39,160 and bankruptcy 39,000; at the mark it would be 39,156.63', () => {
    const terms = { side: 'long', entryPrice: 40_000, size: 1, margin: 1000 } as const;
    const rules = { ...KUCOIN, tiers: marginTiers([[0, 0.004]]) };
    expect(priceOf(rules, terms)).toBeCloseTo(39_160, 9);
    expect(bankruptcyPrice('linear', terms)).toEqual({ ok: true, value: 39_000 });
    expect(priceOf({ ...rules, mmBasis: 'mark' }, terms)).toBeCloseTo(39_156.63, 2);
  });

  it('Kraken 360022835671: 1,000 dollars at 8,000 with 0.01 BTC go at 7,481 and are worth nothing at 7,407; from the value at entry it would be 7,477', () => {
    const terms = { side: 'long', entryPrice: 8_000, size: 1_000, margin: 0.01 } as const;
    expect(Math.floor(priceOf(KRAKEN_INVERSE, terms))).toBe(7_481);
    const bankruptcy = bankruptcyPrice('inverse', terms);
    expect(Math.floor(bankruptcy.ok ? bankruptcy.value : NaN)).toBe(7_407);
    expect(Math.round(priceOf({ ...KRAKEN_INVERSE, mmBasis: 'entry' }, terms))).toBe(7_477);
  });

  it('Gate 27724 and Bitget 12560603808759: their formulas with the taker fee are (L1)', () => {
    const terms = { side: 'short', entryPrice: 200, size: 3, margin: 60 } as const;
    const m = 0.01;
    expect(priceOf({ ...GATE, tiers: marginTiers([[0, m]]) }, terms)).toBeCloseTo((200 + 60 / 3) / (1 + (m + 0.00075)), 9);
    expect(priceOf({ ...BITGET, tiers: marginTiers([[0, m]]) }, terms)).toBeCloseTo((60 - 3 * 200 * -1) / (3 * (m + 0.0006 + 1)), 9);
  });
});

describe('liquidation price, by hand', () => {
  it('finds the root in another tier than the entry: long of 300 at 1,000,000 falls from tier 1 to tier 0', () => {
    // V at entry 300 m, tier 1. M = 200 m: tier 0 gives (200 - 300) m / (300 (0.0125 - 1)) = 337,552.74, V = 101.27 m < 150 m.
    const rules: MarginRules = { ...flat(0.0125), tiers: HYPERLIQUID_BTC_TIERS };
    const result = liquidationPrice(rules, { side: 'long', entryPrice: 1_000_000, size: 300, margin: 200_000_000 });
    expect(result).toEqual({ ok: true, value: { tier: 0, price: expect.closeTo(337_552.7426, 3) } });
  });

  it('stops at the bound where the whole position is charged more beyond it', () => {
    // Short 10 at 100, M = 90. 1 % below a value of 1,050: root (90 + 1000) / 10.1 = 107.92 lies beyond. 5 % from 1,050: root 1090 / 10.5 = 103.81 lies before.
    const rules: MarginRules = { ...flat(0.01), tiers: marginTiers([[0, 0.01], [1_050, 0.05]], 'whole') };
    expect(liquidationPrice(rules, { side: 'short', entryPrice: 100, size: 10, margin: 90 })).toEqual({ ok: true, value: { price: 105, tier: 1 } });
  });

  it('charges the tier of the size where the table counts sizes, whatever the price', () => {
    // OKX ADA-USDT of 2023-05-19, 100 ADA a contract: 2,000 contracts are tier 2, 0.75 % of all. Fee 0.05 %.
    const tiers = marginTiers([[0, 0.005], [150_100, 0.0075], [300_100, 0.01]], 'whole');
    const rules: MarginRules = { contract: 'linear', mmBasis: 'mark', closeFee: 0.0005, tiers, tierUnit: 'size' };
    const result = liquidationPrice(rules, { side: 'long', entryPrice: 0.4, size: 200_000, margin: 8_000 });
    expect(result).toEqual({ ok: true, value: { tier: 1, price: expect.closeTo((8_000 - 80_000) / (200_000 * (0.0075 + 0.0005 - 1)), 12) } });
    // A deduction in size: 0.0075 x 200,000 - 150,100 x 0.0025 = 1,124.75 base units' worth, 0.562375 %.
    const marginal: MarginRules = { ...rules, tiers: marginTiers([[0, 0.005], [150_100, 0.0075]]) };
    expect(priceOf(marginal, { side: 'long', entryPrice: 0.4, size: 200_000, margin: 8_000 })).toBeCloseTo(-72_000 / (200_000 * (0.005_623_75 + 0.0005 - 1)), 12);
  });

  it('takes a cross account\'s margin, negative where other positions ask for more than the wallet', () => {
    const margin = crossMargin({ walletBalance: 1_000, otherMaintenance: 400, otherUnrealised: -100 });
    expect(margin).toBe(500);
    // (500 - 10 x 100) / (10 (0.01 - 1)) = 50.505.
    expect(priceOf(flat(0.01), { side: 'long', entryPrice: 100, size: 10, margin })).toBeCloseTo(50.505, 3);
    // 100 less than nothing: only a price above 111.11 holds it.
    expect(priceOf(flat(0.01), { side: 'long', entryPrice: 100, size: 10, margin: -100 })).toBeCloseTo(111.111, 3);
  });

  it('says never for an unlevered long and a fully backed inverse short, and bad terms for no size', () => {
    expect(liquidationPrice(flat(0.01), { side: 'long', entryPrice: 10, size: 1, margin: 10 })).toEqual({ ok: false, error: { kind: 'liquidation-price.never' } });
    expect(liquidationPrice({ ...flat(0.01), contract: 'inverse' }, { side: 'short', entryPrice: 10, size: 100, margin: 11 })).toEqual({ ok: false, error: { kind: 'liquidation-price.never' } });
    for (const terms of [{ size: 0, margin: 10 }, { size: NaN, margin: 10 }, { size: 1, margin: Infinity }]) {
      expect(liquidationPrice(flat(0.01), { side: 'long', entryPrice: 10, ...terms })).toEqual({ ok: false, error: { kind: 'liquidation-price.bad-terms' } });
    }
    expect(bankruptcyPrice('linear', { side: 'long', entryPrice: 10, size: 1, margin: 10 }).ok).toBe(false);
    expect(bankruptcyFromLiquidation({ ...flat(0.01), contract: 'inverse' }, 'short', 100, { price: 1e9, tier: 0 })).toBeCloseTo(1e9 / 0.99, 3);
  });
});
