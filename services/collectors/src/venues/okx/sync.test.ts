import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { crc32 } from '../../book/crc32.ts';
import { createPrintedSide } from '../../book/printed-side.ts';
import type { BookEvent } from '../../venue.ts';
import { okxChecksum } from './checksum.ts';
import { createOkxSync, MAX_HELD } from './sync.ts';

const T = 1_700_000_000_000;
const event = (o: Partial<BookEvent> & { readonly last?: number }, t = 0): BookEvent => ({
  kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(T + t), bids: [], asks: [], ...o,
});
const update = (previous: number, last: number, t = 0): BookEvent => event({ previous, last }, t);
const snapshot = (last: number, t = 0): BookEvent => event({ snapshot: true, previous: -1, last }, t);
const seed = (last: number, t = 0): BookEvent => event({ origin: 'seed', snapshot: true, last }, t);

describe('OKX order-book rule by sequence number', () => {
  it('follows the documented example: updates, no change, reset of the sequence', () => {
    const sync = createOkxSync();
    expect(sync.next(snapshot(10)).kind).toBe('apply');
    expect(sync.next(update(10, 15, 1)).kind).toBe('apply');
    expect(sync.next(update(15, 15, 2)).kind).toBe('apply');
    expect(sync.next(update(15, 3, 3)).kind).toBe('apply');
    expect(sync.next(update(3, 5, 4)).kind).toBe('apply');
    expect(sync.next(update(3, 5, 4))).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(update(10, 15, 1))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(update(6, 9, 6))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.synced()).toBe(false);
  });

  it('asks once for a snapshot when none comes on the socket, and joins the REST one where prevSeqId <= seqId < next', () => {
    const sync = createOkxSync();
    expect(sync.next(update(10, 15, 1))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(update(15, 18, 2))).toEqual({ kind: 'hold' });
    expect(sync.next(update(18, 25, 3))).toEqual({ kind: 'hold' });
    const step = sync.next(seed(20, 2));
    expect(step.kind === 'apply' ? step.events.map((e) => e.last) : []).toEqual([20, 25]);
    expect(sync.next(update(25, 26, 4)).kind).toBe('apply');
  });

  it('asks again when the REST snapshot is older than what is held', () => {
    const sync = createOkxSync();
    sync.next(update(10, 15, 5));
    expect(sync.next(seed(8, 1))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(seed(15, 6)).kind).toBe('apply');
    expect(sync.next(update(15, 16, 7)).kind).toBe('apply');
  });

  it('does not join a snapshot from before a reset of the sequence to what came after it', () => {
    const sync = createOkxSync();
    sync.next(update(20, 25, 2));
    sync.next(update(25, 3, 3));
    sync.next(update(3, 50, 4));
    // By number 12 lies in 3..50; by time it is older than all that is held.
    expect(sync.next(seed(12, 1))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    const step = sync.next(seed(3, 3));
    expect(step.kind === 'apply' ? step.events.map((e) => e.last) : []).toEqual([3, 50]);
  });

  it('takes a snapshot at any time, not an old one, and never a REST answer without a number', () => {
    const sync = createOkxSync();
    sync.next(snapshot(10, 5));
    expect(sync.next(snapshot(7, 4))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(seed(10, 6))).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(event({ origin: 'seed', snapshot: true }, 7))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(snapshot(30, 8)).kind).toBe('apply');
    sync.reset();
    expect(sync.synced()).toBe(false);
  });

  it('is bounded while it waits', () => {
    const sync = createOkxSync();
    for (let i = 1; i <= MAX_HELD; i++) sync.next(update(i, i + 1, i));
    expect(sync.next(update(MAX_HELD + 1, MAX_HELD + 2, MAX_HELD + 1))).toEqual({ kind: 'drop', reason: 'overflow' });
  });
});

describe('OKX checksum of streams without sequence numbers', () => {
  it('is the CRC-32 of the interleaved best levels', () => {
    // The check value of CRC-32/ISO-HDLC.
    expect(crc32('123456789') >>> 0).toBe(0xcbf43926);
    const bids = createPrintedSide(-1);
    const asks = createPrintedSide(1);
    bids.put(['3366.1', '7', '3366', '6', '3365', '0']);
    asks.put(['3366.8', '9', '3368', '8', '3372', '8']);
    // The documentation's example: bid and ask by turns, then what is left of the longer side.
    expect(okxChecksum(bids, asks)).toBe(crc32('3366.1:7:3366.8:9:3366:6:3368:8:3372:8'));
  });

  it('breaks on a mismatch and comes back with a good snapshot', () => {
    const frame = (snapshotFrame: boolean, bid: readonly string[], ask: readonly string[], text: string): BookEvent =>
      event({ snapshot: snapshotFrame, printedBids: bid, printedAsks: ask, checksum: crc32(text) });
    const sync = createOkxSync();
    expect(sync.next(frame(false, ['9.5', '1'], [], 'x'))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(frame(false, ['9.5', '1'], [], 'x'))).toEqual({ kind: 'hold' });
    expect(sync.next(frame(true, ['9.50', '1'], ['10', '2'], '9.50:1:10:2')).kind).toBe('apply');
    expect(sync.next(frame(false, ['9.50', '0', '9.4', '3'], [], '9.4:3:10:2')).kind).toBe('apply');
    expect(sync.next(frame(false, ['9.4', '5'], [], '9.4:4:10:2'))).toEqual({ kind: 'break', reason: 'checksum-mismatch' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(frame(false, ['9.4', '5'], [], '9.4:5:10:2'))).toEqual({ kind: 'hold' });
    expect(sync.next(frame(true, ['9.4', '5'], ['10', '2'], '9.4:5:10:2')).kind).toBe('apply');
    expect(sync.synced()).toBe(true);
  });
});
