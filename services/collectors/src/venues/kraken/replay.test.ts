import { describe, expect, it } from '@jest/globals';
import { captureLines } from '../../testing/data.ts';
import { accountedReplay, applyAll, expectSoundBook } from '../../testing/replay-check.ts';
import { krakenFutures, krakenSpot } from './feed.ts';

describe('replay of a recorded Kraken capture of 2021 (first version of the protocol)', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('KRAKEN');
    if (lines === undefined) return;
    const result = await accountedReplay('KRAKEN', lines, [krakenSpot, krakenFutures]);
    expect(result.rejected).toEqual({});
    expect(result.ignored).toEqual({});
    expect(result.control).toEqual({ acknowledgement: 30, heartbeat: 92, notice: 3 });
    expect(result.books).toHaveLength(10);
    for (const book of result.books) expectSoundBook(book);
    // Under the names of today, whatever the frames call them.
    expect(result.books.map((b) => b.instrument as string)).toContain('kraken:spot:KSM/BTC');
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('KRAKEN');
    if (lines === undefined) return;
    // An update that was applied: the checksum of the book after it was computed and was equal.
    const { events } = applyAll(lines, [krakenSpot]);
    for (const event of events) expect(event.depth).toBe(1_000);
    expect(events.filter((event) => event.checksum !== undefined)).toHaveLength(4_269);
  });
});
