import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { apportion, bankruptcyTick, bucketTick } from './bucketing.ts';
import { lumpAround } from './lumps.ts';

describe('whole lots and ticks', () => {
  it('apportions the total, also where no share is positive', () => {
    expect(apportion(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(apportion(500, [0])).toEqual([500]);
    expect(apportion(5, [0, 0])).toEqual([0, 5]);
    expect(apportion(0, [2, 1])).toEqual([0, 0]);
  });

  it('rounds triggers to the edge that fires first and bankruptcies away from the price, never before their trigger', () => {
    expect([bucketTick(9183.7, 'long', 50), bucketTick(9183.7, 'short', 50)]).toEqual([9200, 9150]);
    expect([bankruptcyTick(99.4, 'long'), bankruptcyTick(99.4, 'short'), bankruptcyTick(103, 'long', 100), bankruptcyTick(97, 'short', 100)]).toEqual([99, 100, 100, 100]);
  });
});

describe('lumps', () => {
  it.each([0.03, 0.1, 0.5, 1, 4, 30])('keep the mean, and have the variance of positions of that size, at shape %s', (shape) => {
    const rng = createRng(6).fork(String(shape));
    const n = 60_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const x = lumpAround(shape, 1, rng.normal(), rng.normal());
      sum += x;
      squares += x * x;
    }
    const mean = sum / n;
    // Four standard errors, and the half a per cent that Wilson and Hilferty are off.
    expect(Math.abs(mean / shape - 1)).toBeLessThan(4 / Math.sqrt(n * shape) + 0.005);
    expect(Math.abs((squares / n - mean * mean) / shape - 1)).toBeLessThan(0.15);
  });

  it('is the mean where positions have no size', () => {
    expect([lumpAround(3, 0, 1, 1), lumpAround(0, 1, 1, 1)]).toEqual([3, 0]);
  });
});
