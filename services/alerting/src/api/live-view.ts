import type { AssetDetail, AssetPulse, AssetSummary, DepositReading, FeedState, HeartbeatMessage, MarketSnapshot, ScoreMessage, Severity, WarningMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs, SourceId, WarningId } from '@breakwater/models/core';
import type { Bus, Subscription } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Journal } from '@breakwater/platform/store';
import { createFeedStates } from './feed-states.ts';
import type { SeenTransfers } from './seen-transfers.ts';
import { createSeenTransfers } from './seen-transfers.ts';
import { createSlowFigures, type SlowFigures } from './slow-figures.ts';
import { byMargin, isGood, pulseOf, summaryOf } from './summary.ts';

/** What the live view is made of. */
export interface LiveViewDeps {
  readonly bus: Bus;
  /** Read once, for the warnings that are open at the start. */
  readonly journal: Pick<Journal, 'openWarnings'>;
  /** The daemon's clock: ages are by it. */
  readonly clock: Clock;
  readonly log: Log;
  /** The assets of the config: nothing is kept of others. */
  readonly assets: readonly AssetId[];
  /** The sources of the config, in the order they are shown. */
  readonly sources: readonly SourceId[];
  /** Those of `sources` that are chains. */
  readonly chains: readonly SourceId[];
  /** Time between two scores of an asset, milliseconds. */
  readonly tickEveryMs: number;
}

/** Something changed that a reader may want to see. */
export type ViewChange =
  | { readonly kind: 'asset'; readonly asset: AssetId }
  | { readonly kind: 'feeds' }
  | { readonly kind: 'warning' }
  | { readonly kind: 'heartbeat'; readonly heartbeat: HeartbeatMessage };

/** The present state of everything, as the API and the heartbeat read it. Reading costs the answer; nothing touches the disk. */
export interface LiveView {
  /** Subscribes, then reads which warnings are open. Call once, before the stages start. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Shows these assets and sources from now on; what is known of those that stay is kept. */
  follow(next: Pick<LiveViewDeps, 'assets' | 'sources' | 'chains'>): void;
  /** Every asset, the nearest to ignition first. */
  summaries(): readonly AssetSummary[];
  /** Undefined for an asset that is not configured; so too below. */
  summary(asset: AssetId): AssetSummary | undefined;
  /** Its score has the figures that were told some scores before, too. */
  detail(asset: AssetId): AssetDetail | undefined;
  feeds(): readonly FeedState[];
  /** Large transfers of an asset in [from, to], oldest first. */
  transfers(asset: AssetId, from: EpochMs, to: EpochMs): readonly DepositReading[];
  /** The latest market snapshot of an asset; undefined before the first. */
  snapshot(asset: AssetId): MarketSnapshot | undefined;
  /** The latest heartbeat; null before the first. */
  heartbeat(): HeartbeatMessage | null;
  /** What a heartbeat says of every asset, in the order of the config. */
  pulses(): readonly AssetPulse[];
  /** How many venue feeds and chains are well. */
  counts(): { readonly feeds: { readonly ok: number; readonly total: number }; readonly chains: { readonly ok: number; readonly total: number } };
  /** Calls `listener` on every change, from inside a bus handler: it must be quick. Returns a function that ends it. */
  onChange(listener: (change: ViewChange) => void): () => void;
}

/** The least age at which a score is stale, milliseconds. */
const leastStaleMs = 30_000;
/** A score is stale when it is older than so many ticks. */
const staleTicks = 3;

interface HeldAsset {
  score: ScoreMessage | undefined;
  lastGoodAt: EpochMs | null;
  snapshot: MarketSnapshot | undefined;
  readonly transfers: SeenTransfers;
  readonly slow: SlowFigures;
  /** Severities of open warnings. */
  readonly open: Map<WarningId, Severity>;
}

/**
 * Makes the view. It reads the bus alone, so every process has a whole one, and never rejects a message: publishers of scores wait for every group, and a
 * reader must not be what stops the warnings. Memory is bounded by the assets and sources of the config.
 */
