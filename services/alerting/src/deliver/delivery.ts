import type { EpochMs, Rng } from '@breakwater/models/core';
import { assert, epochMs } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { DeliveryOutcome, Journal, OutboxEntry } from '@breakwater/platform/store';
import { attemptPlace, noTracer, type Tracer } from '@breakwater/platform/trace';
import type { DeliveryConfig } from '../config.ts';
import type { Heartbeat, Notifier } from '../notifiers/notifier.ts';
import { deliveryId } from '../notifiers/notifier.ts';
import { untilDone } from '../until-done.ts';
import { backoffMs } from './backoff.ts';
import { createHeartbeats } from './heartbeats.ts';
import { withTimeout } from './with-timeout.ts';

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
  /** Makes a span of each try. */
  readonly tracer?: Tracer | undefined;
  /** Ends every loop. */
  readonly signal: AbortSignal;
  /**
   * Whether this instance may send, asked of the clock right before each try: where several instances stand by for one another, one that was paused must not go on where
   * another has taken over. Always, where it is absent.
   */
  readonly held?: () => boolean;
}

/** Delivery of the outbox. */
export interface Delivery {
  /** Runs one loop a recipient until `signal` aborts, then resolves. Rejects when the store fails for good, and with `fenced` when this instance may not send any more. Call once. */
  run(): Promise<void>;
  /** Says that something new may be in the outbox. Cheap, may be called at any time. */
  wake(): void;
  /** Sends a sign of life to every recipient that takes them, beside the warnings. Never stored, never tried again; returns at once. */
  heartbeat(beat: Heartbeat): void;
  /**
   * Delivers to these from now on. Who is the same notifier is not disturbed; one that replaces another of its name goes on with what waits, after the try under way. What waits for a name that
   * is not among them is given up as `recipient-removed`; resolves when that is stored. Whoever puts revisions into the outbox must have stopped doing so for it. Call one at a time, after `run`.
   */
  follow(notifiers: readonly Notifier[]): Promise<void>;
}

/** The loop of one recipient. */
interface Lane {
  readonly notifier: Notifier;
  readonly rng: Rng;
  /** Ends this loop alone, once the try under way is over. */
  readonly end: AbortController;
  /** Breaks off the try under way. */
  readonly cut: AbortController;
  /** The loop ends. */
  readonly signal: AbortSignal;
  /** The try under way ends. */
  readonly trying: AbortSignal;
  done: Promise<void>;
}

/** What a recipient's loop waits for: its next entry to be due (`at`, or news when there is none), or the recipient's own limits. */
type Pause = { readonly kind: 'due'; readonly at: EpochMs | undefined } | { readonly kind: 'recipient'; readonly at: EpochMs };

