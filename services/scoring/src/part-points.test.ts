import { describe, expect, it } from '@jest/globals';
import { clusterDeposits, settlementScore, type ClusterDeposits, type ScoreMessage } from '@breakwater/contracts';
import { assetId, epochMs } from '@breakwater/models/core';
import { createAssetState } from './asset-state.ts';
import { computeScore } from './compute-score.ts';
import { scoringDefaults } from './config.ts';
import { partPoints } from './part-points.ts';
import { createRates } from './rates.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const config = { ...scoringDefaults, assets: [{ asset: om }] };

const owner = (label: string | null, dayFloatShare: number | null, ofThreshold: number | null): ClusterDeposits =>
  clusterDeposits.parse({ cluster: label ?? '0x01', label, addressCount: 1, dayUnits: 1, dayUsd: 1, weekUnits: 1, weekUsd: 1, dayFloatShare, weekFloatShare: null, ofThreshold, risk: null });
const settlement = settlementScore.parse({
  chains: [
    { chain: 'ethereum', settlement: 'l1', medianSeconds: 800, p95Seconds: 1_300, fastCapacityUsd: null, revertProbability: 0.001, rescueProbability: 0.4 },
    { chain: 'arbitrum', settlement: 'optimistic', medianSeconds: 600, p95Seconds: 700, fastCapacityUsd: 1e6, revertProbability: 0, rescueProbability: null },
  ],
});

/** Series, labels and values of a score with these owners and that settlement. */
function told(at: number, clusters: readonly ClusterDeposits[] | undefined, over: Partial<ScoreMessage> = {}): readonly unknown[] {
  const bare = { ...computeScore(createAssetState(), createRates(config.staleAfterMs), { asset: om }, epochMs(at), config), seq: 0, receivedAt: epochMs(at) };
  const points = partPoints({ ...bare, deposits: clusters === undefined ? bare.deposits : { ...bare.deposits, clusters }, ...over });
  for (const { time, labels } of points) expect([time, labels['asset']]).toEqual([at, 'OM']);
  return points.map(({ series, labels, value }) => [series, labels['owner'] ?? labels['chain'], value]);
}

describe('points of owners and chains', () => {
  it('are the most of an owner of each kind, whoever has it', () => {
    const owners = [owner(null, 0.01, null), owner('issuer:mantra', 0.02, 0.5), owner('issuer:other', null, 0.7), owner('fund:laser', 0.03, 0.2), owner('market-maker:mm', 0.9, 9)];
    expect(told(t0, owners)).toEqual([
      ['owner_deposits_float_share', 'issuer', 0.02], ['owner_deposits_of_threshold', 'issuer', 0.7], ['owner_deposits_float_share', 'dealer', 0.9], ['owner_deposits_of_threshold', 'dealer', 9], ['owner_deposits_float_share', 'other', 0.03], ['owner_deposits_of_threshold', 'other', 0.2],
    ]);
  });
  it('are none of a kind that deposited nothing, or of which nothing is known', () => {
    expect(told(t0, undefined)).toEqual([]);
    expect(told(t0, [])).toEqual([]);
    expect(told(t0, [owner('issuer:mantra', null, null), owner(null, 0, 0)])).toEqual([['owner_deposits_float_share', 'other', 0], ['owner_deposits_of_threshold', 'other', 0]]);
  });
  it('are of owners at whole multiples of ten seconds alone', () => {
    expect(told(t0 + 1_000, [owner(null, 0.1, 0.1)])).toEqual([]);
    expect(told(t0 + 10_000, [owner(null, 0.1, 0.1)])).toHaveLength(2);
  });
  it('are of every chain that the score tells of, without a chance of rescue where nothing ignites', () => {
    expect(told(t0 + 30_000, undefined, { settlement })).toEqual([['settlement_p95_seconds', 'ethereum', 1_300], ['rescue_probability', 'ethereum', 0.4], ['settlement_p95_seconds', 'arbitrum', 700]]);
    expect(told(t0, undefined, { settlement: null })).toEqual([]);
  });
  it('are of how votes are spread where a chain elects its producers, and none where nobody has a vote', () => {
    const vaulta = { chain: 'antelope:aca376f206b8fc25a6ed44dbdc66547c', at: t0, candidates: 25, complete: true, scheduled: 21, votes: { voters: 25, hhi: 0.05, third: 5, half: 8 }, scheduledVotes: null, scheduledShare: 0.9, top: [] };
    const produced = { chains: [], producers: [vaulta, { ...vaulta, chain: 'antelope:1', votes: null }] } as unknown as ScoreMessage['settlement'];
    expect(told(t0 + 30_000, undefined, { settlement: produced })).toEqual([['producers_third', vaulta.chain, 5], ['producers_half', vaulta.chain, 8], ['producers_hhi', vaulta.chain, 0.05]]);
  });
});
