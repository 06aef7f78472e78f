import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { kucoinFutures, kucoinSpot } from './feed.ts';

const HELD = 'the key holds changes back until the snapshot; the order-book rule does that here, after the map';
const FOLDED = 'the key folds the held changes into the snapshot; the order-book rule does that here (range-rule.test.ts has this case)';
const STAMP = 'the key stamps marks with the time of the last funding rate; here they have their own';

describe('KuCoin against an independent answer key', () => {
  it('agrees on every spot message', () => {
    const file = readKey('kucoin');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [kucoinSpot], { inputs: { 8: HELD, 10: HELD, 11: HELD, 12: FOLDED } });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(results.slice(0, 3).map((r) => r.control)).toEqual(['pong', 'welcome', 'acknowledgement']);
    expect(results[12]?.messages).toMatchObject([{ type: 'book_change', isSnapshot: true, bids: [{ price: 24088.6, amount: 7.07264171 }, { price: 24046, amount: 0.00007756 }] }]);
    // Changes without a level (their price is 0) say nothing, here as there.
    expect([7, 9, 14].map((i) => results[i]?.messages)).toEqual([[], [], []]);
    expect(compared).toEqual({ trade: 3, book_change: 2 });
    console.log('kucoin', JSON.stringify(compared));
  });

  it('agrees on every futures message', () => {
    const file = readKey('kucoin-futures');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [kucoinFutures], { inputs: { 1: HELD, 2: HELD, 3: HELD, 4: FOLDED, 10: STAMP, 12: STAMP } });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(results.filter((r) => r.ignored !== undefined).map((r) => r.ignored)).toEqual(['/contractMarket/tickerV2', '/contract/details']);
    expect(results[10]?.messages).toMatchObject([{ markPrice: 39610.11, indexPrice: 39615.44, timestamp: '2024-01-24T04:00:01.000Z' }]);
    expect(results[4]?.messages).toMatchObject([{ isSnapshot: true, timestamp: '2024-01-22T00:00:00.412Z' }]);
    expect(compared).toEqual({ trade: 2, book_change: 1, derivative_ticker: 4 });
    console.log('kucoin-futures', JSON.stringify(compared));
  });
});
