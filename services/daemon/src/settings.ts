import { nativeFeeds } from '@breakwater/collectors';
import { ccxtFeedConfig } from '@breakwater/collectors/ccxt';
import type { OtcConfig } from '@breakwater/collectors/config';
import type { ReserveConfig } from '@breakwater/collectors/chains';
import { ledgerFrom, ledgerOf } from '@breakwater/collectors/chains';
import type { SourceId } from '@breakwater/models/core';
import { assert, assetId, chainId, sourceId } from '@breakwater/models/core';
import { riskModel, scoringDefaults, type OtcSale, type ReserveTerms, type RiskModel, type ScoringConfig } from '@breakwater/scoring';
import { readAddressModel } from './address-model/config.ts';
import type { Config } from './config.ts';

/** What scoring is told of the config. */
export function scoringSettings(config: Config): ScoringConfig {
  const { scoring, collect } = config;
  return {
    ...scoringDefaults,
    assets: Object.entries(config.assets).map(([id, asset]) => ({
      asset: assetId(id), chains: [...new Set(asset.tokens.map((token) => token.chain))].sort().map(sourceId), ...(asset.float === undefined ? {} : { float: asset.float }),
      offered: { unlockUnits: asset.unlockUnits, otcUnits: asset.otcUnits }, ...(asset.reserve === undefined ? {} : { reserve: reserveTerms(asset.reserve) }),
      ledgers: [...new Set(asset.tokens.map((token) => token.chain))].sort().map((chain) => ({ chain: chainId(chain), spec: ledgerOf(chain, config.chains[chain]?.settlement) })),
      rescue: asset.rescue.map(({ amountUsd, from }) => ({ amountUsd, from, spec: ledgerFrom(from, config.chains[from]?.settlement) })),
      otc: asset.otc.map(otcSale), unlocks: asset.unlocks.map((date) => ({ ...date, at: Date.parse(date.at) })), ...(asset.emission === undefined ? {} : { emission: { ...asset.emission, startAt: Date.parse(asset.emission.startAt) } }),
    })),
    tickEveryMs: scoring.everyMs, horizonSeconds: scoring.horizonSeconds, costs: config.alerting.costs, risk: riskOf(scoring.risk), staleAfterMs: scoring.staleAfterMs,
    // A source that is well is behind by its own watermark's delay and spacing; lateness is what comes on top.
    latenessMs: collect.watermarkDelayMs + collect.watermarkEveryMs + scoring.latenessMs,
  };
}

/** Readings missed until a reserve is stale: a poll that failed is no reason to do without its floor. */
const missedReadings = 5;

/** How a reserve is taken: what is written of it, and when a reading is old. */
function reserveTerms({ chain, everyMs, haircut, redemption: { fear, volatility, latencySeconds, capitalUsd } }: ReserveConfig): ReserveTerms {
  return { chain: sourceId(chain), staleAfterMs: missedReadings * everyMs, haircut, fear, volatility, latencySeconds, capitalUsd };
}

/** What scores owners of addresses. A text that is no model was refused with the config. */
function riskOf({ model, prevalence }: Config['scoring']['risk']): RiskModel {
  const read = model === undefined ? undefined : readAddressModel(model.reveal());
  assert(read === undefined || read.ok, 'a model that the config was read with');
  return riskModel({ model: read?.ok === true ? read.value : undefined, prevalence });
}

/** What was sold over the counter, as scoring takes it. */
function otcSale({ to, units, at, price, discount }: OtcConfig): OtcSale {
  return { to, units, at: Date.parse(at), terms: price === undefined ? { discount: discount ?? 0 } : { price } };
}

/** The chains that carry a token of an asset. */
export function watchedChains(config: Config): readonly SourceId[] {
  return Object.keys(config.chains).filter((chain) => Object.values(config.assets).some(({ tokens }) => tokens.some((token) => token.chain === chain))).map(sourceId);
}

/** The sources whose first watermarks scoring waits for. */
export function expectedSources(config: Config): readonly SourceId[] {
  const feeds = nativeFeeds.filter(({ venue }) => {
    const settings = config.venues[venue.venue];
    return settings?.enabled === true && settings.feed === 'native' && (settings.markets === undefined || settings.markets.includes(venue.marketType));
  });
  const generic = Object.entries(config.venues).filter(([, venue]) => venue.enabled && venue.feed === 'ccxt').flatMap(([id, { ccxt }]) => (ccxt?.markets ?? ccxtFeedConfig.parse({}).markets).map((market) => sourceId(`${id}:${market}`)));
  return [...feeds.map(({ venue }) => venue.source), ...generic, ...watchedChains(config)];
}
