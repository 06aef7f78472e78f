import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { arrive, damagePlan, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import type { BookEvent } from '../../venue.ts';
import { createKrakenFuturesSync } from './futures-sync.ts';

const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = damagePlan(['snapshot', 'late-snapshot']);
const START = 326_072_249;

function makeWorld(list: readonly (readonly [price: number, qty: number])[]) {
  const books: ReadonlyMap<number, number>[] = [new Map([[1, 7]])];
  const frames = list.map(([price, qty], i): BookEvent => {
    const book = new Map(books[i]);
    if (qty === 0) book.delete(price + 1);
    else book.set(price + 1, qty);
    books.push(book);
    return { kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1e12 + i + 1), bids: [price + 1, qty], asks: [], last: START + i + 1 };
  });
  const whole = (n: number): BookEvent => ({ kind: 'book', origin: 'live', snapshot: true, symbol: 'X', eventTime: epochMs(1e12 + n), bids: [...(books[n] ?? [])].flat(), asks: [], last: START + n });
  return { frames, whole, bookAt: (seq: number) => books[seq - START] };
}

describe('Kraken derivatives rule under losses, repeats, swaps and snapshots of any age', () => {
  it('applies only what the oracle has, never goes back, or is not synchronised', () => {
    expectTruthUnderDamage(fc.tuple(steps, faults), ([list, plan]) => {
      const world = makeWorld(list);
      const between = (fault: string, _frame: BookEvent, i: number) => ({
        ...(fault === 'late-snapshot' ? { before: world.whole(Math.max(0, i - 2)) } : {}), ...(fault === 'snapshot' ? { after: world.whole(i + 1) } : {}),
      });
      return {
        sync: createKrakenFuturesSync(), arrivals: arrive(world.frames, plan, between, [world.whole(0)]), truth: (e) => world.bookAt(e.last ?? 0),
        grows: { what: (e) => e.last ?? 0, until: 'while-synchronised' },
      };
    }, { runs: 800, seed: 20261127 });
  });

  it('takes a snapshot of a restarted counter, which is later', () => {
    const sync = createKrakenFuturesSync();
    const event = (last: number, time: number, snapshot: boolean): BookEvent => ({ kind: 'book', origin: 'live', snapshot, symbol: 'X', eventTime: epochMs(1e12 + time), bids: [], asks: [], last });
    expect(sync.next(event(900, 5, true)).kind).toBe('apply');
    expect(sync.next(event(3, 5, true))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(event(3, 6, true)).kind).toBe('apply');
    expect(sync.next(event(4, 7, false)).kind).toBe('apply');
  });
});
