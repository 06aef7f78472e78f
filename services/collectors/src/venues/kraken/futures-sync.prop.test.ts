import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { BookEvent } from '../../venue.ts';
import { createKrakenFuturesSync } from './futures-sync.ts';

const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'repeat', 'swap', 'snapshot', 'late-snapshot'), { minLength: 30, maxLength: 30 });
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
  return { frames, whole, bookAt: (seq: number) => books[seq - START] ?? new Map<number, number>() };
}

describe('Kraken derivatives rule under losses, repeats, swaps and snapshots of any age', () => {
  it('applies only what the oracle has, never goes back, or is not synchronised', () => {
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(steps, faults, (list, plan) => {
        const world = makeWorld(list);
        const arrivals: BookEvent[] = [world.whole(0)];
        world.frames.forEach((frame, i) => {
          const fault = plan[i] ?? 'pass';
          if (fault === 'lose') return;
          if (fault === 'late-snapshot') arrivals.push(world.whole(Math.max(0, i - 2)));
          arrivals.push(frame);
          if (fault === 'snapshot') arrivals.push(world.whole(i + 1));
          if (fault === 'repeat') arrivals.push(frame);
          if (fault === 'swap') {
            const [a, b] = arrivals.splice(-2);
            if (a !== undefined && b !== undefined) arrivals.push(b, a);
          }
        });
        const sync = createKrakenFuturesSync();
        let book = new Map<number, number>();
        let newest = 0;
        for (const arrival of arrivals) {
          const synced = sync.synced();
          const step = sync.next(arrival);
          if (step.kind === 'break') breaks++;
          if (step.kind === 'break' || step.kind === 'hold') expect(sync.synced()).toBe(false);
          if (step.kind !== 'apply') continue;
          for (const e of step.events) {
            if (e.snapshot) book = new Map();
            for (let i = 0; i + 1 < e.bids.length; i += 2) {
              if (e.bids[i + 1] === 0) book.delete(e.bids[i] ?? 0);
              else book.set(e.bids[i] ?? 0, e.bids[i + 1] ?? 0);
            }
            applied++;
            expect(new Map([...book].sort())).toEqual(new Map([...world.bookAt(e.last ?? 0)].sort()));
            if (synced) expect(e.last ?? 0).toBeGreaterThanOrEqual(newest);
            newest = e.last ?? 0;
          }
        }
      }),
      { numRuns: 800, seed: 20261127 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(breaks).toBeGreaterThan(100);
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
