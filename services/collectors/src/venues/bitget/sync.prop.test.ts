import { describe, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { crc32 } from '../../book/crc32.ts';
import type { Levels } from '../../testing/damaged-stream.ts';
import { arrive, damagePlan, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import type { BookEvent } from '../../venue.ts';
import { createBitgetSync } from './sync.ts';

const START = 100;
/** Sizes of updates and what they change; each with the oracle's book after every single change, so that a snapshot may fall inside an update's range. */
const steps = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = damagePlan(['snapshot', 'inner-snapshot', 'late-snapshot']);

/** Bids printed with two decimals, best first, and their checksum: fewer than 25, so that it covers them all. */
const printedOf = (book: Levels): string[] => [...book].sort(([a], [b]) => b - a).flatMap(([p, q]) => [p.toFixed(2), q.toFixed(1)]);
const sumOf = (book: Levels): number => crc32([...book].sort(([a], [b]) => b - a).map(([p, q]) => `${p.toFixed(2)}:${q.toFixed(1)}`).join(':'));

function makeWorld(list: readonly (readonly [size: number, price: number, quantity: number])[], numbered: boolean) {
  const states: { readonly id: number; readonly time: number; readonly book: Levels }[] = [{ id: START, time: 0, book: new Map([[1, 7]]) }];
  const frames: BookEvent[] = [];
  const proof = (id: number, previous: number, book: Levels, changed: Levels): Partial<BookEvent> =>
    numbered ? { last: id, previous } : { checksum: sumOf(book), printedBids: [...changed].flatMap(([p, q]) => [p.toFixed(2), q.toFixed(1)]), printedAsks: [] };
  let id = START;
  list.forEach(([size, price, quantity], n) => {
    const previous = id;
    const changed = new Map<number, number>();
    for (let k = 0; k <= size; k++) {
      id++;
      const p = ((price + k) % 6) + 1;
      const q = (quantity + k) % 4;
      const book = new Map(states.at(-1)?.book);
      if (q === 0) book.delete(p);
      else book.set(p, q);
      changed.set(p, q);
      states.push({ id, time: n + 1, book });
    }
    frames.push({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1e12 + n + 1), bids: [...changed].flat(), asks: [], ...proof(id, previous, states.at(-1)?.book ?? new Map(), changed) });
  });
  const stateAt = (at: number) => states.filter((s) => s.id <= Math.max(START, at)).at(-1);
  const whole = (at: number): BookEvent => {
    const state = stateAt(at) ?? { id: START, time: 0, book: new Map<number, number>() };
    return {
      kind: 'book', origin: 'live', snapshot: true, symbol: 'X', eventTime: epochMs(1e12 + state.time), bids: [...state.book].flat(), asks: [],
      ...(numbered ? { last: state.id, previous: 0 } : { checksum: sumOf(state.book), printedBids: printedOf(state.book), printedAsks: [] }),
    };
  };
  /** The id at the end of a frame. */
  const endOf = (frame: number): number => states.findLast((s) => s.time === frame + 1)?.id ?? START;
  return { frames, whole, bookAt: (at: number): Levels => stateAt(at)?.book ?? new Map(), endOf, ids: states };
}

describe.each([['numbers', true], ['checksums', false]] as const)('Bitget rule by %s under losses, repeats, swaps and snapshots of any age', (_name, numbered) => {
  it('applies only what the oracle has, never goes back, or is not synchronised', () => {
    expectTruthUnderDamage(fc.tuple(steps, faults), ([list, plan]) => {
      const world = makeWorld(list, numbered);
      const between = (fault: string, _frame: BookEvent, i: number) => {
        const id = world.endOf(i);
        if (fault === 'snapshot') return { before: world.whole(id) };
        // By checksum a snapshot falls between updates: it stands at the end of one.
        if (fault === 'inner-snapshot') return { before: world.whole(numbered ? id - 1 : id) };
        return fault === 'late-snapshot' ? { before: world.whole(id - 6) } : {};
      };
      return {
        sync: createBitgetSync(), arrivals: arrive(world.frames, plan, between, [world.whole(START)]),
        truth: (e) => (numbered ? world.bookAt(e.last ?? 0) : world.ids.filter((s) => s.time === e.eventTime - 1e12 && sumOf(s.book) === e.checksum).at(-1)?.book),
        grows: { what: (e) => e.eventTime, until: 'ever' },
      };
    }, { runs: 500, seed: 20261127 });
  });
});
