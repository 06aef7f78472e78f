import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';

/**
 * Runs `call` with a signal that aborts with `outer` (not yet aborted) or after `ms`, and rejects then, with `aborted` or `delivery-failed`,
 * whether or not the call listens. `what` begins the message: `delivery`, `heartbeat`.
 */
export async function withTimeout(clock: Clock, outer: AbortSignal, ms: number, what: string, call: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const inner = new AbortController();
  await new Promise<void>((resolve, reject) => {
    const stop = (error: BreakwaterError): void => {
      inner.abort(error);
      reject(error);
    };
    const onAbort = (): void => stop(new BreakwaterError('aborted', `${what} cancelled: the caller stopped`));
    outer.addEventListener('abort', onAbort, { once: true });
    const cancel = clock.after(ms, () => stop(new BreakwaterError('delivery-failed', `${what} not confirmed within ${ms} ms`)));
    Promise.resolve()
      .then(() => call(inner.signal))
      .then(resolve, reject)
      .finally(() => {
        cancel();
        outer.removeEventListener('abort', onAbort);
      });
  });
}
