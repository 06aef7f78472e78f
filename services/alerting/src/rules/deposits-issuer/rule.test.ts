import { describe, expect, it } from '@jest/globals';
import { clusterDeposits } from '@breakwater/contracts';
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
  it('names the issuer, its addresses and its size against float and threshold where it is known who holds the asset', () => {
    const score = sampleScore({ issuerShare: 0.021 });
    const of = (label: string, dayFloatShare: number): unknown => ({ cluster: label, label, addressCount: 17, dayUnits: 2e7, dayUsd: 1.2e8, weekUnits: 3e7, weekUsd: 1.8e8, dayFloatShare, weekFloatShare: 0.036, ofThreshold: 4.2, risk: { probability: 0.3, baseRate: 0.02, model: 'test', reasons: [{ feature: 'issuer', value: 1, logOdds: 1 }] } });
    const clusters = [of('fund:other', 0.05), of('issuer:mantra', 0.024)].map((one) => clusterDeposits.parse(one));
    const withOwners = { ...score, deposits: { ...score.deposits, clusters } };
    const config = defaultAlertingConfig.rules.depositsIssuer;
    expect(depositsIssuer.evaluate(withOwners, config, steadyView).reasons).toEqual([
      { code: 'cluster-deposits', cluster: 'issuer:mantra', addressCount: 17, dayUsd: 1.2e8, weekUsd: 1.8e8, dayFloatShare: 0.024, weekFloatShare: 0.036, ofThreshold: 4.2 },
      { code: 'address-risk', cluster: 'issuer:mantra', probability: 0.3, baseRate: 0.02, features: ['issuer'] },
      { code: 'issuer-deposits', floatShare: 0.021, usd: 0 },
    ]);
    // Without a float in the config the effective float decides.
    expect(depositsIssuer.evaluate({ ...withOwners, issuerFloatShare: null }, config, steadyView)).toMatchObject({ active: true, reasons: [{}, {}, { floatShare: 0.024 }] });
    expect(depositsIssuer.evaluate({ ...withOwners, issuerFloatShare: null, deposits: { ...score.deposits, clusters: [] } }, config, steadyView)).toMatchObject({ clear: true });
    expect(depositsIssuer.evaluate({ ...score, issuerFloatShare: null }, config, steadyView)).toMatchObject({ unknown: true });
  });
});
