import { describe, expect, it } from '@jest/globals';
import { liquidationMap } from '../messages/liquidation-map.ts';
import { hawkesScore } from '../messages/score.ts';
import { tailScore } from '../messages/tail.ts';
import { backtestSentence, basisOf, branchingSentence, failedTests, lossLines, positionsSentence, riskSentence } from './risk-sentences.ts';

const loss = (level: number, value: number, low: number, high: number): object => ({ level, value, low, high, status: 'inferred' });
const tail = (change: object = {}) => tailScore.parse({
  horizonSeconds: 3_600, barSeconds: 300, observations: 2_000, status: 'exact', valueAtRisk: loss(0.99, 0.031, 0.026, 0.038), expectedShortfall: loss(0.975, 0.044, 0.035, 0.061),
  cascadeExpectedShortfall: loss(0.975, 0.31, 0.12, 0.55), tailIndex: { value: 0.3, low: 0.1, high: 0.5, meanIdentified: true }, curve: [], forcedCurve: null, observed: [], scenarios: [], ...change,
});

describe('losses side by side', () => {
  it('have their horizon and their bands', () => {
    expect(riskSentence(tail())).toBe('within 60 min: VaR 3.1 % (2.6 to 3.8 %), ES 4.4 % (3.5 to 6.1 %), cascade ES, with forced sales, 31 % (12 to 55 %)');
  });
  it('say what is not known', () => {
    expect(riskSentence(tail({ expectedShortfall: null, cascadeExpectedShortfall: null, valueAtRisk: loss(0.99, 0.05, 0.05, 0.05) }))).toBe('within 60 min: VaR 5 %, ES not identified, cascade ES not known');
  });
});

describe('a backtest', () => {
  const backtest = { forecasts: 1_488, exceedances: 13, expected: 14.88, coverage: 0.6, independence: 0.4, z2: 0.1, z2Critical: -0.28 };
  it('says how many fell further, and that nothing rejects the model', () => {
    expect(backtestSentence(tail({ backtest }))).toBe('The model’s own forecasts, each of the next 5 min, against what came: of 1488 bars 13 fell by more than VaR 99 %, where 15 are to be expected; no test rejects it at 5 %.');
  });
  it('names each test that fails', () => {
    const failed = tail({ backtest: { ...backtest, coverage: 0.001, independence: 0.049, z2: -0.3 } });
    expect(failed.backtest === null || failed.backtest === undefined ? [] : failedTests(failed.backtest)).toEqual(['coverage', 'independence', 'shortfall']);
    expect(backtestSentence(failed)).toMatch(/rejected at 5 %: how many \(Kupiec\); one after another \(Christoffersen\); how large \(Acerbi and Szekely\)\.$/);
    expect(failedTests({ ...backtest, coverage: 0.05, independence: 0.05, z2: -0.28 })).toEqual([]);
  });
  it('says how many forecasts are missing', () => {
    // The first twelve bars bring no forecast: 429 bars are 417 of them.
    expect(backtestSentence(tail({ observations: 429, forecasts: 417, backtest: null }))).toBe('The model’s own forecasts are held against what came once there are 500 of them, each of 5 min: 83 are missing.');
    expect(backtestSentence(tail({ observations: 511, forecasts: 499, backtest: null }))).toMatch(/each of 5 min: 1 is missing\.$/);
    expect(backtestSentence(tail({ observations: 429, backtest: null }))).toMatch(/each of 5 min\.$/);
  });
});

describe('losses at several moments', () => {
  it('have a line each, under what they are', () => {
    const [intro, first, second] = lossLines([{ when: 'T-06h 00m', valueAtRisk: 0.031, expectedShortfall: 0.044, cascadeShortfall: 0.31 }, { when: 'T-00h 10m', valueAtRisk: 0.05, expectedShortfall: null, cascadeShortfall: null }]);
    expect(intro).toMatch(/^What the next hour could cost.*:$/);
    expect([first, second]).toEqual(['  T-06h 00m  VaR 3.1 %, ES 4.4 %, cascade ES 31 %', '  T-00h 10m  VaR 5 %, ES not identified, cascade ES not known']);
    expect(lossLines([])).toEqual([]);
  });
});

describe('what positions rest on', () => {
  const venue = (name: string, status: string, long: readonly number[], longPrior: readonly number[]): object => ({ venue: name, status, long, short: [0, 0], longPrior, shortPrior: [0, 0] });
  const map = (...venues: readonly object[]) => liquidationMap.parse({ stepPercent: 2.5, price: 5, venues, long: { low: [], high: [] }, short: { low: [], high: [] } });
  it('is told in dollars: exact, inferred, prior only', () => {
    const mixed = map(venue('okx', 'inferred', [40, 40], [0, 30]), venue('hyperliquid', 'exact', [20, 0], [0, 0]));
    expect(basisOf(mixed)).toEqual({ exact: 0.2, inferred: 0.5, priorOnly: 0.3 });
    expect(positionsSentence(mixed)).toBe('Of the positions shown, 20 % exact, from public accounts; 50 % inferred from open interest, volume and liquidations; 30 % prior only, where no price has been.');
  });
  it('leaves out what there is none of', () => {
    expect(positionsSentence(map(venue('okx', 'stale', [40], [40])))).toBe('Of the positions shown, 100 % prior only, where no price has been.');
    expect(positionsSentence(map())).toBe('No position is known or inferred.');
  });
});

describe('what published liquidations say', () => {
  const of = (disagreement: boolean) => hawkesScore.parse({ branching: { value: 0.4, low: 0.3, high: 0.5, status: 'inferred' }, events: 80, disagreement });
  it('stands beside what books and positions say', () => {
    expect(branchingSentence(of(true), { value: 1.2, low: 0.9, high: 1.5, status: 'inferred' } as never)).toBe('Of 80 published liquidations each seems to set off 0.4 (0.3 to 0.5) more; books and positions say 1.2 (0.9 to 1.5). The two disagree, so one of the models is wrong: take both with care.');
    expect(branchingSentence(of(false), null)).toBe('Of 80 published liquidations each seems to set off 0.4 (0.3 to 0.5) more.');
  });
});
