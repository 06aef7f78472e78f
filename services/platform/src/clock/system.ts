import { epochMs } from '@breakwater/models/core';
import type { Clock } from './index.ts';

/** The machine's clock. The only place that reads it. */
export function createSystemClock(): Clock {
  return {
    // eslint-disable-next-line no-restricted-properties -- this is the adapter
    now: () => epochMs(Date.now()),
    after: (delayMs, fn) => {
      // setTimeout takes at most 2^31 - 1 ms; longer waits are chained.
      const limit = 2_147_483_647;
      let timer: NodeJS.Timeout;
      const arm = (left: number): void => {
        timer = setTimeout(() => (left > limit ? arm(left - limit) : fn()), Math.min(left, limit));
      };
      arm(delayMs);
      return () => clearTimeout(timer);
    },
  };
}
