import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../core/index.ts';
import { allSteps, ascendingSteps, PIECE, sortSteps, whileSame, type Steps } from './steps.ts';

/** Lists around the sizes at which pieces begin and end. */
const size = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5, 8 * PIECE, 8 * PIECE + 1, 20 * PIECE + 3));

describe('work in pieces', () => {
  it('sorts as a sort at once does, equal items in their order', () => {
    fc.assert(fc.property(size, fc.integer(), fc.integer({ min: 1, max: 1000 }), (n, seed, values) => {
      const rng = createRng(seed);
      const items = Array.from({ length: n }, (_, i) => ({ value: rng.int(values), i }));
      const byValue = (a: { readonly value: number }, b: { readonly value: number }): number => a.value - b.value;
      expect(allSteps(sortSteps(items, byValue)).map(({ i }) => i)).toEqual([...items].sort(byValue).map(({ i }) => i));
    }), { numRuns: 30 });
  });

  it('sorts numbers as a sort at once does', () => {
    fc.assert(fc.property(size, fc.integer(), (n, seed) => {
      const rng = createRng(seed);
      const values = Float64Array.from({ length: n }, () => Math.round(rng.next() * n) - n / 3);
      expect(allSteps(ascendingSteps(Float64Array.from(values)))).toEqual(Float64Array.from(values).sort());
    }), { numRuns: 30 });
  });

  it('no piece is more than a few thousand comparisons', () => {
    let compared = 0;
    let most = 0;
    const rng = createRng(3);
    const steps = sortSteps(Array.from({ length: 30 * PIECE }, () => rng.next()), (a, b) => {
      compared++;
      return a - b;
    });
    for (let next = steps.next(); next.done !== true; next = steps.next()) {
      most = Math.max(most, compared);
      compared = 0;
    }
    // A run of one piece is sorted at once: n log2 n.
    expect(most).toBeLessThanOrEqual(PIECE * Math.log2(PIECE) + PIECE);
  });

  it('of what changed meanwhile there is no result', () => {
    let revision = 0;
    function* two(): Steps<string> {
      yield;
      return 'done';
    }
    expect(allSteps(whileSame(() => revision, two()))).toBe('done');
    const steps = whileSame(() => revision, two());
    steps.next();
    revision++;
    expect(() => steps.next()).toThrow('changed before the look was over');
  });
});
