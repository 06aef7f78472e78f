import type { Rng } from '@breakwater/models/core';

/**
 * Waits before the second and later tries, seconds. The first four are early, because a liquidation warning is of no use after five
 * minutes (Standard Webhooks' own second retry); then a long tail, whose last step repeats until the entry's age ends it.
 */
const waits = [1, 3, 10, 30, 60, 120, 300, 600, 1_800] as const;

/**
 * Milliseconds to wait after `failures` (>= 1) failed tries: the schedule up to a fifth longer at random, so that recipients that failed together do
 * not come back together, and never less than the recipient asked for (`retryAfterMs`).
 */
export function backoffMs(failures: number, rng: Rng, retryAfterMs: number = 0): number {
  const seconds = waits[Math.min(failures, waits.length) - 1] ?? waits[0];
  return Math.max(Math.round(seconds * 1_000 * (1 + 0.2 * rng.next())), Math.min(retryAfterMs, 3_600_000));
}
