import { createHash } from 'node:crypto';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { tradingOf } from './addresses/market-facts.ts';
import type { AssetState, MarketState } from './asset-state.ts';
import { modelVersion } from './config.ts';
import type { MarketModel } from './market-model.ts';

/**
 * `sha256:` of what was read of which the figures of a score are computed, in one canonical order: model version, definitions, books, positions, rates, deposits, and where it is known who holds the asset the holders, deposits by day, the
 * last look back, the volume and funding that risks of owners are of; who makes the blocks of its chains, and the reserve behind it, where those are read.
 * Without the settings (the model of owners' risks and its prevalence, costs of waiting, sales over the counter, capital declared, ledgers of chains): two runs compare by it where their configs are the same. Without ages, sequence numbers and the order of arrival: a restart that reads the same state anew has the same hash.
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
  const chains = state.holders.chains();
  if (chains.length > 0) {
    const { volumeUnits, dailyVolatility, hours } = tradingOf(state.bars.closed());
    const funding = markets.map(({ state: { definition, funding: rate } }) => [definition?.instrument, rate?.value]);
    hash.update(JSON.stringify([chains.map(({ message, digest }) => [message.chain, digest]), state.holders.days(), state.holders.review()?.changes, state.holders.review()?.days, volumeUnits, dailyVolatility, hours, funding]));
  }
  const producers = state.producers.recent(at);
  if (producers.length > 0) hash.update(JSON.stringify(producers.map(({ chain, candidates, complete, scheduled, scheduleVersion, votes, scheduledVotes, scheduledShare, top }) => [chain, candidates, complete, scheduled, scheduleVersion, votes, scheduledVotes, scheduledShare, top])));
  const reserve = state.reserve.latest();
  if (reserve !== undefined) {
    const { vault, vaultDecimals, supply, decimals, cap, owner, liquidityLockedUntil } = reserve;
    hash.update(JSON.stringify([vault, vaultDecimals, supply, decimals, cap, owner, liquidityLockedUntil, markets.map(({ model }) => model.floor), state.reserve.events().map(({ tx, logIndex, state: settled }) => [tx, logIndex, settled])]));
  }
  return `sha256:${hash.digest('hex')}`;
}
