import { createHash } from 'node:crypto';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import type { AssetState, MarketState } from './asset-state.ts';
import { modelVersion } from './config.ts';
import type { MarketModel } from './market-model.ts';

/**
 * `sha256:` of what the figures of a score are computed from, in one canonical order: model version, definitions, books, positions, rates, deposits.
 * Without ages, sequence numbers and the order of arrival: a restart that reads the same state anew has the same hash.
 */
export function hashInputs(asset: AssetId, at: EpochMs, markets: readonly { readonly state: MarketState; readonly model: MarketModel }[], state: AssetState): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([modelVersion, asset, at]));
  for (const { state: market, model } of markets) {
    const d = market.definition;
    const layers = [...market.deep].sort(([a], [b]) => a - b).map(([layer, { bids, asks }]) => [layer, bids, asks]);
    hash.update(JSON.stringify([
      d?.instrument, d?.marketKind, d?.quote, d?.tickSize, d?.lotSize, d?.contractSize, d?.multiplier, d?.maxLeverage,
      model.bookHealth, market.book.levels('bids'), market.book.levels('asks'), layers,
      market.mark?.value, market.index?.value, market.openInterest?.value, market.accounts.positions().map(({ account, qty, liquidationPrice }) => [account, qty, liquidationPrice]), model.rate?.usd, model.rate?.low, model.rate?.high, model.rate?.status,
      ...(model.inferredShare === 0 ? [] : [model.inferredShare, ...[model.longs, model.shorts].map((side) => [side?.ticks, side?.lots].map((values) => Array.from(values ?? [])))]),
    ]));
  }
  for (const t of state.deposits.within(at, 86_400_000)) hash.update(JSON.stringify([t.chain, t.tx, t.logIndex, t.units, t.state]));
  return `sha256:${hash.digest('hex')}`;
}
