import { describe, expect, it } from '@jest/globals';
import { scoreMessage, shapeSeriesEveryMs } from '@breakwater/contracts';
import { assetId, chainId, epochMs, sourceId } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from '../asset-state.ts';
import { computeScore, type Computed } from '../compute-score.ts';
import { scoringDefaults, type ScoringConfig } from '../config.ts';
import { createRates } from '../rates.ts';
import { holdAsset, onlyOf, restoreAsset } from '../saved-state.ts';
import { book, instrument, ladder } from '../testing/messages.ts';
import { createProducerMemory } from './producer-memory.ts';
import { producers } from './test-producers.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const [vaulta, wax] = [chainId('antelope:aca376f206b8fc25a6ed44dbdc66547c'), chainId('antelope:1064487b3cd1a897ce03ae5b6a865651')];

describe('what is kept of who makes blocks', () => {
  it('is the last that each chain told, whatever the order, and comes back from what was saved', () => {
    const memory = createProducerMemory();
    for (const message of [producers(t0, wax), producers(t0 + 2, vaulta, { candidates: 2 }), producers(t0 + 1, vaulta, { candidates: 1 })]) memory.fold(message);
    expect(memory.chains().map(({ chain, candidates }) => [chain, candidates])).toEqual([[wax, 25], [vaulta, 2]]);
    const before = memory.version();
    memory.fold(producers(t0, wax));
    expect(memory.version()).toBe(before);
    const again = createProducerMemory(JSON.parse(JSON.stringify(memory.save())) as ReturnType<typeof memory.save>);
    expect([again.chains(), again.version()]).toEqual([memory.chains(), 0]);
  });
});

describe('who makes blocks, in a score', () => {
  const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM') }] };
  function world(...more: readonly Parameters<typeof fold>[1][]): AssetState {
    const state = createAssetState();
    const { bids, asks } = ladder(6, 50, 0.004, 20_000);
    for (const message of [instrument('binance', t0), book('binance', t0, bids, asks), ...more]) fold(state, message);
    return state;
  }
  const scored = (state: AssetState, at = t0 + shapeSeriesEveryMs, chains = [vaulta]): Computed => computeScore(state, createRates(config.staleAfterMs), { asset: assetId('OM'), ledgers: chains.map((chain) => ({ chain, spec: { class: 'l1-pos' } })) }, epochMs(at), config);

  it('is told with the settlement of its chain, of chains of the asset alone, and is among its inputs', () => {
    const state = world(producers(t0, vaulta), producers(t0, wax));
    const score = scored(state);
    expect(score.settlement?.producers).toEqual([expect.objectContaining({ chain: vaulta, at: t0, candidates: 25, scheduled: 21, votes: { voters: 25, hhi: 0.0523, third: 5, half: 8 } })]);
    expect(scoreMessage.safeParse({ ...score, seq: 1, receivedAt: t0 }).success).toBe(true);
    expect(scored(world()).settlement).not.toHaveProperty('producers');
    expect(scored(state, t0 + 1_000).settlement).toBeUndefined();
    expect(new Set([score.inputHash, scored(world()).inputHash, scored(world(producers(t0, vaulta, { candidates: 24 }), producers(t0, wax))).inputHash]).size).toBe(3);
  });
  it('is told for an hour after it was read, and again once it is', () => {
    const late = t0 + 3_600_000;
    const state = world(producers(t0, vaulta));
    expect(state.producers.recent(epochMs(late - 1))).toHaveLength(1);
    expect(state.producers.recent(epochMs(late))).toEqual([]);
    expect(scored(state, late).settlement).not.toHaveProperty('producers');
    expect(scored(state, late).inputHash).toBe(scored(world(), late).inputHash);
    fold(state, producers(late - 600_000, vaulta));
    expect(scored(state, late).settlement?.producers?.map(({ at }) => at)).toEqual([late - 600_000]);
  });
  it('survives where a worker hands its assets on, but for chains that are watched no more', () => {
    const held = holdAsset(world(producers(t0, vaulta), producers(t0, wax)));
    expect(scored(restoreAsset(held)).settlement).toEqual(scored(world(producers(t0, vaulta))).settlement);
    expect(restoreAsset(onlyOf(held, new Set([sourceId(wax)]))).producers.chains().map(({ chain }) => chain)).toEqual([wax]);
  });
});
