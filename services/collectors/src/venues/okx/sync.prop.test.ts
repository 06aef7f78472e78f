import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { BookEvent } from '../../venue.ts';
import { createOkxSync } from './sync.ts';

/** A valid stream of updates, some without change, each with the oracle's book after it; REST snapshots may fall inside an update's range. */
const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'repeat', 'swap', 'seed', 'snapshot', 'late-snapshot'), { minLength: 30, maxLength: 30 });
const START = 100;

function makeWorld(list: readonly (readonly [size: number, price: number, quantity: number])[]) {
  const states = [{ id: START, time: 0, book: new Map([[1, 7]]) as ReadonlyMap<number, number> }];
  const frames: BookEvent[] = [];
  let id = START;
  list.forEach(([size, price, quantity], n) => {
    const previous = id;
    const changed = new Map<number, number>();
    for (let k = 0; k < size; k++) {
      id++;
      const p = ((price + k) % 6) + 1;
      const q = (quantity + k) % 4;
      const book = new Map(states.at(-1)?.book);
      if (q === 0) book.delete(p);
      else book.set(p, q);
      changed.set(p, q);
      states.push({ id, time: n + 1, book });
    }
    frames.push({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1e12 + n + 1), bids: [...changed].flat(), asks: [], previous, last: id });
  });
  const stateAt = (at: number) => states.filter((s) => s.id <= Math.max(START, at)).at(-1) ?? states[0];
  const whole = (at: number, origin: 'live' | 'seed'): BookEvent => {
    const state = stateAt(at);
    return {
      kind: 'book', origin, snapshot: true, symbol: 'X', eventTime: epochMs(1e12 + (state?.time ?? 0)), bids: [...(state?.book ?? [])].flat(), asks: [], last: state?.id ?? START,
      ...(origin === 'live' ? { previous: -1 } : {}),
    };
  };
  return { frames, whole, bookAt: (at: number) => stateAt(at)?.book ?? new Map<number, number>() };
}

describe('OKX rule under losses, repeats, swaps and snapshots of any age', () => {
  it('applies only what the oracle has, or is not synchronised', () => {
    let applied = 0;
    let breaks = 0;
    fc.assert(
      fc.property(steps, faults, fc.array(fc.nat(8), { minLength: 30, maxLength: 30 }), (list, plan, ages) => {
        const world = makeWorld(list);
        const arrivals: BookEvent[] = [world.whole(START, 'live')];
        world.frames.forEach((frame, i) => {
          const fault = plan[i] ?? 'pass';
          const id = frame.last ?? 0;
          if (fault === 'lose') return;
          if (fault === 'seed') arrivals.push(world.whole(id + (ages[i] ?? 0) - 5, 'seed'));
          if (fault === 'snapshot') arrivals.push(world.whole(id, 'live'));
          if (fault === 'late-snapshot') arrivals.push(world.whole(id - 6, 'live'));
          arrivals.push(frame);
          if (fault === 'repeat') arrivals.push(frame);
          if (fault === 'swap') {
            const [a, b] = arrivals.splice(-2);
            if (a !== undefined && b !== undefined) arrivals.push(b, a);
          }
        });
        const sync = createOkxSync();
        let book = new Map<number, number>();
        let newest = 0;
        for (const arrival of arrivals) {
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
          }
          expect(sync.synced()).toBe(true);
          // Nothing here resets the sequence, so a book never goes back.
          const reached = step.events.at(-1)?.last ?? 0;
          expect(reached).toBeGreaterThanOrEqual(newest);
          newest = reached;
        }
      }),
      { numRuns: 800, seed: 20261121 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(breaks).toBeGreaterThan(100);
  });
});
