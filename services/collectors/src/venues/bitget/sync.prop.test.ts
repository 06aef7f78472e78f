import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { crc32 } from '../../book/crc32.ts';
import type { BookEvent } from '../../venue.ts';
import { createBitgetSync } from './sync.ts';

const START = 100;
type Bids = ReadonlyMap<number, number>;
/** Sizes of updates and what they change; each with the oracle's book after every single change, so that a snapshot may fall inside an update's range. */
const steps = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'repeat', 'swap', 'snapshot', 'inner-snapshot', 'late-snapshot'), { minLength: 30, maxLength: 30 });

/** Bids printed with two decimals, best first, and their checksum: fewer than 25, so that it covers them all. */
const printedOf = (book: Bids): string[] => [...book].sort(([a], [b]) => b - a).flatMap(([p, q]) => [p.toFixed(2), q.toFixed(1)]);
const sumOf = (book: Bids): number => crc32([...book].sort(([a], [b]) => b - a).map(([p, q]) => `${p.toFixed(2)}:${q.toFixed(1)}`).join(':'));

function makeWorld(list: readonly (readonly [size: number, price: number, quantity: number])[], numbered: boolean) {
  const states: { readonly id: number; readonly time: number; readonly book: Bids }[] = [{ id: START, time: 0, book: new Map([[1, 7]]) }];
  const frames: BookEvent[] = [];
  const proof = (id: number, previous: number, book: Bids, changed: Bids): Partial<BookEvent> =>
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
  const ends = states.filter((s, i) => states[i + 1]?.time !== s.time).map((s) => s.book);
  return { frames, whole, bookAt: (at: number): Bids => stateAt(at)?.book ?? new Map(), ends, ids: states };
}

describe.each([['numbers', true], ['checksums', false]] as const)('Bitget rule by %s under losses, repeats, swaps and snapshots of any age', (_name, numbered) => {
  it('applies only what the oracle has, never goes back, or is not synchronised', () => {
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(steps, faults, (list, plan) => {
        const world = makeWorld(list, numbered);
        const arrivals: BookEvent[] = [world.whole(START)];
        let id = START;
        world.frames.forEach((frame, i) => {
          const fault = plan[i] ?? 'pass';
          id += (list[i]?.[0] ?? 0) + 1;
          if (fault === 'lose') return;
          if (fault === 'snapshot') arrivals.push(world.whole(id));
          // By checksum a snapshot falls between updates: it stands at the end of one.
          if (fault === 'inner-snapshot') arrivals.push(world.whole(numbered ? id - 1 : id));
          if (fault === 'late-snapshot') arrivals.push(world.whole(id - 6));
          arrivals.push(frame);
          if (fault === 'repeat') arrivals.push(frame);
          if (fault === 'swap') arrivals.push(...arrivals.splice(-2).reverse());
        });
        const sync = createBitgetSync();
        let book = new Map<number, number>();
        let reached = -1;
        for (const arrival of arrivals) {
          const step = sync.next(arrival);
          if (step.kind === 'break') breaks++;
          if (step.kind === 'break' || step.kind === 'hold') expect(sync.synced()).toBe(false);
          if (step.kind !== 'apply') continue;
          expect(sync.synced()).toBe(true);
          for (const e of step.events) {
            if (e.snapshot) book = new Map();
            for (let i = 0; i + 1 < e.bids.length; i += 2) {
              if (e.bids[i + 1] === 0) book.delete(e.bids[i] ?? 0);
              else book.set(e.bids[i] ?? 0, e.bids[i + 1] ?? 0);
            }
            applied++;
            const truth = numbered ? world.bookAt(e.last ?? 0) : world.ids.filter((s) => s.time === e.eventTime - 1e12 && sumOf(s.book) === e.checksum).at(-1)?.book;
            expect([...book].sort()).toEqual([...(truth ?? [])].sort());
            expect(e.eventTime).toBeGreaterThanOrEqual(reached);
            reached = e.eventTime;
          }
        }
      }),
      { numRuns: 500, seed: 20261127 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(breaks).toBeGreaterThan(100);
  });
});
