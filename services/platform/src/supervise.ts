import type { DurationMs, Rng } from '@breakwater/models/core';
import { assert, AssertionError, durationMs } from '@breakwater/models/core';
import type { Clock } from './clock/index.ts';
import { sleep } from './clock/index.ts';
import { BreakwaterError, messageOf } from './errors.ts';
import type { Log } from './log.ts';

export * from './rate-limit.ts';

/** How long to wait between tries. */
export interface Backoff {
  /** Upper end of the first wait, milliseconds. */
  readonly baseMs: number;
  /** Upper end of every wait, milliseconds. */
  readonly maxMs: number;
  /** Growth of the upper end; default 2. */
  readonly factor?: number;
  /** A run that lasted this long was healthy: the next wait is a first one again. Default `maxMs`. */
  readonly healthyMs?: number;
}

/** A server's wish to wait is honoured up to this, so that one bad header cannot stop a feed for good. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The wait before try `attempt` (0 is the first repetition), uniform in [0, min(maxMs, baseMs * factor^attempt)): "full jitter" of
 * M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015, so that many clients do not return at once.
 */
export function backoffDelay(attempt: number, rng: Rng, backoff: Backoff): DurationMs {
  assert(attempt >= 0, 'attempt counts from 0');
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * (backoff.factor ?? 2) ** attempt);
  return durationMs(rng.next() * ceiling);
}

/** What supervision needs. */
export interface SuperviseOptions {
  /** Names what is supervised in the log. */
  readonly name: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly backoff: Backoff;
  /** Told of our own bug, to crash the process; without it the promise rejects with the bug. */
  readonly onBug?: (error: unknown) => void;
  /** Told before each wait, for metrics. `error` is undefined when the run ended by itself. */
  readonly onRestart?: (restart: { readonly attempt: number; readonly delayMs: number; readonly error: unknown }) => void;
}

/**
 * Keeps `run` running until `signal` aborts: when it ends or rejects it is run again after a growing wait. `attempt` counts the
 * restarts since the last healthy run. A broken invariant is not of the world: it ends supervision (see `onBug`).
 */
export async function supervise(options: SuperviseOptions, run: (attempt: number, signal: AbortSignal) => Promise<void>): Promise<void> {
  const { clock, signal, log, backoff } = options;
  // Read through a function: the signal changes while the run is awaited.
  const stopped = (): boolean => signal.aborted;
  for (let attempt = 0; !stopped(); ) {
    const startedAt = clock.now();
    const error = await outcome(() => run(attempt, signal));
    if (isBug(error)) {
      log.error('bug', { name: options.name, error: messageOf(error) });
      if (options.onBug === undefined) throw error;
      options.onBug(error);
      return;
    }
    if (stopped()) return;
    if (clock.now() - startedAt >= (backoff.healthyMs ?? backoff.maxMs)) attempt = 0;
    const delayMs = Math.max(backoffDelay(attempt, options.rng, backoff), askedToWait(error));
    log.warn('restart', {
      name: options.name, attempt, delayMs: Math.round(delayMs), code: error instanceof BreakwaterError ? error.code : undefined,
      error: error === undefined ? 'ended' : messageOf(error),
    });
    options.onRestart?.({ attempt, delayMs, error });
    attempt++;
    // Rejects only because the signal aborted, which ends the loop.
    await outcome(() => sleep(clock, delayMs, signal));
  }
}

/** What repeating a call needs. */
export interface RetryOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly backoff: Backoff;
  /** Tries in all, >= 1. */
  readonly attempts: number;
  readonly signal?: AbortSignal;
  /** Told before each wait, for metrics. */
  readonly onRetry?: (retry: { readonly attempt: number; readonly delayMs: number; readonly error: BreakwaterError }) => void;
}

/**
 * Calls `fn` until it succeeds, at most `attempts` times, waiting at least as long as the other side asked. Rejects with the last error;
 * at once with one that is not retryable or not of the world, and with `aborted` when `signal` aborts.
 */
export async function retry<T>(fn: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    if (options.signal?.aborted === true) throw new BreakwaterError('aborted', 'call not repeated: the caller stopped');
    try {
      return await fn(attempt);
    } catch (error) {
      if (!(error instanceof BreakwaterError) || !error.retryable || attempt + 1 >= options.attempts) throw error;
      const delayMs = Math.max(backoffDelay(attempt, options.rng, options.backoff), askedToWait(error));
      options.onRetry?.({ attempt, delayMs, error });
      await sleep(options.clock, delayMs, options.signal);
    }
  }
}

/** What `run` rejected with, undefined when it resolved. A rejection without a reason counts as an error too. */
async function outcome(run: () => Promise<void>): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error ?? new Error('rejected without a reason');
  }
}

function askedToWait(error: unknown): number {
  return error instanceof BreakwaterError ? Math.min(MAX_RETRY_AFTER_MS, error.retryAfterMs ?? 0) : 0;
}

// By name as well: an error from a worker thread is a copy that lost its class.
function isBug(error: unknown): boolean {
  return error instanceof AssertionError || (error instanceof Error && error.name === 'AssertionError');
}
