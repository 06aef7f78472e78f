import type { Rng } from '@breakwater/models/core';
import { assert, epochMs } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { DeliveryOutcome, Journal, OutboxEntry } from '@breakwater/platform/store';
import type { DeliveryConfig } from '../config.ts';
import type { Notifier } from '../notifiers/notifier.ts';
import { deliveryId } from '../notifiers/notifier.ts';
import { untilDone } from '../until-done.ts';
import { backoffMs } from './backoff.ts';

/** What delivery needs. */
export interface DeliveryDeps {
  readonly journal: Journal;
  /** One a recipient; names are distinct. */
  readonly notifiers: readonly Notifier[];
  readonly clock: Clock;
  readonly rng: Rng;
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly config: DeliveryConfig;
  /** Ends every loop. */
  readonly signal: AbortSignal;
}

/** Delivery of the outbox. */
export interface Delivery {
  /** Runs one loop a recipient until `signal` aborts, then resolves. Rejects when the store fails for good. Call once. */
  run(): Promise<void>;
  /** Says that something new may be in the outbox. Cheap, may be called at any time. */
  wake(): void;
}

/**
 * Empties the outbox: at least once, each warning's revisions in order, every recipient on its own. An entry that fails is tried again
 * with growing waits and holds back only later revisions of its own warning. One that was tried and is older than `maxAgeSeconds` is
 * abandoned and counted. A crash between a delivery and its record delivers it again under the same id.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { journal, clock, signal, metrics } = deps;
  assert(new Set(deps.notifiers.map((n) => n.name)).size === deps.notifiers.length, 'two notifiers have one name');
  const wakers = new Set<() => void>();
  const stopped = (): boolean => signal.aborted;
  const count = metrics.counter('breakwater_delivery_attempts_total', 'Tries to deliver a revision of a warning, by what came of them', ['recipient', 'outcome']);
  const storeFailures = metrics.counter('breakwater_delivery_store_failures_total', 'Calls to the store that failed and were tried again', ['code']);

  const persist = <T>(call: () => Promise<T>): Promise<T> =>
    untilDone(clock, signal, call, (error) => {
      storeFailures.inc({ code: error.code });
      deps.log.warn('store call failed, trying again', { error: messageOf(error) });
    });

  const isOvertaken = async (entry: OutboxEntry): Promise<boolean> => ((await persist(() => journal.warning(entry.warning.id))).at(-1)?.revision ?? 0) > entry.warning.revision;

  const attempt = async (notifier: Notifier, entry: OutboxEntry, rng: Rng): Promise<DeliveryOutcome | null> => {
    const ageMs = clock.now() - entry.warning.receivedAt;
    // What a recipient last heard of a warning must be how it stands: only a revision that a later one has overtaken is given up.
    if (entry.attempts > 0 && ageMs > deps.config.maxAgeSeconds * 1_000 && (await isOvertaken(entry))) return { kind: 'abandoned', at: clock.now(), reason: 'too-old' };
    try {
      await withTimeout(clock, signal, deps.config.timeoutSeconds * 1_000, (inner) => notifier.deliver(entry, inner));
      return { kind: 'delivered', at: clock.now() };
    } catch (error) {
      // Stopping is no failure of the recipient's: the entry stays as it was.
      if (stopped()) return null;
      const reason = error instanceof BreakwaterError ? error.code : 'unknown';
      deps.log.warn('delivery failed', { recipient: notifier.name, id: deliveryId(entry), attempts: entry.attempts + 1, error: messageOf(error) });
      if (error instanceof BreakwaterError && !error.retryable) return { kind: 'abandoned', at: clock.now(), reason };
      const retryAfterMs = error instanceof BreakwaterError ? error.retryAfterMs : undefined;
      return { kind: 'retry', at: clock.now(), nextAt: epochMs(clock.now() + backoffMs(entry.attempts + 1, rng, retryAfterMs)), reason };
    }
  };

  /** Delivers what is due; resolves with whether there was any. */
  const round = async (notifier: Notifier, rng: Rng): Promise<boolean> => {
    const entries = await persist(() => journal.pending(notifier.name, clock.now(), deps.config.batch));
    const heldBack = new Set<string>();
    for (const entry of entries) {
      if (stopped()) return false;
      if (heldBack.has(entry.warning.id)) continue;
      const outcome = await attempt(notifier, entry, rng);
      if (outcome === null) return false;
      if (outcome.kind === 'retry') heldBack.add(entry.warning.id);
      if (outcome.kind === 'abandoned') deps.log.error('delivery given up', { recipient: notifier.name, id: deliveryId(entry), reason: outcome.reason });
      count.inc({ recipient: notifier.name, outcome: outcome.kind });
      await persist(() => journal.recordAttempt(entry, outcome));
    }
    return entries.length > 0;
  };

  const loop = async (notifier: Notifier): Promise<void> => {
    const rng = deps.rng.fork(notifier.name);
    let woken = true;
    let stopWaiting = (): void => undefined;
    const wasWoken = (): boolean => woken;
    const waker = (): void => {
      woken = true;
      stopWaiting();
    };
    wakers.add(waker);
    signal.addEventListener('abort', waker, { once: true });
    try {
      while (!stopped()) {
        woken = false;
        const end = deps.activity.begin(`delivery ${notifier.name}`);
        let due: number | undefined;
        try {
          while ((await round(notifier, rng)) && !stopped());
          due = await persist(() => journal.nextDue(notifier.name));
        } finally {
          end();
        }
        // A commit may have come between the read and here.
        if (wasWoken() || stopped()) continue;
        await new Promise<void>((resolve) => {
          const cancel = due === undefined ? (): void => undefined : clock.after(Math.max(0, due - clock.now()), resolve);
          stopWaiting = () => {
            cancel();
            resolve();
          };
        });
      }
    } catch (error) {
      if (!stopped()) throw error;
    } finally {
      wakers.delete(waker);
      signal.removeEventListener('abort', waker);
    }
  };

  return {
    run: async () => {
      await Promise.all(deps.notifiers.map(loop));
    },
    wake: () => {
      for (const waker of wakers) waker();
    },
  };
}

/** Runs `call` with a signal that aborts with `outer` or after `ms`, and rejects then whether or not the call listens. */
async function withTimeout(clock: Clock, outer: AbortSignal, ms: number, call: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const inner = new AbortController();
  await new Promise<void>((resolve, reject) => {
    const stop = (error: BreakwaterError): void => {
      inner.abort(error);
      reject(error);
    };
    const onAbort = (): void => stop(new BreakwaterError('aborted', 'delivery cancelled: the caller stopped'));
    outer.addEventListener('abort', onAbort, { once: true });
    const cancel = clock.after(ms, () => stop(new BreakwaterError('delivery-failed', `delivery not confirmed within ${ms} ms`)));
    Promise.resolve()
      .then(() => call(inner.signal))
      .then(resolve, reject)
      .finally(() => {
        cancel();
        outer.removeEventListener('abort', onAbort);
      });
  });
}
