import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adlPrice, adlQueue, adlScore, deleverage, leverageCap, proRata, returnOnEntry, waterFill, type AdlCandidate } from './adl.ts';
import { BINANCE, DERIBIT, HYPERLIQUID, OKX } from './venues/index.ts';

const winner: AdlCandidate = { id: 'a', side: 'short', size: 10, entryPrice: 100, equity: 200, maintenance: 10 };

describe('the queue', () => {
  it('KuCoin 35084312224281: a long from 200 to 220 has returned 10 %, a short from 220 to 200 9.09 %', () => {
    expect(returnOnEntry({ ...winner, side: 'long', entryPrice: 200 }, 220)).toBeCloseTo(0.1, 12);
    expect(returnOnEntry({ ...winner, side: 'short', entryPrice: 220 }, 200)).toBeCloseTo(0.0909, 4);
  });

  it('by hand: a short of 10 from 100 at a mark of 80, equity 200, maintenance 10', () => {
    // Return 20 %; value 800, leverage 4; margin ratio 5 %; return on equity 200 / 200.
    expect(adlScore(winner, 80, 'profitTimesLeverage')).toBeCloseTo(0.8, 12);
    expect(adlScore(winner, 80, 'profitTimesMarginRatio')).toBeCloseTo(0.01, 12);
    expect(adlScore(winner, 80, 'equityReturnTimesMarginRatio')).toBeCloseTo(0.05, 12);
    expect(adlScore(winner, 80, 'profit')).toBeCloseTo(0.2, 12);
    expect(adlScore(winner, 80, 'hyperliquid')).toBeCloseTo((100 / 80) * 4, 12);
    expect(adlScore({ ...winner, side: 'long', entryPrice: 64 }, 80, 'hyperliquid')).toBeCloseTo((80 / 64) * 4, 12);
    expect(adlScore(winner, 80, 'waterFill')).toBe(4);
    // A loser of 20 % is divided by its leverage (960 / 200... value 1200, 6): the more levered, the nearer to 0, the sooner.
    expect(adlScore(winner, 120, 'profitTimesLeverage')).toBeCloseTo(-0.2 / 6, 12);
    expect(adlScore({ ...winner, maintenance: 0 }, 100, 'profitTimesMarginRatio')).toBe(0);
    expect(adlScore({ ...winner, equity: 0 }, 80, 'profit')).toBe(-Infinity);
  });

  it('ranks the same whatever the order of the list, equal scores by id', () => {
    const candidates = fc.array(fc.record({ id: fc.uuid(), side: fc.constant('short' as const), size: fc.integer({ min: 1, max: 5 }), entryPrice: fc.constantFrom(90, 100, 110), equity: fc.constantFrom(-5, 0, 50, 100), maintenance: fc.constantFrom(0, 5) }), { maxLength: 12 });
    fc.assert(fc.property(candidates, fc.integer(), fc.constantFrom('profitTimesLeverage' as const, 'profitTimesMarginRatio' as const, 'equityReturnTimesMarginRatio' as const, 'hyperliquid' as const, 'profit' as const), (given, seed, rank) => {
      const shuffled = given.map((c, i) => ({ c, key: (i * 7919 + seed) % 97 })).sort((a, b) => a.key - b.key).map(({ c }) => c);
      const queue = adlQueue(given, 100, rank);
      expect(adlQueue(shuffled, 100, rank).map((c) => c.id)).toEqual(queue.map((c) => c.id));
      const scores = queue.map((c) => adlScore(c, 100, rank));
      scores.forEach((score, i) => { expect(i === 0 || score <= (scores[i - 1] ?? NaN)).toBe(true); });
    }));
  });
});

