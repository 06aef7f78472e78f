import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { BookEvent } from '../events.ts';
import { createRangeSync } from './range-rule.ts';

const START = 1_000;
type Levels = ReadonlyMap<number, number>;

/** A valid stream: each id changes one of the prices 1 to 8 (or none), some ranges begin before the end of the last; with the oracle's book after every id. */
function makeWorld(steps: readonly (readonly [size: number, price: number, quantity: number, overlap: number])[]) {
  const states: { readonly id: number; readonly time: number; readonly book: Levels }[] = [{ id: START, time: 0, book: new Map([[1, 7], [5, 3], [8, 2]]) }];
  const frames: BookEvent[] = [];
  const priceOf = new Map<number, number>();
  let id = START;
  let book: Levels = states[0]?.book ?? new Map();
  steps.forEach(([size, price, quantity, overlap], n) => {
    const first = Math.max(START + 1, id + 1 - overlap);
    for (let k = 0; k < size; k++) {
      id++;
      const p = ((price + k) % 8) + 1;
      const q = (quantity + k) % 4;
      const next = new Map(book);
      if (q === 0) next.delete(p);
      else next.set(p, q);
      book = next;
      priceOf.set(id, p);
      states.push({ id, time: n + 1, book });
    }
    // Overlapping ids are told again as they stand at the end of the range: sizes are absolute.
    const changed = new Map<number, number>();
    for (let i = first; i <= id; i++) changed.set(priceOf.get(i) ?? 0, book.get(priceOf.get(i) ?? 0) ?? 0);
    frames.push({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1e12 + n + 1), bids: [...changed].flat(), asks: [], first, last: id });
  });
  const stateAt = (at: number) => states.filter((s) => s.id <= Math.max(START, at)).at(-1) ?? { id: START, time: 0, book: new Map() as Levels };
  const whole = (at: number, origin: 'live' | 'seed'): BookEvent => {
    const { id: last, time, book: levels } = stateAt(at);
    return { kind: 'book', origin, snapshot: true, symbol: 'X', eventTime: epochMs(1e12 + time), bids: [...levels].flat(), asks: [], last };
  };
  /** The upper half of the book only, as a public answer that ends at some depth. */
  const part = (at: number): BookEvent => {
    const event = whole(at, 'seed');
    return { ...event, snapshot: false, bids: [...stateAt(at).book].filter(([p]) => p > 4).flat() };
  };
  return { frames, whole, part, bookAt: (at: number): Levels => stateAt(at).book, end: id };
}

const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(7), fc.nat(3), fc.nat(2)), { minLength: 1, maxLength: 30 });
const faults = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'repeat', 'swap', 'seed', 'old-seed', 'part', 'snapshot', 'late-snapshot'), { minLength: 30, maxLength: 30 });
const sorted = (book: Levels): [number, number][] => [...book].sort(([a], [b]) => a - b);

function play(book: Map<number, number>, event: BookEvent): Map<number, number> {
  const next = event.snapshot ? new Map<number, number>() : book;
  for (let i = 0; i + 1 < event.bids.length; i += 2) {
    if (event.bids[i + 1] === 0) next.delete(event.bids[i] ?? 0);
    else next.set(event.bids[i] ?? 0, event.bids[i + 1] ?? 0);
  }
  return next;
}

