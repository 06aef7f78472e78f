import { describe, expect, it } from '@jest/globals';
import { assumptionsOf, latestAsOf } from './evidence.ts';
import { forMaxLeverage } from './venue-rules.ts';
import { ALL_VENUE_RULES, BINANCE, BINANCE_COIN, BITGET, BYBIT, DERIBIT, DERIBIT_LINEAR, KRAKEN, KRAKEN_INVERSE, KUCOIN, OKX, rulesOf } from './venues/index.ts';

describe('venue data', () => {
  it('says of every rule how sure it is, since when, where it is from and when that was read', () => {
    for (const rules of ALL_VENUE_RULES) {
      for (const { asOf, readOn, source, confidence } of Object.values(rules.evidence)) {
        expect(asOf).toMatch(/^20\d{2}-\d{2}-\d{2}$/);
        expect(readOn).toMatch(/^20\d{2}-\d{2}(-\d{2})?$/);
        expect(source.length).toBeGreaterThan(10);
        // Nobody reads today what will be so tomorrow.
        expect(asOf.slice(0, readOn.length) <= readOn).toBe(true);
        expect(['documented', 'assumed']).toContain(confidence);
      }
      expect(rules.asOf).toBe(latestAsOf(rules.evidence));
      expect(rules.source.length).toBeGreaterThan(20);
    }
  });

  it('names its assumptions, the same ones until somebody confirms or adds one', () => {
    expect(assumptionsOf(BINANCE.evidence)).toEqual(['tiers', 'liquidationFee', 'partial', 'index.outliers', 'index.stale', 'funding.cap', 'fund']);
    expect(assumptionsOf(OKX.evidence)).toEqual(['closeFee', 'tiers', 'liquidationOrder', 'liquidationFee', 'index.stale', 'mark.window', 'funding.cap', 'adl.trigger']);
    expect(assumptionsOf(BYBIT.evidence)).toContain('mmBasis');
  });

  it('opens no leverage its first tier would liquidate, and has a window that holds whole samples', () => {
    for (const rules of ALL_VENUE_RULES) {
      expect(rules.tiers[0]?.rate).toBeLessThan(1 / rules.maxLeverage);
      expect(rules.mark.windowSeconds % rules.mark.sampleSeconds).toBe(0);
    }
  });

  it('calls an index monotone exactly when it neither leaves deviants out nor weighs by spread', () => {
    for (const { index } of ALL_VENUE_RULES) expect(index.monotone).toBe(index.exclude === undefined && index.method !== 'inverseSquareSpread');
  });

  it('finds rules by venue and kind of contract', () => {
    expect(rulesOf('binance')).toBe(BINANCE);
    expect(rulesOf('binance', 'inverse')).toBe(BINANCE_COIN);
    expect(rulesOf('deribit')).toBe(DERIBIT_LINEAR);
    expect(rulesOf('deribit', 'inverse')).toBe(DERIBIT);
    expect([rulesOf('bitget'), rulesOf('kucoin')]).toEqual([BITGET, KUCOIN]);
    expect([rulesOf('kraken'), rulesOf('kraken', 'inverse')]).toEqual([KRAKEN, KRAKEN_INVERSE]);
    expect(rulesOf('kucoin', 'inverse')).toBeUndefined();
    expect(rulesOf('nowhere')).toBeUndefined();
    expect(new Set(ALL_VENUE_RULES.map((r) => `${r.venue} ${r.contract}`)).size).toBe(ALL_VENUE_RULES.length);
  });

  it('a market of which only the maximum leverage is known gets generic tiers of notional', () => {
    expect(forMaxLeverage(BINANCE, 3)).toMatchObject({ venue: 'binance', maxLeverage: 3, mmBasis: 'mark' });
    expect(forMaxLeverage(DERIBIT_LINEAR, 25)).toMatchObject({ tierUnit: 'notional', maxLeverage: 25 });
  });
});
