import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRecentIds } from './recent-ids.ts';

describe('recent ids', () => {
  it('knows each of the last ids, and forgets what is older than twice as many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(60), { maxLength: 300 }), (keep, ids) => {
        const recent = createRecentIds(keep);
        // New ids in the order they were remembered.
        const added: number[] = [];
        for (const id of ids) {
          const isNew = recent.add(String(id));
          if (added.slice(-keep).includes(id)) expect(isNew).toBe(false);
          if (!added.slice(-2 * keep).includes(id)) expect(isNew).toBe(true);
          if (isNew) added.push(id);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
