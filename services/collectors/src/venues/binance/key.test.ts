import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { binanceCoinm, binanceSpot, binanceUsdm } from './feed.ts';

describe('Binance against an independent answer key', () => {
  it('agrees on every USD-M message', () => {
    const file = readKey('binance-futures');
    if (file === undefined) return;
    const { differences, compared, legacy } = compareWithKey(file, [binanceUsdm], {
      inputs: {
        0: 'the key takes single trades and leaves aggregate trades out; here the aggregate ones are carried',
        3: 'the key leaves out a ticker that repeats the one before',
        5: 'the key holds differences back until the snapshot; the order-book rule does that here, after the map',
        6: 'the key folds the held differences into the snapshot; the order-book rule does that here (sync.test.ts has this case)',
      },
    });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(compared).toEqual({ trade: 2, book_change: 1, derivative_ticker: 5, liquidation: 1 });
    console.log('binance-futures', JSON.stringify(compared));
  });

  it('agrees on every spot message', () => {
    const file = readKey('binance');
    if (file === undefined) return;
    const { differences, compared, legacy } = compareWithKey(file, [binanceSpot], {
      inputs: {
        6: 'the key holds differences back until the snapshot; the order-book rule does that here, after the map',
        7: 'as 6',
        8: 'the key folds the held differences into the snapshot; the order-book rule does that here (sync.test.ts has this case)',
      },
    });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(compared).toEqual({ trade: 2, book_change: 3 });
    console.log('binance', JSON.stringify(compared));
  });

  it('agrees on every COIN-M message', () => {
    const file = readKey('binance-delivery');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [binanceCoinm], {
      inputs: { 7: 'the key keeps the time of the ticker before: the recorded open interest is older' },
    });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(results[7]?.messages).toMatchObject([{ type: 'derivative_ticker', symbol: 'BTCUSD_200925', openInterest: 15_279 }]);
    // The key tells an index with the next ticker of a contract; here it is told by itself.
    expect(results[4]?.messages).toMatchObject([{ type: 'index', symbol: 'BTCUSD', indexPrice: 9_429.39675 }]);
    expect(results.filter((r) => r.ignored !== undefined).map((r) => [r.index, r.ignored])).toEqual([[11, 'bookTicker']]);
    expect(compared).toEqual({ trade: 1, book_change: 3, derivative_ticker: 2, liquidation: 1 });
    console.log('binance-delivery', JSON.stringify(compared));
  });
});
