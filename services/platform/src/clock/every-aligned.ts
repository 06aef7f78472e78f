import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Clock } from './clock.ts';

/**
 * Calls `fn` at every multiple of `everyMs` since the epoch, so that a restart keeps the phase. When the clock jumps over
 * several multiples `fn` is called once, with the latest. Returns a function that stops it.
 */
export function everyAligned(clock: Clock, everyMs: number, fn: (at: EpochMs) => void): () => void {
  let cancel = (): void => undefined;
  const arm = (): void => {
    const now = clock.now();
    const next = (Math.floor(now / everyMs) + 1) * everyMs;
    cancel = clock.after(next - now, () => {
      const at = epochMs(Math.floor(clock.now() / everyMs) * everyMs);
      arm();
      fn(at);
    });
  };
  arm();
  return () => cancel();
}
