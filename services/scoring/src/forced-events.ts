import type { LiquidationMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';

/** How long liquidations are remembered one by one, milliseconds: longer, and they say less of the market as it is now [A]. */
export const eventSpanMs = 2 * 3_600_000;
/** And how many: the youngest. */
export const mostEvents = 3_000;

/** When each published liquidation of an asset happened, oldest first; from when on they were listened to, and the youngest that was left out for their number. Milliseconds since the epoch. */
export interface SavedForcedEvents {
  readonly since: number | null;
  readonly cutAt: number;
  readonly at: readonly number[];
}

/** The liquidations of an asset as points in time, over all its markets. */
export interface ForcedEvents {
  fold(message: Pick<LiquidationMessage, 'eventTime'>): void;
  /** Liquidations are listened to from `at` on; the first call counts. */
  listen(at: EpochMs): void;
  /** Those of the last `eventSpanMs` before `at`, oldest first, and from when on all of them are known. */
  window(at: EpochMs): { readonly from: number; readonly at: readonly number[] };
  save(): SavedForcedEvents;
}

/** Restores what `save` gave. `fold` is O(1) where events come in order. */
export function createForcedEvents(saved: SavedForcedEvents = { since: null, cutAt: 0, at: [] }): ForcedEvents {
  const times = [...saved.at];
  let { since, cutAt } = saved;
  return {
    fold: ({ eventTime }) => {
      let place = times.length;
      while (place > 0 && (times[place - 1] ?? 0) > eventTime) place--;
      times.splice(place, 0, eventTime);
      if (times.length > mostEvents) cutAt = times.shift() ?? cutAt;
      while ((times[0] ?? eventTime) <= eventTime - eventSpanMs) times.shift();
    },
    listen: (at) => {
      since ??= at;
    },
    window: (at) => {
      const from = Math.max(at - eventSpanMs, since ?? at, cutAt);
      return { from, at: times.filter((time) => time > from && time <= at) };
    },
    save: () => ({ since, cutAt, at: [...times] }),
  };
}
