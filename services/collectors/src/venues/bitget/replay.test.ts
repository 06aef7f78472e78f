import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { bitgetCoin, bitgetSpot, bitgetUsdc, bitgetUsdt } from './feed.ts';
import { createBitgetSync } from './sync.ts';

const venues = [bitgetSpot, bitgetUsdt, bitgetUsdc, bitgetCoin];
const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of a recorded Bitget capture of 2022 (first version of the API)', () => {
  it('accounts for every frame, carries every book and rejects only what the venue no longer prints so', async () => {
    const lines = await captureLines('BITGET');
    if (lines === undefined) return;
    const result = await replayCapture(lines, { venues, publish: () => undefined, assets: 'all' });
    console.log('BITGET', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    // Trades as lists (65 frames) and tickers under other names (345).
    expect(result.rejected).toEqual({ 'legacy-format': 410 });
    expect(result.ignored).toEqual({ candle1m: 70 });
    expect(result.framesNormalized).toBe(637);
    expect(result.gaps).toBe(0);
    expect(result.books.map((b) => b.instrument).sort()).toEqual([
      'bitget:spot:AVAXUSDT', 'bitget:spot:CULTUSDT', 'bitget:spot:EOSUSDT', 'bitget:spot:GOGUSDT', 'bitget:spot:HOTUSDT', 'bitget:spot:STGUSDT',
      'bitget:spot:SUNUSDT', 'bitget:spot:VVSUSDT', 'bitget:usdt:DASHUSDT', 'bitget:usdt:UNIUSDT',
    ]);
    for (const book of result.books) {
      expect(book.crossedEver).toBe(false);
      expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
    }
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('BITGET');
    if (lines === undefined) return;
    const syncs = new Map<string, ReturnType<typeof createBitgetSync>>();
    let verified = 0;
    for (const line of lines) {
      if (line.t !== 'recv') continue;
      for (const venue of venues) {
        const parsed = venue.parseFrame(line.data, epochMs(1_649_290_077_000));
        if (parsed.kind !== 'events') continue;
        for (const event of parsed.events) {
          if (event.kind !== 'book') continue;
          // None carries the 0 that stands for none.
          expect(event.checksum).not.toBe(0);
          const key = `${venue.source}:${event.symbol}`;
          const sync = syncs.get(key) ?? createBitgetSync();
          syncs.set(key, sync);
          // Each frame's checksum covers the book after it: `apply` means that it was computed and was equal.
          expect(sync.next(event).kind).toBe('apply');
          verified++;
        }
      }
    }
    expect(verified).toBe(637);
    expect(syncs.size).toBe(10);
  });
});
