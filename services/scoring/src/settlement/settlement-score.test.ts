import { describe, expect, it } from '@jest/globals';
import { scoreMessage, shapeSeriesEveryMs } from '@breakwater/contracts';
import { assetId, chainId, epochMs } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from '../asset-state.ts';
import { computeScore, type Computed } from '../compute-score.ts';
import { scoringDefaults, type ScoredAsset, type ScoringConfig } from '../config.ts';
import { createRates } from '../rates.ts';
import { book, instrument, ladder, rate, ticker } from '../testing/messages.ts';
import { cascadeTimes, settlementScoreOf, type ChainLedger } from './settlement-score.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: om }] };
const ledgers: readonly ChainLedger[] = [
  { chain: chainId('eip155:1'), spec: { class: 'l1-pos' } }, { chain: chainId('eip155:42161'), spec: { class: 'optimistic-rollup', figures: { fastCapacityUsd: 2e6 } } }, { chain: chainId('eip155:56'), spec: { class: 'l1-pos', figures: { slotSeconds: 0.45, finalFromSlots: 2, finalToSlots: 3 } } },
];

function world(openInterest: number): AssetState {
  const state = createAssetState();
  const levels = ladder(6, 150, 0.004, 20_000);
  for (const venue of ['binance', 'okx']) {
    fold(state, instrument(venue, t0));
    fold(state, book(venue, t0, levels.bids, levels.asks));
    if (openInterest > 0) fold(state, ticker(venue, t0, 6, openInterest));
  }
  return state;
}
function scoreOf(asset: Partial<ScoredAsset>, at: number, openInterest = 2_000_000): Computed {
  const rates = createRates(config.staleAfterMs);
  rates.fold(rate('okx:spot', t0, 1));
  return computeScore(world(openInterest), rates, { asset: om, ...asset }, epochMs(at), config);
}

describe('how long help takes', () => {
  it('each chain has its median, 95 % point, capacity and odds; what settles in seconds rescues more than what takes a quarter of an hour', () => {
    const score = scoreOf({ ledgers }, t0 + shapeSeriesEveryMs);
    expect(score.ignitionUsd).not.toBeNull();
    const [ethereum, arbitrum, bnb] = score.settlement?.chains ?? [];
    expect([ethereum?.chain, arbitrum?.settlement, arbitrum?.fastCapacityUsd, bnb?.fastCapacityUsd]).toEqual(['eip155:1', 'optimistic-rollup', 2e6, null]);
    expect((ethereum?.medianSeconds ?? 0) / 60).toBeGreaterThan(12.8);
    expect((ethereum?.p95Seconds ?? 0) / 60).toBeLessThan(25);
    expect(bnb?.medianSeconds).toBeLessThan(60);
    for (const chain of [ethereum, arbitrum, bnb]) expect(chain?.medianSeconds).toBeLessThan(chain?.p95Seconds ?? 0);
    expect(ethereum?.revertProbability).toBeCloseTo(0.0006, 4);
    expect(bnb?.rescueProbability ?? 0).toBeGreaterThan(ethereum?.rescueProbability ?? 1);
    // A fifth is held back under stress, however fast it is.
    expect(bnb?.rescueProbability).toBeLessThanOrEqual(0.8);
    expect(bnb?.rescueProbability).toBeGreaterThan(0.6);
    expect(scoreMessage.safeParse({ ...score, seq: 1, receivedAt: t0 }).success).toBe(true);
  });

  it('is told where the tail is, for assets on a chain, and says nothing of rescue where nothing ignites', () => {
    expect(scoreOf({ ledgers }, t0 + 1_000).settlement).toBeUndefined();
    expect(scoreOf({}, t0 + shapeSeriesEveryMs).settlement).toBeUndefined();
    const calm = scoreOf({ ledgers }, t0 + shapeSeriesEveryMs, 0);
    expect(calm.ignitionUsd).toBeNull();
    expect(calm.settlement?.chains.map(({ rescueProbability }) => rescueProbability)).toEqual([null, null, null]);
  });

  it('the time a cascade takes is that of its sale and some seconds, one for each pace', () => {
    const score = scoreOf({ ledgers }, t0 + shapeSeriesEveryMs);
    const nothing = cascadeTimes({ system: undefined, ignitionUsd: 1, landingPrice: 1, response: score.response, horizonSeconds: 900 });
    expect(nothing).toBeUndefined();
    const odds = (horizonSeconds: number): number => {
      const rates = createRates(config.staleAfterMs);
      rates.fold(rate('okx:spot', t0, 1));
      const { settlement } = computeScore(world(2_000_000), rates, { asset: om, ledgers }, epochMs(t0 + shapeSeriesEveryMs), { ...config, horizonSeconds });
      return settlement?.chains[1]?.rescueProbability ?? NaN;
    };
    // A sale that takes longer leaves more time.
    expect(odds(3_600)).toBeGreaterThan(odds(900));
    expect(odds(900)).toBeGreaterThan(odds(120));
  });

  it('names at most sixteen chains', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ chain: chainId(`eip155:${i + 1}`), spec: { class: 'internal' as const } }));
    expect(settlementScoreOf(many, undefined, () => ({ system: undefined, ignitionUsd: null, landingPrice: null, response: null, horizonSeconds: 900 })).chains).toHaveLength(16);
  });
});
