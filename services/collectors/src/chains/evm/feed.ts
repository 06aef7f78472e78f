import type { TransferMessage } from '@breakwater/contracts';
import type { ChainId, Rng } from '@breakwater/models/core';
import { defined, epochMs } from '@breakwater/models/core';
import type { Bus, Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Network } from '@breakwater/platform/network';
import type { Journal } from '@breakwater/platform/store';
import type { LabelOf } from '../labels.ts';
import type { EvmFeedConfig } from './config.ts';
import type { Follower, Mismatch, StepOutcome } from './follow.ts';
import { createFollower } from './follow.ts';
import type { Header, Transfer, TransferReject, WatchedToken } from './map.ts';
import { toTransfer } from './map.ts';
import { createReports } from './reports.ts';
import type { ChainRpc } from './rpc.ts';
import { createRpc } from './rpc.ts';
import type { ChainWindow } from './window.ts';
import { createWindow, decodeWindow } from './window.ts';

/** What a chain feed needs. `tokens` and `endpoints` are not empty; one address is one token. */
export interface EvmFeedDeps {
  readonly chain: ChainId;
  readonly tokens: readonly WatchedToken[];
  readonly endpoints: readonly string[];
  readonly network: Network;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly publish: Publish;
  readonly publishDurable: Bus['publishDurable'];
  readonly journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>;
  readonly labels: LabelOf;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly config: EvmFeedConfig;
}

/** Follows the watched tokens of one chain. */
export interface EvmFeed {
  /**
   * Follows the chain until the signal aborts. Failures of nodes are retried here, on the next endpoint, with growing waits; it rejects when
   * publishing or the checkpoint store fails, and may then be run again: it goes on from the checkpoint.
   */
  run(): Promise<void>;
  /** Counters since the feed was made. */
  stats(): EvmFeedStats;
}

/** Counters of a chain feed. */
export interface EvmFeedStats {
  readonly blocks: number;
  readonly transfers: number;
  readonly reverted: number;
  readonly final: number;
  readonly reorgs: number;
  /** Mismatches that were believed after a second opinion. */
  readonly deepReorgs: number;
  /** Blocks whose timestamp was not after the watermark when they arrived. */
  readonly lateBlocks: number;
  readonly failures: number;
  readonly rejects: Readonly<Partial<Record<TransferReject, number>>>;
  readonly tip: number | undefined;
}

/** A node's wish to wait is honoured up to this, so that one bad header cannot stop the feed for good. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * Follows ERC-20 transfers of watched tokens block by block: every block's parent must be the block held; a reorganisation publishes each lost
 * transfer again as `reverted`; progress is checkpointed by hash under `chain:<id>`.
 *
 * Watermark: after a poll that found nothing further to read, the later of the head's timestamp (less 1 ms, as two blocks may share one) and
 * the time at which the head was asked for less `watermarkDelayMs`. It rests on the assumption that a block reaches the node within
 * `watermarkDelayMs` of its timestamp; where it does not, the block is counted in `lateBlocks` and its transfers are published all the same.
 * `reverted` and `final` have the time at which they were learned as event time, never one that was already promised away; `block` and
 * `blockHash` still name the block.
 *
 * Quarantine: a node that drops more than `maxReorgDepth` blocks, or blocks that were final, is more often broken than right. Nothing is published
 * from it until another endpoint names the same replacing block, or the same one has named it `quarantineRepeats` times.
 */
