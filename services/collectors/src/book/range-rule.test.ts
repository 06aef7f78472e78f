import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { BookEvent } from '../events.ts';
import { createRangeSync, MAX_HELD, MAX_RECENT } from './range-rule.ts';

const T = 1_800_000_000_000;
const change = (first: number, last: number, at: number, bids: readonly number[] = [1, last], asks: readonly number[] = []): BookEvent =>
  ({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(T + at), bids, asks, first, last });
const whole = (last: number, at: number, origin: 'live' | 'seed' = 'live', bids: readonly number[] = [1, 5]): BookEvent =>
  ({ kind: 'book', origin, snapshot: true, symbol: 'X', eventTime: epochMs(T + at), bids, asks: [9, 9], last });

describe('the rule of ranges', () => {
  it('starts from a snapshot on the socket and takes what follows without a hole', () => {
    const sync = createRangeSync();
    expect(sync.next(whole(10, 0))).toEqual({ kind: 'apply', events: [whole(10, 0)] });
    expect(sync.next(change(11, 13, 1))).toMatchObject({ kind: 'apply', events: [{ last: 13 }] });
    // An update that changes no level still moves on.
    expect(sync.next(change(14, 20, 2, []))).toMatchObject({ kind: 'apply', events: [{ last: 20 }] });
    expect(sync.next(change(21, 21, 3)).kind).toBe('apply');
    expect(sync.next(change(21, 21, 3))).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(change(14, 20, 2))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(change(23, 24, 4))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(change(25, 25, 5)).kind).toBe('hold');
    expect(sync.next(whole(30, 6)).kind).toBe('apply');
    expect(sync.synced()).toBe(true);
  });

  it('joins a polled snapshot where the first change reaches over it, and publishes one state', () => {
    const sync = createRangeSync();
    expect(sync.next(change(11, 13, 1)).kind).toBe('hold');
    expect(sync.next(change(14, 20, 2, [1, 0, 2, 4])).kind).toBe('hold');
    // 14 to 20 reaches over 15: what the snapshot covers of it is harmless.
    expect(sync.next(whole(15, 1, 'seed'))).toEqual({ kind: 'apply', events: [{ ...whole(20, 2, 'seed'), bids: [2, 4], asks: [9, 9] }] });
    expect(sync.next(change(21, 22, 3)).kind).toBe('apply');
    expect(sync.next(whole(15, 1, 'seed'))).toEqual({ kind: 'drop', reason: 'old' });
  });

  it('asks again for a snapshot that is too old, keeping what it holds', () => {
    const sync = createRangeSync();
    sync.next(change(11, 13, 1));
    expect(sync.next(whole(9, 0, 'seed'))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(whole(10, 0, 'seed'))).toMatchObject({ kind: 'apply', events: [{ last: 13 }] });
  });

  it('checks the stream also where the snapshot already covers it', () => {
    const sync = createRangeSync();
    expect(sync.next(whole(30, 5, 'seed')).kind).toBe('apply');
    expect(sync.next(change(11, 13, 1))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(change(16, 20, 2))).toEqual({ kind: 'break', reason: 'sequence-gap' });
  });

  it('takes a sequence that begins anew for a break, and a snapshot of it for the book', () => {
    const sync = createRangeSync();
    sync.next(whole(1_000, 0));
    expect(sync.next(change(5, 6, 1))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.next(whole(7, 2)).kind).toBe('apply');
    // Or the snapshot comes first.
    sync.reset();
    sync.next(whole(1_000, 0));
    expect(sync.next(whole(7, 2)).kind).toBe('apply');
    expect(sync.next(change(8, 8, 3)).kind).toBe('apply');
    // An older one does not take the book back.
    expect(sync.next(whole(3, 1))).toEqual({ kind: 'drop', reason: 'old' });
  });

  it('completes a book from a part of the past, without what has changed since', () => {
    const sync = createRangeSync({ completes: true });
    const part = (last: number, bids: readonly number[], at = 1): BookEvent => ({ ...whole(last, at, 'seed', bids), snapshot: false, asks: [] });
    expect(sync.next(part(10, [1, 1]))).toEqual({ kind: 'drop', reason: 'old' });
    sync.next(whole(10, 0, 'seed', [5, 5]));
    sync.next(change(11, 12, 2, [4, 4]));
    sync.next(change(13, 14, 3, [2, 0]));
    // At 12 price 2 stood and was removed since; 3 stands unchanged.
    expect(sync.next(part(12, [5, 5, 4, 4, 3, 3, 2, 2]))).toEqual({ kind: 'apply', events: [change(14, 14, 3, [5, 5, 4, 4, 3, 3])] });
    // One that is ahead of the stream waits for it.
    expect(sync.next(part(16, [2, 9]))).toEqual({ kind: 'apply', events: [] });
    expect(sync.next(change(15, 15, 4, [8, 8]))).toMatchObject({ events: [{ last: 15 }] });
    expect(sync.next(change(16, 17, 5, [7, 7]))).toMatchObject({ events: [{ last: 17 }, { last: 17, bids: [2, 9] }] });
    // One from before the snapshot that the book began with says nothing.
    expect(sync.next(part(9, [6, 6]))).toEqual({ kind: 'apply', events: [] });
    // Nor one from before the changes that are remembered.
    for (let i = 0; i < MAX_RECENT; i++) sync.next(change(18 + i, 18 + i, 6 + i));
    expect(sync.next(part(17, [6, 6]))).toMatchObject({ events: [{ bids: [6, 6] }] });
    sync.next(change(18 + MAX_RECENT, 18 + MAX_RECENT, 6 + MAX_RECENT));
    expect(sync.next(part(17, [6, 6]))).toEqual({ kind: 'apply', events: [] });
    expect(sync.next(part(18, [6, 6]))).toMatchObject({ events: [{ bids: [6, 6] }] });
  });

  it('does not complete where it was not asked to', () => {
    const sync = createRangeSync();
    sync.next(whole(10, 0, 'seed'));
    expect(sync.next({ ...whole(10, 1, 'seed'), snapshot: false })).toEqual({ kind: 'drop', reason: 'old' });
  });

  it('holds no more than its bound', () => {
    const sync = createRangeSync();
    for (let i = 0; i < MAX_HELD; i++) expect(sync.next(change(i + 1, i + 1, i)).kind).toBe('hold');
    expect(sync.next(change(MAX_HELD + 1, MAX_HELD + 1, MAX_HELD))).toEqual({ kind: 'drop', reason: 'overflow' });
    // The oldest is gone: a snapshot from before it does not join.
    expect(sync.next(whole(0, 0, 'seed'))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(whole(1, 0, 'seed')).kind).toBe('apply');
  });

  it('drops an answer without a number', () => {
    expect(createRangeSync().next({ kind: 'book', origin: 'seed', snapshot: true, symbol: 'X', eventTime: epochMs(T), bids: [1, 5], asks: [9, 9] })).toEqual({ kind: 'drop', reason: 'old' });
  });
});
