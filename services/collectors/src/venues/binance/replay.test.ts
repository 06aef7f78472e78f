import { describe, expect, it } from '@jest/globals';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { binanceSpot, binanceUsdm } from './feed.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of recorded Binance captures', () => {
  it.each([
    ['BINANCE', ['binance:spot:BLZETH', 'binance:spot:LRCBTC', 'binance:spot:NKNUSDT', 'binance:spot:RUNEEUR'], { bookTicker: 84, kline: 2 }, 2],
    ['BINANCE_FUTURES', ['binance:usdm:AKROUSDT', 'binance:usdm:CTKUSDT', 'binance:usdm:KEEPUSDT', 'binance:usdm:SUSHIUSDT'], { bookTicker: 613, kline: 67 }, 91],
  ] as const)('%s: accounts for every frame, rejects none, has no gap and never crosses a book', async (name, instruments, ignored, trades) => {
    const lines = await captureLines(name);
    if (lines === undefined) return;
    const result = await replayCapture(lines, { venues: [binanceSpot, binanceUsdm], publish: () => undefined, assets: 'all' });
    console.log(name, JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.ignored).toEqual(ignored);
    expect(result.normalized['trade']).toBe(trades);
    expect(result.gaps).toBe(0);
    expect(result.books.map((b) => b.instrument).sort()).toEqual(instruments);
    for (const book of result.books) {
      expect(book.crossedEver).toBe(false);
      expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
      expect(book.levels).toBeGreaterThan(100);
    }
  });
});
