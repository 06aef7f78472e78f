import type { FeedHealthMessage, Message, TransferMessage } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import { assetId, chainId, createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint, SimulatedClock } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import type { EvmFeedConfig } from './config.ts';
import type { WatchedHolders } from '../holders/watched.ts';
import type { LabelOf } from '../labels.ts';
import { evmFeedConfig } from './config.ts';
import type { ChainFeed } from '../follow/feed.ts';
import { transferKey } from '../follow/node.ts';
import type { WatchedToken } from '../tokens.ts';
import type { EvmFeedDeps } from './feed.ts';
import { createEvmFeed } from './feed.ts';

/** The token the rig watches. */
export const TOKEN = `0x${'0c'.repeat(20)}`;
/** When the rig's clock starts, milliseconds. */
export const START = 1_700_000_000_000;

/** A crash point: called before and after every durable write; throwing there is the crash. */
export type CrashPoint = (where: 'before-save' | 'after-save' | 'before-publish' | 'after-publish') => void;

/** A chain feed on a simulated clock and network, whose store and published messages survive it. */
export interface Rig {
  readonly clock: SimulatedClock;
  readonly published: Message[];
  /** Where in `published` a run began: what was published just before may be published again just after. */
  readonly starts: number[];
  /** The last feed started. */
  feed(): ChainFeed | undefined;
  /** Starts a feed on what the store holds; it ends by `stop` or its own failure. */
  start(): void;
  stop(): Promise<void>;
  running(): boolean;
  /** What a run failed with, the last one first. */
  readonly failures: unknown[];
  saved(): string | undefined;
  /** Everything that was saved, by name. */
  readonly checkpoints: ReadonlyMap<string, string>;
  transfers(): readonly TransferMessage[];
  health(): readonly FeedHealthMessage[];
  advance(ms: number): Promise<void>;
}

/** What a rig can be told besides its nodes. */
export interface RigOptions {
  readonly config?: Partial<EvmFeedConfig>;
  /** Default: `TOKEN` with 18 decimals. */
  readonly tokens?: readonly WatchedToken[];
  /** Tokens whose holders are kept. */
  readonly holders?: readonly WatchedHolders[];
  /** Asked at each start. */
  readonly labels?: () => LabelOf;
  readonly rng?: Rng;
  readonly crash?: CrashPoint;
  /** Makes the feed, where it is not an EVM one. */
  readonly feed?: (deps: Pick<EvmFeedDeps, 'endpoints' | 'network' | 'clock' | 'rng' | 'log' | 'signal' | 'publish' | 'publishDurable' | 'journal'>) => ChainFeed;
  /** Bounds of the one-way latency, milliseconds. Default 1 to 20. */
  readonly latencyMs?: readonly [min: number, max: number];
}

/** Makes a rig over nodes by host name (`http://<name>/`). */
export function createRig(nodes: Readonly<Record<string, Endpoint>>, options: RigOptions = {}): Rig {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(START), activity });
  const rng = options.rng ?? createRng(7);
  const network = createSimulatedNetwork({ clock, rng: rng.fork('network'), latencyMs: options.latencyMs ?? [1, 20], resolve: (url) => nodes[new URL(url).hostname] });
  const crash = options.crash ?? (() => undefined);
  const published: Message[] = [];
  const starts: number[] = [];
  const failures: unknown[] = [];
  const checkpoints = new Map<string, string>();
  let current: { readonly feed: ChainFeed; readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  let running = false;
  const start = (): void => {
    const abort = new AbortController();
    starts.push(published.length);
    const shared: Parameters<NonNullable<RigOptions['feed']>>[0] = {
      endpoints: Object.keys(nodes).map((name) => `http://${name}/`), network, clock, rng: rng.fork(`feed ${starts.length}`), log: silentLog, signal: abort.signal,
      publish: (_topic, message) => {
        published.push(message);
      },
      publishDurable: async (_topic, messages) => {
        if (abort.signal.aborted) throw new Error('killed');
        crash('before-publish');
        published.push(...messages);
        crash('after-publish');
      },
      journal: {
        checkpoint: async (name) => checkpoints.get(name),
        saveCheckpoints: async (values) => {
          if (abort.signal.aborted) throw new Error('killed');
          crash('before-save');
          for (const [name, text] of Object.entries(values)) checkpoints.set(name, text);
          crash('after-save');
        },
      },
    };
    const feed = options.feed?.(shared) ?? createEvmFeed({
      ...shared, chain: chainId('eip155:1'), tokens: options.tokens ?? [{ asset: assetId('OM'), address: TOKEN, decimals: 18, symbol: 'OM' }], labels: options.labels?.() ?? (() => undefined), ...(options.holders === undefined ? {} : { holders: options.holders }),
      config: { ...evmFeedConfig.parse({}), settleEveryMs: 1, ...options.config },
    });
    running = true;
    const ended = feed.run().catch((error: unknown) => {
      failures.unshift(error);
    }).finally(() => {
      running = false;
    });
    current = { feed, abort, ended };
  };
  return {
    clock, published, starts, failures, start,
    feed: () => current?.feed,
    running: () => running,
    stop: async () => {
      current?.abort.abort();
      await current?.ended;
    },
    saved: () => checkpoints.get('chain:eip155:1'),
    checkpoints,
    transfers: () => published.filter((message): message is TransferMessage => message.kind === 'transfer'),
    health: () => published.filter((message): message is FeedHealthMessage => message.kind === 'feed.health'),
    advance: (ms) => clock.advanceTo(epochMs(clock.now() + ms)),
  };
}

/** What a subscriber believes after all messages: the standing transfers, as `<key>@<block hash>`, sorted. */
export function standing(transfers: readonly TransferMessage[]): readonly string[] {
  const last = new Map<string, TransferMessage>();
  for (const transfer of transfers) last.set(transferKey(transfer), transfer);
  return [...last.values()].filter(({ state }) => state !== 'reverted').map((transfer) => `${transferKey(transfer)}@${transfer.blockHash}`).sort();
}

/**
 * The first unlawful step in the life of a transfer, undefined when there is none. Lawful: included, then safe, final or reverted (final also from safe, reverted from both), then after reverted
 * included again, a block being the same one within a life. Across a restart, and only there, the last messages may be said once more from their
 * beginning (so a retraction of an earlier block may stand between), and a transfer that was never published may be reverted.
 */
export function unlawful(rig: Rig): string | undefined {
  const lives = new Map<string, { readonly state: string; readonly blockHash: string; readonly at: number }>();
  for (const [at, message] of rig.published.entries()) {
    if (message.kind !== 'transfer') continue;
    const key = transferKey(message);
    const before = lives.get(key);
    const restarted = rig.starts.some((start) => start <= at && start > (before?.at ?? -1)) && rig.starts.length > 1;
    const step = `${before?.state ?? 'none'}->${message.state}`;
    const same = before?.blockHash === message.blockHash;
    const lawful = step === 'none->included' || step === 'reverted->included'
      || (same && ['included->safe', 'included->final', 'safe->final', 'included->reverted', 'safe->reverted'].includes(step))
      || (restarted && (step === 'none->reverted' || step === 'reverted->reverted' || step === 'included->reverted' || step === 'safe->reverted' || (same && before.state === message.state)));
    if (!lawful) return `${key} ${step} at message ${at}${same ? '' : ' in another block'}`;
    lives.set(key, { state: message.state, blockHash: message.blockHash, at });
  }
  return undefined;
}
