import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';

/** A call that failed once, on a busy database say, is mostly over at once: so many tries follow without a wait. */
const immediateTries = 8;
/** First wait after those; it doubles up to the last. */
const firstRetryMs = 100;
const lastRetryMs = 10_000;

/**
 * Repeats a call to the store until it succeeds and resolves with its value. Gives up, rejecting, only when `signal` aborts or when
 * the error is not one that trying again can mend. `onFailure` hears of every failure and of the wait that follows it.
 */
export async function untilDone<T>(clock: Clock, signal: AbortSignal, call: () => Promise<T>, onFailure: (error: BreakwaterError, delayMs: number) => void): Promise<T> {
  let delayMs = firstRetryMs;
  for (let tried = 1; ; tried++) {
    if (signal.aborted) throw new BreakwaterError('aborted', 'waiting for the store was cancelled: the caller stopped');
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof BreakwaterError) || !error.retryable) throw error;
      onFailure(error, tried <= immediateTries ? 0 : delayMs);
    }
    if (tried <= immediateTries) continue;
    await sleep(clock, delayMs, signal);
    delayMs = Math.min(delayMs * 2, lastRetryMs);
  }
}