export function createEvmFeed(deps: EvmFeedDeps): EvmFeed {
  const { chain, clock, config, log, signal } = deps;
  const reports = createReports(deps);
  const tokens = new Map(deps.tokens.map((token) => [token.address, token]));
  const counts = { blocks: 0, transfers: 0, reverted: 0, final: 0, reorgs: 0, deepReorgs: 0, lateBlocks: 0, failures: 0 };
  const rejects: Partial<Record<TransferReject, number>> = {};
  const checkpoint = `chain:${chain}`;
  let window: ChainWindow | undefined;

  const startFollower = (held: ChainWindow, ours: <T>(work: Promise<T>) => Promise<T>): Follower =>
    createFollower({
      window: held, config, signal, addresses: [...tokens.keys()],
      decode: (entry, header) => {
        const transfer = toTransfer({ chain, tokens, labelOf: deps.labels }, entry, header.timestamp);
        if (transfer.ok) return transfer.value;
        if (rejects[transfer.error] === undefined) log.warn('chain.log-rejected', { chain, reason: transfer.error, token: entry.address, tx: entry.tx });
        rejects[transfer.error] = (rejects[transfer.error] ?? 0) + 1;
        return undefined;
      },
      included: ({ blockTime, ...transfer }: Transfer): TransferMessage => ({ ...transfer, ...reports.stamp(blockTime), state: 'included' }),
      changed: (transfer, state) => ({ ...transfer, ...reports.stamp(epochMs(Math.max(transfer.eventTime, held.tip()?.timestamp ?? 0, reports.lastWatermark() + 1))), state }),
      publish: async (messages) => {
        await ours(deps.publishDurable('assets', messages));
        for (const { state } of messages) {
          if (state === 'reverted') counts.reverted++;
          else if (state === 'final') counts.final++;
          else counts.transfers++;
        }
      },
      save: () => ours(deps.journal.saveCheckpoints({ [checkpoint]: held.encode() })),
      onBlock: (header, headNumber) => {
        counts.blocks++;
        const late = header.timestamp <= reports.lastWatermark();
        if (late) counts.lateBlocks++;
        if (headNumber - header.number > config.maxReorgDepth && reports.progress(`block ${header.number} of ${headNumber}`)) reports.watermark(header.timestamp - 1);
      },
      onReorg: (depth, transfers) => {
        counts.reorgs++;
        log.warn('chain.reorg', { chain, depth, transfers });
      },
    });

  const run = async (): Promise<void> => {
    // Set when our own side failed (bus, store), to tell it from a node's failure.
    let broken: { readonly error: unknown } | undefined;
    const ours = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        broken = { error };
        throw error;
      }
    };
    const held = await loadWindow(deps, checkpoint);
    window = held;
    const follower = startFollower(held, ours);
    const nodes = createNodes(deps);
    const quarantine = createQuarantine(config.quarantineRepeats);
    let newBlockAt = clock.now();
    let failures = 0;

    /** Asks for a second opinion, or goes on with what two opinions say. */
    const doubt = async (rpc: ChainRpc, head: Header, mismatch: Mismatch): Promise<StepOutcome | undefined> => {
      if (quarantine.believes(mismatch, nodes.index())) {
        counts.deepReorgs++;
        log.error('chain.deep-reorg-accepted', { chain, depth: mismatch.depth, detail: mismatch.detail });
        return follower.step(rpc, head, true);
      }
      reports.health('stale', 'chain-mismatch', mismatch.detail);
      nodes.rotate();
      return undefined;
    };

    const poll = async (): Promise<void> => {
      const rpc = await nodes.current();
      // Taken before the question: a block that reaches the node while the answer travels is not in it, and no promise may cover it.
      const askedAt = clock.now();
      const head = await rpc.head();
      const first = await follower.step(rpc, head, false);
      const outcome = first.kind === 'mismatch' ? await doubt(rpc, head, first) : first;
      if (outcome === undefined || outcome.kind === 'mismatch') return;
      quarantine.clear();
      if (outcome.kind === 'followed') {
        newBlockAt = clock.now();
        await follower.finalize(await finalHeight(rpc, head, held, config));
      } else if (clock.now() - newBlockAt >= config.stallAfterMs) {
        reports.health('silent', 'no-new-block', `no block after ${head.number} for ${config.stallAfterMs} ms`);
        nodes.rotate();
        return;
      }
      if (outcome.kind === 'behind') return;
      reports.health('ok', 'following');
      reports.watermark(Math.max(head.timestamp - 1, askedAt - config.watermarkDelayMs));
    };

    // Read through a function: the signal changes while a poll is awaited.
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      let wait = config.pollEveryMs - (clock.now() % config.pollEveryMs);
      try {
        await poll();
        failures = 0;
        wait = config.pollEveryMs - (clock.now() % config.pollEveryMs);
      } catch (error) {
        if (broken !== undefined) throw broken.error;
        if (stopped()) return;
        if (!(error instanceof BreakwaterError)) throw error;
        failures++;
        counts.failures++;
        log.warn('chain.request-failed', { chain, code: error.code, error: error.message, failures });
        nodes.rotate();
        if (failures >= deps.endpoints.length) reports.health('stale', error.code, error.message);
        wait = waitAfter(error, failures, config, deps.rng);
      }
      await sleep(clock, wait, signal).catch(() => undefined);
    }
  };

  return { run, stats: () => ({ ...counts, rejects: { ...rejects }, tip: window?.tip()?.number }) };
}

