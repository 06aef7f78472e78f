import { describe, expect, it } from '@jest/globals';
import { addressesScore, clusterDeposits, hawkesScore, reserveScore, seriesCatalogue, tailScore, type ScoreMessage } from '@breakwater/contracts';
import { assetId, epochMs, usd } from '@breakwater/models/core';
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

/** What is stored of some series, by default those of the tail and of branching, of a score with these. */
function stored(at: number, over: Partial<ScoreMessage>, which = /^(value_at_risk|expected_shortfall|cascade_shortfall|tail_index|branching_ratio)/): Readonly<Record<string, number>> {
  const score: ScoreMessage = { ...computeScore(createAssetState(), createRates(config.staleAfterMs), { asset: om }, epochMs(at), config), seq: 0, receivedAt: epochMs(at), ...over };
  const points = seriesPoints(score, [], config.staleAfterMs).filter(({ series }) => which.test(series));
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

const addresses = addressesScore.parse({
  status: 'exact', at: t0, holders: 1_200, complete: true, supplyUnits: 9e8, effectiveFloatUnits: 4e8, concentration: { gini: 0.9, hhi: 0.04, effectiveHolders: 25, nakamoto: 7 }, clusters: [], flows: [],
  unlocks: [], overhang: [{ days: 7, units: 1e6, overhang: 0.5 }, { days: 30, units: 5e6, overhang: 1.5 }], review: null,
});
const risk = (probability: number): object => ({ probability, baseRate: probability / 10, reasons: [], model: 'test' });
const owner = (over: object): object =>
  clusterDeposits.parse({ cluster: 'issuer:om', label: 'issuer:om', addressCount: 3, dayUnits: 1e6, dayUsd: 6e6, weekUnits: 2e6, weekUsd: 1.2e7, dayFloatShare: 0.01, weekFloatShare: 0.02, ofThreshold: 0.4, risk: risk(0.2), ...over });

describe('series of holders', () => {
  const which = /^(holders|supply_units|effective_float|unlock_overhang|deposit_risk)/;
  const told = (over: Partial<ScoreMessage>): Readonly<Record<string, number>> => stored(t0, over, which);
  const depositsOf = (...clusters: readonly object[]): ScoreMessage['deposits'] => {
    const bare = { windowSeconds: 900, units: 0, usd: usd(0), count: 0 };
    return { horizon: bare, day: bare, issuerDay: bare, largest: null, clusters: clusters as NonNullable<ScoreMessage['deposits']['clusters']> };
  };
  it('are the figures of the score, and of deposits the likeliest fall with the rate that belongs to it', () => {
    expect(told({ addresses, deposits: depositsOf(owner({ risk: null }), owner({ risk: risk(0.6) }), owner({})) })).toEqual({
      holders: 1_200, holders_gini: 0.9, holders_hhi: 0.04, holders_nakamoto: 7, supply_units: 9e8, effective_float_units: 4e8, unlock_overhang: 1.5, deposit_risk: 0.6, deposit_risk_base_rate: 0.06,
    });
  });
  it('have no point where the score has none', () => {
    expect(told({})).toEqual({});
    expect(told({ addresses: null, deposits: depositsOf(owner({ risk: null })) })).toEqual({});
    expect(told({ addresses: { ...addresses, concentration: null, overhang: [{ days: 30, units: 5e6, overhang: null }] }, deposits: depositsOf() })).toEqual({ holders: 1_200, supply_units: 9e8, effective_float_units: 4e8 });
  });
});

const reserve = reserveScore.parse({
  status: 'exact', chain: 'bsc', currency: 'BNB', floor: 0.002, floorUsd: 1.2, trustedFloorUsd: 1.15, effectiveFloorUsd: 1.1, worstFloorUsd: 0.3, premium: -0.05, vault: 200, supply: 1e5, cap: 4e5, owner: null, liquidityLockedUntil: null, floorDayAgo: 0.0025, events: [],
});

describe('series of a reserve', () => {
  it('are the figures of the score', () => {
    const told = stored(t0, { reserve }, /^reserve_/);
    expect({ ...told, reserve_floor_of_day_ago: Number(told['reserve_floor_of_day_ago']?.toFixed(12)) }).toEqual({
      reserve_floor_usd: 1.2, reserve_trusted_floor_usd: 1.15, reserve_effective_floor_usd: 1.1, reserve_worst_floor_usd: 0.3, reserve_premium: -0.05, reserve_vault: 200, reserve_supply: 1e5, reserve_floor_of_day_ago: 0.8,
    });
  });
  it('have no point where the score has none, and none between two whole multiples of ten seconds', () => {
    expect(stored(t0, {}, /^reserve_/)).toEqual({});
    expect(stored(t0 + 1_000, { reserve }, /^reserve_/)).toEqual({});
    expect(stored(t0, { reserve: { ...reserve, floorUsd: null, trustedFloorUsd: null, effectiveFloorUsd: null, worstFloorUsd: null, premium: null, floorDayAgo: 0 } }, /^reserve_/)).toEqual({ reserve_vault: 200, reserve_supply: 1e5 });
  });
});
