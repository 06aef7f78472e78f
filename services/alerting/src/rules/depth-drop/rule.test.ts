import { describe, expect, it } from '@jest/globals';
import { defaultAlertingConfig } from '../../config.ts';
import { sampleScore } from '../../testing/sample.ts';
import { steadyView } from '../inputs.ts';
import { depthDrop } from './rule.ts';

const run = (depth: number | null, depthHigh: number | null, dropped: readonly string[] = []): string => {
  const c = depthDrop.evaluate(sampleScore({ depth, depthHigh }), defaultAlertingConfig.rules.depthDrop, { ...steadyView, dropped });
  return c.active ? `active ${c.severity}` : c.clear ? 'clear' : c.unknown ? 'unknown' : 'between';
};

describe('depth-drop', () => {
  it("fires below 35 % of the day's high and clears from 55 %", () => {
    expect(run(3.4, 10)).toBe('active watch');
    expect(run(3.6, 10)).toBe('between');
    expect(run(5.4, 10)).toBe('between');
    expect(run(5.6, 10)).toBe('clear');
    expect(run(12, 10)).toBe('clear');
  });
  it('says nothing when a book is out or there is no history', () => {
    expect(run(3.4, 10, ['book.okx'])).toBe('unknown');
    expect(run(3.4, 10, ['positions.okx'])).toBe('active watch');
    expect(run(3.4, null)).toBe('unknown');
    expect(run(null, 10)).toBe('unknown');
    expect(run(0, 0)).toBe('unknown');
  });
});
