import { describe, expect, it } from '@jest/globals';
import { isRecord } from '../../numbers.ts';
import { captureLines } from '../../testing/data.ts';
import { followBooks } from '../../testing/follow-books.ts';
import { accountedReplay, expectBooksAskedFor, followingRanges } from '../../testing/replay-check.ts';
import { kucoinFutures, kucoinSpot } from './feed.ts';

describe('replay of a recorded KuCoin spot capture of 2021', () => {
  it('accounts for every frame, rejects none, joins every book to its recorded answer, has no gap and never crosses a book', async () => {
    const lines = await captureLines('KUCOIN');
    if (lines === undefined) return;
    const result = await accountedReplay('KUCOIN', lines, [kucoinSpot, kucoinFutures]);
    expect(result.rejected).toEqual({});
    expectBooksAskedFor(result, lines, /level2\?symbol=([A-Z0-9-]+)/, 'kucoin:spot', 100);
  });

  it('verifies that the ranges of every book follow one another', async () => {
    const lines = await captureLines('KUCOIN');
    if (lines === undefined) return;
    const verified = followingRanges(lines, kucoinSpot);
    console.log('KUCOIN ranges that follow', verified);
    expect(verified).toBeGreaterThan(3_000);
  });

  it('has at every moment the best quotes that the venue prints with the same number', async () => {
    const lines = await captureLines('KUCOIN');
    if (lines === undefined) return;
    const { compared, differences } = followBooks(lines, kucoinSpot, (frame) => {
      const data = frame['subject'] === 'trade.ticker' ? frame['data'] : undefined;
      return isRecord(data) ? { symbol: String(frame['topic']).split(':')[1] ?? '', id: Number(data['sequence']), bid: Number(data['bestBid']), ask: Number(data['bestAsk']) } : undefined;
    });
    console.log('KUCOIN best quotes compared', compared);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });
});
