import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBookHalf, listOf, readQuantities, replaceSide, setLevel } from './book-half.ts';

/** Prices on ticks near together, far from them, and between ticks. */
const price = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 9_000, max: 11_000 }).map((n) => n / 10) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 400_000 }).map((n) => n / 10) },
  { weight: 1, arbitrary: fc.integer({ min: 90_000, max: 110_000 }).map((n) => n / 100) },
);
const levels = (least: number) => fc.array(fc.tuple(price, fc.integer({ min: least, max: 1_000 })), { maxLength: 300 });
const sign = fc.constantFrom(1 as const, -1 as const);

describe('one side of a book', () => {
  it('reads the quantities of its best levels as it lists them, wherever its levels are kept', () => {
    fc.assert(
      fc.property(sign, levels(0), fc.integer({ min: 0, max: 80 }), (direction, changes, limit) => {
        const side = createBookHalf(direction);
        for (const [at, qty] of changes) setLevel(side, at, qty);
        const out = new Float64Array(80);
        const count = readQuantities(side, limit, out);
        expect([...out.subarray(0, count)]).toEqual(listOf(side, limit).filter((_, i) => i % 2 === 1));
      }),
    );
  });

  it('holds after a snapshot what it holds when the same levels come one by one, and so after changes', () => {
    fc.assert(
      fc.property(sign, levels(1), levels(0), (direction, snapshot, changes) => {
        const ordered = [...new Map(snapshot)].sort((a, b) => (b[0] - a[0]) * direction);
        const replaced = createBookHalf(direction);
        replaceSide(replaced, ordered.flat());
        const built = createBookHalf(direction);
        for (const [at, qty] of ordered) setLevel(built, at, qty);
        expect(listOf(replaced, Infinity)).toEqual(ordered.flat());
        for (const [at, qty] of changes) {
          setLevel(replaced, at, qty);
          setLevel(built, at, qty);
        }
        expect(listOf(replaced, Infinity)).toEqual(listOf(built, Infinity));
      }),
    );
  });
});
