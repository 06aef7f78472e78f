import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { arrive, damagePlan, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import type { BookEvent } from '../../venue.ts';
import type { BinanceRule } from './sync.ts';
import { createBinanceSync } from './sync.ts';

/** Prices 1 to 6; the oracle's book after every update id. */
interface World {
  readonly frames: readonly BookEvent[];
  readonly bookAt: (id: number) => ReadonlyMap<number, number>;
  readonly seedAt: (id: number) => BookEvent;
}

const START = 1_000;

/** A valid stream: each update id changes one level; ids of futures have holes, as they are shared with other symbols. */
function makeWorld(rule: BinanceRule, steps: readonly (readonly [size: number, price: number, quantity: number, hole: number])[]): World {
  const states: { readonly id: number; readonly book: ReadonlyMap<number, number> }[] = [{ id: START, book: new Map([[1, 7]]) }];
  const frames: BookEvent[] = [];
  let id = START;
  let previous = START;
  let book = new Map([[1, 7]]);
  let n = 0;
  for (const [size, price, quantity, hole] of steps) {
    if (rule !== 'spot') id += hole;
    const first = id + 1;
    const changed = new Map<number, number>();
    for (let k = 0; k < size; k++) {
      id++;
      const p = ((price + k) % 6) + 1;
      const q = (quantity + k) % 4;
      book = new Map(book);
      if (q === 0) book.delete(p);
      else book.set(p, q);
      changed.set(p, q);
      states.push({ id, book });
    }
    frames.push({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(1e12 + n++), bids: [...changed].flat(), asks: [], first, last: id, previous });
    previous = id;
  }
  const bookAt = (at: number): ReadonlyMap<number, number> => states.filter((s) => s.id <= at).at(-1)?.book ?? new Map();
  return { frames, bookAt, seedAt: (at) => ({ kind: 'book', origin: 'seed', snapshot: true, symbol: 'X', eventTime: epochMs(1e12), bids: [...bookAt(at)].flat(), asks: [], last: at }) };
}

const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(5), fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 30 });
/** What the network does to each frame: pass, lose, repeat, swap with the next, or bring a snapshot of the recent past before it. */
const faults = damagePlan(['seed', 'old-seed']);
const ages = fc.array(fc.nat(6), { minLength: 30, maxLength: 30 });

describe.each(['spot', 'usdm', 'coinm'] as const)('Binance %s rule under losses, repeats, swaps and snapshots of any age', (rule) => {
  it('applies only what the oracle has, or is not synchronised', () => {
    expectTruthUnderDamage(fc.tuple(steps, faults, ages), ([list, plan, age]) => {
      const world = makeWorld(rule, list);
      const between = (fault: string, frame: BookEvent, i: number) => {
        const id = frame.last ?? 0;
        if (fault === 'seed') return { before: world.seedAt(id + (age[i] ?? 0) - 3) };
        return fault === 'old-seed' ? { before: world.seedAt(Math.max(START, id - 20)) } : {};
      };
      // A book never goes back.
      return { sync: createBinanceSync(rule), arrivals: arrive(world.frames, plan, between), truth: (e) => world.bookAt(e.last ?? 0), grows: { what: (e) => e.last ?? 0, until: 'ever' } };
    }, { runs: 500, seed: 20261121, least: { applied: 500, breaks: 0 } });
  });

  it('is synchronised and right at the end of a stream without faults', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), (list, age) => {
        const world = makeWorld(rule, list);
        const sync = createBinanceSync(rule);
        const last = world.frames.at(-1)?.last ?? 0;
        for (const frame of world.frames) sync.next(frame);
        const step = sync.next(world.seedAt(Math.max(START, last - age)));
        expect(step.kind).toBe('apply');
        expect(sync.synced()).toBe(true);
        if (step.kind === 'apply') expect([...(step.events[0]?.bids ?? [])].length / 2).toBe(world.bookAt(last).size);
      }),
      { numRuns: 300, seed: 20261121 },
    );
  });
});
