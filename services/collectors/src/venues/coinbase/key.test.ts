import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { coinbaseIntx, coinbaseSpot } from './feed.ts';

describe('Coinbase against an independent answer key', () => {
  it('agrees on every message of Exchange\'s public feed', () => {
    const file = readKey('coinbase');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [coinbaseSpot]);
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(compared).toEqual({ trade: 1, book_change: 5 });
    // The key has the best quotes of tickers, here the last price is carried, and of BTC-USD the rate.
    expect(results.slice(6).map((r) => r.messages.map((m) => m.type))).toEqual([['ticker', 'rate'], ['ticker', 'rate'], ['ticker', 'rate']]);
    console.log('coinbase', JSON.stringify(compared));
  });

  it('agrees on every message of the International Exchange', () => {
    const file = readKey('coinbase-international');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [coinbaseIntx]);
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(results[3]?.ignored).toBe('LEVEL1');
    expect(compared).toEqual({ trade: 1, book_change: 2, derivative_ticker: 4 });
    console.log('coinbase-international', JSON.stringify(compared));
  });
});
