import { describe, expect, it } from '@jest/globals';
import type { BookMessage, InstrumentMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { deribitInverse, deribitLinear, deribitOption } from './feed.ts';
import { createDeribitSync } from './sync.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of a recorded Deribit capture of 2021: ten options', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('DERIBIT');
    if (lines === undefined) return;
    const books: BookMessage[] = [];
    const instruments: InstrumentMessage[] = [];
    const result = await replayCapture(lines, {
      venues: [deribitLinear, deribitInverse, deribitOption], assets: 'all',
      publish: (_topic, message) => {
        if (message.kind === 'book') books.push(message);
        if (message.kind === 'instrument') instruments.push(message);
      },
    });
    console.log('DERIBIT', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.control).toEqual({ acknowledgement: 1 });
    expect(result.ignored).toEqual({ 'ticker.option': 89 });
    expect(result.gaps).toBe(0);
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
    const syncs = new Map<string, ReturnType<typeof createDeribitSync>>();
    let joined = 0;
    for (const line of lines) {
      if (line.t !== 'recv') continue;
      const parsed = deribitOption.parseFrame(line.data, epochMs(1_626_993_724_000));
      if (parsed.kind !== 'events') continue;
      for (const event of parsed.events) {
        if (event.kind !== 'book') continue;
        const sync = syncs.get(event.symbol) ?? createDeribitSync();
        syncs.set(event.symbol, sync);
        expect(sync.next(event).kind).toBe('apply');
        if (!event.snapshot) joined++;
      }
    }
    expect(joined).toBe(36);
  });
});
