import { describe, expect, it } from '@jest/globals';
import { assumptionsOf } from '../evidence.ts';
import { liquidationPrice } from '../liquidation-price.ts';
import { liquidationTranches } from '../partial-liquidation.ts';
import { COINBASE, rulesOf } from './index.ts';

describe('margin rules of Coinbase International Exchange', () => {
  it('are found by venue, and say what is assumed of an exchange that has closed', () => {
    expect(rulesOf('coinbase')).toBe(COINBASE);
    expect(assumptionsOf(COINBASE.evidence)).toEqual([
      'closeFee', 'tiers', 'liquidationOrder', 'liquidationFee', 'index.weights', 'index.outliers', 'index.stale', 'mark.kind', 'mark.window',
      'funding.formula', 'funding.interest', 'funding.cap', 'fund', 'adl.rank', 'adl.price',
    ]);
    expect(COINBASE.asOf).toBe('2026-09-30');
  });

  it('charge two thirds of the initial margin on the value at entry', () => {
    // 10 at 1,000 with a tenth of it as margin: 1,000 - 10 (1,000 - p) = 10,000 / 15, so p = 966 2/3 for the long and 1,033 1/3 for the short.
    const terms = { entryPrice: 1_000, size: 10, margin: 1_000 };
    const long = liquidationPrice(COINBASE, { side: 'long', ...terms });
    const short = liquidationPrice(COINBASE, { side: 'short', ...terms });
    expect(long.ok ? long.value.price : NaN).toBeCloseTo(966.6667, 4);
    expect(short.ok ? short.value.price : NaN).toBeCloseTo(1_033.3333, 4);
    // 200,000 dollars: 90,000 at 1/15 and 110,000 at 2/15 are 20,666.67; with 40,000 of margin 19,333.33 may be lost, 96.67 a unit of 200.
    const large = liquidationPrice(COINBASE, { side: 'long', entryPrice: 1_000, size: 200, margin: 40_000 });
    expect(large.ok ? large.value.price : NaN).toBeCloseTo(903.3333, 4);
  });

  it('cut a position back until the requirement is two thirds of what is left', () => {
    const staircase = liquidationTranches(COINBASE, { side: 'long', entryPrice: 1_000, lots: 10_000, lotSize: 0.001, tickSize: 0.01, margin: 1_000 });
    // The first cut leaves the share whose requirement is 2/3 of the equity of 666.67: 444.44 of 666.67, so a third is sold.
    expect((staircase.tranches[0]?.lots ?? NaN) / 10_000).toBeCloseTo(1 / 3, 2);
  });
});
