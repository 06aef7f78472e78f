import { describe, expect, it } from '@jest/globals';
import { BINANCE, BYBIT, BYBIT_INVERSE, HYPERLIQUID, OKX } from './venues/index.ts';
import { forMaxLeverage, genericMarginTiers, marginTiers } from './venue-rules.ts';

describe('margin tiers', () => {
  it('deductions of 5 %, 10 %, 12.5 % from 50, 100, 200 by the recursion', () => {
    // 50 (0.05 - 0.025) = 1.25; + 100 x 0.05 = 6.25; + 200 x 0.025 = 11.25. A position of 300 needs 0.125 x 300 - 11.25 = 26.25.
    const tiers = marginTiers([[0, 0.025], [50, 0.05], [100, 0.1], [200, 0.125]]);
    [0, 1.25, 6.25, 11.25].forEach((deduction, i) => expect(tiers[i]?.deduction).toBeCloseTo(deduction, 12));
  });

  it('crashes on tables that fall or do not start at 0', () => {
    expect(() => marginTiers([[0, 0.02], [10, 0.01]])).toThrow('rates');
    expect(() => marginTiers([[1, 0.02]])).toThrow('bounds');
    expect(() => marginTiers([])).toThrow('at least one');
  });

  it('generic tables begin at half the initial margin of the maximum leverage', () => {
    for (const leverage of [3, 10, 50, 125]) expect(genericMarginTiers(leverage)[0]?.rate).toBeCloseTo(1 / (2 * leverage), 15);
    expect(forMaxLeverage(BINANCE, 3)).toMatchObject({ venue: 'binance', maxLeverage: 3, mmBasis: 'mark' });
    // At most 3x: the steps of 50x to 5x fall together, 2x remains.
    expect(genericMarginTiers(3).map((t) => t.from)).toEqual([0, 20_000_000]);
  });
});

describe('venue data', () => {
  it('says when and where every rule was read, and opens no leverage its first tier would liquidate', () => {
    for (const rules of [BINANCE, BYBIT, BYBIT_INVERSE, HYPERLIQUID, OKX]) {
      expect(rules.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(rules.source.length).toBeGreaterThan(20);
      expect(rules.tiers[0]?.rate).toBeLessThan(1 / rules.maxLeverage);
    }
  });
});
