import type { LabelRegistry } from '@breakwater/models/address-risk';
import type { ChainId } from '@breakwater/models/core';
import { ok } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Network } from '@breakwater/platform/network';
import { createFeed, type ChainFeed, type FeedDeps } from '../follow/feed.ts';
import { transferKey, type Transfer } from '../follow/node.ts';
import { createHolderKeeper } from '../holders/keeper.ts';
import { holderLabels } from '../holders/known-labels.ts';
import type { WatchedHolders } from '../holders/watched.ts';
import { isAddress, type LabelOf } from '../labels.ts';
import type { WatchedToken } from '../tokens.ts';
import { createBloomCheck } from './bloom.ts';
import { toFeedConfig, type EvmFeedConfig } from './config.ts';
import { NATIVE, toTransfer, TRANSFER_TOPIC, type ChainLog } from './map.ts';
import { createEvmNode } from './node.ts';
import { createPending, type Pending } from './pending.ts';
import { createReserveReader } from './reserve/reader.ts';
import type { WatchedReserve } from './reserve/watched.ts';
import { erc20Snapshots, snapshotOf, SNAPSHOT_TOPIC } from './snapshot.ts';

/** What an EVM feed needs. `tokens` and `endpoints` are not empty; one address is one token. Endpoints are whole addresses and may hold keys: they are sent to and never printed. */
export interface EvmFeedDeps extends Pick<FeedDeps<ChainLog>, 'clock' | 'rng' | 'publish' | 'publishDurable' | 'journal' | 'log' | 'signal'> {
  readonly chain: ChainId;
  readonly tokens: readonly WatchedToken[];
  /** Reserves behind tokens, none by default. */
  readonly reserves?: readonly WatchedReserve[];
  readonly endpoints: readonly string[];
  readonly network: Network;
  readonly labels: LabelOf;
  /** Where labels come from, with how sure they are and whose they are; by default `labels` count in full. */
  readonly registry?: LabelRegistry | undefined;
  /** Tokens whose holders are kept, none by default. */
  readonly holders?: readonly WatchedHolders[];
  readonly config: EvmFeedConfig;
}

/** Follows the watched tokens of one EVM chain: ERC-20 and ERC-721 transfers, and what transactions themselves move of the chain's coin. See `createFeed`. */
export function createEvmFeed(deps: EvmFeedDeps): ChainFeed {
  const { chain, config, network, signal } = deps;
  const tokens = new Map(deps.tokens.map((token) => [token.address, token]));
  const reserve = deps.reserves === undefined || deps.reserves.length === 0 ? undefined : createReserveReader({ chain, reserves: deps.reserves, clock: deps.clock, log: deps.log });
  const snapshots = new Set((deps.holders ?? []).filter((one) => one.snapshots).map(({ token }) => token));
  const besides = new Set([...(reserve?.tokens ?? []), ...(reserve?.besides.addresses ?? [])]);
  const topics = [...new Set([...(reserve?.besides.topics ?? []), ...(snapshots.size === 0 ? [] : [SNAPSHOT_TOPIC])])];
  const addresses = [...new Set([...tokens.keys(), ...(reserve?.tokens ?? [])])];
  const rpc = (url: string) => ({ name: new URL(url).host, url, network, signal, timeoutMs: config.requestTimeoutMs, maxBytes: config.maxAnswerBytes });
  const bloom = createBloomCheck(addresses.filter((address) => address !== NATIVE), config.bloom);
  const held = { tip: -1 };
  const mempools = config.pending ? deps.endpoints.map((url) => createPending({ ...rpc(url), chain, tokens, labels: deps.labels, nextBlock: () => held.tip + 1, now: () => deps.clock.now() })) : [];
  const feed = createFeed<ChainLog>({
    ...deps, config: toFeedConfig(config), reserves: reserve?.watch,
    holders: deps.holders === undefined || deps.holders.length === 0 ? undefined : createHolderKeeper({ chain, watched: deps.holders, labels: holderLabels(chain, deps.labels, deps.registry), snapshots: { reader: erc20Snapshots, candidates: () => addressesIn(deps.registry), log: deps.log, now: () => deps.clock.now() } }),
    snapshotIn: (log) => {
      const id = snapshots.has(log.address) && !log.removed ? snapshotOf(log) : undefined;
      return id === undefined ? undefined : { token: log.address, id };
    },
    nodes: deps.endpoints.map((url) => createEvmNode({ ...rpc(url), addresses, bloom: config.bloom, besides: topics.length === 0 ? undefined : { addresses: reserve?.besides.addresses ?? [], topics } })),
    // What is read for a reserve alone, or of snapshots, is no transfer of a watched token, and no fault.
    decode: (log, header) => ((besides.has(log.address) && !tokens.has(log.address)) || (topics.length > 0 && log.topics[0] !== TRANSFER_TOPIC) ? ok(undefined) : toTransfer({ chain, tokens, labelOf: deps.labels }, log, header.timestamp)),
    doubtful: (header, logs) => bloom.missing(header, logs),
    ...(config.pending ? { pending: mergedPending(mempools, () => (held.tip = feed.stats().tip ?? -1)) } : {}),
  });
  return feed;
}

/** The EVM addresses that a label was ever said of, on whatever chain: who is known on one often has the same address on another. */
function addressesIn(registry: LabelRegistry | undefined): readonly string[] {
  return registry?.addresses().filter(isAddress) ?? [];
}

/** Transactions remembered, so that each is told once. Design assumption: an hour of a busy token. */
const MAX_KNOWN = 20_000;

/** The mempools of several endpoints as one: each transfer is told the first time one of them has it. A mempool that fails is passed over. */
function mergedPending(mempools: readonly Pending[], before: () => void): () => Promise<readonly Transfer[]> {
  const known = new Set<string>();
  return async () => {
    before();
    const fresh: Transfer[] = [];
    for (const mempool of mempools) {
      const told = await mempool.poll().catch((error: unknown) => {
        if (error instanceof BreakwaterError && error.code !== 'aborted') return [];
        throw error;
      });
      for (const transfer of told) {
        const key = transferKey(transfer);
        if (known.has(key)) continue;
        known.add(key);
        for (const oldest of known) {
          if (known.size <= MAX_KNOWN) break;
          known.delete(oldest);
        }
        fresh.push(transfer);
      }
    }
    return fresh;
  };
}
