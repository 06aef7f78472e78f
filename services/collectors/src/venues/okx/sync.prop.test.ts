import { describe, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { arrive, damagePlan, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import type { BookEvent } from '../../venue.ts';
import { createOkxSync } from './sync.ts';

/** A valid stream of updates, some without change, each with the oracle's book after it; REST snapshots may fall inside an update's range. */
const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 30 });
const faults = damagePlan(['seed', 'snapshot', 'late-snapshot']);
const ages = fc.array(fc.nat(8), { minLength: 30, maxLength: 30 });
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
    expectTruthUnderDamage(fc.tuple(steps, faults, ages), ([list, plan, age]) => {
      const world = makeWorld(list);
      const between = (fault: string, frame: BookEvent, i: number) => {
        const id = frame.last ?? 0;
        if (fault === 'seed') return { before: world.whole(id + (age[i] ?? 0) - 5, 'seed') };
        return fault === 'snapshot' || fault === 'late-snapshot' ? { before: world.whole(fault === 'snapshot' ? id : id - 6, 'live') } : {};
      };
      return {
        sync: createOkxSync(), arrivals: arrive(world.frames, plan, between, [world.whole(START, 'live')]), truth: (e) => world.bookAt(e.last ?? 0),
        // Nothing here resets the sequence, so a book never goes back.
        grows: { what: (e) => e.last ?? 0, until: 'ever' },
      };
    }, { runs: 800, seed: 20261121 });
  });
});
