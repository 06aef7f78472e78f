import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { crc32 } from '../../book/crc32.ts';
import type { BookEvent } from '../../venue.ts';
import { createBitgetSync } from './sync.ts';

const T = 1_700_000_000_000;
const event = (o: Partial<BookEvent>, t = 0): BookEvent => ({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(T + t), bids: [], asks: [], ...o });
const update = (previous: number, last: number, t = 0): BookEvent => event({ previous, last }, t);
const snapshot = (last: number, t = 0): BookEvent => event({ snapshot: true, previous: 0, last }, t);

describe('Bitget order-book rule by sequence number', () => {
  it('joins the first update where the snapshot lies in its range, and then follows each by its pseq', () => {
    const sync = createBitgetSync();
    expect(sync.next(snapshot(10)).kind).toBe('apply');
    expect(sync.next(update(5, 8))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(update(8, 13, 1)).kind).toBe('apply');
    expect(sync.next(update(13, 14, 2)).kind).toBe('apply');
    expect(sync.next(update(13, 14, 2))).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(update(8, 13, 1))).toEqual({ kind: 'drop', reason: 'old' });
    // Once joined a range that merely holds the last number is not enough: what lies between was lost.
    expect(sync.next(update(12, 16, 3))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(update(16, 17, 4))).toEqual({ kind: 'hold' });
    expect(sync.next(snapshot(20, 5)).kind).toBe('apply');
    expect(sync.synced()).toBe(true);
  });

  it('breaks where the numbers begin anew, and takes the snapshot of the new count although its number is lower', () => {
    const sync = createBitgetSync();
    sync.next(snapshot(1_000));
    expect(sync.next(update(0, 3, 5))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.next(snapshot(7, 6)).kind).toBe('apply');
    expect(sync.next(update(7, 9, 7)).kind).toBe('apply');
    // A snapshot at any time replaces everything; one from before is not taken.
    expect(sync.next(snapshot(5, 6))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(snapshot(5, 8)).kind).toBe('apply');
  });

  it('asks once for a snapshot and knows nothing after a reset', () => {
    const sync = createBitgetSync();
    expect(sync.next(update(1, 2))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(update(2, 3))).toEqual({ kind: 'hold' });
    sync.next(snapshot(4, 1));
    sync.reset();
    expect(sync.synced()).toBe(false);
    expect(sync.next(update(4, 5, 2))).toEqual({ kind: 'break', reason: 'no-snapshot' });
  });
});

describe('Bitget order-book rule by checksum', () => {
  const frame = (whole: boolean, bids: readonly string[], asks: readonly string[], checksum: number): BookEvent => event({ snapshot: whole, printedBids: bids, printedAsks: asks, checksum });

  it('takes a snapshot that carries none, and proves it by the first update', () => {
    const sync = createBitgetSync();
    expect(sync.next(frame(true, ['0.5000', '7', '0.4', '1'], ['0.6', '9'], 0)).kind).toBe('apply');
    // As printed: `0.5000`, not 0.5.
    expect(sync.next(frame(false, ['0.4', '0'], ['0.7', '8'], crc32('0.5000:7:0.6:9:0.7:8'))).kind).toBe('apply');
    expect(sync.next(frame(false, [], ['0.7', '8'], crc32('0.5:7:0.6:9:0.7:8')))).toEqual({ kind: 'break', reason: 'checksum-mismatch' });
    expect(sync.next(frame(true, ['0.5', '7'], ['0.6', '9'], 12345))).toEqual({ kind: 'break', reason: 'checksum-mismatch' });
    expect(sync.next(frame(true, ['0.5', '7'], ['0.6', '9'], crc32('0.5:7:0.6:9'))).kind).toBe('apply');
    // An update without a checksum is proven by nothing.
    expect(sync.next(frame(false, [], [], 0))).toEqual({ kind: 'break', reason: 'checksum-mismatch' });
  });

  it('covers twenty-five levels a side', () => {
    const side = (from: number, step: number): string[] => Array.from({ length: 30 }, (_, i) => [String(from + i * step), '1']).flat();
    const text = Array.from({ length: 25 }, (_, i) => `${100 - i}:1:${101 + i}:1`).join(':');
    expect(createBitgetSync().next(frame(true, side(100, -1), side(101, 1), crc32(text))).kind).toBe('apply');
  });
});

describe('Bitget channels of few levels', () => {
  it('are used as they come until a deeper channel is heard', () => {
    const sync = createBitgetSync();
    const shown = (t: number): BookEvent => event({ snapshot: true }, t);
    expect(sync.next(shown(5)).kind).toBe('apply');
    expect(sync.next(shown(4))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(shown(6)).kind).toBe('apply');
    expect(sync.next(snapshot(10, 7)).kind).toBe('apply');
    expect(sync.next(shown(8))).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(update(10, 11, 9)).kind).toBe('apply');
  });
});
