import type { LabelRegistry } from '@breakwater/models/address-risk';
import type { ChainId } from '@breakwater/models/core';
import type { Network } from '@breakwater/platform/network';
import { createFeed, type ChainFeed, type FeedDeps } from '../follow/feed.ts';
import { createHolderKeeper } from '../holders/keeper.ts';
import { holderLabels } from '../holders/known-labels.ts';
import type { WatchedHolders } from '../holders/watched.ts';
import type { LabelOf } from '../labels.ts';
import { antelopeToken, type WatchedToken } from '../tokens.ts';
import { toFeedConfig, type AntelopeFeedConfig } from './config.ts';
import { toTransfer, type TransferAction } from './map.ts';
import { createAntelopeNode } from './node.ts';
import { createProducerReader } from './producer-reader.ts';

/** What an Antelope feed needs. `tokens` (by `<contract>:<SYMBOL>`) and `endpoints` are not empty. Endpoints may hold keys: they are sent to and never printed. */
export interface AntelopeFeedDeps extends Pick<FeedDeps<TransferAction>, 'clock' | 'rng' | 'publish' | 'publishDurable' | 'journal' | 'log' | 'signal'> {
  readonly chain: ChainId;
  readonly tokens: readonly WatchedToken[];
  readonly endpoints: readonly string[];
  readonly network: Network;
  readonly labels: LabelOf;
  /** Where labels come from, with how sure they are and whose they are; by default `labels` count in full. */
  readonly registry?: LabelRegistry | undefined;
  /** Tokens whose holders are kept, none by default. */
  readonly holders?: readonly WatchedHolders[];
  /** Whether to read who makes the chain's blocks, by default so. */
  readonly producers?: boolean;
  readonly config: AntelopeFeedConfig;
}

/** Follows the `transfer` actions of watched tokens on one Antelope chain (Vaulta, formerly EOS; WAX, Telos and the like), and who makes its blocks. See `createFeed`. */
export function createAntelopeFeed(deps: AntelopeFeedDeps): ChainFeed {
  const { chain, config, network, signal, clock, log } = deps;
  const tokens = new Map(deps.tokens.map((token) => [token.address, token]));
  const contracts = new Set(deps.tokens.flatMap(({ address }) => antelopeToken(address)?.contract ?? []));
  return createFeed<TransferAction>({
    ...deps, config: toFeedConfig(config),
    holders: deps.holders === undefined || deps.holders.length === 0 ? undefined : createHolderKeeper({ chain, watched: deps.holders, labels: holderLabels(chain, deps.labels, deps.registry) }),
    producers: deps.producers === false ? undefined : createProducerReader({ chain, assets: [...new Set(deps.tokens.map(({ asset }) => asset))], everyMs: config.producersEveryMs, clock, log }),
    nodes: deps.endpoints.map((url) => createAntelopeNode({ name: new URL(url).host, url, network, signal, timeoutMs: config.requestTimeoutMs, maxBytes: config.maxAnswerBytes, contracts, readAhead: config.readAhead })),
    decode: (action, header) => toTransfer({ chain, tokens, labelOf: deps.labels }, action, header.timestamp),
  });
}
