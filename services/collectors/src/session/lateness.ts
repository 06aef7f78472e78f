import type { EpochMs } from '@breakwater/models/core';
import type { VenueEvent } from '../venue.ts';

/**
 * Tells a venue's wrong clock from frames that come late. One way alone shows only their sum, so what a fresh socket shows is the measure: nothing waits
 * in its queue yet, and the least lag of its first frames is the venue's clock against ours plus the way. What a book lags beyond that later is late.
 */
export interface Lateness {
  /** An update of a book arrived on a socket. Hot path: one map look-up. */
  heard(event: VenueEvent, receivedAt: EpochMs): void;
  /** The socket of these markets opened: what their first frames show is the measure. */
  opened(symbols: Iterable<string>): void;
  /** Compares what came since the last call. Call about every second. */
  check(now: EpochMs): void;
  /** Markets whose book is late now. */
  late(): readonly string[];
  /** How far the venue's clock is ahead of ours (below zero: behind), the way included; undefined before the first frame. */
  offsetMs(): number | undefined;
}

/** Told of changes. */
export interface LatenessDeps {
  readonly onLate: (symbol: string, byMs: number, now: EpochMs) => void;
  readonly onTimely: (symbol: string, now: EpochMs) => void;
  /** The clock's offset passed the limit in either direction. */
  readonly onSkew: (offsetMs: number, skewed: boolean, now: EpochMs) => void;
}

interface State {
  /** Least lag since the socket opened, milliseconds; it rises slowly, so that two clocks that drift apart are not taken for a queue. */
  base: number;
  /** Least lag since the last check. */
  least: number;
  lastEventAt: number;
  /** Checks in a row in which all that came was late. */
  checks: number;
  late: boolean;
}

/** A book this much later than its socket began is not current (a design assumption: beyond the jitter of any healthy connection). */
const LATE_MS = 5_000;
/** Checks in a row before it is said: one burst after a pause is no queue. */
const CHECKS = 3;
/** How fast the measure rises, milliseconds a check: 1.8 s an hour, far above the drift of a clock that is kept (RFC 5905: 15 ppm, 54 ms an hour). */
const RISE_MS = 0.5;
/** Clocks further apart than this are said to be (design assumptions). Behind includes the way and what the venue takes to publish. */
const AHEAD_MS = 2_000;
const BEHIND_MS = 10_000;

/** Makes a watch that has heard nothing. */
export function createLateness(deps: LatenessDeps): Lateness {
  const states = new Map<string, State>();
  let skewed = false;
  const offset = (): number | undefined => {
    let least = Infinity;
    for (const state of states.values()) least = Math.min(least, state.base);
    return least === Infinity ? undefined : -least;
  };
  const checkState = (symbol: string, state: State, now: EpochMs): void => {
    const { least } = state;
    state.base += RISE_MS;
    // Nothing came: liveness is about that.
    if (least === Infinity) return;
    state.least = Infinity;
    const by = least - state.base;
    state.checks = by > LATE_MS ? state.checks + 1 : 0;
    if (!state.late && state.checks >= CHECKS) {
      state.late = true;
      deps.onLate(symbol, by, now);
    } else if (state.late && state.checks === 0) {
      state.late = false;
      deps.onTimely(symbol, now);
    }
  };
  return {
    heard: (event, receivedAt) => {
      if (event.kind !== 'book' || event.origin !== 'live') return;
      const state = states.get(event.symbol);
      // A quiet book told again has the time of its last change.
      if (state === undefined || event.eventTime <= state.lastEventAt) return;
      state.lastEventAt = event.eventTime;
      const lag = receivedAt - event.eventTime;
      if (lag < state.base) state.base = lag;
      if (lag < state.least) state.least = lag;
    },
    opened: (symbols) => {
      for (const symbol of symbols) {
        const held = states.get(symbol);
        states.set(symbol, { base: Infinity, least: Infinity, lastEventAt: 0, checks: 0, late: held?.late ?? false });
      }
    },
    check: (now) => {
      for (const [symbol, state] of states) checkState(symbol, state, now);
      const by = offset();
      const beyond = by !== undefined && (by > AHEAD_MS || by < -BEHIND_MS);
      if (by === undefined || beyond === skewed) return;
      skewed = beyond;
      deps.onSkew(by, skewed, now);
    },
    late: () => [...states].filter(([, state]) => state.late).map(([symbol]) => symbol),
    offsetMs: offset,
  };
}
