import { createAntelopeFeed, createEvmFeed, createLabels, watchedTokens, type ChainFeed } from '@breakwater/collectors/chains';
import { chainId } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Adapters } from './adapters.ts';
import type { Config } from './config.ts';

/** One feed for every chain of the config on which an asset has a token. */
export function createChainFeeds(deps: { readonly adapters: Adapters; readonly config: Config; readonly log: Log; readonly signal: AbortSignal }): readonly ChainFeed[] {
  const { adapters, config, log, signal } = deps;
  const { network, clock, journal, bus, rng, labels } = adapters;
  return Object.entries(config.chains).flatMap(([id, chain]) => {
    const tokens = watchedTokens(id, config.assets);
    if (!tokens.ok) throw new BreakwaterError('bad-answer', `tokens on ${id} not usable: ${tokens.error}`);
    if (tokens.value.length === 0) return [];
    const shared = {
      chain: chainId(id), tokens: tokens.value, endpoints: chain.endpoints.map((endpoint) => endpoint.reveal()), network, clock, rng: rng.fork(id), journal, log, signal,
      publish: ((topic, message) => bus.publish(topic, message)) satisfies typeof bus.publish, publishDurable: ((topic, messages) => bus.publishDurable(topic, messages)) satisfies typeof bus.publishDurable,
    };
    return [chain.family === 'antelope'
      ? createAntelopeFeed({ ...shared, labels: createLabels(chain.labels), config: chain.feed })
      : createEvmFeed({ ...shared, labels: createLabels(chain.labels, ...chain.labelFiles.map((file) => labels.get(file) ?? {})), config: chain.feed })];
  });
}
