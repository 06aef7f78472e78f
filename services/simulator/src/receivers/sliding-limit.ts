/** A limit of `count` in any stretch of `perMs` milliseconds, as a server counts. */
export interface SlidingLimit {
  /** Milliseconds until one more would be within the limit; 0 when it is now. */
  waitMs(now: number): number;
  /** Counts one. */
  count(now: number): void;
}

/** Makes one that has counted nothing. Remembers at most `count` times. */
export function createSlidingLimit(count: number, perMs: number): SlidingLimit {
  let times: readonly number[] = [];
  return {
    waitMs: (now) => {
      const oldest = times.length < count ? undefined : times[0];
      return oldest === undefined ? 0 : Math.max(0, oldest + perMs - now);
    },
    count: (now) => {
      times = [...times, now].slice(-count);
    },
  };
}
