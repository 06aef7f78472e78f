import { describe, expect, it } from '@jest/globals';
import { captureLines } from '../../testing/data.ts';
import { accountedReplay, applyAll, expectSoundBook } from '../../testing/replay-check.ts';
import { bitgetCoin, bitgetSpot, bitgetUsdc, bitgetUsdt } from './feed.ts';

const venues = [bitgetSpot, bitgetUsdt, bitgetUsdc, bitgetCoin];

describe('replay of a recorded Bitget capture of 2022 (first version of the API)', () => {
  it('accounts for every frame, carries every book and rejects only what the venue no longer prints so', async () => {
    const lines = await captureLines('BITGET');
    if (lines === undefined) return;
    const result = await accountedReplay('BITGET', lines, venues);
    // Trades as lists (65 frames) and tickers under other names (345).
    expect(result.rejected).toEqual({ 'legacy-format': 410 });
    expect(result.ignored).toEqual({ candle1m: 70 });
    expect(result.framesNormalized).toBe(637);
    expect(result.books.map((b) => b.instrument).sort()).toEqual([
      'bitget:spot:AVAXUSDT', 'bitget:spot:CULTUSDT', 'bitget:spot:EOSUSDT', 'bitget:spot:GOGUSDT', 'bitget:spot:HOTUSDT', 'bitget:spot:STGUSDT',
      'bitget:spot:SUNUSDT', 'bitget:spot:VVSUSDT', 'bitget:usdt:DASHUSDT', 'bitget:usdt:UNIUSDT',
    ]);
    for (const book of result.books) expectSoundBook(book);
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('BITGET');
    if (lines === undefined) return;
    // Each frame's checksum covers the book after it: applied means that it was computed and was equal.
    const { events, books } = applyAll(lines, venues);
    // None carries the 0 that stands for none.
    for (const event of events) expect(event.checksum).not.toBe(0);
    expect(events).toHaveLength(637);
    expect(books).toBe(10);
  });
});
