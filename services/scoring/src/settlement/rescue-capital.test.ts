import { describe, expect, it } from '@jest/globals';
import { scoreMessage, shapeSeriesEveryMs, type RescueScore } from '@breakwater/contracts';
import { assetId, epochMs } from '@breakwater/models/core';
import { createSettlement } from '@breakwater/models/settlement';
import { createAssetState, fold } from '../asset-state.ts';
import { computeScore, type Computed } from '../compute-score.ts';
import { scoringDefaults, type ScoringConfig } from '../config.ts';
import { createRates } from '../rates.ts';
import { book, instrument, ladder, rate, ticker } from '../testing/messages.ts';
import type { RescueSource } from './rescue-capital.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: om }] };
const exchange = (amountUsd: number): RescueSource => ({ from: 'exchange', amountUsd, spec: { class: 'exchange-withdrawal' } });
const venue = (amountUsd: number): RescueSource => ({ from: 'venue', amountUsd, spec: { class: 'internal' } });
const rollup = (amountUsd: number): RescueSource => ({ from: 'eip155:42161', amountUsd, spec: { class: 'optimistic-rollup', figures: { fastCapacityUsd: 2e6 } } });

function scored(rescue: readonly RescueSource[] | undefined, openInterest = 2_000_000, at = t0 + shapeSeriesEveryMs): Computed {
  const state = createAssetState();
  const { bids, asks } = ladder(6, 150, 0.004, 20_000);
  for (const name of ['binance', 'okx']) {
    for (const message of [instrument(name, t0), book(name, t0, bids, asks)]) fold(state, message);
    if (openInterest > 0) fold(state, ticker(name, t0, 6, openInterest));
  }
  const rates = createRates(config.staleAfterMs);
  rates.fold(rate('okx:spot', t0, 1));
  return computeScore(state, rates, { asset: om, ...(rescue === undefined ? {} : { rescue }) }, epochMs(at), config);
}
const rescueOf = (...sources: readonly RescueSource[]): RescueScore => scored(sources).settlement?.rescue as RescueScore;

describe('capital that was declared to help', () => {
  it('is there as its ledger says, less what a halt holds back: at once at the venue, in minutes from an exchange, by a bridge as far as that carries', () => {
    const { declaredUsd, deployable } = rescueOf(venue(1e6), exchange(4e6), rollup(10e6));
    expect(declaredUsd).toBe(15e6);
    expect(deployable.map(({ seconds }) => seconds)).toEqual([900, 3_600, 86_400]);
    const [withdrawal, bridge] = [createSettlement({ class: 'exchange-withdrawal' }), createSettlement({ class: 'optimistic-rollup' })];
    for (const { seconds, usd } of deployable) {
      // The exit of the rollup takes days: of ten millions two are there within any of these times, and a fifth is taken to be held back.
      const slow = withdrawal.slow === null ? 0 : Math.max(0, 4e6 - (withdrawal.fastCapacityUsd ?? 4e6)) * withdrawal.slow.cdf(seconds);
      const expected = 1e6 + (1 - withdrawal.haltProbability) * (Math.min(4e6, withdrawal.fastCapacityUsd ?? Infinity) * withdrawal.fast.cdf(seconds) + slow) + (1 - bridge.haltProbability) * 2e6 * bridge.fast.cdf(seconds);
      expect(Math.abs(usd / expected - 1)).toBeLessThan(1e-9);
    }
    expect(deployable[0]?.usd ?? NaN).toBeLessThan(deployable[1]?.usd ?? NaN);
    expect(deployable[2]?.usd ?? NaN).toBeLessThan(15e6 - 8e6);
  });

  it('holds the price where enough of it is there in time, and not where it is little or comes late', () => {
    const threshold = scored(undefined).ignitionUsd?.value ?? NaN;
    const landings = (...sources: readonly RescueSource[]): RescueScore['landings'] => rescueOf(...sources).landings;
    expect(landings(venue(3 * threshold))).toEqual({ paces: 4, without: 4, with: 0 });
    expect(landings(venue(threshold / 1_000))).toEqual({ paces: 4, without: 4, with: 4 });
    expect(landings({ from: 'eip155:42161', amountUsd: 3 * threshold, spec: { class: 'plasma' } })).toEqual({ paces: 4, without: 4, with: 4 });
    const late = landings({ from: 'eip155:1', amountUsd: 3 * threshold, spec: { class: 'l1-pos' } });
    expect(late?.with ?? NaN).toBeGreaterThan(landings(venue(3 * threshold))?.with ?? NaN);
  });

  it('is counted where more lots of it than can be counted exactly would be bought: of a cheap token in the finest lots, from several places', () => {
    const state = createAssetState();
    const [bids, asks] = [-1, 1].map((sign) => Array.from({ length: 150 }, (_, i) => [Math.round(1e4 + 10 * sign * (i + 0.5)) / 1e6, 1e5]).flat()) as [number[], number[]];
    for (const name of ['binance', 'okx']) for (const message of [instrument(name, t0, { tickSize: 1e-6, lotSize: 1e-8 }), book(name, t0, bids, asks), ticker(name, t0, 0.01, 1e7)]) fold(state, message);
    const rates = createRates(config.staleAfterMs);
    rates.fold(rate('okx:spot', t0, 1));
    const score = computeScore(state, rates, { asset: om, rescue: [venue(1e9), venue(1e13), exchange(1e9)] }, epochMs(t0 + shapeSeriesEveryMs), config);
    expect(score.settlement?.rescue?.declaredUsd).toBe(1e9 + 1e13 + 1e9);
    expect(score.settlement?.rescue?.landings).toEqual({ paces: 4, without: 4, with: 0 });
  });

  it('is told also of an asset on no chain, not at all where none was declared, and says nothing of landings where nothing ignites', () => {
    const score = scored([exchange(1e6)]);
    expect(score.settlement?.chains).toEqual([]);
    expect(scoreMessage.safeParse({ ...score, seq: 1, receivedAt: t0 }).success).toBe(true);
    expect(scored(undefined).settlement).toBeUndefined();
    expect(scored([]).settlement).toBeUndefined();
    expect(scored([exchange(1e6)], 2_000_000, t0 + 1_000).settlement).toBeUndefined();
    expect(scored([exchange(1e6)], 0).settlement?.rescue?.landings).toBeNull();
  });
});
