import { describe, expect, it } from '@jest/globals';
import { liquidationRun } from './liquidation-run.ts';
import { inferThroughFeed } from './replayed-feed.ts';

describe('liquidations of known positions, through a venue’s feed and its collector', () => {
  it.each(['binance', 'okx'] as const)('%s publishes the last order of each second, and the total behind it is in its band about as often as that says', (venue) => {
    let held = 0;
    const runs = 12;
    for (let i = 0; i < runs; i++) {
      const run = liquidationRun(venue, 500 + i, 1_800);
      const { total, orders, marks, rejected } = inferThroughFeed(venue, run);
      expect(rejected).toBe(0);
      expect(marks).toBeGreaterThan(0);
      expect(orders).toBe(new Set(run.orders.map((order) => order.second)).size);
      expect(total.observed).toBeLessThanOrEqual(run.totalLots + 1e-6);
      if (total.low <= run.totalLots + 1e-6 && run.totalLots <= (total.high ?? Infinity) + 1e-6) held++;
    }
    expect(held).toBeGreaterThanOrEqual(8);
  });

  it('bybit publishes every order, and the total is exact', () => {
    const run = liquidationRun('bybit', 505, 1_800);
    expect(run.orders.length).toBeGreaterThan(0);
    const { total, orders, rejected } = inferThroughFeed('bybit', run);
    expect([rejected, orders]).toEqual([0, run.orders.length]);
    expect(total).toMatchObject({ kind: 'exact', total: run.totalLots, low: run.totalLots, high: run.totalLots });
  });
});
