import type { AssetMessage, GlobalMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { SavedParts } from './asset-state.ts';
import { createCaughtUp } from './caught-up.ts';
import type { ScoredAsset } from './config.ts';
import { isDeposit } from './deposits.ts';
import { foundAgain, type ChainEvent } from './found-again.ts';
import { readSaved } from './long-saves.ts';
import { createScorer, type ScoredTick } from './scorer.ts';
import { createPartitionScoring } from './partition-scoring.ts';
import type { Scoring, ScoringDeps } from './stage.ts';
import { createTickPublisher } from './tick-publisher.ts';

/** How long restored transfers are kept for folding again. */
const keepTransfersMs = 26 * 3_600_000;
/** Ticks are not forced before sources had this long to connect and read their books. */
const startGraceMs = 10_000;
/** Most transfers kept per asset for a restart. */
const keepTransfers = 20_000;

/** Whether a restart must fold a message again that no tick had in it: deposits, events of reserves, and what was taken back. */
function mustBeFoundAgain(message: AssetMessage): message is ChainEvent {
  if (message.kind === 'reserve.event') return message.state === 'included' || message.state === 'reverted';
  return message.kind === 'transfer' && (message.state === 'reverted' || (message.state === 'included' && isDeposit(message)));
}

/**
 * Scores every asset at every tick of event time: folds the ordered log up to the tick, computes, publishes durably, then saves what must
 * survive. A crash between publishing and saving repeats the tick with the same figures; whoever handled it already ignores it. With `states` it is one worker of several (`partition-scoring.ts`).
 */
export function createScoring(deps: ScoringDeps): Scoring {
  const { states } = deps;
  if (states !== undefined) return createPartitionScoring({ ...deps, states });
  return createWholeScoring(deps);
}

function createWholeScoring(deps: ScoringDeps): Scoring {
  const { bus, journal, clock, config, log, activity } = deps;
  const scorer = createScorer(config, clock.now(), { startGraceMs });
  // Deposits and events of reserves of the last day, each with every state it went through: what a restart folds again, as far as its saved state may be without it. Repeating one changes nothing.
  const received = new Map<AssetId, ChainEvent[]>();
  let { assets } = config;
  const publisher = createTickPublisher(deps);
  let running: Promise<void> | undefined;
  let again = false;
  let failed = false;
  const stopping = new AbortController();
  const isStopped = (): boolean => stopping.signal.aborted;
  const assetsHandled = createCaughtUp(() => bus.stats().assets);
  let cancelDeadline = (): void => undefined;
  const subscriptions: { stop(): Promise<void> }[] = [];

  const restore = async (asset: ScoredAsset, watch: (asset: ScoredAsset, saved?: SavedParts) => void): Promise<void> => {
    const saved = await readSaved(asset.asset, (name) => journal.checkpoint(name));
    watch(asset, saved);
    const transfersText = await journal.checkpoint(`scoring:transfers:${asset.asset}`);
    const transfers = transfersText === undefined ? [] : (JSON.parse(transfersText) as ChainEvent[]);
    received.set(asset.asset, transfers);
    for (const transfer of foundAgain(transfers, saved?.tick?.lastTick)) scorer.push(transfer);
  };

  const tick = async (due: ScoredTick): Promise<void> => {
    await publisher.publish(due);
    await saveTick(due.at);
  };

  const saveTick = async (at: EpochMs): Promise<void> => {
    const values: Record<string, string> = {};
    for (const { asset } of assets) {
      values[`scoring:${asset}`] = JSON.stringify(scorer.save(asset, at));
      for (const [name, value] of Object.entries(scorer.saveLong(asset))) values[name] = JSON.stringify(value);
    }
    await retried(() => journal.saveCheckpoints(values));
  };

  // The disk may be full or away: nothing goes on, and nothing is acknowledged, until what must survive is stored.
  const retried = async (write: () => Promise<void>): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      if (isStopped()) throw new BreakwaterError('aborted', 'state not stored: scoring stopped');
      try {
        await write();
        return;
      } catch (error) {
        log.error('state not stored, trying again', { reason: messageOf(error), attempt });
      }
      await sleep(clock, Math.min(30_000, 100 * 2 ** attempt), stopping.signal);
    }
  };

  const fail = (error: unknown): void => {
    // What stopping cuts off is no failure.
    if (isStopped()) return;
    // A tick whose scores were not taken must be repeated by the next start: none may be saved after it.
    failed = true;
    deps.onFatal(error);
  };
  const tickAll = async (): Promise<void> => {
    for (;;) {
      // A tick that is forced, too, has what was published before it.
      await assetsHandled.now();
      if (isStopped()) return;
      const due = scorer.due(clock.now());
      if (due === undefined) return;
      await tick(due);
    }
  };
  const pump = (): void => {
    if (isStopped() || failed) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    again = false;
    const end = activity.begin('scoring');
    running = tickAll().catch(fail).finally(() => {
      running = undefined;
      end();
      // Time may have moved after the last look and before this.
      if (again) pump();
      else arm();
    });
  };
  const arm = (): void => {
    cancelDeadline();
    const deadline = scorer.aligner.nextDeadline();
    if (deadline === undefined || isStopped() || failed) return;
    cancelDeadline = clock.after(Math.max(1, deadline - clock.now()), pump);
  };

  const onAssets = async (batch: readonly AssetMessage[]): Promise<void> => {
    await receive(batch);
    assetsHandled.add(batch.length);
  };

  const receive = async (batch: readonly AssetMessage[]): Promise<void> => {
    const touched = new Set<AssetId>();
    for (const message of batch) {
      scorer.push(message);
      if (!mustBeFoundAgain(message)) continue;
      const transfers = received.get(message.asset);
      if (transfers === undefined) continue;
      transfers.push(message);
      touched.add(message.asset);
    }
    // A transfer counts as received (and its chain moves on) only when a restart would find it again.
    for (const asset of touched) {
      const transfers = received.get(asset) ?? [];
      const newest = transfers.reduce((t, transfer) => Math.max(t, transfer.eventTime), 0);
      const kept = transfers.filter((t) => t.eventTime > newest - keepTransfersMs).slice(-keepTransfers);
      received.set(asset, kept);
      const text = JSON.stringify(kept);
      await retried(() => journal.saveCheckpoints({ [`scoring:transfers:${asset}`]: text }));
    }
  };

  // Watermarks travel on another topic than the data they speak of: what was published before one must be handled before it counts.
  const onGlobal = async (batch: readonly GlobalMessage[]): Promise<void> => {
    await assetsHandled.now();
    let moved = false;
    for (const message of batch) {
      scorer.push(message);
      moved ||= message.kind === 'watermark' || message.kind === 'feed.health';
    }
    if (moved) pump();
  };

  return {
    start: async () => {
      for (const asset of assets) await restore(asset, (...of) => scorer.watch(...of));
      for (const source of deps.sources) scorer.aligner.expect(source);
      assetsHandled.begin();
      subscriptions.push(bus.subscribe('assets', { group: 'scoring', handler: onAssets, onError: fail }));
      subscriptions.push(bus.subscribe('global', { group: 'scoring', handler: onGlobal, onError: fail }));
      arm();
    },
    follow: async (next) => {
      const end = activity.begin('other assets');
      try {
        for (const { asset } of assets) {
          if (next.some((other) => other.asset === asset)) continue;
          scorer.leave(asset);
          received.delete(asset);
        }
        // A tick may be saved meanwhile: of those that are held, and of no other.
        assets = next.filter(({ asset }) => received.has(asset));
        for (const asset of next) {
          if (received.has(asset.asset)) scorer.join(asset);
          else await restore(asset, (...of) => scorer.join(...of));
        }
        assets = next;
      } finally {
        end();
      }
    },
    stop: async () => {
      stopping.abort();
      assetsHandled.end();
      cancelDeadline();
      for (const subscription of subscriptions) await subscription.stop();
      await running;
    },
    stats: () => ({ ...scorer.aligner.stats(), scores: publisher.published() }),
  };
}
