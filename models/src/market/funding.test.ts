import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { averagePremium, fundingRate, impactPrice, premiumIndex } from './funding.ts';
import { BINANCE, BITGET, BYBIT, DERIBIT, GATE, HYPERLIQUID, KUCOIN, OKX } from './venues/index.ts';

describe('impact price and premium', () => {
  it('walks the book: 1,000 into 5 at 100 and 10 at 99', () => {
    // 500 at 100 and 500 at 99: 5 + 5.0505 units.
    expect(impactPrice([100, 5, 99, 10], 1_000)).toEqual({ ok: true, value: expect.closeTo(1_000 / (5 + 500 / 99), 12) });
    expect(impactPrice([100, 5, 99, 10], 400)).toEqual({ ok: true, value: 100 });
    expect(impactPrice([100, 5], 501)).toEqual({ ok: false, error: { kind: 'impact-price.thin-book' } });
    expect(impactPrice([], 1)).toEqual({ ok: false, error: { kind: 'impact-price.thin-book' } });
  });

  it('is 0 while the index lies between impact bid and ask', () => {
    expect(premiumIndex(99.9, 100.1, 100)).toBe(0);
    expect(premiumIndex(101, 101.2, 100)).toBeCloseTo(0.01, 12);
    expect(premiumIndex(98, 99, 100)).toBeCloseTo(-0.01, 12);
  });

  it('KuCoin and Bybit: (1 P1 + 2 P2 + ... + n Pn) / (1 + ... + n); Hyperliquid: the mean', () => {
    expect(averagePremium(KUCOIN.funding, [0.001, 0.002, 0.004])).toBeCloseTo((0.001 + 0.004 + 0.012) / 6, 15);
    expect(averagePremium(HYPERLIQUID.funding, [0.001, 0.002, 0.006])).toBeCloseTo(0.003, 15);
    expect(averagePremium(OKX.funding, [])).toBe(0);
  });
});

describe('funding rates', () => {
  it('Bybit Introduction-to-Funding-Rate: within 0.05 % of it the rate is the interest', () => {
    for (const premium of [-0.0004, 0, 0.0001, 0.0006]) expect(fundingRate(BYBIT.funding, premium)).toBeCloseTo(0.0001, 15);
    expect(fundingRate(BYBIT.funding, 0.002)).toBeCloseTo(0.0015, 15);
    expect(fundingRate(BYBIT.funding, -0.002)).toBeCloseTo(-0.0015, 15);
    // Four hours: interest 0.005 %, the premium whole.
    expect(fundingRate(BYBIT.funding, 0, { periodHours: 4 })).toBeCloseTo(0.000_05, 15);
    expect(fundingRate(BYBIT.funding, 0.002, { periodHours: 4 })).toBeCloseTo(0.0015, 15);
  });

  it('Binance 2025-09-18, Bitget 2025-09-22 and Gate 2026-05-27: the whole rate over 8 / N', () => {
    for (const { funding } of [BINANCE, BITGET, GATE]) {
      expect(fundingRate(funding, 0.002, { periodHours: 4 })).toBeCloseTo(0.0015 / 2, 15);
      expect(fundingRate(funding, 0, { periodHours: 1 })).toBeCloseTo(0.0001 / 8, 15);
    }
    // Bitget's TONUSDT: every four hours, at most 0.66 %.
    expect(fundingRate(BITGET.funding, 0.05, { periodHours: 4, cap: 0.0066 })).toBe(0.0066);
    expect(fundingRate(GATE.funding, -0.05, { cap: 0.003 })).toBe(-0.003);
    expect(fundingRate(GATE.funding, -0.05, { cap: 0.003, floor: -0.002 })).toBe(-0.002);
  });

  it('Hyperliquid funding: an eighth an hour, at most 4 % an hour', () => {
    expect(fundingRate(HYPERLIQUID.funding, 0)).toBeCloseTo(0.000_012_5, 15);
    expect(fundingRate(HYPERLIQUID.funding, 0.0085)).toBeCloseTo(0.001, 15);
    expect(fundingRate(HYPERLIQUID.funding, 1)).toBe(0.04);
  });

  it('Deribit 31424939178397: nothing within 0.025 %, the excess beyond, its share of eight hours', () => {
    expect(fundingRate(DERIBIT.funding, 0.0002)).toBe(0);
    expect(fundingRate(DERIBIT.funding, 0.001)).toBeCloseTo(0.000_75, 15);
    expect(fundingRate(DERIBIT.funding, -0.001, { periodHours: 2 })).toBeCloseTo(-0.000_75 / 4, 15);
  });

  it('is non-decreasing in the premium and within its cap', () => {
    const rules = [BINANCE, BYBIT, OKX, GATE, BITGET, KUCOIN, HYPERLIQUID, DERIBIT].map((r) => r.funding);
    fc.assert(fc.property(fc.constantFrom(...rules), fc.integer({ min: -1e6, max: 1e6 }), fc.nat(1e5), fc.constantFrom(1, 2, 4, 8), (rule, premium, more, periodHours) => {
      const [low, high] = [premium, premium + more].map((p) => fundingRate(rule, p / 1e7, { periodHours, cap: 0.02 }));
      // Inside the damper P + (I - P) is I up to rounding.
      expect(high).toBeGreaterThanOrEqual((low ?? NaN) - 1e-15);
      expect(Math.abs(high ?? NaN)).toBeLessThanOrEqual(0.02);
    }));
  });
});
