import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, epochMs, sourceId } from '@breakwater/models/core';
import type { SettlementSpec } from '@breakwater/models/settlement';
import { createAssetState, fold } from './asset-state.ts';
import { computeScore, type Computed } from './compute-score.ts';
import { scoringDefaults } from './config.ts';
import { depositFinality } from './deposit-finality.ts';
import { createRates } from './rates.ts';
import { book, holders, instrument, ladder, owner, rate, ticker, transfer } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const chain = chainId('eip155:1');
const costs = { falseAlarm: 900, delayPerSecond: 1 };
const ethereum: SettlementSpec = { class: 'l1-pos' };
/** Blocks of 13 s that an attacker with three tenths of the hash rate may replace. */
const deep: SettlementSpec = { class: 'btc', figures: { blockSeconds: 13, confirmations: 40, attackerShare: 0.3 } };
const at = (seconds: number): ReturnType<typeof epochMs> => epochMs(t0 + 1_000 * seconds);
const one = (state: TransferMessage['state'] = 'included', seconds = 0): TransferMessage => transfer('0x1', at(seconds), 5, { state });

describe('deposits that may still be undone', () => {
  const finality = (spec: SettlementSpec, seconds: number): ReturnType<typeof depositFinality> => depositFinality([{ chain, spec }], costs, at(seconds));
  it('are told at once on Ethereum, and after some blocks where reorganisations are deep', () => {
    expect(finality(ethereum, 0).isTold(one())).toBe(true);
    const first = Array.from({ length: 600 }, (_, s) => s).find((s) => finality(deep, s).isTold(one()));
    expect(first).toBeGreaterThan(13);
    expect(first).toBeLessThan(39 * 13);
    for (let s = first ?? 0; s < 600; s++) expect(finality(deep, s).isTold(one())).toBe(true);
  });
  it('are told when safe or final whatever their age, and on chains without a law', () => {
    expect((['included', 'safe', 'final'] as const).map((state) => finality(deep, 0).isTold(one(state)))).toEqual([false, true, true]);
    expect(depositFinality(undefined, costs, at(0)).isTold(one())).toBe(true);
    expect(depositFinality([{ chain: chainId('eip155:10'), spec: deep }], costs, at(0)).isTold(one())).toBe(true);
  });
  it('are as open as the least settled of them', () => {
    const { unsettledOf } = finality(ethereum, 30);
    expect(unsettledOf([])).toEqual({});
    expect(unsettledOf([one('final', 29)])).toEqual({});
    expect(unsettledOf([one('safe', 0), one('included', 25)]).unsettled?.state).toBe('included');
    expect(unsettledOf([one('safe', 0), one('included', 25)]).unsettled?.undone).toBeCloseTo(0.000595, 6);
    expect(unsettledOf([one('included', 0)]).unsettled?.undone).toBeLessThan(1e-8);
    expect(depositFinality(undefined, costs, at(0)).unsettledOf([one()])).toEqual({});
  });
  it('are open for as long as their chain does not call them final, however old', () => {
    for (const [spec, seconds] of [[ethereum, 767], [ethereum, 768], [ethereum, 86_400], [{ class: 'l1-pos', figures: { slotSeconds: 0.45, finalFromSlots: 2, finalToSlots: 3 } }, 1], [deep, 86_400]] as const) {
      const { unsettled } = finality(spec, seconds).unsettledOf([one('included')]);
      expect(unsettled?.state).toBe('included');
      expect(unsettled?.undone).toBeGreaterThan(0);
      expect(unsettled?.undone ?? 1).toBeLessThan(1e-3);
      expect(finality(spec, seconds).unsettledOf([one('final')])).toEqual({});
    }
    expect(finality(ethereum, 768).unsettledOf([one('safe')]).unsettled?.state).toBe('safe');
  });
});

