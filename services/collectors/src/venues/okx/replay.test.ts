import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';
import { createOkxSync } from './sync.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of a recorded OKX capture of 2022 (checksums, no sequence numbers)', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('OKX');
    if (lines === undefined) return;
    const result = await replayCapture(lines, { venues: [okxSpot, okxSwap, okxFutures], publish: () => undefined, assets: 'all' });
    console.log('OKX', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.gaps).toBe(0);
    for (const book of result.books) {
      expect(book.crossedEver).toBe(false);
      expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
    }
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('OKX');
    if (lines === undefined) return;
    const syncs = new Map<string, ReturnType<typeof createOkxSync>>();
    let verified = 0;
    for (const line of lines) {
      if (line.t !== 'recv') continue;
      for (const venue of [okxSpot, okxSwap, okxFutures]) {
        const parsed = venue.parseFrame(line.data, epochMs(1_652_459_225_000));
        if (parsed.kind !== 'events') continue;
        for (const event of parsed.events) {
          if (event.kind !== 'book') continue;
          expect(event.checksum).toBeDefined();
          const sync = syncs.get(event.symbol) ?? createOkxSync();
          syncs.set(event.symbol, sync);
          // Each frame's checksum covers the book after it: `apply` means that it was computed and was equal.
          expect(sync.next(event).kind).toBe('apply');
          verified++;
        }
      }
    }
    expect(verified).toBe(290);
  });
});
