import { describe, expect, it } from '@jest/globals';
import { defaultAlertingConfig } from '../../config.ts';
import { sampleScore } from '../../testing/sample.ts';
import { steadyView } from '../inputs.ts';
import { depositsIssuer } from './rule.ts';

const run = (issuerShare: number | null, dropped: readonly string[] = []): string => {
  const c = depositsIssuer.evaluate(sampleScore({ issuerShare }), defaultAlertingConfig.rules.depositsIssuer, { ...steadyView, dropped });
  return c.active ? `active ${c.severity}` : c.clear ? 'clear' : c.unknown ? 'unknown' : 'between';
};

describe('deposits-issuer', () => {
  it('fires at 2 % of the float and clears at half of it', () => {
    expect(run(0.021)).toBe('active watch');
    expect(run(0.02)).toBe('active watch');
    expect(run(0.0199)).toBe('between');
    expect(run(0.0101)).toBe('between');
    expect(run(0.01)).toBe('clear');
  });
  it('fires but does not clear while the chain is out', () => {
    expect(run(0.021, ['transfers.eip155:1'])).toBe('active watch');
    expect(run(0.001, ['transfers.eip155:1'])).toBe('unknown');
    expect(run(0.001, ['book.okx'])).toBe('clear');
    expect(run(null)).toBe('unknown');
  });
});