describe('a score', () => {
  const scoreAt = (seconds: number, spec: SettlementSpec, transfers: readonly TransferMessage[], terms = costs): Computed => {
    const [state, rates] = [createAssetState(), createRates(scoringDefaults.staleAfterMs)];
    const levels = ladder(6, 150, 0.004, 20_000);
    fold(state, instrument('okx', t0));
    fold(state, book('okx', at(seconds), levels.bids, levels.asks));
    fold(state, ticker('okx', at(seconds), 6, 2_000_000));
    rates.fold(rate('okx:spot', at(seconds), 1));
    fold(state, holders(t0 - 1, [owner('fund:a', 2e7, { addresses: ['0xa'] })]));
    for (const message of transfers) fold(state, message);
    const asset = { asset: assetId('OM'), float: 1e9, chains: [sourceId('eip155:1')], ledgers: [{ chain, spec }] };
    return computeScore(state, rates, asset, at(seconds), { ...scoringDefaults, costs: terms, assets: [asset] });
  };
  const early = (tx: string): TransferMessage => transfer(tx, at(0), 1e6);
  const late = (tx: string): TransferMessage => transfer(tx, at(299), 4e6);

  it('has all deposits, and beside them those that a warning may rest on, where these are fewer', () => {
    const score = scoreAt(300, deep, [early('0x1'), late('0x2')]);
    expect([score.deposits.horizon.units, score.told?.deposits.horizon.units]).toEqual([5e6, 1e6]);
    expect([score.deposits.largest?.tx, score.told?.deposits.largest?.tx]).toEqual(['0x2', '0x1']);
    expect([score.issuerFloatShare, score.told?.issuerFloatShare]).toEqual([0.005, 0.001]);
    expect([score.deposits.clusters, score.told?.deposits.clusters].map((clusters) => clusters?.map(({ cluster, dayUnits }) => [cluster, dayUnits]))).toEqual([[['fund:a', 5e6]], [['fund:a', 1e6]]]);
    expect(score.deposits.clusters?.[0]?.unsettled?.undone).toBeGreaterThan(0.3);
    expect(score.told?.deposits.clusters?.[0]?.unsettled?.undone).toBeLessThan(0.01);
    expect(score.told?.deposits.recent).toBeUndefined();
    expect(scoreMessage.parse({ ...score, seq: 1, receivedAt: t0 })).toMatchObject({ told: { issuerFloatShare: 0.001 } });
  });
  it('has a deposit that was waited for within its horizon for as long as any other, also where the wait is as long as the horizon', () => {
    const horizon = scoringDefaults.horizonSeconds;
    const slow: SettlementSpec = { class: 'btc', figures: { blockSeconds: 600, confirmations: 3, attackerShare: 0.3 } };
    const onlyLast = { falseAlarm: 900, delayPerSecond: 0 };
    for (const [spec, terms] of [[deep, costs], [slow, onlyLast]] as const) {
      const wait = Array.from({ length: 1_300 }, (_, s) => s).find((s) => depositFinality([{ chain, spec }], terms, at(s)).isTold(one())) ?? NaN;
      expect(wait).toBeGreaterThan(spec === slow ? horizon : 13);
      const units = (seconds: number): number | undefined => {
        const { told, deposits } = scoreAt(seconds, spec, [early('0x1')], terms);
        return (told ?? { deposits }).deposits.horizon.units;
      };
      expect([wait - 1, wait, wait + horizon - 1, wait + horizon].map(units)).toEqual([0, 1e6, 1e6, 0]);
      expect(scoreAt(wait + horizon, spec, [early('0x1')], terms).told).toBeUndefined();
      expect(scoreAt(wait + horizon - 1, spec, [early('0x1')], terms).deposits.horizon.units).toBe(0);
    }
  });
  it('has nothing beside them on Ethereum, once they are old enough, or once they are final', () => {
    expect(scoreAt(300, ethereum, [early('0x1'), late('0x2')]).told).toBeUndefined();
    expect(scoreAt(300, ethereum, [early('0x1'), late('0x2')]).deposits.horizon.unsettled).toEqual({ state: 'included', undone: (1_406 + 4) / 2_370_000 });
    expect(scoreAt(299 + 39 * 13, deep, [late('0x2')]).told).toBeUndefined();
    const final = scoreAt(300, deep, [late('0x2'), { ...late('0x2'), state: 'final' }]);
    expect([final.told, final.deposits.horizon.unsettled]).toEqual([undefined, undefined]);
  });
});
