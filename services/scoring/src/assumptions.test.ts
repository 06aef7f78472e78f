import { describe, expect, it } from '@jest/globals';
import { normalQuantile } from '@breakwater/models/core';
import { assumptionDraws, drawAt, strata } from './assumptions.ts';
import { quantileOf } from './asset-band.ts';

describe('the draws of a band', () => {
  it('visit every part of every distribution once, in pairs mirrored about the middle', () => {
    const n = strata.length;
    for (const j of [0, 1, 2, 3] as const) expect(strata.map((row) => row[j]).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    strata.forEach((row, i) => expect(strata[n - 1 - i]).toEqual(row.map((x) => n - 1 - x)));
  });
  it('give the 5 and 95 % point of any weighted sum to a quarter of its standard deviation', () => {
    const scores = strata.map((row) => row.map((x) => normalQuantile((x + 0.5) / strata.length)));
    const weights = [0, 0.25, 0.5, 1];
    const directions = weights.flatMap((a) => weights.flatMap((b) => weights.flatMap((c) => weights.map((d) => [a, b, c, d])))).filter((w) => Math.max(...w) === 1);
    expect(directions.length).toBe(175);
    for (const w of directions) {
      const sums = scores.map((row) => row.reduce((sum, z, j) => sum + z * (w[j] ?? 0), 0) / Math.hypot(...w));
      expect(Math.abs(quantileOf(sums, 0.05) - normalQuantile(0.05))).toBeLessThan(0.25);
      expect(Math.abs(quantileOf(sums, 0.95) - normalQuantile(0.95))).toBeLessThan(0.25);
    }
  });
  it('have the centre of every stated band in the middle and its ends at the ends', () => {
    expect(drawAt([0.5, 0.5, 0.5, 0.5])).toEqual({
      positions: expect.closeTo(0, 9), tailFactor: expect.closeTo(0.5, 12), arbitrageShare: expect.closeTo(0.5, 12),
      withdrawal: { kappaMin: expect.closeTo(0.05, 12), beta: expect.closeTo(0.1, 12), sigmaDaily: 0.08 },
    });
    expect(drawAt([0.05, 0, 0, 0])).toMatchObject({ positions: expect.closeTo(1, 9), tailFactor: 0.1, arbitrageShare: 0.25, withdrawal: { kappaMin: 0.02, beta: 0.3 } });
    expect(drawAt([0.95, 1, 1, 1])).toMatchObject({ positions: expect.closeTo(-1, 9), tailFactor: expect.closeTo(1, 12), arbitrageShare: expect.closeTo(1, 12), withdrawal: { kappaMin: expect.closeTo(1, 12), beta: 0 } });
    for (const { tailFactor, withdrawal } of assumptionDraws) expect(tailFactor > 0.1 && tailFactor < 1 && withdrawal.beta > 0 && withdrawal.beta < 0.3).toBe(true);
  });
});
