import type { ProducersMessage, ReserveMessage } from '@breakwater/contracts';
import type { ChainId, Result, Rng } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Bus, Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Journal } from '@breakwater/platform/store';
import { createDoubt } from './doubt.ts';
import type { HolderKeeper } from '../holders/keeper.ts';
import type { ChainFeed } from './chain-feed.ts';
import { createEndpoints, type EndpointTimes } from './endpoints.ts';
import type { FollowConfig, Follower, Mismatch, StepOutcome } from './follow.ts';
import { createFollower } from './follow.ts';
import type { ChainMessage, ChainNode, Draft, Entry, Header, Settlement, Transfer } from './node.ts';
import { inState } from './node.ts';
import { createQuorum, type QuorumConfig, type QuorumView, type Survey } from './quorum.ts';
import { createReports } from './reports.ts';
import { loadWindow, settledHeight, type SettlementRule } from './resume.ts';
import type { ProducerWatch, ReserveWatch } from './reserve-watch.ts';
import type { ChainWindow } from './window.ts';

export type { ChainFeed, ChainFeedStats } from './chain-feed.ts';
export type { SettlementRule };

/** How a chain is followed. Times are milliseconds, depths are blocks. */
export interface FeedConfig extends FollowConfig, QuorumConfig, EndpointTimes {
  readonly pollEveryMs: number;
  /** No new block in this time is an incident. */
  readonly stallAfterMs: number;
  /** Endpoints that disagree for so long are an incident: an ordinary fork at the head is over sooner. */
  readonly disagreeAfterMs: number;
  readonly watermarkDelayMs: number;
  /** How often endpoints are asked what is safe and final, at most. */
  readonly settleEveryMs: number;
  readonly heldBlocks: number;
  readonly maxHeldTransfers: number;
  readonly quarantineRepeats: number;
  readonly settlement: Readonly<Record<Settlement, SettlementRule>>;
}

/** What a chain feed needs. `nodes` is not empty. */
export interface FeedDeps<E extends Entry> {
  readonly chain: ChainId;
  readonly nodes: readonly ChainNode<E>[];
  /** Turns an entry into a transfer, undefined when it is of no watched token, or says why it is none. Pure. */
  readonly decode: (entry: E, header: Header) => Result<Transfer | undefined, string>;
  readonly doubtful?: (header: Header, entries: readonly E[]) => string | undefined;
  readonly reserves?: ReserveWatch<E> | undefined;
  readonly producers?: ProducerWatch<E> | undefined;
  /** Keeps who holds the watched tokens, where that is wanted. */
  readonly holders?: HolderKeeper | undefined;
  /** The snapshot of holders that an entry says a token took, undefined when it says something else. Pure. */
  readonly snapshotIn?: (entry: E) => { readonly token: string; readonly id: bigint } | undefined;
  /** Transfers that wait to be mined and were not told yet, where they are wanted. They are published as `seen`, in no block, and promise nothing. */
  readonly pending?: () => Promise<readonly Transfer[]>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly publish: Publish;
  readonly publishDurable: Bus['publishDurable'];
  readonly journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly config: FeedConfig;
}

/**
 * Follows transfers of watched tokens block by block, through a quorum of endpoints: every block's parent must be the block held; a reorganisation
 * publishes each lost transfer again as `reverted`; progress is checkpointed by hash under `chain:<id>`.
 *
 * Watermark: after a poll that found nothing further to read, the later of the head's timestamp (less 1 ms, as two blocks may share one) and
 * the time at which the head was asked for less `watermarkDelayMs`; only the former where some endpoint already knows later blocks. It rests on the
 * assumption that a block reaches the endpoints within `watermarkDelayMs` of its timestamp; where it does not, the block is counted in `lateBlocks` and
 * its transfers are published all the same. `reverted`, `safe` and `final` have the time at which they were learned as event time, never one that was
 * already promised away; `block` and `blockHash` still name the block.
 *
 * A chain that drops more than `maxReorgDepth` blocks, or blocks that were final, is more often a broken node than a reorganisation: nothing is
 * published from it until it is believed (`Doubt`).
 */