/** The window as it was when last saved; empty at the first start. */
async function loadWindow(deps: Pick<EvmFeedDeps, 'journal' | 'config'>, checkpoint: string): Promise<ChainWindow> {
  const bounds = { heldBlocks: deps.config.heldBlocks, maxTransfers: deps.config.maxHeldTransfers };
  const saved = await deps.journal.checkpoint(checkpoint);
  if (saved === undefined) return createWindow(bounds);
  const decoded = decodeWindow(saved);
  if (!decoded.ok) throw new BreakwaterError('store-corrupt', `checkpoint ${checkpoint}: ${decoded.error}`);
  return createWindow(bounds, decoded.value);
}

/** What is remembered of a mismatch until it is believed or gone. */
interface Quarantine {
  /** Whether the mismatch is to be believed now: another endpoint said the same, or this one did so often enough. It is then forgotten. */
  believes(mismatch: Mismatch, endpoint: number): boolean;
  clear(): void;
}

function createQuarantine(repeatsNeeded: number): Quarantine {
  let held: (Mismatch & { readonly endpoint: number; readonly repeats: number }) | undefined;
  return {
    believes: (mismatch, endpoint) => {
      const same = held?.number === mismatch.number && held.hash === mismatch.hash ? held : undefined;
      const repeats = (same?.repeats ?? 0) + 1;
      const believed = same !== undefined && (same.endpoint !== endpoint || repeats >= repeatsNeeded);
      held = believed ? undefined : { ...mismatch, endpoint: same?.endpoint ?? endpoint, repeats };
      return believed;
    },
    clear: () => {
      held = undefined;
    },
  };
}

/** Milliseconds to wait after the `failures`th failure in a row: as long as the node asks, within reason, and ever longer. */
function waitAfter(error: BreakwaterError, failures: number, config: EvmFeedConfig, rng: Rng): number {
  const longest = Math.min(config.maxBackoffMs, config.backoffMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS), longest * (0.5 + rng.next() / 2));
}

interface Nodes {
  index(): number;
  rotate(): void;
  /** The current node, after a check that it serves the right chain (once for every time it becomes current). */
  current(): Promise<ChainRpc>;
}

function createNodes(deps: EvmFeedDeps): Nodes {
  const { network, signal, config } = deps;
  const rpcs = deps.endpoints.map((url) => createRpc({ url, network, signal, timeoutMs: config.requestTimeoutMs, maxBytes: config.maxAnswerBytes }));
  const expected = Number(deps.chain.split(':')[1]);
  let index = 0;
  let verified = false;
  return {
    index: () => index,
    rotate: () => {
      index = (index + 1) % rpcs.length;
      verified = false;
    },
    current: async () => {
      const rpc = defined(rpcs[index], 'an endpoint');
      if (!verified) {
        const id = await rpc.chainId();
        if (id !== expected) throw new BreakwaterError('chain-mismatch', `endpoint ${index + 1}: serves chain ${id}, not ${expected}`);
        verified = true;
      }
      return rpc;
    },
  };
}

/** The height up to which nothing can change any more; by the node's own word where it has one, else by confirmations. */
async function finalHeight(rpc: ChainRpc, head: Header, window: ChainWindow, config: EvmFeedConfig): Promise<number> {
  const confirmations = typeof config.finality === 'object' ? config.finality.confirmations : config.confirmations;
  const byCount = Math.max(0, head.number - confirmations);
  if (config.finality !== 'finalized') return byCount;
  let finalized: Header | undefined;
  try {
    finalized = await rpc.finalized();
  } catch (error) {
    if (error instanceof BreakwaterError && error.code === 'bad-answer') return byCount;
    throw error;
  }
  if (finalized === undefined) return 0;
  const held = window.hashAt(finalized.number);
  if (held !== undefined && held !== finalized.hash) throw new BreakwaterError('chain-mismatch', `finalized block ${finalized.number}: not the block of that height on the node's own chain`);
  return Math.min(finalized.number, window.tip()?.number ?? 0);
}
