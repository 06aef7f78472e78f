import { describe, expect, it } from '@jest/globals';
import { defaultAlertingConfig } from '../../config.ts';
import type { SampleTerms } from '../../testing/sample.ts';
import { sampleScore } from '../../testing/sample.ts';
import type { InputView } from '../inputs.ts';
import { steadyView } from '../inputs.ts';
import { ignitionDrop } from './rule.ts';

const run = (terms: SampleTerms, view: InputView = steadyView): string => {
  const c = ignitionDrop.evaluate(sampleScore(terms), defaultAlertingConfig.rules.ignitionDrop, view);
  return c.active ? `active ${c.severity}` : c.clear ? 'clear' : c.unknown ? 'unknown' : 'between';
};

describe('ignition-drop', () => {
  it('fires below half of a day ago and clears from 0.7', () => {
    expect(run({ threshold: 4.1, thresholdDayAgo: 12.8 })).toBe('active warning');
    expect(run({ threshold: 5, thresholdDayAgo: 10 })).toBe('between');
    expect(run({ threshold: 6.9, thresholdDayAgo: 10 })).toBe('between');
    expect(run({ threshold: 7, thresholdDayAgo: 10 })).toBe('clear');
    expect(run({ threshold: null, thresholdDayAgo: 10 })).toBe('clear');
  });
  it('says nothing without history, or when inputs dropped out or are new since', () => {
    expect(run({ threshold: 4, thresholdDayAgo: null })).toBe('unknown');
    expect(run({ threshold: 4, thresholdDayAgo: 10 }, { ...steadyView, dropped: ['book.okx'] })).toBe('unknown');
    expect(run({ threshold: 4, thresholdDayAgo: 10 }, { ...steadyView, gained: ['positions.okx'] })).toBe('unknown');
    expect(run({ threshold: 9, thresholdDayAgo: 10 }, { ...steadyView, dropped: ['book.okx'] })).toBe('unknown');
    expect(run({ threshold: null, measured: false })).toBe('unknown');
  });
  it('does not mind the chain being out', () => {
    expect(run({ threshold: 4, thresholdDayAgo: 10 }, { ...steadyView, dropped: ['transfers.eip155:1'] })).toBe('active warning');
  });
});
