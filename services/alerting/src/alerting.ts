import type { ScoreMessage, WarningMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs, Result, WarningId } from '@breakwater/models/core';
import { assetId, err, ok } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus, Subscription } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { everyAligned } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Journal } from '@breakwater/platform/store';
import { noTracer, revisionPlace, type Tracer } from '@breakwater/platform/trace';
import type { AssetState, AssetStep } from './asset-state.ts';
import { foldAcknowledgement, foldScore, foldSilence, foldUnwatched, newAssetState } from './asset-state.ts';
import type { AlertingConfig } from './config.ts';
import { publishedCheckpoint } from './published-checkpoint.ts';
import { untilDone } from './until-done.ts';
import { loadAssetState, saveAssetState } from './saved-asset.ts';

/** What alerting needs. */
export interface AlertingDeps {
  readonly bus: Bus;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Is busy while silence is looked for; a batch of scores is the bus's to mark. */
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly config: AlertingConfig;
  /** Names under which revisions go to the outbox; each has a notifier of that name. */
  readonly recipients: readonly string[];
  /** Ends waiting for a store that fails. */
  readonly signal: AbortSignal;
  /** Makes a span of each revision. */
  readonly tracer?: Tracer | undefined;
  /** Called after every commit that put something into the outbox. */
  readonly onCommitted?: () => void;
  /** A subscription that failed is the owner's to handle (supervision restarts the stage). */
  readonly onError?: (error: unknown) => void;
}

/** The alerting stage. */
export interface Alerting {
  /** Reads the state of assets with open warnings, publishes revisions that were committed and not yet published, then takes scores. Call once. */
  restore(): Promise<void>;
  /**
   * Says that `by` is dealing with an open warning: a new revision in state `acknowledged`, stored and sent like any other, between two scores. Of
   * one that is acknowledged already nothing changes. Resolves with the warning as it stands, once that is stored; while the store fails it waits.
   */
  acknowledge(id: WarningId, by: string, note?: string): Promise<Result<WarningMessage, 'unknown-warning' | 'not-open'>>;
  /**
   * Goes on under other settings, between two scores: `config` for what comes, `recipients` for what is committed from now on. Warnings of assets that are not
   * `watched` any more end, once that is stored; scores of theirs that still come are left out. While the store fails it waits.
   */
  follow(next: { readonly config: AlertingConfig; readonly recipients: readonly string[]; readonly watched: (asset: AssetId) => boolean }): Promise<void>;
  /** Stops taking scores after the batch in hand. Abort `signal` first when the store may be failing: the batch is held until it is stored. */
  stop(): Promise<void>;
}

/** The checkpoint of an asset. */
export function checkpointName(asset: AssetId): string {
  return `alerting:${asset}`;
}
/** How often silence is looked for; expiry is dated by event time, so this only delays it. */
const silenceEveryMs = 60_000;
const pageSize = 256;

/**
 * The third stage: scores in, warnings out.
 *
 * A batch of scores is folded, then committed in one step: new revisions, their outbox entries and the checkpoints that say which scores
 * they came from. Only then is the batch done, so a publisher that waits (`publishDurable`) knows that it cannot be lost; and a batch that
 * comes again after a crash finds the checkpoint and changes nothing. While the store fails the batch is held and tried again.
 */
