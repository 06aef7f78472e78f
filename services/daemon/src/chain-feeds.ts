import { createHash } from 'node:crypto';
import { createAntelopeFeed, createEvmFeed, watchedHolders, watchedReserves, watchedTokens, type ChainFeed, type LabelOf } from '@breakwater/collectors/chains';
import type { LabelRegistry } from '@breakwater/models/address-risk';
import { chainId, sourceId } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Adapters } from './adapters.ts';
import type { Config } from './config.ts';
import { registryOf } from './labels/label-registry.ts';
import { noLabels, type StoredLabels } from './labels/label-store.ts';
import { print } from './print-settings.ts';

/** What the feeds of chains are made of. */
export interface ChainFeedsDeps {
  readonly adapters: Adapters;
  readonly config: Config;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** One feed for every chain of the config on which an asset has a token. */
export interface ChainFeeds {
  /** Follows the chains until the signal aborts; rejects with what a feed cannot recover from. */
  run(): Promise<void>;
  /**
   * Follows what another config says from now on. A chain whose settings and tokens are the same is not touched; one of others goes on from its checkpoint, so that no block is left out. One that is not
   * followed any more is said to be down. Resolves when what changed has ended. Call one at a time, after `run`.
   */
  follow(config: Config): Promise<void>;
}

interface Running {
  readonly settings: string;
  readonly end: AbortController;
  readonly done: Promise<void>;
}

/** Makes the feeds; none does anything before `run`. Throws a `BreakwaterError` on tokens that cannot be watched. */
export function createChainFeeds(deps: ChainFeedsDeps): ChainFeeds {
  const { signal, adapters: { bus, clock } } = deps;
  const running = new Map<string, Running>();
  let onFailure: (error: unknown) => void = () => undefined;
  let { config } = deps;
  const stored = (): StoredLabels => deps.adapters.storedLabels?.current ?? noLabels;
  let registry = registryOf(config, deps.adapters.labels, stored());
  // Of all labels only a hash is kept.
  const labelsOf = (chain: Config['chains'][string] | undefined): unknown => (chain?.family === 'evm' ? chain.labelFiles.map((file) => deps.adapters.labels.get(file)) : []);
  const settingsOf = (id: string): string => createHash('sha256').update(print({ chain: config.chains[id], tokens: watchedTokens(id, config.assets), holders: holdersOf(config, id), reserves: Object.values(config.assets).flatMap(({ reserve }) => (reserve?.chain === id ? [reserve] : [])), labels: labelsOf(config.chains[id]), stored: stored().fingerprint })).digest('hex');
  const made = (id: string, until: AbortSignal): ChainFeed | undefined => chainFeed({ ...deps, config, signal: until }, registry, id);
  // What cannot be made is said before anything runs.
  const first = new Map(Object.keys(config.chains).map((id) => [id, new AbortController()]));
  const feeds = new Map([...first].map(([id, end]) => [id, made(id, AbortSignal.any([signal, end.signal]))]));

  const launch = (id: string, end: AbortController, feed: ChainFeed | undefined): void => {
    if (feed === undefined) return;
    running.set(id, { settings: settingsOf(id), end, done: feed.run().catch((error: unknown) => (end.signal.aborted ? undefined : onFailure(error))) });
  };
  return {
    run: async () => {
      const failed = new Promise<never>((_resolve, reject) => (onFailure = reject));
      for (const [id, end] of first) launch(id, end, feeds.get(id));
      await Promise.race([untilAborted(signal), failed]);
      await Promise.all([...running.values()].map(({ done }) => done));
    },
    follow: async (next) => {
      config = next;
      registry = registryOf(next, deps.adapters.labels, stored());
      for (const [id, { settings, end, done }] of running) {
        if (Object.hasOwn(next.chains, id) && settingsOf(id) === settings) continue;
        end.abort();
        await done;
        running.delete(id);
        const at = clock.now();
        if (watchedTokensOf(next, id) === 0) bus.publish('global', { kind: 'feed.health', source: sourceId(id), seq: 0, eventTime: at, receivedAt: at, channel: 'blocks', status: 'down', reason: 'not-configured' });
      }
      for (const id of Object.keys(next.chains)) {
        if (running.has(id)) continue;
        const end = new AbortController();
        launch(id, end, made(id, AbortSignal.any([signal, end.signal])));
      }
    },
  };
}

function watchedTokensOf(config: Config, id: string): number {
  if (!Object.hasOwn(config.chains, id)) return 0;
  const tokens = watchedTokens(id, config.assets);
  return tokens.ok ? tokens.value.length : 0;
}

/** How holders are kept of assets with a token on a chain. */
function holdersOf(config: Config, id: string): unknown {
  return Object.entries(config.assets).filter(([, { tokens }]) => tokens.some(({ chain }) => chain === id)).map(([asset, { holders, float, tokens }]) => ({ asset, holders, float, chains: new Set(tokens.map(({ chain }) => chain)).size }));
}

function chainFeed({ adapters, config, log, signal }: ChainFeedsDeps, registry: LabelRegistry, id: string): ChainFeed | undefined {
  const { network, clock, journal, bus, rng } = adapters;
  const chain = config.chains[id];
  const tokens = watchedTokens(id, config.assets);
  if (!tokens.ok) throw new BreakwaterError('bad-answer', `tokens on ${id} not usable: ${tokens.error}`);
  if (chain === undefined || tokens.value.length === 0) return undefined;
  const shared = {
    chain: chainId(id), tokens: tokens.value, holders: watchedHolders(id, tokens.value, config.assets), registry, labels: labelsFrom(registry, id), endpoints: chain.endpoints.map((endpoint) => endpoint.reveal()), network, clock, rng: rng.fork(id), journal, log, signal,
    publish: ((topic, message) => bus.publish(topic, message)) satisfies typeof bus.publish, publishDurable: ((topic, messages) => bus.publishDurable(topic, messages)) satisfies typeof bus.publishDurable,
  };
  return chain.family === 'antelope'
    ? createAntelopeFeed({ ...shared, producers: chain.producers, config: chain.feed })
    : createEvmFeed({ ...shared, reserves: watchedReserves(id, config.assets), config: chain.feed });
}

/** The label of an address on a chain, as it was at the moment that is asked about: the config's and its files' first, then the surest of those that were imported, as long as it is more likely right than wrong. */
function labelsFrom(registry: LabelRegistry, chain: string): LabelOf {
  return (address, at) => registry.labelOf(chain.startsWith('eip155:') ? address.toLowerCase() : address, chain, at);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
}
