import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { BookEvent } from '../events.ts';
import type { Levels } from './damaged-stream.ts';
import { arrive, damagePlan } from './damaged-stream.ts';

/** The id that a world of ranges begins with. */
export const START = 1_000;

/** A valid stream of ranges: each id changes one of the prices 1 to 8 (or none), some ranges begin before the end of the last; with the oracle's book after every id. */
export function makeRangeWorld(steps: readonly (readonly [size: number, price: number, quantity: number, overlap: number])[]) {
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
    frames.push({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1.8e12 + n + 1), bids: [...changed].flat(), asks: [], first, last: id });
  });
  const stateAt = (at: number) => states.filter((s) => s.id <= Math.max(START, at)).at(-1) ?? { id: START, time: 0, book: new Map() as Levels };
  const whole = (at: number, origin: 'live' | 'seed'): BookEvent => {
    const { id: last, time, book: levels } = stateAt(at);
    return { kind: 'book', origin, snapshot: true, symbol: 'X', eventTime: epochMs(1.8e12 + time), bids: [...levels].flat(), asks: [], last };
  };
  /** The upper half of the book only, as a public answer that ends at some depth. */
  const part = (at: number): BookEvent => {
    const event = whole(at, 'seed');
    return { ...event, snapshot: false, bids: [...stateAt(at).book].filter(([p]) => p > 4).flat() };
  };
  return { frames, whole, part, bookAt: (at: number): Levels => stateAt(at).book, end: id };
}

/** What a world is made of. */
export const rangeSteps = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(7), fc.nat(3), fc.nat(2)), { minLength: 1, maxLength: 30 });
/** What happens to each frame. */
export const rangeFaults = damagePlan(['seed', 'old-seed', 'part', 'snapshot', 'late-snapshot']);
/** By how much the answers put between are newer or older, for each frame. */
export const rangeAges = fc.array(fc.nat(8), { minLength: 30, maxLength: 30 });

/** The frames of a world as they arrive under `plan`, which loses, repeats and swaps them and puts snapshots and parts of any age between. */
export function arrivalsOf(world: ReturnType<typeof makeRangeWorld>, plan: readonly string[], ages: readonly number[]): readonly BookEvent[] {
  return arrive(world.frames, plan, (fault, frame, i) => {
    const id = frame.last ?? 0;
    const age = ages[i] ?? 0;
    switch (fault) {
      case 'seed': return { before: world.whole(id + age - 4, 'seed') };
      case 'old-seed': return { before: world.whole(id - 20, 'seed') };
      case 'part': return { before: world.part(id + age - 6) };
      case 'snapshot': return { before: world.whole(id, 'live') };
      case 'late-snapshot': return { before: world.whole(id - 6, 'live') };
      default: return {};
    }
  });
}
