import { describe, expect, it } from '@jest/globals';
import type { BookMessage, InstrumentMessage } from '@breakwater/contracts';
import { captureLines } from '../../testing/data.ts';
import { accountedReplay, applyAll } from '../../testing/replay-check.ts';
import { deribitInverse, deribitLinear, deribitOption } from './feed.ts';

describe('replay of a recorded Deribit capture of 2021: ten options', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('DERIBIT');
    if (lines === undefined) return;
    const books: BookMessage[] = [];
    const instruments: InstrumentMessage[] = [];
    const result = await accountedReplay('DERIBIT', lines, [deribitLinear, deribitInverse, deribitOption], (message) => {
      if (message.kind === 'book') books.push(message);
      if (message.kind === 'instrument') instruments.push(message);
    });
    expect(result.rejected).toEqual({});
    expect(result.control).toEqual({ acknowledgement: 1 });
    expect(result.ignored).toEqual({ 'ticker.option': 89 });
    expect(result.books).toHaveLength(10);
    for (const book of result.books) expect(book.crossedEver).toBe(false);
    expect(books).toHaveLength(46);
    // Each option is an asset of its own, so none of them is scored as a market of its coin.
    const options = instruments.filter((i) => i.instrument.startsWith('deribit:option:'));
    expect(new Set(options.map((i) => i.asset)).size).toBe(10);
    expect(options.map((i) => i.asset as string).filter((a) => a === 'BTC' || a === 'ETH')).toEqual([]);
  });

  it('verifies that every change follows the one before', async () => {
    const lines = await captureLines('DERIBIT');
    if (lines === undefined) return;
    expect(applyAll(lines, [deribitOption]).events.filter((event) => !event.snapshot)).toHaveLength(36);
  });
});
