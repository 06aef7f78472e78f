import { describe, expect, it } from '@jest/globals';
import { hawkesScore, seriesCatalogue, tailScore, type ScoreMessage } from '@breakwater/contracts';
import { assetId, epochMs } from '@breakwater/models/core';
import { createAssetState } from './asset-state.ts';
import { computeScore } from './compute-score.ts';
import { scoringDefaults } from './config.ts';
import { createRates } from './rates.ts';
import { seriesPoints } from './series-points.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const config = { ...scoringDefaults, assets: [{ asset: om }] };
const loss = (level: number, value: number): object => ({ level, value, low: value / 2, high: value * 2, status: 'inferred' });
const tail = tailScore.parse({
  horizonSeconds: 3_600, barSeconds: 300, observations: 2_000, status: 'inferred', valueAtRisk: loss(0.99, 0.03), expectedShortfall: loss(0.975, 0.04), cascadeExpectedShortfall: loss(0.975, 0.2),
  tailIndex: { value: 0.3, low: 0.1, high: 0.5, meanIdentified: true }, curve: [], forcedCurve: null, observed: [], scenarios: [],
});
const hawkes = hawkesScore.parse({ branching: { value: 0.6, low: 0.5, high: 0.7, status: 'inferred' }, events: 80, disagreement: false });

/** What is stored of the tail and of branching, of a score with these. */
function stored(at: number, over: Partial<ScoreMessage>): Readonly<Record<string, number>> {
  const score: ScoreMessage = { ...computeScore(createAssetState(), createRates(config.staleAfterMs), { asset: om }, epochMs(at), config), seq: 0, receivedAt: epochMs(at), ...over };
  const points = seriesPoints(score, [], config.staleAfterMs).filter(({ series }) => /^(value_at_risk|expected_shortfall|cascade_shortfall|tail_index|branching_ratio)/.test(series));
  for (const { labels, time } of points) expect([labels, time]).toEqual([{ asset: 'OM' }, at]);
  return Object.fromEntries(points.map(({ series, value }) => [series, value]));
}

describe('series of the tail and of branching', () => {
  it('are the figures of the score with the ends of their bands', () => {
    expect(stored(t0, { tail, hawkes })).toEqual({
      value_at_risk: 0.03, value_at_risk_low: 0.015, value_at_risk_high: 0.06, expected_shortfall: 0.04, expected_shortfall_low: 0.02, expected_shortfall_high: 0.08,
      cascade_shortfall: 0.2, cascade_shortfall_low: 0.1, cascade_shortfall_high: 0.4, tail_index: 0.3, tail_index_low: 0.1, tail_index_high: 0.5, branching_ratio: 0.6, branching_ratio_low: 0.5, branching_ratio_high: 0.7,
    });
    expect(Object.keys(seriesCatalogue)).toEqual(expect.arrayContaining(Object.keys(stored(t0, { tail, hawkes }))));
  });
  it('have no point where the score has none', () => {
    expect(stored(t0, {})).toEqual({});
    expect(stored(t0, { tail: null, hawkes: null })).toEqual({});
    expect(stored(t0, { tail: { ...tail, expectedShortfall: null, cascadeExpectedShortfall: null, tailIndex: null } })).toEqual({ value_at_risk: 0.03, value_at_risk_low: 0.015, value_at_risk_high: 0.06 });
  });
});
