import { describe, expect, it } from '@jest/globals';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { accountedReplay, expectSoundBook } from '../../testing/replay-check.ts';
import { coinbaseSpot } from './feed.ts';

describe('replay of a recorded Coinbase capture of 2026', () => {
  it('accounts for every frame, rejects none, finds no hole in their numbers and never crosses a book', async () => {
    const lines = await captureLines('COINBASE');
    if (lines === undefined) return;
    const result = await accountedReplay('COINBASE', lines, [coinbaseSpot]);
    expect(result.rejected).toEqual({});
    expect(result.ignored).toEqual({ candles: 6 });
    expect(result.books.map((b) => b.instrument).sort()).toEqual(['coinbase:spot:BTC-USD', 'coinbase:spot:ETH-USD']);
    for (const book of result.books) expectSoundBook(book, 10_000);
  });

  it('breaks both books when a single frame is left out, of whatever channel it was', async () => {
    const lines = await captureLines('COINBASE');
    if (lines === undefined) return;
    const frames = lines.filter((l) => l.t === 'recv');
    for (const channel of ['l2_data', 'heartbeats']) {
      const lost = frames.slice(500).find((l) => l.data.includes(`"channel":"${channel}"`));
      const result = await replayCapture(lines.filter((l) => l !== lost), { venues: [coinbaseSpot], publish: () => undefined, assets: 'all' });
      expect(result.gaps).toBe(2);
      expect(result.books.map((b) => b.levels)).toEqual([0, 0]);
    }
  });
});
