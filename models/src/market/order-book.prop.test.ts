import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createOrderBook } from './order-book.ts';

/** Prices on a coarse grid, so that levels are hit again; quantity 0 removes. */
const level = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 5 })).map(([p, q]) => [p / 8, q]);
const levels = fc.array(level, { maxLength: 60 }).map((l) => l.flat());
const step = fc.record({ snapshot: fc.boolean(), bids: levels, asks: levels });

/** Prices as a market has them: around a middle that moves far, some of them outliers, some finer than the others. */
const marketLevel = (middle: number) => fc.tuple(
  fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: -3_000, max: 3_000 }).map((t) => (middle + t) / 10) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 9_999_999 }).map((t) => t / 1_000) },
    { weight: 1, arbitrary: fc.constantFrom(1e-9, 0.1 + 0.2, 1e15, 1e300, 123_456_789.123_456_78, 1 / 3) },
  ),
  fc.integer({ min: 0, max: 3 }),
);
const marketStep = fc.integer({ min: 4_000, max: 400_000 }).chain((middle) => {
  const list = fc.array(marketLevel(middle), { maxLength: 120 }).map((l) => l.flat());
  return fc.record({ snapshot: fc.integer({ min: 0, max: 9 }).map((n) => n === 0), bids: list, asks: list });
});

function sorted(map: ReadonlyMap<number, number>, direction: 1 | -1): number[] {
  return [...map].sort((a, b) => (a[0] - b[0]) * direction).flat();
}

describe('order book', () => {
  it.each([['on a coarse grid', step], ['of a market that moves, with outliers and prices between the ticks', marketStep]] as const)('is a map from price to quantity, best first, after any sequence of changes and snapshots: prices %s', (_name, one) => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (steps) => {
        const book = createOrderBook();
        let bids = new Map<number, number>();
        let asks = new Map<number, number>();
        for (const s of steps) {
          if (s.snapshot) {
            book.replace(s.bids, s.asks);
            bids = new Map();
            asks = new Map();
          } else book.apply(s.bids, s.asks);
          for (const [side, list] of [[bids, s.bids], [asks, s.asks]] as const) {
            for (let i = 0; i < list.length; i += 2) {
              if (list[i + 1] === 0) side.delete(list[i] ?? NaN);
              else side.set(list[i] ?? NaN, list[i + 1] ?? NaN);
            }
          }
          expect(book.levels('bids')).toEqual(sorted(bids, -1));
          expect(book.levels('asks')).toEqual(sorted(asks, 1));
          expect(book.size('bids')).toBe(bids.size);
          expect(book.best('bids')).toBe(bids.size === 0 ? NaN : Math.max(...bids.keys()));
          expect(book.best('asks')).toBe(asks.size === 0 ? NaN : Math.min(...asks.keys()));
          expect(book.levels('asks', 3)).toEqual(sorted(asks, 1).slice(0, 6));
          expect(book.crossed()).toBe(bids.size > 0 && asks.size > 0 && Math.max(...bids.keys()) >= Math.min(...asks.keys()));
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('holds snapshots larger than its first capacity, ordered or not', () => {
    const asks = Array.from({ length: 1_000 }, (_, i) => [100 + i, 1 + i]);
    const book = createOrderBook();
    book.replace([], asks.flat());
    expect(book.levels('asks', 2)).toEqual([100, 1, 101, 2]);
    book.replace([], [...asks].reverse().flat());
    expect(book.levels('asks', 2)).toEqual([100, 1, 101, 2]);
    expect(book.size('asks')).toBe(1_000);
    expect(book.best('bids')).toBeNaN();
  });

  it('drops the worst level when a side is full, and counts it', () => {
    const book = createOrderBook({ maxLevels: 3 });
    book.apply([1, 1, 2, 1, 3, 1, 4, 1], []);
    expect(book.levels('bids')).toEqual([4, 1, 3, 1, 2, 1]);
    expect(book.dropped()).toBe(1);
    book.replace([9, 1, 8, 1, 7, 1, 6, 1], []);
    expect(book.levels('bids')).toEqual([9, 1, 8, 1, 7, 1]);
    expect(book.dropped()).toBe(2);
  });

  it('keeps the best of a snapshot that is deeper than a side may be, sorted or not, and counts the rest', () => {
    for (const asks of [[5, 1, 6, 2, 7, 3, 8, 4, 9, 5], [9, 5, 6, 2, 8, 4, 5, 1, 7, 3]]) {
      const book = createOrderBook({ maxLevels: 3 });
      book.replace([], asks);
      expect(book.levels('asks')).toEqual([5, 1, 6, 2, 7, 3]);
      expect(book.dropped()).toBe(2);
    }
  });
});
