import { describe, expect, it } from '@jest/globals';
import { isRecord } from '../../numbers.ts';
import { captureLines } from '../../testing/data.ts';
import { followBooks } from '../../testing/follow-books.ts';
import { accountedReplay, expectBooksAskedFor, followingRanges } from '../../testing/replay-check.ts';
import { gateBtc, gateSpot, gateUsdt } from './feed.ts';

describe('replay of a recorded Gate futures capture of 2023', () => {
  it('accounts for every frame, rejects none, joins every book to its recorded answer, has no gap and never crosses a book', async () => {
    const lines = await captureLines('GATEIO_FUTURES');
    if (lines === undefined) return;
    const result = await accountedReplay('GATEIO_FUTURES', lines, [gateSpot, gateUsdt, gateBtc]);
    expect(result.rejected).toEqual({});
    expectBooksAskedFor(result, lines, /order_book\?contract=([A-Z_]+)/, 'gate:usdt');
  });

  it('verifies that the pushes of every book follow one another', async () => {
    const lines = await captureLines('GATEIO_FUTURES');
    if (lines === undefined) return;
    const verified = followingRanges(lines, gateUsdt);
    console.log('GATEIO_FUTURES pushes that follow', verified);
    expect(verified).toBeGreaterThan(300);
  });

  it('has at every moment the best quotes that the venue prints with the same number', async () => {
    const lines = await captureLines('GATEIO_FUTURES');
    if (lines === undefined) return;
    const { compared, differences } = followBooks(lines, gateUsdt, (frame) => {
      const result = frame['channel'] === 'futures.book_ticker' && frame['event'] === 'update' ? frame['result'] : undefined;
      return isRecord(result) ? { symbol: String(result['s']), id: Number(result['u']), bid: Number(result['b']), ask: Number(result['a']) } : undefined;
    });
    console.log('GATEIO_FUTURES best quotes compared', compared);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(10);
  });
});
