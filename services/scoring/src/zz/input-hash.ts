import { createHash } from 'node:crypto';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import type { AssetState, MarketState } from './asset-state.ts';
import { modelVersion } from './config.ts';
import type { MarketModel } from './market-model.ts';

/** `sha256:` of everything a score depends on, in one canonical order: model version, books, positions, rates, deposits. */
export function hashInputs(asset: AssetId, at: EpochMs, markets: readonly { readonly state: MarketState; readonly model: MarketModel }[], state: AssetState): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([modelVersion, asset, at]));
  for (const { state: market, model } of markets) {
    hash.update(JSON.stringify([
      market.definition?.instrument, market.bookHealth, market.book.levels('bids'), market.book.levels('asks'), [...market.deep].map(([layer, { bids, asks }]) => [layer, bids, asks]),
      market.mark?.value, market.openInterest?.value, model.rate?.usd, model.rate?.status,
    ]));
  }
  for (const t of state.deposits.within(at, 86_400_000)) hash.update(JSON.stringify([t.chain, t.tx, t.logIndex, t.units, t.state]));
  return `sha256:${hash.digest('hex')}`;
}
