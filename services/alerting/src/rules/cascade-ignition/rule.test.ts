import { describe, expect, it } from '@jest/globals';
import { usd } from '@breakwater/models/core';
import { defaultAlertingConfig } from '../../config.ts';
import type { SampleTerms } from '../../testing/sample.ts';
import { sampleDeposit, sampleScore } from '../../testing/sample.ts';
import type { Condition } from '../condition.ts';
import type { InputView } from '../inputs.ts';
import { steadyView } from '../inputs.ts';
import { cascadeIgnitionConfig } from './config.ts';
import { cascadeIgnition } from './rule.ts';

const config = defaultAlertingConfig.rules.cascadeIgnition;
const run = (terms: SampleTerms, view: InputView = steadyView): Condition => cascadeIgnition.evaluate(sampleScore(terms), config, view);
const outcome = (c: Condition): string => (c.active ? `active ${c.severity}` : c.clear ? 'clear' : c.unknown ? 'unknown' : 'between');

describe('cascade-ignition', () => {
  it('fires from the threshold on, clears at 0.6 of it and below the band, holds in between', () => {
    expect(outcome(run({ threshold: 4.1, deposits: 4.1 }))).toBe('active critical');
    expect(outcome(run({ threshold: 4.1, deposits: 4.09 }))).toBe('between');
    // 0.6 x 4.1 = 2.46
    expect(outcome(run({ threshold: 4.1, deposits: 2.47, low: 3.2 }))).toBe('between');
    expect(outcome(run({ threshold: 4.1, deposits: 2.45, low: 3.2 }))).toBe('clear');
    expect(outcome(run({ threshold: 4.1, deposits: 2.45, low: 2 }))).toBe('between');
  });
  it('is critical when forced sales need no sale, and only if positions are forced', () => {
    expect(outcome(run({ threshold: 0, ignitedAtZero: true, forcedShare: 0.2 }))).toBe('active critical');
    expect(run({ threshold: 0, ignitedAtZero: true, forcedShare: 0.2 }).trigger).toBeNull();
    expect(outcome(run({ threshold: 0, ignitedAtZero: true, forcedShare: 0 }))).toBe('between');
    expect(outcome(run({ threshold: 0, ignitedAtZero: true, forcedShare: 0, deposits: 3 }))).toBe('between');
  });
  it('tells nothing ignites from nothing measured', () => {
    expect(outcome(run({ threshold: null }))).toBe('clear');
    expect(outcome(run({ threshold: null, measured: false }))).toBe('unknown');
    expect(outcome(run({ deposits: null }))).toBe('unknown');
  });
  it('does not clear with an input out, and says a threshold that fell with the inputs less loudly', () => {
    const out = { dropped: ['book.okx'], gained: [], sound: { ignitionUsd: usd(10e6), ignitedAtZero: false } };
    expect(outcome(run({ threshold: 4, deposits: 0 }, out))).toBe('unknown');
    expect(outcome(run({ threshold: 4, deposits: 5 }, out))).toBe('active warning');
    expect(run({ threshold: 4, deposits: 5 }, out).reasons).toContainEqual({ code: 'inputs-dropped', names: ['book.okx'] });
    // Reached with everything counted too: the feeds do not matter.
    expect(outcome(run({ threshold: 4, deposits: 10 }, out))).toBe('active critical');
  });
  it('names the largest deposit and knows when the rest is too small', () => {
    expect(run({ threshold: 4, deposits: 5 }).trigger).toEqual(sampleDeposit(5));
    expect(run({ threshold: 4, deposits: 1 }).depositsBelow).toBe(true);
    expect(run({ threshold: 4, deposits: 1 }, { ...steadyView, dropped: ['transfers.eip155:1'] }).depositsBelow).toBe(false);
    expect(run({ threshold: 4, deposits: 0 }, { ...steadyView, dropped: ['book.okx'] }).depositsBelow).toBe(true);
  });
  it('rejects settings that contradict each other', () => {
    expect(cascadeIgnitionConfig.safeParse({ reach: 0.5, clear: 0.6 }).success).toBe(false);
    expect(cascadeIgnitionConfig.safeParse({ reech: 1 }).success).toBe(false);
  });
});
