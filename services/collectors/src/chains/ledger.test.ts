import { describe, expect, it } from '@jest/globals';
import { defaults } from '@breakwater/contracts';
import { createSettlement, emissionWait, reversalCurve, settlementProblems } from '@breakwater/models/settlement';
import { chainsConfig } from './config.ts';
import { knownChains } from './evm/known-chains.ts';
import { ledgerOf } from './ledger.ts';

const chain = (settlement?: object): unknown => ({ endpoints: ['https://node.example.org'], ...(settlement === undefined ? {} : { settlement }) });

describe('how capital settles through a chain', () => {
  it('every known chain has a class that can be made', () => {
    for (const { id, ledger } of knownChains) {
      expect({ id, problems: settlementProblems(ledger) }).toEqual({ id, problems: [] });
      expect(createSettlement(ledger).fast.quantile(0.5)).toBeGreaterThan(0);
    }
    expect(ledgerOf('eip155:10')).toEqual({ class: 'optimistic-rollup', figures: { challengeSeconds: 604_800 } });
    expect(ledgerOf('eip155:424242').class).toBe('l1-pos');
    expect(ledgerOf('antelope:aca376f206b8fc25a6ed44dbdc66547c').figures).toMatchObject({ slotSeconds: 0.5 });
  });

  it('of every known chain a deposit is told with its block, or with the next one where blocks come faster than a second', () => {
    const waits = new Map(knownChains.map(({ id, ledger, blockMs }) => [id, emissionWait(reversalCurve(ledger), defaults.costs) / (blockMs / 1_000)]));
    expect(Object.fromEntries([...waits].filter(([, blocks]) => blocks !== 0))).toEqual({ 'eip155:56': 1 });
    expect(emissionWait(reversalCurve(ledgerOf('antelope:aca376f206b8fc25a6ed44dbdc66547c')), defaults.costs)).toBe(0.5);
    expect(emissionWait(reversalCurve(ledgerOf('eip155:424242')), defaults.costs)).toBe(0);
    // One that names its law: blocks of 13 s, of which an attacker may replace many.
    const { 'eip155:61': classic } = chainsConfig.parse({ 'eip155:61': chain({ class: 'btc', blockSeconds: 13, confirmations: 40, attackerShare: 0.3 }) });
    expect(emissionWait(reversalCurve(ledgerOf('eip155:61', classic?.settlement)), defaults.costs) / 13).toBeGreaterThan(4);
  });

  it('the config replaces single figures, or the class', () => {
    const { 'eip155:10': optimism, 'eip155:1': ethereum, 'eip155:56': bnb } = chainsConfig.parse({ 'eip155:10': chain({ class: 'optimistic-rollup', fastCapacityUsd: 2e6 }), 'eip155:1': chain({ class: 'btc', confirmations: 6 }), 'eip155:56': chain() });
    expect(ledgerOf('eip155:10', optimism?.settlement)).toEqual({ class: 'optimistic-rollup', figures: { challengeSeconds: 604_800, fastCapacityUsd: 2e6 } });
    expect(ledgerOf('eip155:1', ethereum?.settlement)).toEqual({ class: 'btc', figures: { confirmations: 6 } });
    expect(bnb?.settlement).toBeUndefined();
  });

  it('refuses a class or a figure that is not there, and one out of range, by name', () => {
    for (const [settlement, problem] of [[{ class: 'tangle' }, 'class'], [{ class: 'btc', depth: 6 }, 'btc has no figure depth'], [{ class: 'btc', confirmations: 1.5 }, 'confirmations is a whole number'], [{ class: 'btc', confirmations: 'six' }, 'confirmations']] as const) {
      const { success, error } = chainsConfig.safeParse({ 'eip155:1': chain(settlement) });
      expect(success).toBe(false);
      expect(JSON.stringify(error?.issues)).toContain(problem);
    }
  });
});
