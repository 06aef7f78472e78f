import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { currencyCode, usdRate } from '../core/index.ts';
import { crossRate, pairRate } from './cross-rate.ts';

const [lira, tether] = [currencyCode('TRY'), currencyCode('USDT')];
const pair = { base: tether, quote: lira };

describe('cross rates', () => {
  it('keep their value inside their band, and the two currencies of a market are worth one over each other', () => {
    let taken = 0;
    const market = fc.record({ exponent: fc.integer({ min: -100, max: 100 }), spreadBps: fc.integer({ min: 0, max: 600 }), leg: fc.integer({ min: 1, max: 2_000 }) });
    fc.assert(
      fc.property(market, ({ exponent, spreadBps, leg }) => {
        const bid = 10 ** (exponent / 10);
        const ask = bid * (1 + spreadBps / 10_000);
        const [base, quote] = [pairRate(pair, tether, bid, ask), pairRate(pair, lira, bid, ask)];
        // Whether the market is lawful does not depend on which of its currencies is asked for, but for the bounds.
        if (!base.ok || !quote.ok) {
          const reasons = [base, quote].flatMap((r) => (r.ok ? [] : [r.error]));
          expect(reasons.every((r) => r === 'out-of-range') || new Set(reasons).size === 1).toBe(true);
          return;
        }
        taken++;
        for (const { value } of [base, quote]) expect(value.low <= value.price && value.price <= value.high).toBe(true);
        expect(base.value.price * quote.value.price).toBeCloseTo(1, 12);
        expect(base.value.low * quote.value.high).toBeCloseTo(1, 12);
        const usd = leg / 1_000;
        const chained = crossRate(quote.value, { usd: usdRate(usd), low: usdRate(usd * 0.97), high: usdRate(usd * 1.03) });
        expect(chained !== undefined && chained.low <= chained.usd && chained.usd <= chained.high).toBe(true);
      }),
      { numRuns: 2_000, seed: 20261127 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});
