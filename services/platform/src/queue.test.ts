import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBoundedQueue } from './queue.ts';

describe('bounded queue', () => {
  it('refuses what does not fit and counts it', () => {
    const queue = createBoundedQueue<number>(2);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
    expect([queue.size(), queue.refused()]).toEqual([2, 1]);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([1, 2, undefined]);
  });

  it('property: behaves like a list', () => {
    const step = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }) }, { weight: 2, arbitrary: fc.constant('shift' as const) }, { weight: 1, arbitrary: fc.constant('drain' as const) }, { weight: 1, arbitrary: fc.constant('remove' as const) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 20 }), (steps, limit) => {
        const queue = createBoundedQueue<number>(limit);
        let list: number[] = [];
        for (const each of steps) {
          if (each === 'shift') expect(queue.shift()).toBe(list.shift());
          else if (each === 'drain') {
            expect(queue.drain()).toEqual(list);
            list = [];
          } else if (each === 'remove') {
            const at = list.indexOf(5);
            expect(queue.remove(5)).toBe(at >= 0);
            if (at >= 0) list.splice(at, 1);
          } else {
            const fits = list.length < limit;
            expect(queue.push(each)).toBe(fits);
            if (fits) list.push(each);
          }
          expect(queue.size()).toBe(list.length);
        }
      }),
    );
  });
});
