import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRollingTail } from './rolling-tail.ts';

describe('the rolling tail', () => {
  it('takes the rank of Weibull: of the losses 1 to 99 the tenth largest is exceeded by 10 %', () => {
    const tail = createRollingTail(99, Array.from({ length: 99 }, (_, i) => i + 1));
    expect(tail.quantile(0.1)).toBe(90);
    // Halfway between the tenth and the eleventh.
    expect(tail.quantile(0.105)).toBeCloseTo(89.5, 12);
    expect(tail.shortfall(0.1)).toBeCloseTo(94.5, 12);
    expect(tail.shortfall(0.105)).toBeCloseTo((945 + 0.5 * 89) / 10.5, 12);
    expect(tail.quantile(0.001)).toBe(99);
    expect(tail.shortfall(0.001)).toBe(99);
  });

  it('knows nothing of losses that have left the window', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }).map((loss) => loss + 0), { minLength: 1, maxLength: 120 }), fc.integer({ min: 1, max: 40 }), (losses, window) => {
      const tail = createRollingTail(window);
      for (const loss of losses) tail.add(loss);
      const last = losses.slice(-window);
      expect(Array.from(tail.inOrder())).toEqual(last);
      expect(Array.from(tail.sorted())).toEqual([...last].sort((a, b) => a - b));
      expect(tail.quantile(0.5)).toBe(createRollingTail(last.length, last).quantile(0.5));
    }));
  });

  it('has no quantile without losses, and refuses what is no number', () => {
    const tail = createRollingTail(3);
    expect(tail.quantile(0.1)).toBeNaN();
    expect(tail.shortfall(0.1)).toBeNaN();
    expect(() => tail.add(NaN)).toThrow(/finite/);
  });
});
