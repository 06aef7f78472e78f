import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defined } from '../core/index.ts';
import { dataFile } from '../../../infra/dev/src/env.ts';
import { genericMarginTiers, maintenanceMargin, marginTiers, tierIndex, tiersOfGrowingRate, type MarginTier } from './tiers.ts';
import { BINANCE_COIN_BTC_TIERS, HYPERLIQUID_BTC_TIERS } from './venues/index.ts';

describe('margin tiers', () => {
  it('deductions of 5 %, 10 %, 12.5 % from 50, 100, 200 by the recursion', () => {
    // 50 (0.05 - 0.025) = 1.25; + 100 x 0.05 = 6.25; + 200 x 0.025 = 11.25. A position of 300 needs 0.125 x 300 - 11.25 = 26.25.
    const tiers = marginTiers([[0, 0.025], [50, 0.05], [100, 0.1], [200, 0.125]]);
    [0, 1.25, 6.25, 11.25].forEach((deduction, i) => expect(tiers[i]?.deduction).toBeCloseTo(deduction, 12));
    expect(maintenanceMargin(tiers, 300)).toBeCloseTo(26.25, 12);
  });

  it('Binance COIN-M ceccfcfb: maintenance amounts 1.81 BTC at level 5 and 11.81 BTC for 300 BTC at 12.5 %', () => {
    expect(BINANCE_COIN_BTC_TIERS[3]?.deduction).toBeCloseTo(0.56, 12);
    expect(BINANCE_COIN_BTC_TIERS[4]?.deduction).toBeCloseTo(1.81, 12);
    const tier = defined(BINANCE_COIN_BTC_TIERS[tierIndex(BINANCE_COIN_BTC_TIERS, 300)], 'tier');
    expect(tier.rate).toBe(0.125);
    expect(tier.deduction).toBeCloseTo(11.81, 12);
  });

  it('Hyperliquid margin-tiers: deduction of 1.875 m for the BTC table of 0 and 150 m', () => {
    expect(HYPERLIQUID_BTC_TIERS.map((t) => t.deduction)).toEqual([0, 1_875_000]);
    expect(maintenanceMargin(HYPERLIQUID_BTC_TIERS, 200_000_000)).toBeCloseTo(3_125_000, 6);
  });

  it('Deribit linear perpetual page: 25 BTC at 100,000 need 1.125 %, 350 need 2.75 %, to within the chords', () => {
    // Quadratic part b x^2; the chord may lie 1.6 % of it above.
    const tiers = tiersOfGrowingRate(0.01, 0.000_05, 5_000);
    for (const size of [0.4, 1, 25, 350, 4000]) {
      const exact = size * (0.01 + 0.000_05 * size);
      const chord = maintenanceMargin(tiers, size);
      expect(chord).toBeGreaterThanOrEqual(exact * (1 - 1e-12));
      expect(chord - exact).toBeLessThanOrEqual(size < 1 ? 0.000_05 / 4 : 0.016 * 0.000_05 * size * size);
    }
    expect(maintenanceMargin(tiers, 1.25 ** 10)).toBeCloseTo(1.25 ** 10 * (0.01 + 0.000_05 * 1.25 ** 10), 10);
  });

  it('charges the whole position without deductions where a venue does', () => {
    const tiers = marginTiers([[0, 0.005], [1_500, 0.0075], [3_000, 0.01]], 'whole');
    expect(maintenanceMargin(tiers, 1_499)).toBeCloseTo(7.495, 12);
    expect(maintenanceMargin(tiers, 1_500)).toBeCloseTo(11.25, 12);
  });

  it('crashes on tables that fall or do not start at 0', () => {
    expect(() => marginTiers([[0, 0.02], [10, 0.01]])).toThrow('rates');
    expect(() => marginTiers([[0, 0.02], [10, 1]])).toThrow('rates');
    expect(() => marginTiers([[0, 0]])).toThrow('rates');
    expect(() => marginTiers([[0, 0.02], [0, 0.03]])).toThrow('bounds');
    expect(() => marginTiers([[1, 0.02]])).toThrow('bounds');
    expect(() => marginTiers([])).toThrow('at least one');
  });

  it('generic tables begin at half the initial margin of the maximum leverage', () => {
    for (const leverage of [3, 10, 50, 125]) expect(genericMarginTiers(leverage)[0]?.rate).toBeCloseTo(1 / (2 * leverage), 15);
    // At most 3x: the steps of 50x to 5x fall together, 2x remains.
    expect(genericMarginTiers(3).map((t) => t.from)).toEqual([0, 20_000_000]);
  });

  it('are continuous at every bound and convex: a larger position never needs less, nor less for its last unit', () => {
    const table = fc.array(fc.tuple(fc.double({ min: 1.01, max: 50, noNaN: true }), fc.double({ min: 0, max: 0.1, noNaN: true })), { maxLength: 11 }).map((steps) => {
      const rows: [number, number][] = [[0, 0.004]];
      for (const [grow, add] of steps) rows.push([Math.max(1_000, (rows.at(-1)?.[0] ?? 0) * grow), Math.min(0.99, (rows.at(-1)?.[1] ?? 0) + add)]);
      return marginTiers(rows.filter(([from], i) => i === 0 || from > (rows[i - 1]?.[0] ?? 0)));
    });
    fc.assert(fc.property(table, fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true }), (tiers, a, b) => {
      const continuous = tiers.every(({ from, rate, deduction }, i) => {
        const below: MarginTier | undefined = tiers[i - 1];
        return below === undefined || Math.abs(below.rate * from - below.deduction - (rate * from - deduction)) <= 1e-9 * from;
      });
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const middle = (low + high) / 2;
      const [atLow, atMiddle, atHigh] = [low, middle, high].map((v) => maintenanceMargin(tiers, v));
      const slack = 1e-9 * (1 + high);
      expect(continuous).toBe(true);
      expect((atHigh ?? 0) - (atLow ?? 0)).toBeGreaterThanOrEqual(-slack);
      expect((atLow ?? 0) + (atHigh ?? 0) - 2 * (atMiddle ?? 0)).toBeGreaterThanOrEqual(-slack);
    }));
  });
});

