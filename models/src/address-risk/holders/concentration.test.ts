import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { concentrationOf, effectiveFloat, votingConcentration } from './concentration.ts';
import { normalQuantile } from '../../core/index.ts';

const of = (units: readonly number[]) => {
  const found = concentrationOf(units);
  if (found === undefined) throw new Error('nothing held');
  return found;
};

describe('concentration of holdings', () => {
  it('Gini(1, 2, 3, 4, 10) is 0.4 and its HHI 0.325', () => {
    const found = of([10, 1, 3, 2, 4]);
    expect(found.gini).toBeCloseTo(0.4, 12);
    expect(found.hhi).toBeCloseTo(0.325, 12);
    expect(found.effectiveHolders).toBeCloseTo(1 / 0.325, 12);
    expect(found.nakamoto).toBe(1);
  });

  it('Gini of a lognormal law with sigma 1 is 0.5205', () => {
    const n = 200_000;
    const quantiles = Array.from({ length: n }, (_, i) => Math.exp(normalQuantile((i + 0.5) / n)));
    // erf(1/2) = 0.520500 (2 Phi(sigma/sqrt 2) - 1).
    expect(of(quantiles).gini).toBeCloseTo(0.5205, 3);
    const rng = createRng(3);
    expect(of(Array.from({ length: n }, () => Math.exp(rng.normal()))).gini).toBeCloseTo(0.5205, 2);
  });

  it('Gini of a Pareto law with exponent 1.5 is 0.5', () => {
    // 1/(2 a - 1), with the mean over each of n equal parts of probability, so that the heavy end loses nothing.
    const n = 100_000;
    const a = 1.5;
    const lorenz = (p: number): number => 1 - (1 - p) ** (1 - 1 / a);
    expect(of(Array.from({ length: n }, (_, i) => lorenz((i + 1) / n) - lorenz(i / n))).gini).toBeCloseTo(0.5, 4);
  });

  it('equal holders: Gini 0, HHI 1/n, Nakamoto the half of n rounded up', () => {
    for (const n of [1, 2, 3, 4, 5, 10, 101, 1000]) {
      const found = of(Array.from({ length: n }, () => 7.3));
      expect(found.gini).toBeCloseTo(0, 12);
      expect(found.hhi).toBeCloseTo(1 / n, 12);
      expect(found.effectiveHolders).toBeCloseTo(n, 6);
      expect(found.nakamoto).toBe(Math.ceil(n / 2));
    }
  });

  it('scale and order change nothing, and what is not above 0 is nobody', () => {
    const rng = createRng(5);
    const units = Array.from({ length: 500 }, () => Math.exp(2 * rng.normal()));
    const first = of(units);
    const second = of([...units].reverse().map((value) => value * 1024).concat([0, -3]));
    expect(second.gini).toBeCloseTo(first.gini, 12);
    expect(second.hhi).toBeCloseTo(first.hhi, 12);
    expect(second.nakamoto).toBe(first.nakamoto);
    expect(concentrationOf([])).toBeUndefined();
    expect(concentrationOf([0, -1])).toBeUndefined();
  });
});

describe('voting power', () => {
  it('21 equal producers: 8 stop them, 11 rule them', () => {
    expect(votingConcentration(Array.from({ length: 21 }, () => 1))).toEqual({ voters: 21, hhi: expect.closeTo(1 / 21, 12), third: 8, half: 11 });
  });

  it('exactly a third or a half is not enough', () => {
    expect(votingConcentration([1, 1, 1])).toMatchObject({ third: 2, half: 2 });
    expect(votingConcentration([5, 3, 2])).toMatchObject({ third: 1, half: 2 });
    expect(votingConcentration([0])).toBeUndefined();
  });
});

describe('effective float', () => {
  it('is the supply without the locked, the issuer, the burnt and a part of the dormant', () => {
    expect(effectiveFloat({ supply: 1000, locked: 200, issuer: 300, burnt: 50, dormant: 100, dormantWeight: 0.5 })).toBe(400);
    expect(effectiveFloat({ supply: 100, locked: 80, issuer: 30, burnt: 0, dormant: 0, dormantWeight: 1 })).toBe(0);
  });
});
