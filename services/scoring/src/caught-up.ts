import type { BusStats } from '@breakwater/platform/bus';

/** Tells when a subscriber has handled everything that was published on its topic up to a moment. */
export interface CaughtUp {
  /** The subscription begins: what was published before is not this subscriber's. */
  begin(): void;
  /** So many messages more are handled. */
  add(count: number): void;
  /** Resolves when all that has been published up to this call is handled, or at once after `end`. */
  now(): Promise<void>;
  /** Nothing is waited for any more. */
  end(): void;
}

/**
 * Makes the count for the only group that reads a topic. What the bus conflates is never handled: it is awaited no longer than until the queue
 * is empty. `stats` is read at every call.
 */
export function createCaughtUp(stats: () => Pick<BusStats, 'published' | 'conflated'>): CaughtUp {
  const due = (): number => stats().published - stats().conflated;
  let handled = 0;
  let before = 0;
  let ended = false;
  let waiters: (() => void)[] = [];
  const wake = (): void => {
    const woken = waiters;
    waiters = [];
    for (const waiter of woken) waiter();
  };
  return {
    begin: () => {
      before = due();
    },
    add: (count) => {
      handled += count;
      wake();
    },
    now: async () => {
      const target = due() - before;
      // Of what was queued then some may have been conflated since: the queue is empty when the present count is reached.
      while (!ended && handled < Math.min(target, due() - before)) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    end: () => {
      ended = true;
      wake();
    },
  };
}
