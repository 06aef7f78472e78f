import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { arrive, damagePlan, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import type { BookEvent } from '../../venue.ts';
import { createDeribitSync } from './sync.ts';

const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = damagePlan(['snapshot', 'late-snapshot']);

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
    expectTruthUnderDamage(fc.tuple(steps, faults), ([list, plan]) => {
      const world = makeWorld(list);
      const between = (fault: string, frame: BookEvent, i: number) => ({
        ...(fault === 'late-snapshot' ? { before: world.whole(world.frames[i - 2]?.last ?? 100) } : {}), ...(fault === 'snapshot' ? { after: world.whole(frame.last ?? 0) } : {}),
      });
      return {
        sync: createDeribitSync(), arrivals: arrive(world.frames, plan, between, [world.whole(100)]), truth: (e) => world.books.get(e.last ?? 0),
        // While it stays synchronised a book never goes back; after a break any whole book begins anew.
        grows: { what: (e) => e.last ?? 0, until: 'while-synchronised' },
      };
    }, { runs: 800, seed: 20261127 });
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