/**
 * Empties the outbox: at least once, each warning's revisions in order, every recipient on its own. An entry that fails is tried again
 * with growing waits and holds back later revisions of its own warning, or with the notifier's `order` `all` everything later. One that was
 * tried, is older than `maxAgeSeconds` and was overtaken by a later revision is abandoned and counted, and so is one whose error says that no
 * try can help; nothing else is ever given up. A crash between a delivery and its record delivers it again under the same id.
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { journal, clock, signal, metrics, tracer = noTracer } = deps;
  const timeoutMs = deps.config.timeoutSeconds * 1_000;
  /** Changed in place: heartbeats go to whoever is in it. */
  const notifiers = [...deps.notifiers];
  const lanes = new Map<Notifier, Lane>();
  const wakers = new Set<() => void>();
  const held = deps.held ?? ((): boolean => true);
  const count = metrics.counter('breakwater_delivery_attempts_total', 'Tries to deliver a revision of a warning, by what came of them', ['recipient', 'outcome']);
  const storeFailures = metrics.counter('breakwater_delivery_store_failures_total', 'Calls to the store that failed and were tried again', ['code']);
  // From 0, so that whoever reads rates sees the first one.
  storeFailures.inc({ code: 'store-failed' }, 0);
  const introduce = (): void => {
    assert(new Set(notifiers.map((n) => n.name)).size === notifiers.length, 'two notifiers have one name');
    for (const { name } of notifiers) for (const outcome of ['delivered', 'retry', 'abandoned']) count.inc({ recipient: name, outcome }, 0);
  };
  introduce();

  const persist = <T>(call: () => Promise<T>): Promise<T> =>
    untilDone(clock, signal, call, (error) => {
      storeFailures.inc({ code: error.code });
      deps.log.warn('store call failed, trying again', { error: messageOf(error) });
    });

  const isOvertaken = async (entry: OutboxEntry): Promise<boolean> => ((await persist(() => journal.warning(entry.warning.id))).at(-1)?.revision ?? 0) > entry.warning.revision;

  /** What a recipient last heard of a warning must be how it stands: only a revision that was tried and that a later one has overtaken is given up. */
  const expired = async (entry: OutboxEntry): Promise<DeliveryOutcome | null> => {
    const ageMs = clock.now() - entry.warning.receivedAt;
    const isOver = entry.attempts > 0 && ageMs > deps.config.maxAgeSeconds * 1_000 && (await isOvertaken(entry));
    return isOver ? { kind: 'abandoned', at: clock.now(), reason: 'too-old' } : null;
  };

  const attempt = async ({ notifier, rng, trying: own }: Lane, entry: OutboxEntry, trace: string | undefined): Promise<DeliveryOutcome | null> => {
    // A request that is on its way already cannot be called back: whoever receives it twice knows it by its id.
    if (!held()) throw new BreakwaterError('fenced', `${deliveryId(entry)} not sent to ${notifier.name}: this instance is not the active one any more`);
    try {
      await withTimeout(clock, own, timeoutMs, 'delivery', (inner) => notifier.deliver(entry, inner));
      return { kind: 'delivered', at: clock.now() };
    } catch (error) {
      // Stopping is no failure of the recipient's: the entry stays as it was.
      if (own.aborted) return null;
      const reason = error instanceof BreakwaterError ? error.code : 'unknown';
      deps.log.warn('delivery failed', { recipient: notifier.name, id: deliveryId(entry), attempts: entry.attempts + 1, error: messageOf(error), ...(trace === undefined ? {} : { trace }) });
      if (error instanceof BreakwaterError && !error.retryable) return { kind: 'abandoned', at: clock.now(), reason };
      const retryAfterMs = error instanceof BreakwaterError ? error.retryAfterMs : undefined;
      return { kind: 'retry', at: clock.now(), nextAt: epochMs(clock.now() + backoffMs(entry.attempts + 1, rng, retryAfterMs)), reason };
    }
  };

  const traced = async (lane: Lane, entry: OutboxEntry): Promise<DeliveryOutcome | null> => {
    if (!tracer.enabled) return attempt(lane, entry, undefined);
    const { notifier: { name } } = lane;
    const { warning: { id, revision }, attempts } = entry;
    const span = tracer.start('delivery', attemptPlace(entry.warning, name, attempts + 1));
    const about = { recipient: name, id, revision, attempt: attempts + 1 };
    try {
      const outcome = await attempt(lane, entry, span.traceId);
      span.end({ ...about, outcome: outcome?.kind ?? 'stopped' }, outcome === null || outcome.kind === 'delivered' ? undefined : outcome.reason);
      return outcome;
    } catch (error) {
      span.end(about, messageOf(error));
      throw error;
    }
  };

  /** Delivers what is due until nothing is; resolves with what to wait for then. */
  const drain = async (lane: Lane): Promise<Pause> => {
    const { notifier } = lane;
    const stopped = (): boolean => lane.signal.aborted;
    const order = notifier.order ?? 'warning';
    while (!stopped()) {
      const entries = await persist(() => journal.pending(notifier.name, clock.now(), deps.config.batch, order));
      if (entries.length === 0) return { kind: 'due', at: await persist(() => journal.nextDue(notifier.name, order)) };
      const heldBack = new Set<string>();
      for (const entry of entries) {
        if (stopped()) break;
        if (heldBack.has(entry.warning.id)) continue;
        const overdue = await expired(entry);
        const at = overdue === null ? notifier.notBefore?.(clock.now()) : undefined;
        if (at !== undefined && at > clock.now()) return { kind: 'recipient', at };
        const outcome = overdue ?? (await traced(lane, entry));
        if (outcome === null) break;
        if (outcome.kind === 'abandoned') deps.log.error('delivery given up', { recipient: notifier.name, id: deliveryId(entry), reason: outcome.reason });
        count.inc({ recipient: notifier.name, outcome: outcome.kind });
        await persist(() => journal.recordAttempt(entry, outcome));
        if (outcome.kind !== 'retry') continue;
        if (order === 'all') break;
        heldBack.add(entry.warning.id);
      }
    }
    return { kind: 'due', at: undefined };
  };

  const loop = async (lane: Lane): Promise<void> => {
    const { notifier, signal: own } = lane;
    const stopped = (): boolean => own.aborted;
    let woken = true;
    let pause: Pause = { kind: 'due', at: undefined };
    let stopWaiting = (): void => undefined;
    // News does not shorten the wait that a recipient's rate limit asks for.
    const goesOn = (): boolean => stopped() || (woken && pause.kind === 'due');
    const waker = (): void => {
      woken = true;
      if (goesOn()) stopWaiting();
    };
    wakers.add(waker);
    own.addEventListener('abort', waker, { once: true });
    try {
      while (!stopped()) {
        woken = false;
        const end = deps.activity.begin(`delivery ${notifier.name}`);
        try {
          pause = await drain(lane);
        } finally {
          end();
        }
        // A commit may have come between the read and here.
        if (goesOn()) continue;
        // Outside the activity: a simulated clock moves only while nothing is in flight.
        await new Promise<void>((resolve) => {
          const cancel = pause.at === undefined ? (): void => undefined : clock.after(Math.max(0, pause.at - clock.now()), resolve);
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
      own.removeEventListener('abort', waker);
    }
  };

  let onFailure: (error: unknown) => void = () => undefined;
  const launch = (notifier: Notifier): void => {
    const [end, cut] = [new AbortController(), new AbortController()];
    const lane: Lane = { notifier, rng: deps.rng.fork(notifier.name), end, cut, signal: AbortSignal.any([signal, end.signal]), trying: AbortSignal.any([signal, cut.signal]), done: Promise.resolve() };
    lanes.set(notifier, lane);
    lane.done = loop(lane).catch((error: unknown) => onFailure(error));
  };
  /** Settles what waits for a recipient that is no more. */
  const giveUp = async (recipient: string): Promise<void> => {
    const outcome: DeliveryOutcome = { kind: 'abandoned', at: clock.now(), reason: 'recipient-removed' };
    for (;;) {
      const entries = await persist(() => journal.pending(recipient, everAfter, deps.config.batch));
      if (entries.length === 0) return;
      for (const entry of entries) {
        deps.log.warn('delivery given up', { recipient, id: deliveryId(entry), reason: outcome.reason });
        count.inc({ recipient, outcome: outcome.kind });
        await persist(() => journal.recordAttempt(entry, outcome));
      }
    }
  };
  const follow = async (next: readonly Notifier[]): Promise<void> => {
    const gone = [...lanes.values()].filter((lane) => !next.includes(lane.notifier));
    for (const lane of gone) {
      lane.end.abort();
      // What another one of the name goes on with is not sent twice because of it.
      if (!next.some(({ name }) => name === lane.notifier.name)) lane.cut.abort();
      await lane.done;
      lanes.delete(lane.notifier);
    }
    notifiers.splice(0, notifiers.length, ...next);
    introduce();
    for (const notifier of next) if (!lanes.has(notifier)) launch(notifier);
    for (const { notifier: { name } } of gone) if (!next.some((other) => other.name === name)) await giveUp(name);
  };

  const heartbeats = createHeartbeats({ ...deps, notifiers, timeoutMs });
  return {
    run: async () => {
      const failed = new Promise<never>((_resolve, reject) => (onFailure = reject));
      for (const notifier of notifiers) launch(notifier);
      await Promise.race([untilAborted(signal), failed]);
      await Promise.all([...lanes.values()].map((lane) => lane.done));
      await heartbeats.settled();
    },
    follow: async (next) => {
      const end = deps.activity.begin('other recipients');
      await follow(next).finally(end);
    },
    wake: () => {
      for (const waker of wakers) waker();
    },
    heartbeat: (beat) => {
      if (held()) heartbeats.send(beat);
    },
  };
}

/** Later than anything is ever due. */
const everAfter = epochMs(Number.MAX_SAFE_INTEGER);

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
}
