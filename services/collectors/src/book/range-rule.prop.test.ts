import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectTruthUnderDamage, play, sorted } from '../testing/damaged-stream.ts';
import { arrivalsOf, makeRangeWorld, rangeAges, rangeFaults, rangeSteps, START } from '../testing/range-world.ts';
import { createRangeSync } from './range-rule.ts';

describe('the rule of ranges under losses, repeats, swaps, snapshots and parts of any age', () => {
  it.each([[false], [true]])('applies only what the oracle has, or is not synchronised (completes: %s)', (completes) => {
    expectTruthUnderDamage(fc.tuple(rangeSteps, rangeFaults, rangeAges), ([list, plan, ages]) => {
      const world = makeRangeWorld(list);
      return {
        sync: createRangeSync({ completes }), arrivals: arrivalsOf(world, plan, ages), truth: (e) => world.bookAt(e.last ?? 0),
        // Nothing here begins the sequence anew, so a book in use never goes back.
        grows: { what: (e) => e.last ?? 0, until: 'while-synchronised' },
      };
    }, { runs: 1_000, seed: 20261127, least: { applied: 2_000, breaks: 200 } });
  });

  it('completes a book that began as a part, level by level, and never with a level that has changed since', () => {
    let completed = 0;
    fc.assert(
      fc.property(rangeSteps, fc.array(fc.nat(12), { minLength: 30, maxLength: 30 }), (list, ages) => {
        const world = makeRangeWorld(list);
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
      fc.property(rangeSteps, fc.nat(40), (list, age) => {
        const world = makeRangeWorld(list);
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
