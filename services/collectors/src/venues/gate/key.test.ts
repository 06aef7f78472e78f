import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { gateSpot, gateUsdt } from './feed.ts';

/** Inputs in the format of the protocol before v4 (`method`), which is no longer served. */
const V3_SPOT = [0, 1, 2, 3, 4, 5];
/** Whole books of `futures.order_book` from before March 2021, without an id. */
const BOOKS_WITHOUT_ID = [0, 11];

describe('Gate against an independent answer key', () => {
  it('agrees on every v4 spot message and lists v3 as legacy', () => {
    const file = readKey('gate-io');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [gateSpot]);
    expect(differences).toEqual([]);
    expect(legacy).toEqual(V3_SPOT);
    expect(results[7]?.ignored).toBe('spot.book_ticker');
    expect(results[10]?.control).toBe('acknowledgement');
    expect(compared).toEqual({ trade: 1, book_change: 4 });
    console.log('gate-io', JSON.stringify({ compared, legacy }));
  });

  it('agrees on every futures message', () => {
    const file = readKey('gate-io-futures');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [gateUsdt], {
      inputs: {
        4: 'the key leaves out a ticker that repeats the one before, here within one frame',
        14: 'a list in the list, as the venue sent it by mistake in 2021: the key reads nothing, here it is rejected',
      },
    });
    expect(differences).toEqual([]);
    expect(legacy).toEqual(BOOKS_WITHOUT_ID);
    expect(results[4]?.messages).toMatchObject([{ lastPrice: 5.67, openInterest: 46366 }, { lastPrice: 5.67, openInterest: 46366 }]);
    expect(results[14]?.rejected).toBe('unknown-shape');
    expect(compared).toEqual({ trade: 5, book_change: 7, derivative_ticker: 2 });
    console.log('gate-io-futures', JSON.stringify({ compared, legacy }));
  });
});
