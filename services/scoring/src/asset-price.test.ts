import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs, instrumentId, sourceId } from '@breakwater/models/core';
import { assetPrice } from './asset-price.ts';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { createRates } from './rates.ts';
import { book, health, instrument, rate, trade } from './testing/messages.ts';

const t0 = 1_700_000_000_000;
const rates = createRates(120_000);
rates.fold(rate('okx:perp', t0, 1));
rates.fold(rate('okx:perp', t0, 1.1, 'EUR'));
const idOf = (venue: string) => instrumentId(venue, 'perp', 'OMUSDT');

/** Middles of 5, 5.1 (a thousand times, for a thousand units) and 5.5 (5 euro). */
function threeMarkets(): AssetState {
  const state = createAssetState();
  fold(state, instrument('binance', t0));
  fold(state, book('binance', t0, [4.99, 10], [5.01, 10]));
  fold(state, instrument('bybit', t0, { multiplier: 1_000 }));
  fold(state, book('bybit', t0, [5_099, 10], [5_101, 10]));
  fold(state, instrument('kraken', t0, { quote: currencyCode('EUR') }));
  fold(state, book('kraken', t0, [4.99, 10], [5.01, 10]));
  return state;
}
const priceOf = (state: AssetState, behind: readonly string[] = []): number | undefined => assetPrice(state.markets.values(), state.activity, rates, epochMs(t0 + 1_000), new Set(behind.map((venue) => sourceId(`${venue}:perp`))));

describe('the price of an asset', () => {
  it('is that of the market in the middle by what is traded', () => {
    const state = threeMarkets();
    expect(priceOf(state)).toBeCloseTo(5.1, 9);
    fold(state, trade('kraken', t0 + 1, 5, 60));
    fold(state, trade('binance', t0 + 2, 5, 50));
    expect(priceOf(state)).toBeCloseTo(5.5, 9);
    // A thousand units each.
    fold(state, trade('bybit', t0 + 3, 5_100, 1));
    expect(state.activity.of(idOf('bybit'))).toBe(1_000);
    expect(priceOf(state)).toBeCloseTo(5.1, 9);
    state.bars.sample(epochMs(t0 + 1_000), 5);
    expect(state.bars.saveOpen()?.volume).toBe(1_110);
  });

  it('leaves out books that are not current, and is nobody\'s word without any', () => {
    const state = threeMarkets();
    fold(state, health('bybit', t0 + 5, 'resyncing'));
    expect(priceOf(state, ['kraken'])).toBeCloseTo(5, 9);
    expect(priceOf(state, ['kraken', 'binance'])).toBeUndefined();
  });

  it('counts contracts of an inverse market in units, half of them a day later, and no trade of before a restart again', () => {
    const state = createAssetState({ tick: { lastTick: t0, deposits: [], history: [] } });
    fold(state, instrument('okx', t0, { marketKind: 'inverse', contractSize: 10 }));
    fold(state, trade('okx', t0, 4, 7));
    expect(state.activity.of(idOf('okx'))).toBe(0);
    fold(state, trade('okx', t0 + 1, 4, 8));
    expect(state.activity.of(idOf('okx'))).toBe(20);
    for (let bar = 0; bar < 288; bar++) state.activity.age();
    expect(state.activity.of(idOf('okx'))).toBeCloseTo(10, 9);
  });
});
