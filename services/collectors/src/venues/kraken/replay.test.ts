import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { krakenFutures, krakenSpot } from './feed.ts';
import { createKrakenSync } from './sync.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of a recorded Kraken capture of 2021 (first version of the protocol)', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('KRAKEN');
    if (lines === undefined) return;
    const result = await replayCapture(lines, { venues: [krakenSpot, krakenFutures], publish: () => undefined, assets: 'all' });
    console.log('KRAKEN', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.ignored).toEqual({});
    expect(result.control).toEqual({ acknowledgement: 30, heartbeat: 92, notice: 3 });
    expect(result.gaps).toBe(0);
    expect(result.books).toHaveLength(10);
    for (const book of result.books) {
      expect(book.crossedEver).toBe(false);
      expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
    }
    // Under the names of today, whatever the frames call them.
    expect(result.books.map((b) => b.instrument as string)).toContain('kraken:spot:KSM/BTC');
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('KRAKEN');
    if (lines === undefined) return;
    const syncs = new Map<string, ReturnType<typeof createKrakenSync>>();
    let verified = 0;
    for (const line of lines) {
      if (line.t !== 'recv') continue;
      const parsed = krakenSpot.parseFrame(line.data, epochMs(1_618_678_140_000));
      if (parsed.kind !== 'events') continue;
      for (const event of parsed.events) {
        if (event.kind !== 'book') continue;
        expect(event.depth).toBe(1_000);
        const sync = syncs.get(event.symbol) ?? createKrakenSync();
        syncs.set(event.symbol, sync);
        // `apply` of an update means that the checksum of the book after it was computed and was equal.
        expect(sync.next(event).kind).toBe('apply');
        if (event.checksum !== undefined) verified++;
      }
    }
    expect(verified).toBe(4_269);
  });
});
