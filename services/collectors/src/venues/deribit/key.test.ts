import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { deribitInverse } from './feed.ts';

describe('Deribit against an independent answer key', () => {
  it('agrees on every message of a kind that is carried', () => {
    const file = readKey('deribit');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [deribitInverse]);
    console.log('deribit', JSON.stringify({ compared, legacy }));
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(compared).toEqual({ trade: 4, book_change: 4, derivative_ticker: 5, liquidation: 2 });
    // Best quotes are in the book; of options only the books are carried.
    expect(results.filter((r) => r.ignored !== undefined).map((r) => [r.index, r.ignored])).toEqual([
      [1, 'quote'], [6, 'ticker.option'], [7, 'ticker.option'], [8, 'ticker.option'], [9, 'ticker.option'], [17, 'ticker.option'],
    ]);
    // A combo's last price may be negative: no price of ours, so it is left out and the rest of the ticker is carried.
    expect(results[15]?.messages).toEqual([expect.not.objectContaining({ lastPrice: expect.anything() })]);
  });
});