export function createFeed<E extends Entry>(deps: FeedDeps<E>): ChainFeed {
  const { chain, clock, config, log, signal } = deps;
  const reports = createReports(deps);
  const counts = { blocks: 0, seen: 0, transfers: 0, reverted: 0, safe: 0, final: 0, reorgs: 0, deepReorgs: 0, lateBlocks: 0, quarantines: 0 };
  const rejects: Record<string, number> = {};
  const checkpoint = `chain:${chain}`;
  let window: ChainWindow | undefined;
  let doubts = (): number => 0;
  const endpoints = createEndpoints({
    nodes: deps.nodes, chain, clock, rng: deps.rng, times: config,
    onFailure: (endpoint, error) => log.warn('chain.request-failed', { chain, endpoint, code: error.code, error: error.message }),
    onQuarantine: (endpoint, of, detail) => {
      counts.quarantines++;
      log.error('chain.endpoint-quarantined', { chain, endpoint, accusation: of, detail });
      reports.news('endpoint-quarantined', `${endpoint}: ${of}: ${detail}`);
    },
    onBack: (endpoint) => reports.news('endpoint-back', `${endpoint}: asked again after its quarantine`),
  });

  /** The place in the chain and everything that was folded up to it, all or none. */
  const save = (held: ChainWindow): Promise<void> => deps.journal.saveCheckpoints({ [checkpoint]: held.encode(), ...deps.holders?.parts() });

  const decoded = (entry: E, header: Header): Result<Transfer | undefined, string> => {
    const snapshot = deps.snapshotIn?.(entry);
    if (snapshot !== undefined) deps.holders?.taken(header, snapshot.token, { id: snapshot.id, logIndex: entry.logIndex });
    return deps.decode(entry, header);
  };
  const startFollower = (held: ChainWindow, ours: <T>(work: Promise<T>) => Promise<T>): Follower<E> =>
    createFollower({
      window: held, config, signal,
      decode: (entry, header, ofBlock) => [decoded(entry, header), ...(deps.reserves?.events(entry, header, ofBlock) ?? [])].flatMap((draft): readonly Draft[] => {
        if (draft.ok) return draft.value === undefined ? [] : [draft.value];
        if (rejects[draft.error] === undefined) log.warn('chain.entry-rejected', { chain, reason: draft.error, tx: entry.tx, block: entry.block });
        rejects[draft.error] = (rejects[draft.error] ?? 0) + 1;
        return [];
      }),
      included: ({ blockTime, ...draft }: Draft): ChainMessage => ({ ...draft, ...reports.stamp(blockTime), state: 'included' }),
      changed: (message, state) => ({ ...inState(message, state), ...reports.stamp(epochMs(Math.max(message.eventTime, held.tip()?.timestamp ?? 0, reports.lastWatermark() + 1))) }),
      publish: async (messages) => {
        await ours(deps.publishDurable('assets', messages));
        deps.reserves?.note(messages);
        for (const { kind, state } of messages) {
          if (kind !== 'transfer') continue;
          if (state === 'reverted' || state === 'final' || state === 'safe') counts[state]++;
          else counts.transfers++;
        }
      },
      save: () => ours(save(held)),
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
    const loaded = await loadWindow(deps, checkpoint);
    await deps.holders?.load(deps.journal, loaded.tip());
    const held = deps.holders?.follow(loaded) ?? loaded;
    window = held;
    const follower = startFollower(held, ours);
    const quorum = createQuorum({
      endpoints, window: held, config, now: () => clock.now(), pause: () => sleep(clock, Math.min(DOUBT_WAIT_MS, config.pollEveryMs), signal), doubtful: deps.doubtful,
      onLag: (endpoint, lags, detail) => reports.news(lags ? 'endpoint-lagging' : 'endpoint-caught-up', `${endpoint}: ${detail}`),
    });
    doubts = () => quorum.doubts();
    const doubt = createDoubt(config.quarantineRepeats);
    let newBlockAt = clock.now();
    let agreedAt = clock.now();
    let settledAt = -Infinity;

    /** Asks for a second opinion, or goes on with what two opinions say. */
    const doubted = async (survey: Agreed<E>, mismatch: Mismatch): Promise<StepOutcome | undefined> => {
      if (doubt.believes(mismatch, survey.members, survey.unanimous)) {
        counts.deepReorgs++;
        log.error('chain.deep-reorg-accepted', { chain, depth: mismatch.depth, final: mismatch.final, detail: mismatch.detail });
        return follower.step(survey.view, survey.head, true);
      }
      reports.health('stale', 'chain-mismatch', mismatch.detail);
      return undefined;
    };

    const settle = async (view: QuorumView<E>, head: Header): Promise<void> => {
      if (clock.now() - settledAt < config.settleEveryMs) return;
      for (const level of ['final', 'safe'] as const) {
        const height = await settledHeight(view, level, config.settlement[level], head, held);
        if (height !== undefined) await follower.advance(level, height);
      }
      settledAt = clock.now();
    };

    const tellReadings = async (view: QuorumView<E>): Promise<void> => {
      const tip = held.tip();
      if (tip === undefined) return;
      const readings = [...((await deps.reserves?.read(view, tip)) ?? []), ...((await deps.producers?.read(view, tip)) ?? [])];
      if (readings.length === 0) return;
      await ours(deps.publishDurable('assets', readings.map((reading): ReserveMessage | ProducersMessage => ({ ...reading, ...reports.stamp(epochMs(Math.max(tip.timestamp, reports.lastWatermark() + 1))) }))));
    };

    const tellHolders = async (view: QuorumView<E>): Promise<void> => {
      const tip = held.tip();
      if (deps.holders === undefined || tip === undefined) return;
      const pause = (): Promise<void> => sleep(clock, 0, signal);
      for (const { reason, detail } of await deps.holders.check(view, tip, pause)) {
        log[reason === 'holders-exact' ? 'info' : 'warn']('chain.snapshot', { chain, reason, detail });
        reports.news(reason, detail);
      }
      const drafts = await deps.holders.due(tip, pause);
      if (drafts.length === 0) return;
      await ours(deps.publishDurable('assets', drafts.map((draft) => ({ ...draft, ...reports.stamp(epochMs(Math.max(tip.timestamp, reports.lastWatermark() + 1))) }))));
      await ours(save(held));
    };

    const follow = async (survey: Agreed<E>, askedAt: number): Promise<void> => {
      const { head, view } = survey;
      const first = await follower.step(view, head, false);
      const outcome = first.kind === 'mismatch' ? await doubted(survey, first) : first;
      if (outcome === undefined || outcome.kind === 'mismatch') return;
      doubt.clear();
      if (outcome.kind === 'followed') newBlockAt = clock.now();
      else if (clock.now() - newBlockAt >= config.stallAfterMs) {
        reports.health('silent', 'no-new-block', `no block after ${head.number} for ${config.stallAfterMs} ms`);
        return;
      }
      if (outcome.kind === 'behind') return;
      await settle(view, head);
      await tellReadings(view);
      await tellHolders(view);
      reports.health('ok', 'following');
      reports.watermark(survey.ahead ? head.timestamp - 1 : Math.max(head.timestamp - 1, askedAt - config.watermarkDelayMs));
    };

    const poll = async (): Promise<void> => {
      // Taken before the question: a block that reaches the node while the answer travels is not in it, and no promise may cover it.
      const askedAt = clock.now();
      const survey = await quorum.survey();
      if (survey.kind === 'agreed') {
        agreedAt = clock.now();
        return follow(survey, askedAt);
      }
      if (survey.kind === 'no-quorum') {
        if (clock.now() - agreedAt >= config.disagreeAfterMs) reports.health('stale', 'no-quorum', survey.detail);
        return undefined;
      }
      const quarantined = endpoints.quarantined();
      if (quarantined.length === endpoints.size) reports.health('stale', 'all-quarantined', quarantined.join(', '));
      else reports.health('stale', endpoints.lastError()?.code ?? 'http-failed', endpoints.lastError()?.message);
      return undefined;
    };

    const tellPending = async (): Promise<void> => {
      for (const pending of (await deps.pending?.()) ?? []) {
        const { blockTime, ...transfer } = pending;
        counts.seen++;
        deps.publish('assets', { ...transfer, ...reports.stamp(epochMs(Math.max(blockTime, clock.now(), reports.lastWatermark() + 1))), state: 'seen' });
      }
    };

    // Read through a function: the signal changes while a poll is awaited.
    const stopped = (): boolean => signal.aborted;
    let failures = 0;
    while (!stopped()) {
      try {
        await poll();
        await tellPending();
        failures = 0;
      } catch (error) {
        if (broken !== undefined) throw broken.error;
        if (stopped()) return;
        if (!(error instanceof BreakwaterError)) throw error;
        failures++;
        log.warn('chain.poll-failed', { chain, code: error.code, error: error.message, failures });
        if (failures >= endpoints.size) reports.health('stale', error.code === 'chain-mismatch' ? 'no-quorum' : error.code, error.message);
      }
      const wait = config.pollEveryMs - (clock.now() % config.pollEveryMs);
      await sleep(clock, Math.max(wait, endpoints.nextIn()), signal).catch(() => undefined);
    }
  };

  return { run, stats: () => ({ ...counts, failures: endpoints.failures(), doubts: doubts(), dropped: window?.dropped() ?? 0, rejects: { ...rejects, ...deps.reserves?.rejects(), ...deps.producers?.rejects(), ...deps.holders?.rejects() }, tip: window?.tip()?.number }) };
}

/** How long a new block may go on without the logs that its filter claims before it is asked for again. Design assumption. */
const DOUBT_WAIT_MS = 500;

type Agreed<E extends Entry> = Extract<Survey<E>, { readonly kind: 'agreed' }>;
