import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { classDistances, openingPrior, survivingShare } from './class-grid.ts';
import { drawPrior, untiltedPrior, type SideTerms } from './fit-side.ts';

describe('the prior of classes', () => {
  const distances = classDistances(24, 0.003, 0.95);

  it.each(['long', 'short'] as const)('is a distribution of %s openings, with nobody impossible, and its draws have it as their mean', (side) => {
    const prior = openingPrior(distances, side);
    expect(prior.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(Math.min(...prior)).toBeGreaterThan(0.001);
    const terms: SideTerms = { side: 0, flows: 1, classes: distances.length, prior, untilted: untiltedPrior(prior, distances), distances, concentration: 10, reporting: 1, halfLifeMs: 1 };
    const rng = createRng(4).fork(side);
    const n = 6_000;
    const mean = new Float64Array(distances.length);
    for (let i = 0; i < n; i++) for (const [k, w] of drawPrior(terms, rng).entries()) mean[k] = (mean[k] ?? 0) + w / n;
    // A class of weight p has a standard deviation of about sqrt(p / 11), and more with the tilt.
    for (const [k, p] of prior.entries()) expect(Math.abs((mean[k] ?? 0) - p)).toBeLessThan(8 * Math.sqrt(p / 11 / n));
  });

  it('knows how many of a class live to be closed by their owners: by simulation', () => {
    // A Brownian log-price of 6 % a day, closed at one a day, liquidated 5 % below: steps of a thousandth of a day.
    const rng = createRng(8);
    let closed = 0;
    const runs = 1_500;
    for (let i = 0; i < runs; i++) {
      const until = -Math.log(1 - rng.next());
      let price = 0;
      let t = 0;
      for (; t < until && price > -0.05; t += 0.001) price += 0.06 * Math.sqrt(0.001) * rng.normal();
      if (price > -0.05) closed++;
    }
    // In steps a path crosses later: the barrier is 0.5826 steps farther (Broadie, Glasserman and Kou 1997).
    expect(Math.abs(closed / runs - survivingShare(0.05 + 0.5826 * 0.06 * Math.sqrt(0.001)))).toBeLessThan(0.04);
  });
});
