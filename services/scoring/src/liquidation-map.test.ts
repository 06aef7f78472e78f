import { describe, expect, it } from '@jest/globals';
import { liquidationMap, mapReachPercent, mapStepPercent, type LiquidationMap, type ScoreMessage } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs, price } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { computeScore } from './compute-score.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { modelAsset } from './modelled-market.ts';
import { createRates } from './rates.ts';
import { shapePoints } from './shape-points.ts';
import { book, instrument, ladder, rate, ticker, trade } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: om }] };
const rates = createRates(config.staleAfterMs);
rates.fold(rate('okx:spot', t0, 0.98));
rates.fold(rate('okx:spot', t0, 1, 'USD'));

/** A linear perpetual of eight million units, and an inverse one of ten million dollars. */
function world(): AssetState {
  const state = createAssetState();
  const deep = ladder(6, 150, 0.004, 20_000);
  fold(state, instrument('binance', t0));
  fold(state, book('binance', t0, deep.bids, deep.asks));
  fold(state, ticker('binance', t0, 6, 8_000_000));
  fold(state, instrument('okx', t0, { marketKind: 'inverse', contractSize: 10, quote: currencyCode('USD') }));
  fold(state, book('okx', t0, ladder(5.88, 80, 0.005, 4_000).bids, ladder(5.88, 80, 0.005, 4_000).asks));
  fold(state, ticker('okx', t0, 5.88, 1_000_000));
  return state;
}
const scoreOf = (state: AssetState, at: number): ScoreMessage => ({ ...computeScore(state, rates, { asset: om }, epochMs(at), config), seq: 0, receivedAt: epochMs(at) });
const mapOf = (state: AssetState): LiquidationMap => scoreOf(state, t0 + 30_000).liquidationMap ?? { stepPercent: NaN, price: NaN as never, venues: [], long: { low: [], high: [] }, short: { low: [], high: [] } };
const sum = (values: readonly number[] | undefined): number => (values ?? []).reduce((a, b) => a + b, 0);

describe('a map of liquidations', () => {
  it('comes at whole half minutes, and says by venue and step what the engine takes', () => {
    const state = world();
    expect(scoreOf(state, t0 + 29_000).liquidationMap).toBeUndefined();
    const map = mapOf(state);
    expect(liquidationMap.safeParse(map).success).toBe(true);
    expect([map.stepPercent, map.venues.map(({ venue, status }) => `${venue} ${status}`)]).toEqual([mapStepPercent, ['binance inferred', 'okx inferred']]);
    for (const { long, short, longPrior, shortPrior } of map.venues) {
      for (const side of [long, short, longPrior, shortPrior]) expect(side).toHaveLength(mapReachPercent / mapStepPercent);
      // Nobody is named and no price has crossed anything.
      expect([longPrior, shortPrior]).toEqual([long, short]);
    }
    // The series of the same name holds the same dollars, but for what a price between two markets puts on the other side.
    const at = epochMs(t0 + 30_000);
    const modelled = modelAsset(state, rates, at, config);
    const points = shapePoints(scoreOf(state, at), modelled).filter(({ series, labels }) => series === 'liquidation_map_usd' && labels['side'] === 'long');
    expect(sum(map.venues.flatMap(({ long }) => long)) / sum(points.map(({ value }) => value))).toBeCloseTo(1, 6);
    for (const side of ['long', 'short'] as const) {
      const totals = map[side].low.map((_, i) => sum(map.venues.map((venue) => venue[side][i] ?? 0)));
      expect(sum(totals)).toBeGreaterThan(1e6);
      totals.forEach((total, i) => expect((map[side].low[i] ?? NaN) <= total && total <= (map[side].high[i] ?? NaN)).toBe(true));
    }
    // Of eight million units at 5.88 dollars and ten million dollars no more than there is.
    expect(sum(map.venues[0]?.long)).toBeLessThan(8e6 * 5.88);
    expect(sum(map.venues[1]?.short)).toBeLessThan(2 * 1e7);
  });

  it('has positions that a venue names where they are, beside the rest', () => {
    const state = world();
    const { source, seq, asset, instrument: id } = trade('binance', t0, 6, 1);
    const at = epochMs(t0 + 20_000);
    // 6 million of 8: liquidated at 4.77, 20.5 % below the mark.
    fold(state, { kind: 'account.position', source, seq, eventTime: at, receivedAt: at, asset, instrument: id, account: `0x${'1'.repeat(40)}`, qty: 6_000_000, entryPrice: null, marginUsed: null, leverage: null, liquidationPrice: price(4.77) });
    const [before] = mapOf(world()).venues;
    const [after] = mapOf(state).venues;
    const step = Math.floor(20.5 / mapStepPercent);
    expect((after?.long[step] ?? 0) - (after?.longPrior[step] ?? 0)).toBeCloseTo(6e6 * 4.77 * 0.98, -5);
    expect(sum(after?.longPrior) / sum(before?.long)).toBeCloseTo(0.25, 2);
    expect([after?.status, after?.short]).toEqual(['inferred', before?.short]);
  });
});
