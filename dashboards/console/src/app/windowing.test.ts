import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearEnd, scrollToRow, sliceOf } from './windowing.ts';

describe('the part of a long list that is drawn', () => {
  it('holds every row that is seen, and hardly more', () => {
    fc.assert(fc.property(fc.nat(20_000), fc.integer({ min: 20, max: 80 }), fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 0, max: 2_000 }), (count, row, scrollTop, height) => {
      const { start, end, top, total } = sliceOf(count, row, { scrollTop, height });
      expect(total).toBe(count * row);
      expect(top).toBe(start * row);
      expect(end - start).toBeLessThanOrEqual(height / row + 19);
      const scrolled = Math.min(scrollTop, Math.max(0, total - height));
      for (const seen of [scrolled, Math.min(scrolled + height, total) - 1]) {
        const index = Math.floor(seen / row);
        if (count > 0 && height > 0) expect([index >= start, index < end]).toEqual([true, true]);
      }
    }));
  });
  it('is empty for an empty list', () => {
    expect(sliceOf(0, 50, { scrollTop: 0, height: 500 })).toEqual({ start: 0, end: 0, top: 0, total: 0 });
  });
});

describe('a row that is moved to', () => {
  it('is scrolled to only when it is not wholly seen', () => {
    const viewport = { scrollTop: 100, height: 200 };
    expect([scrollToRow(1, 50, viewport), scrollToRow(2, 50, viewport), scrollToRow(5, 50, viewport), scrollToRow(6, 50, viewport)]).toEqual([50, 100, 100, 150]);
  });
});

describe('the end of what has been read', () => {
  it('is near within two screens', () => {
    expect([nearEnd(100, 50, { scrollTop: 0, height: 500 }), nearEnd(100, 50, { scrollTop: 3_501, height: 500 }), nearEnd(3, 50, { scrollTop: 0, height: 500 })]).toEqual([false, true, true]);
  });
});
