import { assert } from '@breakwater/models/core';
import type { Clock } from './clock/index.ts';
import { BreakwaterError } from './errors.ts';

/** A limit on requests: `perSecond` weight units on average, `burst` at once. */
export interface TokenBucket {
  /**
   * Resolves when `weight` units may be spent; callers are served in the order they came. Rejects with `aborted` when `signal` aborts
   * first and with `queue-full` when too many wait. While there are units and nobody waits, no timer is set. `weight` in (0, burst].
   */
  take(weight: number, signal?: AbortSignal): Promise<void>;
  /** Gives nothing out for `ms`, as a server that answers 429 asks; a longer pause under way stands. */
  pause(ms: number): void;
  /** Callers waiting now. */
  waiting(): number;
}

/** What a bucket is made of. */
export interface TokenBucketOptions {
  readonly clock: Clock;
  /** Units regained a second, > 0. */
  readonly perSecond: number;
  /** Units held at most, and at the start. */
  readonly burst: number;
  /** Callers that may wait; default 10,000. */
  readonly maxWaiting?: number;
}

interface Waiter {
  readonly weight: number;
  readonly resolve: () => void;
}

/** Makes a full bucket. */
export function createTokenBucket(options: TokenBucketOptions): TokenBucket {
  const { clock, perSecond, burst, maxWaiting = 10_000 } = options;
  assert(perSecond > 0 && burst > 0, 'a token bucket needs a positive rate and burst');
  let units = burst;
  let asOf: number = clock.now();
  let pausedUntil = 0;
  let queue: Waiter[] = [];
  let cancelTimer: (() => void) | undefined;

  const refill = (): void => {
    const now = clock.now();
    units = Math.min(burst, units + (Math.max(0, now - asOf) * perSecond) / 1_000);
    asOf = now;
  };
  // A billionth of a unit is rounding: without it a timer set for the exact moment could find a unit 1e-16 short and never end.
  const affordable = (weight: number): boolean => units >= weight - 1e-9 && clock.now() >= pausedUntil;
  const serve = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    refill();
    for (;;) {
      const next = queue[0];
      if (next === undefined) return;
      if (!affordable(next.weight)) {
        const missingMs = Math.ceil(Math.max(0, ((next.weight - units) / perSecond) * 1_000));
        cancelTimer = clock.after(Math.max(1, missingMs, pausedUntil - clock.now()), serve);
        return;
      }
      queue.shift();
      units = Math.max(0, units - next.weight);
      next.resolve();
    }
  };
  return {
    take: (weight, signal) => {
      assert(weight > 0 && weight <= burst, `weight ${String(weight)} can never be served by a burst of ${String(burst)}`);
      if (signal?.aborted === true) return Promise.reject(aborted());
      if (queue.length === 0) {
        refill();
        if (affordable(weight)) {
          units = Math.max(0, units - weight);
          return Promise.resolve();
        }
      }
      if (queue.length >= maxWaiting) {
        return Promise.reject(new BreakwaterError('queue-full', `request not sent: ${String(maxWaiting)} wait for the rate limit already`));
      }
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          queue = queue.filter((other) => other !== waiter);
          reject(aborted());
          serve();
        };
        const waiter: Waiter = {
          weight,
          resolve: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(waiter);
        if (queue.length === 1) serve();
      });
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
      if (queue.length > 0) serve();
    },
    waiting: () => queue.length,
  };
}

function aborted(): BreakwaterError {
  return new BreakwaterError('aborted', 'request not sent: the caller stopped');
}
