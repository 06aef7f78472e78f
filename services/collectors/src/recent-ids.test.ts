import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRecentIds } from './recent-ids.ts';

describe('recent ids', () => {
  it('knows each of the last ids and no older one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(60), { maxLength: 300 }), (keep, ids) => {
        const recent = createRecentIds(keep);
        // New ids in the order they were remembered.
        const added: number[] = [];
        for (const id of ids) {
          const isNew = recent.add(String(id));
          expect(isNew).toBe(!added.slice(-keep).includes(id));
          if (isNew) added.push(id);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('tells apart ids that differ in little: running numbers, and texts of the same letters', () => {
    const recent = createRecentIds(8_000);
    let taken = 0;
    for (let i = 0; i < 20_000; i++) if (recent.add(String(1_234_500_000 + i))) taken++;
    for (let i = 0; i < 20_000; i++) if (recent.add(`2100000000058${(i * 7).toString(16)}-0${i}`)) taken++;
    for (let i = 0; i < 20_000; i++) if (recent.add(`${i.toString(2).padStart(20, '0')}-9b0d-4e7d-8f3a`)) taken++;
    expect(taken).toBe(60_000);
  });
});