describe('the rule of ranges under losses, repeats, swaps, snapshots and parts of any age', () => {
  it.each([[false], [true]])('applies only what the oracle has, or is not synchronised (completes: %s)', (completes) => {
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(steps, faults, fc.array(fc.nat(8), { minLength: 30, maxLength: 30 }), (list, plan, ages) => {
        const world = makeWorld(list);
        const arrivals: BookEvent[] = [];
        world.frames.forEach((frame, i) => {
          const fault = plan[i] ?? 'pass';
          const id = frame.last ?? 0;
          if (fault === 'lose') return;
          if (fault === 'seed') arrivals.push(world.whole(id + (ages[i] ?? 0) - 4, 'seed'));
          if (fault === 'old-seed') arrivals.push(world.whole(id - 20, 'seed'));
          if (fault === 'part') arrivals.push(world.part(id + (ages[i] ?? 0) - 6));
          if (fault === 'snapshot') arrivals.push(world.whole(id, 'live'));
          if (fault === 'late-snapshot') arrivals.push(world.whole(id - 6, 'live'));
          arrivals.push(frame);
          if (fault === 'repeat') arrivals.push(frame);
          if (fault === 'swap' && arrivals.length > 1) {
            const [a, b] = arrivals.splice(-2);
            if (a !== undefined && b !== undefined) arrivals.push(b, a);
          }
        });
        const sync = createRangeSync({ completes });
        let book = new Map<number, number>();
        let newest = 0;
        for (const arrival of arrivals) {
          const step = sync.next(arrival);
          if (step.kind === 'break') {
            breaks++;
            newest = 0;
          }
          if (step.kind === 'break' || step.kind === 'hold') expect(sync.synced()).toBe(false);
          if (step.kind !== 'apply') continue;
          for (const e of step.events) {
            book = play(book, e);
            applied++;
            expect(sorted(book)).toEqual(sorted(world.bookAt(e.last ?? 0)));
          }
          expect(sync.synced()).toBe(true);
          const reached = step.events.at(-1)?.last ?? newest;
          // Nothing here begins the sequence anew, so a book in use never goes back.
          expect(reached).toBeGreaterThanOrEqual(newest);
          newest = reached;
        }
      }),
      { numRuns: 1_000, seed: 20261127 },
    );
    expect(applied).toBeGreaterThan(2_000);
    expect(breaks).toBeGreaterThan(200);
  });

  it('completes a book that began as a part, level by level, and never with a level that has changed since', () => {
    let completed = 0;
    fc.assert(
      fc.property(steps, fc.array(fc.nat(12), { minLength: 30, maxLength: 30 }), (list, ages) => {
        const world = makeWorld(list);
        const sync = createRangeSync({ completes: true });
        // It begins with the upper half alone, as a snapshot.
        let book = play(new Map(), { ...world.part(START), snapshot: true });
        expect(sync.next({ ...world.part(START), snapshot: true }).kind).toBe('apply');
        world.frames.forEach((frame, i) => {
          for (const arrival of [frame, world.part((frame.last ?? 0) + 6 - (ages[i] ?? 0))]) {
            const step = sync.next(arrival);
            // A part without a level of its own to tell gives nothing to apply.
            if (step.kind !== 'apply') continue;
            for (const e of step.events) {
              if (arrival.origin === 'seed' && e.bids.length > 0) completed++;
              book = play(book, e);
            }
          }
          // Whatever it holds stands in the oracle's book, and of the upper half nothing is missing.
          const truth = world.bookAt(frame.last ?? 0);
          for (const [p, q] of book) expect(truth.get(p)).toBe(q);
          for (const [p] of truth) if (p > 4) expect(book.has(p)).toBe(true);
        });
      }),
      { numRuns: 500, seed: 20261127 },
    );
    expect(completed).toBeGreaterThan(1_000);
  });

  it('is synchronised and right at the end of a stream without faults, whenever the snapshot comes', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), (list, age) => {
        const world = makeWorld(list);
        const sync = createRangeSync();
        for (const frame of world.frames) expect(sync.next(frame).kind).toBe('hold');
        const step = sync.next(world.whole(Math.max(START, world.end - age), 'seed'));
        expect(step.kind).toBe('apply');
        expect(sync.synced()).toBe(true);
        if (step.kind === 'apply') {
          expect(step.events).toHaveLength(1);
          expect(sorted(play(new Map(), { ...(step.events[0] ?? world.whole(0, 'seed')), snapshot: true }))).toEqual(sorted(world.bookAt(world.end)));
        }
      }),
      { numRuns: 300, seed: 20261127 },
    );
  });
});
