import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../../core/index.ts';
import { acerbiSzekelyZ2, fisslerZiegel } from '../es-backtest.ts';
import { christoffersen, dynamicQuantile, kupiec, transitionsOf } from '../var-backtest.ts';
import { createCriticalValues, createStudentLaw } from './critical.ts';
import { compareModels, passes } from './summary.ts';
import { partsWithForecasts, sumOfTallies, tallyOf, tallySize, verdictOf, type Outcomes } from './tally.ts';

function outcomesOf(seed: number, n: number, width = 1): Outcomes {
  const rng = createRng(seed);
  const scales = Array.from({ length: n }, (_, i) => 0.01 * (1 + 0.4 * Math.sin(i / 40) + 0.1 * rng.next()));
  return {
    losses: scales.map((s) => s * rng.normal()), valuesAtRisk: scales.map((s) => 2.326 * width * s), shortfallQuantiles: scales.map((s) => 1.96 * width * s), shortfalls: scales.map((s) => 2.338 * width * s),
  };
}

describe('tallies', () => {
  it('say what the tests say of the series themselves, however it is cut', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 7 }), (seed, parts) => {
      const outcomes = outcomesOf(seed, 900);
      const { losses, valuesAtRisk, shortfallQuantiles: vars, shortfalls } = outcomes;
      const exceeded = losses.map((loss, i) => loss > (valuesAtRisk[i] ?? NaN));
      const verdict = verdictOf(sumOfTallies(tallyOf(outcomes, losses.map((_, i) => Math.floor((i * parts) / losses.length)), parts)));
      expect(verdict.exceedances).toBe(exceeded.filter(Boolean).length);
      expect(verdict.kupiec).toEqual(kupiec(900, verdict.exceedances, 0.01));
      expect(verdict.independence).toEqual(christoffersen(transitionsOf(exceeded)));
      expect(verdict.z2).toBeCloseTo(acerbiSzekelyZ2({ losses, vars, shortfalls }, 0.025), 10);
      expect(verdict.fz0).toBeCloseTo(fisslerZiegel({ losses, vars, shortfalls }, 0.025).reduce((a, b) => a + b, 0) / 900, 10);
      const reference = dynamicQuantile(exceeded, valuesAtRisk, 0.01);
      expect(verdict.dynamicQuantile.degrees).toBe(reference.degrees);
      expect(verdict.dynamicQuantile.statistic).toBeCloseTo(reference.statistic, 6);
    }), { numRuns: 20 });
  });

  it('leave a part out', () => {
    const outcomes = outcomesOf(4, 300);
    const tallies = tallyOf(outcomes, outcomes.losses.map((_, i) => Math.floor(i / 100)), 4);
    expect(tallies).toHaveLength(4 * tallySize);
    expect(partsWithForecasts(tallies)).toEqual([0, 1, 2]);
    const without = verdictOf(sumOfTallies(tallies, 1));
    expect(without.forecasts).toBe(200);
    const kept = [...outcomes.losses.keys()].filter((i) => i < 100 || i >= 200);
    expect(without.exceedances).toBe(kept.filter((i) => (outcomes.losses[i] ?? 0) > (outcomes.valuesAtRisk[i] ?? 0)).length);
  });
});

describe('critical values of Z2', () => {
  it('are about -0.136 for 6,639 forecasts, and go with the square root of the length', () => {
    const critical = createCriticalValues(6_639);
    expect(Math.abs(critical(6_639) + 0.136)).toBeLessThan(0.005);
    expect(critical(4 * 6_639)).toBeCloseTo(critical(6_639) / 2, 12);
    // The quantile of t5 at 2.5 % is in any table; ES from its density: -0.733 / 250 is the published critical value.
    const law = createStudentLaw();
    expect(law.exceededWith(0.025)).toBeCloseTo(2.570582, 4);
    expect(law.exceededWith(0.0005)).toBeCloseTo(6.8688, 3);
    expect(law.shortfall(0.025)).toBeCloseTo(3.5217, 2);
  });
});

describe('the comparison of models', () => {
  const markets = [1, 2, 3].map((seed) => outcomesOf(seed, 600));
  const record = (name: string, width: number): Parameters<typeof compareModels>[0][number] => {
    const own = markets.map((_, k) => outcomesOf(k + 1, 600, width));
    const scores = own.map(({ losses, shortfallQuantiles: vars, shortfalls }) => fisslerZiegel({ losses, vars, shortfalls }, 0.025));
    return {
      name, markets: own.map((outcomes) => tallyOf(outcomes, outcomes.losses.map((_, i) => Math.floor(i / 200)), 3)),
      // Nothing was forecast at the first moments.
      scoreSums: Float64Array.from({ length: 650 }, (_, i) => (i < 50 ? 0 : scores.reduce((sum, s) => sum + (s[i - 50] ?? 0), 0))), scoreCounts: Float64Array.from({ length: 650 }, (_, i) => (i < 50 ? 0 : 3)),
    };
  };
  it('prefers the true law to one that is half as wide, and knows the ranges without a day', () => {
    const critical = (): number => -0.4;
    const [narrow, truth] = compareModels([record('narrow', 0.5), record('true', 1)], 'true', critical);
    expect(truth).toMatchObject({ name: 'true', kupiec: 3, z2: 3, fz0VsReference: null });
    expect(narrow).toMatchObject({ kupiec: 0, z2: 0, all: 0, allAndDq: 0 });
    expect(narrow?.fz0VsReference?.difference).toBeCloseTo((narrow?.fz0 ?? NaN) - (truth?.fz0 ?? NaN), 12);
    expect(narrow?.fz0VsReference?.t).toBeGreaterThan(3);
    const [low, high] = truth?.leaveOneDayOut.fz0 ?? [NaN, NaN];
    expect(low).toBeLessThan(truth?.fz0 ?? NaN);
    expect(high).toBeGreaterThan(truth?.fz0 ?? NaN);
  });
  it('passes at 5 % and not below', () => {
    const verdict = verdictOf(sumOfTallies(tallyOf(outcomesOf(2, 600), new Array<number>(600).fill(0), 1)));
    const at = (pValue: number): ReturnType<typeof passes> => passes({ ...verdict, z2: -0.1, kupiec: { ...verdict.kupiec, pValue }, independence: { ...verdict.independence, pValue }, dynamicQuantile: { ...verdict.dynamicQuantile, pValue } }, () => -0.1);
    expect(at(0.05)).toEqual({ kupiec: true, independence: true, z2: true, dynamicQuantile: true });
    expect(at(0.0499)).toEqual({ kupiec: false, independence: false, z2: true, dynamicQuantile: false });
  });
});