describe('deleveraging', () => {
  const three: readonly AdlCandidate[] = [10, 5, 2].map((size, i) => ({ id: `t${i}`, side: 'short', size, entryPrice: 1.2, equity: 1, maintenance: 0.1 }));

  it('water-fill of equities 1, leverages 10, 5, 2 and Q = 6: the cap is 4.5', () => {
    expect(leverageCap([{ notional: 10, equity: 1 }, { notional: 5, equity: 1 }, { notional: 2, equity: 1 }], 6)).toBe(4.5);
    expect(waterFill(three, 6, 1)).toEqual({ fills: [{ id: 't0', quantity: 5.5 }, { id: 't1', quantity: 0.5 }], remaining: 0 });
    expect(leverageCap([], 1)).toBe(0);
    expect(leverageCap([{ notional: 10, equity: 2 }], 100)).toBe(0);
    expect(leverageCap([{ notional: 10, equity: 2 }], 0)).toBe(5);
    // Who has no equity goes first and whole: 3 of the 6, the rest from the top.
    expect(leverageCap([{ notional: 3, equity: 0 }, { notional: 10, equity: 1 }, { notional: 5, equity: 1 }], 6)).toBe(7);
    expect(leverageCap([{ notional: 3, equity: -1 }], 2)).toBe(0);
  });

  it('queue: the first whole, the next in part', () => {
    expect(deleverage(three, 12, 1, 'profitTimesLeverage')).toEqual({ fills: [{ id: 't0', quantity: 10 }, { id: 't1', quantity: 2 }], remaining: 0 });
    expect(deleverage(three, 20, 1, 'profit').remaining).toBe(3);
  });

  it('pro-rata: by profit, nobody beyond their size, losers not at all', () => {
    // Profits 2, 1, 0.4: of 3.4 in proportion.
    expect(proRata(three, 3.4, 1).fills.map((f) => f.quantity)).toEqual([expect.closeTo(2, 12), expect.closeTo(1, 12), expect.closeTo(0.4, 12)]);
    const mixed: readonly AdlCandidate[] = [{ ...winner, id: 'rich', size: 1, entryPrice: 200 }, { ...winner, id: 'poor', size: 10, entryPrice: 90 }, { ...winner, id: 'loser', entryPrice: 70 }];
    // At 80: profits 120 (size 1), 100 (size 10). Of 4: 2.18 to the rich one, who has 1; the rest to the other.
    expect(proRata(mixed, 4, 80)).toEqual({ fills: [{ id: 'rich', quantity: 1 }, { id: 'poor', quantity: 3 }], remaining: 0 });
  });

  it('conserves quantity, and nobody is closed by more than they hold', () => {
    const candidates = fc.array(fc.record({ size: fc.integer({ min: 1, max: 10_000 }).map((n) => n / 100), entryPrice: fc.integer({ min: 50, max: 200 }), equity: fc.integer({ min: -10, max: 500 }), maintenance: fc.integer({ min: 0, max: 20 }) }), { maxLength: 20 })
      .map((rows) => rows.map((row, i): AdlCandidate => ({ ...row, id: `c${i}`, side: 'long' })));
    fc.assert(fc.property(candidates, fc.integer({ min: 0, max: 100_000 }).map((n) => n / 100), fc.constantFrom('waterFill' as const, 'proRata' as const, 'profitTimesLeverage' as const, 'hyperliquid' as const), (given, quantity, rank) => {
      const { fills, remaining } = deleverage(given, quantity, 100, rank);
      const filled = fills.reduce((sum, f) => sum + f.quantity, 0);
      expect(Math.abs(filled + remaining - quantity)).toBeLessThanOrEqual(1e-9 * (1 + quantity));
      expect(new Set(fills.map((f) => f.id)).size).toBe(fills.length);
      for (const fill of fills) expect(fill.quantity > 0 && fill.quantity <= (given.find((c) => c.id === fill.id)?.size ?? 0)).toBe(true);
      // Nothing remains while anybody who may be closed has something left.
      const room = given.filter((c) => rank !== 'proRata' || returnOnEntry(c, 100) > 0).reduce((sum, c) => sum + c.size, 0);
      expect(Math.abs(filled - Math.min(quantity, room))).toBeLessThanOrEqual(1e-9 * (1 + room));
    }), { numRuns: 1_000 });
  });

  it('water-fill leaves nobody above the cap, and whoever was cut exactly at it', () => {
    const accounts = fc.array(fc.record({ notional: fc.integer({ min: 1, max: 1_000 }), equity: fc.integer({ min: 1, max: 100 }) }), { minLength: 1, maxLength: 30 });
    fc.assert(fc.property(accounts, fc.integer({ min: 1, max: 99 }), (given, percent) => {
      const total = given.reduce((sum, a) => sum + a.notional, 0);
      const asked = (total * percent) / 100;
      const cap = leverageCap(given, asked);
      expect(given.reduce((sum, a) => sum + Math.max(0, a.notional - cap * a.equity), 0)).toBeCloseTo(asked, 6);
    }));
  });

  it('prices by venue', () => {
    const prices = { bankruptcy: 90, mark: 85, previousMark: 86, fundDepleted: false };
    expect([BINANCE, OKX, HYPERLIQUID, DERIBIT].map((r) => adlPrice(r.adl, prices))).toEqual([90, 85, 86, 90]);
    expect(adlPrice(OKX.adl, { ...prices, fundDepleted: true })).toBe(90);
  });
});
