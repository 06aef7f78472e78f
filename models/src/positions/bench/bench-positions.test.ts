import { describe, expect, it } from '@jest/globals';
import { positionsFigures, positionsTrial } from './bench-positions.ts';
import { randomMarket } from './random-positions.ts';

describe('inferred positions of random markets', () => {
  it('lie in their bands about as often as those say, nearer to the truth than a fixed map', () => {
    // A few of what `breakwater bench positions` does, on shorter markets: bounds as loose as that is short.
    const figures = positionsFigures(Array.from({ length: 6 }, (_, i) => positionsTrial(randomMarket(700 + i, 1.2, 1))));
    expect(figures.markets).toBe(6);
    expect(figures.coverage).toBeGreaterThan(0.75);
    expect(figures.stepCoverage).toBeGreaterThan(0.8);
    expect(figures.stepCoverage).toBeLessThan(0.99);
    expect(figures.betterShare).toBeGreaterThanOrEqual(0.8);
    expect(figures.nearMedianErrorRatio).toBeLessThan(1.2);
  });
});