export function createLiveView(deps: LiveViewDeps): LiveView {
  const { bus, clock, log } = deps;
  const fresh = (): HeldAsset => ({ score: undefined, lastGoodAt: null, snapshot: undefined, transfers: createSeenTransfers(), slow: createSlowFigures(), open: new Map() });
  let held = new Map<AssetId, HeldAsset>(deps.assets.map((asset) => [asset, fresh()]));
  const feeds = createFeedStates(deps.sources);
  let chains = new Set(deps.chains);
  let venues = new Set(deps.sources.filter((source) => !chains.has(source)));
  const staleAfterMs = Math.max(staleTicks * deps.tickEveryMs, leastStaleMs);
  const listeners = new Set<(change: ViewChange) => void>();
  const subscriptions: Subscription[] = [];
  let heartbeat: HeartbeatMessage | null = null;

  const tell = (change: ViewChange): void => {
    for (const listener of listeners) listener(change);
  };
  const takeScore = (score: ScoreMessage): void => {
    const state = held.get(score.asset);
    if (state === undefined || (state.score !== undefined && score.eventTime < state.score.eventTime)) return;
    state.score = score;
    if (isGood(score)) state.lastGoodAt = score.eventTime;
    state.transfers.take(score);
    state.slow.take(score);
    tell({ kind: 'asset', asset: score.asset });
  };
  const applyWarning = (warning: WarningMessage): void => {
    const state = held.get(warning.asset);
    if (state === undefined) return;
    if (warning.state === 'firing' || warning.state === 'acknowledged') state.open.set(warning.id, warning.severity);
    else state.open.delete(warning.id);
  };
  const takeWarning = (warning: WarningMessage): void => {
    applyWarning(warning);
    tell({ kind: 'warning' });
    if (held.has(warning.asset)) tell({ kind: 'asset', asset: warning.asset });
  };
  const safely = <M>(take: (message: M) => void) => (batch: readonly M[]): void => {
    for (const message of batch) {
      try {
        take(message);
      } catch (error) {
        log.error('message not shown', { error: messageOf(error) });
      }
    }
  };
  const summaryFor = (asset: AssetId, state: HeldAsset): AssetSummary => summaryOf(asset, state.score, [...state.open.values()], clock.now(), staleAfterMs);

  return {
    start: async () => {
      const group = 'api';
      let heard: Set<WarningId> | undefined = new Set();
      subscriptions.push(
        bus.subscribe('scores', { group, alone: 'new', handler: safely(takeScore) }),
        bus.subscribe('snapshots', { group, alone: 'kept', handler: safely(({ asset, document }) => { const state = held.get(asset); if (state !== undefined) state.snapshot = document; }) }),
        bus.subscribe('global', { group, alone: 'kept', handler: safely((message) => { if (feeds.take(message)) tell({ kind: 'feeds' }); }) }),
        bus.subscribe('warnings', { group, alone: 'kept', handler: safely((warning) => { heard?.add(warning.id); takeWarning(warning); }) }),
        bus.subscribe('heartbeats', { group, alone: 'kept', handler: safely((message) => { heartbeat = message; tell({ kind: 'heartbeat', heartbeat: message }); }) }),
      );
      // What was heard since is later than what is read.
      for (const warning of await deps.journal.openWarnings()) if (!heard.has(warning.id)) applyWarning(warning);
      heard = undefined;
    },
    stop: async () => {
      await Promise.all(subscriptions.splice(0).map((subscription) => subscription.stop()));
    },
    follow: ({ assets, sources, chains: nextChains }) => {
      const added = assets.filter((asset) => !held.has(asset));
      held = new Map(assets.map((asset) => [asset, held.get(asset) ?? fresh()]));
      feeds.follow(sources);
      chains = new Set(nextChains);
      venues = new Set(sources.filter((source) => !chains.has(source)));
      tell({ kind: 'feeds' });
      for (const asset of added) tell({ kind: 'asset', asset });
    },
    summaries: () => [...held].map(([asset, state]) => summaryFor(asset, state)).sort(byMargin),
    summary: (asset) => {
      const state = held.get(asset);
      return state === undefined ? undefined : summaryFor(asset, state);
    },
    detail: (asset) => {
      const state = held.get(asset);
      return state === undefined ? undefined : { summary: summaryFor(asset, state), score: state.score === undefined ? null : state.slow.within(state.score) };
    },
    feeds: () => feeds.list(),
    transfers: (asset, from, to) => held.get(asset)?.transfers.within(from, to) ?? [],
    snapshot: (asset) => held.get(asset)?.snapshot,
    heartbeat: () => heartbeat,
    pulses: () => [...held].map(([asset, state]) => pulseOf(asset, state.score, state.lastGoodAt, [...state.open.values()])),
    counts: () => ({ feeds: feeds.count(venues), chains: feeds.count(chains) }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