export function createAlerting(deps: AlertingDeps): Alerting {
  const { bus, journal, clock, log, metrics, signal, tracer = noTracer } = deps;
  let { config, recipients } = deps;
  let isWatched: (asset: AssetId) => boolean = () => true;
  const states = new Map<AssetId, AssetState>();
  let publishedRow = 0;
  let subscription: Subscription | undefined;
  let stopTimer = (): void => undefined;
  // Scores, the silence check and acknowledgements all change states: one at a time.
  let turn: Promise<void> = Promise.resolve();
  const count = {
    scores: metrics.counter('breakwater_alerting_scores_total', 'Scores taken in, by what came of them', ['outcome']),
    revisions: metrics.counter('breakwater_alerting_revisions_total', 'Revisions of warnings committed', ['kind', 'state', 'severity']),
    failures: metrics.counter('breakwater_alerting_store_failures_total', 'Calls to the store that failed and were tried again', ['code']),
  };
  // From 0, so that whoever reads rates sees the first one.
  count.failures.inc({ code: 'store-failed' }, 0);

  const persist = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    untilDone(clock, signal, call, (error, delayMs) => {
      count.failures.inc({ code: error instanceof BreakwaterError ? error.code : 'unknown' });
      log.warn('store call failed, trying again', { what, delayMs, error: messageOf(error) });
    });

  const stateOf = async (asset: AssetId): Promise<AssetState> => {
    const held = states.get(asset);
    if (held !== undefined) return held;
    const text = await persist('checkpoint', () => journal.checkpoint(checkpointName(asset)));
    const loaded = text === undefined ? newAssetState : readState(asset, text);
    states.set(asset, loaded);
    return loaded;
  };

  /** Whether the bus has these revisions for good, or as good as it ever will: false where this stage, or the bus, ends first. Brokers that are away hold up no end. */
  const publishForGood = async (warnings: readonly WarningMessage[]): Promise<boolean> => {
    let onAbort = (): void => undefined;
    const ended = new Promise<false>((resolve) => {
      onAbort = () => resolve(false);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
    try {
      return await Promise.race([bus.publishDurable('warnings', warnings).then(() => true), ended]);
    } catch (error) {
      if (error instanceof BreakwaterError && error.code === 'aborted') return false;
      // A reader that failed is its owner's matter, and what the brokers refuse they refuse again.
      log.warn('revisions not taken by every reader', { revisions: warnings.length, error: messageOf(error) });
      return true;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };

  /** Publishes committed revisions that were not yet: at least once each, also across a crash. */
  const publishCommitted = async (): Promise<void> => {
    for (;;) {
      const page = await persist('warnings', () => journal.warnings(publishedRow, pageSize));
      const last = page.at(-1);
      // What is not there for good is published again after the next start.
      if (last === undefined || !(await publishForGood(page.map(({ warning }) => warning)))) return;
      publishedRow = last.row;
      if (page.length < pageSize) return;
    }
  };

  const commit = async (next: ReadonlyMap<AssetId, AssetStep>): Promise<void> => {
    if (next.size === 0) return;
    const steps = [...next];
    const warnings = steps.flatMap(([, step]) => step.warnings);
    const checkpoints: Record<string, string> = { [publishedCheckpoint]: String(publishedRow) };
    for (const [asset, step] of steps) checkpoints[checkpointName(asset)] = saveAssetState(step.state);
    const at = clock.now();
    const spans = tracer.enabled ? warnings.map((warning) => ({ warning, span: tracer.start('warning', revisionPlace(warning)) })) : [];
    // Repeating a commit whose acknowledgement was lost is harmless: (id, revision) is unique and the checkpoints are the same.
    await persist('commit', () => journal.commitWarnings({ warnings, recipients, checkpoints, at }));
    for (const [asset, step] of steps) states.set(asset, step.state);
    if (warnings.length === 0) return;
    for (const { warning: { id, revision, state, severity, asset }, span } of spans) span.end({ id, revision, state, severity, asset });
    for (const [i, w] of warnings.entries()) note(w, spans[i]?.span.traceId);
    deps.onCommitted?.();
    await publishCommitted();
  };

  const note = (w: WarningMessage, trace: string | undefined): void => {
    count.revisions.inc({ kind: w.warning, state: w.state, severity: w.severity });
    log.info('warning', { id: w.id, revision: w.revision, state: w.state, severity: w.severity, asset: w.asset, kind: w.warning, ...(trace === undefined ? {} : { trace }) });
  };

  const handle = async (batch: readonly ScoreMessage[]): Promise<void> => {
    const receivedAt = clock.now();
    const next = new Map<AssetId, AssetStep>();
    for (const score of batch) {
      if (!isWatched(score.asset)) {
        count.scores.inc({ outcome: 'unwatched' });
        continue;
      }
      const before: AssetStep = next.get(score.asset) ?? { state: await stateOf(score.asset), warnings: [] };
      const step = foldScore(before.state, score, config, receivedAt);
      const repeated = step.state === before.state;
      count.scores.inc({ outcome: repeated ? 'repeated' : 'folded' });
      if (!repeated) next.set(score.asset, { state: step.state, warnings: [...before.warnings, ...step.warnings] });
    }
    await commit(next);
  };

  const checkSilence = async (now: EpochMs): Promise<void> => {
    const next = new Map<AssetId, AssetStep>();
    for (const [asset, state] of states) {
      const step = foldSilence(state, now, config, clock.now());
      if (step.warnings.length > 0) next.set(asset, step);
    }
    await commit(next);
  };

  const acknowledgeOne = async (id: WarningId, by: string, note: string | undefined): Promise<Result<WarningMessage, 'unknown-warning' | 'not-open'>> => {
    // Read first: an id from outside must not make a state of an asset that is none.
    const [first] = await persist('warning', () => journal.warning(id));
    if (first === undefined) return err('unknown-warning');
    const folded = foldAcknowledgement(await stateOf(first.asset), id, { by, note }, clock.now());
    if (folded === null) return err('not-open');
    if (folded.step.warnings.length > 0) await commit(new Map([[first.asset, folded.step]]));
    return ok(folded.warning);
  };

  const endUnwatched = async (): Promise<void> => {
    const next = new Map<AssetId, AssetStep>();
    for (const [asset, state] of states) {
      if (isWatched(asset)) continue;
      const step = foldUnwatched(state, clock.now());
      if (step.warnings.length > 0) next.set(asset, step);
    }
    await commit(next);
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.then(() => undefined, () => undefined);
    return done;
  };

  return {
    restore: async () => {
      const row = await persist('checkpoint', () => journal.checkpoint(publishedCheckpoint));
      publishedRow = row === undefined ? 0 : Number(row);
      const open = await persist('open warnings', () => journal.openWarnings());
      for (const asset of new Set(open.map((w) => w.asset))) await stateOf(assetId(asset));
      await inTurn(publishCommitted);
      // Last: what fails before it leaves nothing behind that takes scores.
      subscription = bus.subscribe('scores', {
        group: 'alerting',
        handler: (batch) => inTurn(() => handle(batch)),
        onError: (error) => {
          log.error('alerting stopped', { error: messageOf(error) });
          deps.onError?.(error);
        },
      });
      stopTimer = everyAligned(clock, silenceEveryMs, (now) => {
        const end = deps.activity.begin('alerting silence');
        inTurn(() => checkSilence(now))
          .catch((error: unknown) => {
            if (!signal.aborted) deps.onError?.(error);
          })
          .finally(end);
      });
    },
    acknowledge: (id, by, note) => {
      const end = deps.activity.begin('acknowledgement');
      return inTurn(() => acknowledgeOne(id, by, note)).finally(end);
    },
    follow: (next) => {
      const end = deps.activity.begin('other settings of alerting');
      return inTurn(async () => {
        ({ config, recipients, watched: isWatched } = next);
        await endUnwatched();
      }).finally(end);
    },
    stop: async () => {
      stopTimer();
      await subscription?.stop();
      await turn;
    },
  };
}

function readState(asset: AssetId, text: string): AssetState {
  const loaded = loadAssetState(text);
  if (!loaded.ok) throw new BreakwaterError('store-corrupt', `checkpoint ${checkpointName(asset)} cannot be read: ${loaded.error}`);
  return loaded.value;
}

