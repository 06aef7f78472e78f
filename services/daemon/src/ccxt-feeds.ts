import { ccxtFeedConfig, createCcxtFeed, type CcxtFeed } from '@breakwater/collectors/ccxt';
import { assetRules } from '@breakwater/collectors/config';
import { venueId } from '@breakwater/models/core';
import type { Log } from '@breakwater/platform/log';
import type { Adapters } from './adapters.ts';
import type { Config } from './config.ts';

/** One feed for every venue of the config that is read through ccxt. */
export function createCcxtFeeds(deps: { readonly adapters: Adapters; readonly config: Config; readonly log: Log; readonly signal: AbortSignal }): readonly CcxtFeed[] {
  const { adapters, config, log, signal } = deps;
  return Object.entries(config.venues).filter(([, venue]) => venue.enabled && venue.feed === 'ccxt').map(([id]) => createCcxtFeed({
    venueId: venueId(id), rules: assetRules(config.assets), publish: adapters.bus.publish, clock: adapters.clock, rng: adapters.rng.fork(id), log: log.with({ venue: id }), signal,
    config: ccxtFeedConfig.parse({ watermarkEveryMs: config.collect.watermarkEveryMs, watermarkDelayMs: config.collect.watermarkDelayMs }),
  }));
}
