import { BreakwaterError } from '../errors.ts';
import type { Clock } from './clock.ts';

/** Resolves after `delayMs`; rejects with a `BreakwaterError` `aborted` as soon as `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(new BreakwaterError('aborted', 'wait cancelled: the caller stopped'));
    };
    if (signal?.aborted === true) {
      reject(new BreakwaterError('aborted', 'wait cancelled: the caller stopped'));
      return;
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
