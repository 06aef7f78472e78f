import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { BookEvent } from '../../venue.ts';
import { createDeribitSync } from './sync.ts';

const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'repeat', 'swap', 'snapshot', 'late-snapshot'), { minLength: 30, maxLength: 30 });

/** A true stream: each change with the oracle's book after it, ids that grow by any amount. */
function makeWorld(list: readonly (readonly [grow: number, price: number, amount: number])[]) {
  const books = new Map<number, ReadonlyMap<number, number>>([[100, new Map([[1, 7]])]]);
  const times = new Map<number, number>([[100, 1e12]]);
  const frames: BookEvent[] = [];
  let id = 100;
  for (const [grow, price, amount] of list) {
    const previous = id;
    id += grow;
    const book = new Map(books.get(previous));
    if (amount === 0) book.delete(price + 1);
    else book.set(price + 1, amount);
    books.set(id, book);
    times.set(id, 1e12 + frames.length + 1);
    frames.push({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1e12 + frames.length + 1), bids: [price + 1, amount], asks: [], previous, last: id });
  }
  const whole = (at: number): BookEvent => ({ kind: 'book', origin: 'live', snapshot: true, symbol: 'X', eventTime: epochMs(times.get(at) ?? 1e12), bids: [...(books.get(at) ?? [])].flat(), asks: [], last: at });
  return { frames, whole, books };
}

describe('Deribit rule under losses, repeats, swaps and snapshots of any age', () => {
  it('applies only what the oracle has, never goes back, or is not synchronised', () => {
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(steps, faults, (list, plan) => {
        const world = makeWorld(list);
        const arrivals: BookEvent[] = [world.whole(100)];
        world.frames.forEach((frame, i) => {
          const fault = plan[i] ?? 'pass';
          if (fault === 'lose') return;
          if (fault === 'late-snapshot') arrivals.push(world.whole(world.frames[i - 2]?.last ?? 100));
          arrivals.push(frame);
          if (fault === 'snapshot') arrivals.push(world.whole(frame.last ?? 0));
          if (fault === 'repeat') arrivals.push(frame);
          if (fault === 'swap') {
            const [a, b] = arrivals.splice(-2);
            if (a !== undefined && b !== undefined) arrivals.push(b, a);
          }
        });
        const sync = createDeribitSync();
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
            expect(new Map([...book].sort())).toEqual(new Map([...(world.books.get(e.last ?? 0) ?? [])].sort()));
            // While it stays synchronised a book never goes back; after a break any whole book begins anew.
            if (synced) expect(e.last ?? 0).toBeGreaterThanOrEqual(newest);
            newest = e.last ?? 0;
          }
          expect(sync.synced()).toBe(true);
        }
      }),
      { numRuns: 800, seed: 20261127 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(breaks).toBeGreaterThan(100);
  });

  it('takes a whole book of a restarted engine, whose numbers are low and whose time is later', () => {
    const sync = createDeribitSync();
    const event = (last: number, time: number, more: Partial<BookEvent> = {}): BookEvent => ({ kind: 'book', origin: 'live', snapshot: true, symbol: 'X', eventTime: epochMs(1e12 + time), bids: [], asks: [], last, ...more });
    expect(sync.next(event(900, 5)).kind).toBe('apply');
    expect(sync.next(event(3, 5))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(event(3, 6)).kind).toBe('apply');
    expect(sync.next(event(4, 7, { snapshot: false, previous: 3 })).kind).toBe('apply');
  });
});
