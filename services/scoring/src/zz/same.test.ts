import { expect, it } from '@jest/globals';
import { assetId, createRng, epochMs } from '@breakwater/models/core';
import { createAssetState, fold } from '../asset-state.ts';
import { scoringDefaults } from '../config.ts';
import { modelMarket } from '../market-model.ts';
import { createRates } from '../rates.ts';
import { modelMarket as old } from './market-model.ts';
import { book, deepBook, health, instrument, ladder, rate, ticker } from '../testing/messages.ts';
it('same', () => {
  const rng = createRng(5);
  const t0 = 1_700_000_000_000;
  const config = { ...scoringDefaults, assets: [{ asset: assetId('OM') }] };
  for (let i = 0; i < 400; i++) {
    const state = createAssetState();
    const l = ladder(6, 1 + Math.floor(rng.next() * 100), 0.004 * rng.next() + 0.001, 1 + rng.next() * 20_000);
    const kind = (['linear', 'inverse', 'spot'] as const)[Math.floor(rng.next() * 3)] ?? 'linear';
    fold(state, instrument('binance', t0, { marketKind: kind, multiplier: rng.next() < 0.5 ? 1 : 1000, contractSize: rng.next() < 0.5 ? 1 : 10 }));
    if (rng.next() < 0.9) fold(state, book('binance', t0, l.bids, l.asks));
    if (rng.next() < 0.5) fold(state, deepBook('binance', t0, ladder(5, 20, 0.01, 1e5).bids, []));
    if (rng.next() < 0.8) fold(state, ticker('binance', t0, 6, rng.next() * 1e6));
    if (rng.next() < 0.3) fold(state, health('binance', t0 + 1, 'resyncing'));
    const rates = createRates(1e5);
    if (rng.next() < 0.5) rates.fold(rate('x', t0, 0.9));
    for (const m of state.markets.values()) {
      const r = rates.at('USDT' as never, epochMs(t0 + 1000));
      expect(modelMarket(m, epochMs(t0 + 1000), config, r, state.history)).toEqual(old(m, epochMs(t0 + 1000), config, r, state.history));
    }
  }
});
