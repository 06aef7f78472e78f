import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';

/** No update for too long. */
export class Silence extends Error {}

/** Waiting for an exchange that may never answer. */
export interface Patience<E> {
  /** What the exchange answers, or a failure as soon as the signal aborts: a pending watch may never end by itself. */
  unlessStopped<T>(answer: Promise<T>): Promise<T>;
  /** The next update; after too long without one `onSilence` is awaited and it rejects with `Silence`. */
  heard(update: Promise<unknown>, exchange: E): Promise<unknown>;
}

/** What waiting needs. */
export interface PatienceDeps<E> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly silentAfterMs: number;
  readonly onSilence: (exchange: E) => Promise<void>;
}

/** Makes the waits of one feed. */
export function createPatience<E>(deps: PatienceDeps<E>): Patience<E> {
  const { clock, signal, silentAfterMs } = deps;
  const unlessStopped = async <T>(answer: Promise<T>): Promise<T> => {
    let onAbort = (): void => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(new BreakwaterError('aborted', 'the caller stopped'));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([answer, stopped]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
  return {
    unlessStopped,
    heard: async (update, exchange) => {
      let cancel = (): void => undefined;
      const silence = new Promise<never>((_resolve, reject) => {
        cancel = clock.after(silentAfterMs, () => reject(new Silence(`nothing for ${silentAfterMs} ms`)));
      });
      try {
        return await unlessStopped(Promise.race([update, silence]));
      } catch (error) {
        if (!(error instanceof Silence) || signal.aborted) throw error;
        update.catch(() => undefined);
        await deps.onSilence(exchange);
        throw error;
      } finally {
        cancel();
      }
    },
  };
}
