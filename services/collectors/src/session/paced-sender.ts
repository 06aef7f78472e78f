import type { Clock } from '@breakwater/platform/clock';

/** Sends frames on one socket no faster than the venue allows. */
export interface PacedSender {
  /** Queues frames in order; false when some were refused because too many wait. */
  push(frames: readonly string[]): boolean;
  /** Whether everything has been sent. */
  idle(): boolean;
  /** Frames refused because too many waited. */
  refused(): number;
  /** Forgets what waits. */
  stop(): void;
}

/** Frames that may wait on one socket: the subscriptions of every symbol and then some. */
const MAX_WAITING = 2_000;

/** Makes a sender that spaces frames evenly, `perSecond` (> 0) a second, the first at once. */
export function createPacedSender(options: { readonly clock: Clock; readonly perSecond: number; readonly send: (text: string) => boolean }): PacedSender {
  const spacingMs = Math.ceil(1_000 / options.perSecond);
  let waiting: string[] = [];
  let nextAt = 0;
  let refused = 0;
  let cancel: (() => void) | undefined;
  const pump = (): void => {
    cancel = undefined;
    const now = options.clock.now();
    if (waiting.length === 0) return;
    if (now >= nextAt) {
      nextAt = now + spacingMs;
      options.send(waiting.shift() ?? '');
    }
    if (waiting.length > 0) cancel = options.clock.after(nextAt - now, pump);
  };
  return {
    push: (frames) => {
      const room = Math.max(0, MAX_WAITING - waiting.length);
      refused += Math.max(0, frames.length - room);
      waiting.push(...frames.slice(0, room));
      if (cancel === undefined) pump();
      return frames.length <= room;
    },
    idle: () => waiting.length === 0,
    refused: () => refused,
    stop: () => {
      cancel?.();
      cancel = undefined;
      waiting = [];
    },
  };
}
