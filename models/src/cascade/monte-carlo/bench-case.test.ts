import { describe, expect, it } from '@jest/globals';
import { benchCase, scenariosPerSecond } from './bench-case.ts';
import { FACTORS } from './factors.ts';
import { createEvaluator, DIMENSION } from './outcome.ts';
import { crudeProposal } from './proposal.ts';

describe('benchCase', () => {
  it('has six markets of thousands of levels and is the same for the same seed', () => {
    const { base } = benchCase(1);
    expect(base.system.markets.length).toBe(6);
    for (const { bids } of base.system.markets) expect(bids.ticks.length).toBeGreaterThan(5_000);
    expect(base.system.markets.reduce((sum, { longTriggers }) => sum + longTriggers.ticks.length, 0)).toBe(3_600);
    expect(benchCase(1)).toEqual(benchCase(1));
    expect(benchCase(2).base.system.markets[0]?.bids.lots).not.toEqual(base.system.markets[0]?.bids.lots);
  });
  it('answers a usual sale with a small fall and a rare one with a cascade that lands within the books', () => {
    const { base, model, ignitionGap } = benchCase(1);
    const { outcome } = createEvaluator(base, model, ignitionGap);
    const at = (z: number): ReturnType<typeof outcome> => outcome(FACTORS.map((name) => (name === 'shock' ? z : 0)));
    expect(at(1)).toMatchObject({ isIgnited: false, isExhausted: false });
    expect(at(1).move).toBeLessThan(0.01);
    expect(at(3.5)).toMatchObject({ isIgnited: true, isExhausted: false });
    expect(at(3.5).move).toBeGreaterThan(0.1);
    expect(at(3.5).liquidatedUsd.reduce((a, b) => a + b, 0)).toBeGreaterThan(1e7);
  });
  it('is measured by the clock given: 1 ms screened and 3 ms worked out are 1,000 and 333 a second', () => {
    // Three readings a scenario: at 0, 1 and 4 ms of its own.
    let readings = 0;
    const now = (): number => 10 * Math.floor(readings / 3) + ([0, 1, 4][readings++ % 3] ?? 0);
    const rate = scenariosPerSecond(benchCase(1), crudeProposal(DIMENSION), 4, now);
    expect(readings).toBe(12);
    expect(rate.screened).toBe(1_000);
    expect(rate.whole).toBeCloseTo(1_000 / 3, 9);
  });
});