/** One row of the recorded Binance brackets. */
interface RecordedTier {
  readonly minNotional: number;
  readonly maintenanceMarginRate: number;
  readonly info: { readonly cum: string };
}

describe('recorded tier tables', () => {
  // Sums of a few products of doubles: a relative error of some 1e-15, and the venue's own rounding to the cent.
  const agrees = (ours: number, published: number): boolean => Math.abs(ours - published) <= 1e-9 * Math.max(1, published);

  it('every cumulative deduction of Binance\'s 349 markets, 2,805 tiers, follows from bounds and rates', () => {
    const file = dataFile('margin-tiers/binance_leverage_tiers.json');
    if (file === undefined) return;
    const markets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly RecordedTier[]>;
    let checked = 0;
    const mismatches = Object.entries(markets).flatMap(([symbol, rows]) => marginTiers(rows.map((r) => [r.minNotional, r.maintenanceMarginRate])).flatMap((tier, i) => {
      checked++;
      return agrees(tier.deduction, Number(rows[i]?.info.cum)) ? [] : [`${symbol} tier ${i + 1}`];
    }));
    expect(mismatches).toEqual([]);
    expect(checked).toBe(2805);
  });

  it('every deduction of Bybit\'s BTCPERP table follows from limits and rates', () => {
    const file = dataFile('margin-tiers/bybit_BTCPERP_2025-12-29.csv');
    if (file === undefined) return;
    const rows = readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1).map((line) => line.split(','));
    const limits = rows.map((row) => Number(row[0]));
    const tiers = marginTiers(rows.map((row, i) => [i === 0 ? 0 : (limits[i - 1] ?? NaN), Number(row[1])]));
    const mismatches = tiers.flatMap((tier, i) => (agrees(tier.deduction, Number(rows[i]?.[3] ?? NaN)) ? [] : [`tier ${i + 1}`]));
    expect(mismatches).toEqual([]);
    expect(tiers.length).toBe(30);
  });
});
