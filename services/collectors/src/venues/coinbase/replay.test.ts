import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import type { CaptureLine } from '../../replay/index.ts';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { coinbaseSpot } from './feed.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);
const replay = (lines: readonly CaptureLine[], publish: (message: Message) => void = () => undefined) =>
  replayCapture(lines, { venues: [coinbaseSpot], publish: (_topic, message) => publish(message), assets: 'all' });

describe('replay of a recorded Coinbase capture of 2026', () => {
  it('accounts for every frame, rejects none, finds no hole in their numbers and never crosses a book', async () => {
    const lines = await captureLines('COINBASE');
    if (lines === undefined) return;
    const result = await replay(lines);
    console.log('COINBASE', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.ignored).toEqual({ candles: 6 });
    expect(result.gaps).toBe(0);
    expect(result.books.map((b) => b.instrument).sort()).toEqual(['coinbase:spot:BTC-USD', 'coinbase:spot:ETH-USD']);
    for (const book of result.books) {
      expect(book.crossedEver).toBe(false);
      expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
      expect(book.levels).toBeGreaterThan(10_000);
    }
  });

  it('breaks both books when a single frame is left out, of whatever channel it was', async () => {
    const lines = await captureLines('COINBASE');
    if (lines === undefined) return;
    const frames = lines.filter((l) => l.t === 'recv');
    for (const channel of ['l2_data', 'heartbeats']) {
      const lost = frames.slice(500).find((l) => l.data.includes(`"channel":"${channel}"`));
      const result = await replay(lines.filter((l) => l !== lost));
      expect(result.gaps).toBe(2);
      expect(result.books.map((b) => b.levels)).toEqual([0, 0]);
    }
  });
});
