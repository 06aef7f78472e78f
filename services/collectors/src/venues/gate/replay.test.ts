import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { isRecord } from '../../numbers.ts';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { followBooks } from '../../testing/follow-books.ts';
import { gateBtc, gateSpot, gateUsdt } from './feed.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of a recorded Gate futures capture of 2023', () => {
  it('accounts for every frame, rejects none, joins every book to its recorded answer, has no gap and never crosses a book', async () => {
    const lines = await captureLines('GATEIO_FUTURES');
    if (lines === undefined) return;
    const result = await replayCapture(lines, { venues: [gateSpot, gateUsdt, gateBtc], publish: () => undefined, assets: 'all' });
    console.log('GATEIO_FUTURES', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.gaps).toBe(0);
    const asked = lines.flatMap((l) => (l.t === 'http' ? (/order_book\?contract=([A-Z_]+)/.exec(l.url)?.[1] ?? []) : []));
    expect(asked.length).toBeGreaterThan(5);
    for (const symbol of asked) {
      const book = result.books.find((b) => b.instrument === `gate:usdt:${symbol}`);
      expect(book?.crossedEver).toBe(false);
      expect(book?.bestBid ?? NaN).toBeLessThan(book?.bestAsk ?? NaN);
    }
  });

  it('verifies that the pushes of every book follow one another', async () => {
    const lines = await captureLines('GATEIO_FUTURES');
    if (lines === undefined) return;
    const ends = new Map<string, number>();
    let verified = 0;
    for (const line of lines) {
      if (line.t !== 'recv') continue;
      const parsed = gateUsdt.parseFrame(line.data, epochMs(Math.floor(line.ts * 1000)));
      if (parsed.kind !== 'events') continue;
      for (const event of parsed.events) {
        if (event.kind !== 'book') continue;
        const end = ends.get(event.symbol);
        if (end !== undefined) {
          expect(event.first).toBe(end + 1);
          verified++;
        }
        ends.set(event.symbol, event.last ?? NaN);
      }
    }
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
