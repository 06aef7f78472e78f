import { describe, expect, it } from '@jest/globals';
import { clusterDeposits, type ClusterDeposits } from '@breakwater/contracts';
import { usd } from '@breakwater/models/core';
import { defaultAlertingConfig } from '../../config.ts';
import { sampleScore, type SampleTerms } from '../../testing/sample.ts';
import { steadyView, type InputView } from '../inputs.ts';
import { depositsCluster } from './rule.ts';

const risk = (probability: number): object => ({ probability, baseRate: 0.02, model: 'test', reasons: [{ feature: 'size-over-threshold', value: 2, logOdds: 1.5 }, { feature: 'dormancy', value: 300, logOdds: 0.7 }, { feature: 'funding', value: 0, logOdds: -0.5 }] });
const address = `0x${'ab'.repeat(20)}`;
const owner = (over: object = {}): ClusterDeposits =>
  clusterDeposits.parse({ cluster: address, label: null, addressCount: 1, confidence: 1, dayUnits: 1e6, dayUsd: 5.6e6, weekUnits: 1e6, weekUsd: 5.6e6, dayFloatShare: 0.021, weekFloatShare: 0.021, ofThreshold: 0.56, risk: risk(0.06), ...over });

function evaluate(owners: readonly ClusterDeposits[] | undefined, view: Partial<InputView> = {}, terms: SampleTerms = {}): ReturnType<typeof depositsCluster.evaluate> {
  const score = sampleScore(terms);
  return depositsCluster.evaluate({ ...score, deposits: { ...score.deposits, ...(owners === undefined ? {} : { clusters: owners }) } }, defaultAlertingConfig.rules.depositsCluster, { ...steadyView, ...view });
}
const run = (...of: Parameters<typeof evaluate>): string => {
  const c = evaluate(...of);
  return c.active ? `active ${c.severity}` : c.clear ? 'clear' : c.unknown ? 'unknown' : 'between';
};

describe('deposits-cluster', () => {
  it('fires at 2 % of the effective float or at the threshold, and clears at half of both', () => {
    expect(run([owner()])).toBe('active watch');
    expect(run([owner({ dayFloatShare: 0.02, ofThreshold: null })])).toBe('active watch');
    expect(run([owner({ dayFloatShare: 0.001, ofThreshold: 1 })])).toBe('active watch');
    expect(run([owner({ dayFloatShare: 0.0199, ofThreshold: 0.99 })])).toBe('between');
    expect(run([owner({ dayFloatShare: 0.01, ofThreshold: 0.51 })])).toBe('between');
    expect(run([owner({ dayFloatShare: 0.01, ofThreshold: 0.5 })])).toBe('clear');
    expect(run([])).toBe('clear');
  });
  it('names the owner, its share of the float, its size against the threshold and what makes a fall likelier', () => {
    expect(evaluate([owner()]).reasons).toEqual([
      { code: 'cluster-deposits', cluster: address, addressCount: 1, dayUsd: 5.6e6, weekUsd: 5.6e6, dayFloatShare: 0.021, weekFloatShare: 0.021, ofThreshold: 0.56 },
      { code: 'address-risk', cluster: address, probability: 0.06, baseRate: 0.02, features: ['size-over-threshold', 'dormancy'] },
    ]);
    const small = owner({ cluster: 'fund:small', label: 'fund:small', dayFloatShare: 0.001, ofThreshold: 0.1 });
    const [second, third] = ['fund:b', 'fund:c'].map((cluster) => owner({ cluster, label: cluster }));
    const named = evaluate([owner(), small, ...(second === undefined ? [] : [second]), ...(third === undefined ? [] : [third])]).reasons.flatMap((reason) => (reason.code === 'cluster-deposits' ? [reason.cluster] : []));
    expect(named).toEqual([address, 'fund:b']);
  });
  it('is quiet about a risk that is known to be usual, and not about one that is not known', () => {
    expect(run([owner({ risk: risk(0.029) })])).toBe('between');
    expect(run([owner({ risk: risk(0.03) })])).toBe('active watch');
    expect(run([owner({ risk: null })])).toBe('active watch');
    // Of a model by which falls are usual: odds of 0.8 to 0.2 are 4, half as much again 6 of 7.
    const usual = (probability: number): object => ({ ...risk(probability), baseRate: 0.8 });
    expect([0.8, 0.856, 0.858, 1].map((probability) => run([owner({ risk: usual(probability) })]))).toEqual(['between', 'between', 'active watch', 'active watch']);
  });
  it('leaves out the issuer, exchanges, who makes markets, and addresses that may not be one owner', () => {
    for (const label of ['issuer:mantra', 'exchange:okx', 'market-maker:wintermute', 'custody:fireblocks', 'bridge:arbitrum']) expect([label, run([owner({ cluster: label, label })])]).toEqual([label, 'clear']);
    expect(run([owner({ addressCount: 9, confidence: 0.59 })])).toBe('clear');
    expect(run([owner({ addressCount: 9, confidence: 0.6 })])).toBe('active watch');
    expect(run([owner({ cluster: 'fund:a', label: 'fund:a' })])).toBe('active watch');
  });
  it('fires but does not clear while the chain is out, and says nothing while nobody knows who holds the asset', () => {
    const dropped = { dropped: ['transfers.eip155:1'] };
    expect(run([owner()], dropped)).toBe('active watch');
    expect(run([], dropped)).toBe('unknown');
    expect(run(undefined)).toBe('unknown');
    expect(run([owner({ dayFloatShare: null, ofThreshold: 0.1 })])).toBe('unknown');
    expect(run([owner({ dayFloatShare: null, ofThreshold: 1 })])).toBe('active watch');
  });
  it('takes no threshold that fell with a feed for the market, and clears by none', () => {
    const away = { dropped: ['book.okx'], sound: { ignitionUsd: usd(10e6), ignitedAtZero: false } };
    const half = { dayFloatShare: 0.012, dayUsd: 5.6e6 };
    expect(run([owner({ ...half, ofThreshold: 3 })])).toBe('active watch');
    expect(run([owner({ ...half, ofThreshold: 3 })], away)).toBe('between');
    expect(run([owner({ ...half, dayUsd: 11e6, ofThreshold: 3 })], away)).toBe('active watch');
    expect(run([owner({ ...half, dayFloatShare: 0.001, ofThreshold: 3 })], { dropped: ['book.okx'], sound: null })).toBe('unknown');
  });
  it('clears where everything was measured and nothing ignites', () => {
    const none = owner({ dayFloatShare: 0.001, ofThreshold: null });
    expect(run([none], {}, { threshold: null })).toBe('clear');
    expect(run([none], {}, { threshold: null, measured: false })).toBe('unknown');
  });
});
