import type { EpochMs } from '@breakwater/models/core';
import { assert, epochMs } from '@breakwater/models/core';
import type { Activity } from '../activity.ts';
import type { Clock } from '../clock/index.ts';
import { createTimerQueue } from './timer-queue.ts';

/** A clock that moves only when told to, and only when nothing is in flight. */
export interface SimulatedClock extends Clock {
  /**
   * Fires every timer due up to and including `t`, one moment after another, then stands at `t`. Before each moment and at the end
   * it waits until promise chains have run out and the activity is idle. An earlier `t` fires what is overdue and moves nothing.
   * Rejects with what a timer threw. One call at a time. Costs about two turns of the event loop a moment.
   */
  advanceTo(t: EpochMs): Promise<void>;
  /** As `advanceTo`, but stops after the first moment at which `done` is true; resolves with whether it was. */
  runUntil(t: EpochMs, done?: () => boolean): Promise<boolean>;
  /** Moves the time to `t` (not earlier than now) at once and fires nothing; what came due stays pending until the next `advanceTo`. */
  setNow(t: EpochMs): void;
  /** When the next timer is due; it may lie before now after `setNow`. */
  nextTimer(): EpochMs | undefined;
}

/** What a simulated clock is made of. */
export interface SimulatedClockOptions {
  readonly start: EpochMs;
  /** Work in flight that the clock waits for besides promise chains. */
  readonly activity?: Activity;
}

/** Makes a clock standing at `start`. */
export function createSimulatedClock(options: SimulatedClockOptions): SimulatedClock {
  const timers = createTimerQueue();
  let now = options.start;
  let advancing = false;

  const settle = async (): Promise<void> => {
    if (options.activity !== undefined) return options.activity.idle();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };
  const fireMoment = (at: number): void => {
    if (at > now) now = epochMs(at);
    // Timers set while this moment runs belong to the next round, even at the same time: their order is set, and a turn lies between.
    const limit = timers.nextOrder();
    for (;;) {
      const next = timers.first();
      if (next === undefined || next.at > at || next.order >= limit) return;
      timers.take();
      next.fn();
    }
  };
  const runUntil = async (t: EpochMs, done: () => boolean = () => false): Promise<boolean> => {
    assert(!advancing, 'the simulated clock is already advancing');
    advancing = true;
    try {
      await settle();
      for (;;) {
        if (done()) return true;
        const next = timers.first();
        if (next === undefined || next.at > Math.max(t, now)) break;
        fireMoment(next.at);
        await settle();
      }
      if (t > now) now = t;
      return false;
    } finally {
      advancing = false;
    }
  };
  return {
    now: () => now,
    after: (delayMs, fn) => {
      assert(delayMs >= 0 && delayMs < Infinity, `timer delay out of range: ${String(delayMs)}`);
      return timers.set(now + delayMs, fn);
    },
    runUntil,
    advanceTo: async (t) => {
      await runUntil(t);
    },
    setNow: (t) => {
      assert(t >= now, `simulated time cannot go back from ${String(now)} to ${String(t)}`);
      now = t;
    },
    nextTimer: () => {
      const next = timers.first();
      return next === undefined ? undefined : epochMs(next.at);
    },
  };
}
