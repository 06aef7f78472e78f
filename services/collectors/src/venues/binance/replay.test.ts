import { describe, expect, it } from '@jest/globals';
import { captureLines } from '../../testing/data.ts';
import { accountedReplay, expectSoundBook } from '../../testing/replay-check.ts';
import { binanceSpot, binanceUsdm } from './feed.ts';

describe('replay of recorded Binance captures', () => {
  it.each([
    ['BINANCE', ['binance:spot:BLZETH', 'binance:spot:LRCBTC', 'binance:spot:NKNUSDT', 'binance:spot:RUNEEUR'], { bookTicker: 84, kline: 2 }, 2],
    ['BINANCE_FUTURES', ['binance:usdm:AKROUSDT', 'binance:usdm:CTKUSDT', 'binance:usdm:KEEPUSDT', 'binance:usdm:SUSHIUSDT'], { bookTicker: 613, kline: 67 }, 91],
  ] as const)('%s: accounts for every frame, rejects none, has no gap and never crosses a book', async (name, instruments, ignored, trades) => {
    const lines = await captureLines(name);
    if (lines === undefined) return;
    const result = await accountedReplay(name, lines, [binanceSpot, binanceUsdm]);
    expect(result.rejected).toEqual({});
    expect(result.ignored).toEqual(ignored);
    expect(result.normalized['trade']).toBe(trades);
    expect(result.books.map((b) => b.instrument).sort()).toEqual(instruments);
    for (const book of result.books) expectSoundBook(book, 100);
  });
});
