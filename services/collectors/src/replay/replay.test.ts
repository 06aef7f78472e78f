import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { captureLines } from '../testing/data.ts';
import { allVenues } from '../index.ts';
import { replayCapture } from './index.ts';

describe('replay of a recorded Bybit capture', () => {
  it('accounts for every frame, rejects none and never crosses a book', async () => {
    const lines = await captureLines('BYBIT');
    if (lines === undefined) return;
    const published: Message[] = [];
    const result = await replayCapture(lines, { venues: allVenues, publish: (_topic, message) => published.push(message), assets: 'all' });
    console.log(JSON.stringify(result));
    const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.gaps).toBe(0);
    expect(result.books.some((b) => b.crossedEver)).toBe(false);
    expect(result.books.map((b) => b.instrument).sort()).toEqual([
      'bybit:linear:BTCUSDT', 'bybit:linear:DOGEUSDT', 'bybit:linear:ETHUSDT', 'bybit:linear:SOLUSDT', 'bybit:spot:BTCUSDT', 'bybit:spot:ETHUSDT',
    ]);
    for (const book of result.books) expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
    // One line per published kind, and nothing published that was not counted.
    for (const [kind, n] of Object.entries(result.normalized)) expect(published.filter((m) => m.kind === kind)).toHaveLength(n);
  });
});
