import { describe, expect, it } from '@jest/globals';
import { mapReachPercent, mapStepPercent, responseSales, type ScoreMessage } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs } from '@breakwater/models/core';
import type { SeriesPoint } from '@breakwater/platform/store';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { computeScore } from './compute-score.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { modelAsset } from './modelled-market.ts';
import { createRates } from './rates.ts';
import { shapePoints } from './shape-points.ts';
import { book, health, instrument, ladder, rate, ticker } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const now = epochMs(t0 + 30_000);
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: om }] };
const rates = createRates(config.staleAfterMs);
rates.fold(rate('okx:spot', t0, 0.98));

/** Two perpetuals, one of them inverse, and a market whose book broke. */
function world(): AssetState {
  const state = createAssetState();
  for (let hour = 24; hour >= 1; hour--) state.history.add({ at: epochMs(t0 - hour * 3_600_000), price: 6 + 0.02 * hour, ignitionUsd: null, depth2pctUsd: null, complete: true });
  const deep = ladder(6, 150, 0.004, 20_000);
  fold(state, instrument('binance', t0));
  fold(state, book('binance', t0, deep.bids, deep.asks));
  fold(state, ticker('binance', t0, 6, 8_000_000));
  fold(state, instrument('okx', t0, { marketKind: 'inverse', contractSize: 10, quote: currencyCode('USD') }));
  fold(state, book('okx', t0, ladder(6, 80, 0.005, 4_000).bids, ladder(6, 80, 0.005, 4_000).asks));
  fold(state, ticker('okx', t0, 6, 1_000_000));
  fold(state, instrument('bybit', t0));
  fold(state, book('bybit', t0, deep.bids, deep.asks));
  fold(state, ticker('bybit', t0, 6, 3_000_000));
  fold(state, health('bybit', t0 + 1, 'resyncing'));
  return state;
}

function pointsOf(state: AssetState): { readonly score: ScoreMessage; readonly of: (series: string, labels?: SeriesPoint['labels']) => readonly SeriesPoint[] } {
  const modelled = modelAsset(state, rates, now, config);
  const score: ScoreMessage = { ...computeScore(state, rates, { asset: om }, now, config, modelled), seq: 0, receivedAt: now };
  const points = shapePoints(score, modelled);
  return { score, of: (series, labels = {}) => points.filter((point) => point.series === series && Object.entries(labels).every(([name, value]) => point.labels[name] === value)) };
}

const sum = (points: readonly SeriesPoint[]): number => points.reduce((total, { value }) => total + value, 0);

describe('the points of curves and maps', () => {
  const { score, of } = pointsOf(world());

  it('are the response curve of the score at sizes of the list, falling, inside its band', () => {
    const points = of('response_price');
    expect(points.length).toBeGreaterThan(15);
    const prices = points.map(({ value }) => value);
    expect(prices).toEqual([...prices].sort((a, b) => b - a));
    const reach = score.response?.central.at(-1)?.saleUsd ?? 0;
    for (const { labels, value } of points) {
      const sale = Number(labels['sale']);
      expect(responseSales).toContain(sale);
      expect(sale >= reach / 100 && sale <= reach).toBe(true);
      expect(value).toBe(score.response?.central.find(({ saleUsd }) => saleUsd >= sale)?.price);
      const [low, high] = [of('response_price_low', labels)[0]?.value ?? value, of('response_price_high', labels)[0]?.value ?? value];
      expect(low <= value && value <= high).toBe(true);
    }
    // Forced sales are seen: the cliff is between two sizes of the list.
    const gap = (sale: string | undefined): number => (of('response_price_unforced', { sale: sale ?? '' })[0]?.value ?? NaN) / (of('response_price', { sale: sale ?? '' })[0]?.value ?? NaN);
    expect(gap(points.at(-1)?.labels['sale'])).toBeGreaterThan(1.02);
    expect(gap(points[0]?.labels['sale'])).toBeCloseTo(1, 2);
  });

  it('are a map that holds every position within reach once, long below and short above', () => {
    const steps = mapReachPercent / mapStepPercent;
    const moves = new Set(of('liquidation_map_usd').map(({ labels }) => `${labels['side']} ${labels['move']}`));
    for (let i = 1; i <= steps; i++) expect(moves.has(`long ${-i * mapStepPercent}`) && moves.has(`short ${(i - 1) * mapStepPercent}`)).toBe(true);
    const price = score.price?.value ?? NaN;
    for (const side of ['long', 'short'] as const) {
      // Of the engine's own positions, whatever units they are in.
      const expected = modelAsset(world(), rates, now, config).flatMap(({ model: { variants: { value: market }, rate: own } }) => {
        const { ticks, lots } = side === 'long' ? market.longTriggers : market.shortTriggers;
        const usd = own?.usd ?? NaN;
        return [...ticks].map((tick, k) => {
          const move = (tick * market.tickSize * usd) / price - 1;
          const units = (lots[k] ?? NaN) * market.lotSize;
          return Math.abs(move) < mapReachPercent / 100 ? units * usd * (market.kind === 'inverse' ? market.contractSize : tick * market.tickSize) : 0;
        });
      }).reduce((a, b) => a + b, 0);
      expect(expected).toBeGreaterThan(1e6);
      expect(sum(of('liquidation_map_usd', { side })) / expected).toBeCloseTo(1, 9);
    }
    const below = sum(of('liquidation_map_usd', { side: 'long' }).filter(({ labels }) => Number(labels['move']) < 0));
    expect(below / sum(of('liquidation_map_usd', { side: 'long' }))).toBeGreaterThan(0.95);
  });

  it('are depths that contain one another, add up to that of the score within 2 %, and none of a book that broke', () => {
    expect(sum(of('venue_depth_usd', { side: 'bid', within: '2' })) / (score.depth2pctUsd ?? NaN)).toBeCloseTo(1, 9);
    expect(new Set(of('venue_depth_usd').map(({ labels }) => labels['venue']))).toEqual(new Set(['binance', 'okx']));
    for (const side of ['bid', 'ask']) {
      const usd = ['0.5', '1', '2', '5', '10'].map((within) => of('venue_depth_usd', { venue: 'binance', side, within })[0]?.value ?? NaN);
      expect(usd[0]).toBeGreaterThan(1e4);
      expect(usd).toEqual([...usd].sort((a, b) => a - b));
    }
  });

  it('are none of what there is none of', () => {
    const bare = createAssetState();
    fold(bare, instrument('bybit', t0));
    fold(bare, ticker('bybit', t0, 6, 3_000_000));
    const none = pointsOf(bare);
    expect(none.score.price).toBeNull();
    for (const series of ['response_price', 'liquidation_map_usd', 'venue_depth_usd']) expect(none.of(series)).toEqual([]);
  });
});
