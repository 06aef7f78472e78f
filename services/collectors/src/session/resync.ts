import type { Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import { backoffDelay } from '@breakwater/platform/supervise';
import { noTracer, type Tracer } from '@breakwater/platform/trace';
import type { BreakReason } from '../book/sync.ts';
import type { Intake } from '../intake/intake.ts';
import type { FeedPlan } from '../venue.ts';
import type { Requests } from './requests.ts';

/** Brings broken books back, one resync of a book at a time. */
export interface Resyncer {
  /** A book broke. Starts its resync; while one is under way nothing more is started. */
  ask(symbol: string, reason: BreakReason): void;
  /** The socket of these symbols ended: what is under way is pointless. */
  forget(symbols: ReadonlySet<string>): void;
  /** Books being resynchronised. */
  pending(): readonly string[];
  stats(): { readonly started: number; readonly attempts: number; readonly exhausted: number };
}

/** What resyncs need. */
export interface ResyncDeps {
  readonly plan: Pick<FeedPlan, 'resync'>;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Makes a span of each resync. */
  readonly tracer?: Tracer | undefined;
  readonly requests: Requests;
  readonly intake: Pick<Intake, 'answer' | 'inUse' | 'wantsSeed'>;
  readonly send: (socket: string, frames: readonly string[]) => boolean;
  /** The book did not come back in `ATTEMPTS` tries; it is tried on, slowly. */
  readonly onExhausted: (symbol: string) => void;
  /** How much a book matters: where many wait, the largest figure is mended first. By default all are equal, and the first to break is the first. */
  readonly importance?: (symbol: string) => number;
}

interface Job {
  stopped: boolean;
  /** It broke again since the last try. */
  again: boolean;
  wake: (() => void) | undefined;
}

interface Waiting {
  readonly symbol: string;
  readonly job: Job;
  /** Told whether it has a place; without one it was given up. */
  readonly start: (placed: boolean) => void;
}

/** Design assumptions: tries before a book is called stale, the wait for a snapshot after each, and between tries. */
const ATTEMPTS = 5;
const SNAPSHOT_WITHIN_MS = 10_000;
const BACKOFF = { baseMs: 500, maxMs: 60_000 } as const;
/** How often a book that was subscribed anew is looked at: it leaves its place to the next as soon as its snapshot has come. */
const LOOK_EVERY_MS = 100;
/**
 * Books that are asked for at once (a design assumption). When hundreds break together each asks in its turn, so that the venue's limit is kept by few
 * requests that wait and not by hundreds, and a book that has become important meanwhile is not behind those that asked before. A book that
 * waits between two tries takes no place.
 */
const AT_ONCE = 16;

/** Makes a resyncer with nothing under way. */
export function createResyncer(deps: ResyncDeps): Resyncer {
  const { clock, intake, signal, tracer = noTracer } = deps;
  const jobs = new Map<string, Job>();
  const stats = { started: 0, attempts: 0, exhausted: 0 };

  const attempt = async (symbol: string, job: Job): Promise<boolean> => {
    const plan = deps.plan.resync(symbol);
    stats.attempts++;
    if (plan.kind === 'resubscribe') return deps.send(plan.socket, plan.frames);
    try {
      const { body, receivedAt } = await deps.requests.get(plan.poll.request, plan.poll.weight);
      // The socket may have ended meanwhile: a snapshot without the stream that keeps it true is no book.
      if (job.stopped) return false;
      intake.answer(plan.poll.parse(body, receivedAt), receivedAt);
      return true;
    } catch (error) {
      deps.log.warn('resync-failed', { symbol, error: messageOf(error) });
      return false;
    }
  };
  /** Waits until the book is back, or should have been, or broke again meanwhile. */
  const settle = (symbol: string, job: Job): Promise<void> =>
    new Promise((resolve) => {
      const until = clock.now() + SNAPSHOT_WITHIN_MS;
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        job.wake = undefined;
        resolve();
      };
      const look = (): void => {
        if (over(symbol, job) || clock.now() >= until) done();
        else cancel = clock.after(Math.min(LOOK_EVERY_MS, until - clock.now()), look);
      };
      let cancel = clock.after(LOOK_EVERY_MS, look);
      signal.addEventListener('abort', done, { once: true });
      job.wake = done;
    });
  // A socket that takes over builds its books aside: where they need a polled snapshot it is fetched although the present book is in use.
  const mended = (symbol: string): boolean => intake.inUse(symbol) && !(intake.wantsSeed(symbol) && deps.plan.resync(symbol).kind === 'request');
  const over = (symbol: string, job: Job): boolean => job.stopped || signal.aborted || mended(symbol);

  // Read through a function: it changes while an attempt is awaited.
  const broke = (job: Job): boolean => job.again;

  let running = 0;
  let waiting: Waiting[] = [];
  const importance = (symbol: string): number => deps.importance?.(symbol) ?? 0;
  /** Waits for a place, which the most important book that waits has next; false when it was given up meanwhile. */
  const place = (symbol: string, job: Job): Promise<boolean> => {
    if (running >= AT_ONCE) return new Promise((resolve) => waiting.push({ symbol, job, start: resolve }));
    running++;
    return Promise.resolve(true);
  };
  const dismiss = (): void => {
    const given = waiting.filter(({ job }) => job.stopped || signal.aborted);
    waiting = waiting.filter(({ job }) => !job.stopped && !signal.aborted);
    for (const { start } of given) start(false);
  };
  const leave = (): void => {
    running--;
    dismiss();
    let next: Waiting | undefined;
    for (const candidate of waiting) if (next === undefined || importance(candidate.symbol) > importance(next.symbol)) next = candidate;
    if (next === undefined) return;
    waiting.splice(waiting.indexOf(next), 1);
    running++;
    next.start(true);
  };

  /** One try in its place; whether the book is mended or given up. */
  const tryOnce = async (symbol: string, job: Job): Promise<boolean> => {
    if (!(await place(symbol, job))) return true;
    try {
      if (over(symbol, job)) return true;
      job.again = false;
      const sent = await attempt(symbol, job);
      if (over(symbol, job)) return true;
      if (sent && !broke(job)) await settle(symbol, job);
      return over(symbol, job);
    } finally {
      leave();
    }
  };

  const mend = async (symbol: string, job: Job): Promise<void> => {
    for (let tries = 0; ; tries++) {
      if (tries === ATTEMPTS) {
        stats.exhausted++;
        deps.onExhausted(symbol);
      }
      if (tries > 0) await sleep(clock, backoffDelay(tries - 1, deps.rng, BACKOFF), signal);
      if (over(symbol, job) || (await tryOnce(symbol, job))) return;
    }
  };

  return {
    ask: (symbol, reason) => {
      const job = jobs.get(symbol);
      if (job !== undefined) {
        // An answer that did not fit, or a loss after the book had come back, is known at once; a new subscription has to be given its time.
        if (reason === 'no-snapshot' && deps.plan.resync(symbol).kind === 'resubscribe') return;
        job.again = true;
        job.wake?.();
        return;
      }
      if (signal.aborted) return;
      stats.started++;
      const next: Job = { stopped: false, again: false, wake: undefined };
      jobs.set(symbol, next);
      const span = tracer.start('resync');
      // Rejects only when the wait was cancelled because the session stops.
      void mend(symbol, next).catch(() => undefined).finally(() => {
        if (tracer.enabled) span.end({ symbol, reason, mended: intake.inUse(symbol) });
        if (jobs.get(symbol) !== next) return;
        jobs.delete(symbol);
      });
    },
    forget: (symbols) => {
      for (const [symbol, job] of jobs) {
        if (!symbols.has(symbol)) continue;
        job.stopped = true;
        jobs.delete(symbol);
        job.wake?.();
      }
      dismiss();
    },
    pending: () => [...jobs.keys()],
    stats: () => ({ ...stats }),
  };
}
