import type { EpochMs } from '@breakwater/models/core';
import type { VenueEvent } from '../venue.ts';

/**
 * Tells a venue's wrong clock from frames that come late. One way alone shows only their sum, so the least lag of any book of the venue is the
 * measure: it is the venue's clock against ours plus the shortest way, and stays while sockets come and go. What a book lags beyond it is late. A
 * clock that is set while we listen looks like that too: the book is called late, which is the safe side, until that has lasted for as long as
 * is remembered.
 */
export interface Lateness {
  /** An update of a book arrived on a socket. Hot path: one map look-up. */
  heard(event: VenueEvent, receivedAt: EpochMs): void;
  /** Compares what came since the last call. Call about every second. */
  check(now: EpochMs): void;
  /** A book that was silent speaks again: true when what came is timely; otherwise it is late from now on, and that is said. */
  resumed(symbol: string, now: EpochMs): boolean;
  /** Markets whose book is late now. */
  late(): readonly string[];
  /** How far the venue's clock is ahead of ours (below zero: behind), the way included; undefined before enough has been heard. */
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
  /** Least lag since the last check; infinite when nothing came. */
  least: number;
  lastEventAt: number;
  lastLag: number;
  /** Checks in a row in which all that came was late. */
  checks: number;
  late: boolean;
}

/** A book this much later than the best of its venue is not current (a design assumption: beyond the jitter of any healthy connection). */
const LATE_MS = 5_000;
/** Checks in a row before it is said: one burst after a pause is no queue. */
const CHECKS = 3;
/** Checks that are remembered, those in which nothing came not counted: ten minutes of a lively venue (a design assumption). */
const REMEMBERED = 600;
/** The measure is the least lag but for so many checks: a frame or two with a time of their own are no clock. */
const OUTLIERS = 2;
/** Checks before anything is said of the clock. */
const ENOUGH = 10;
/** Clocks further apart than this are said to be (design assumptions). Behind includes the way and what the venue takes to publish. */
const AHEAD_MS = 2_000;
const BEHIND_MS = 10_000;

/** The least but for `OUTLIERS` of some numbers; infinite when there are too few. */
function leastBut(values: readonly number[]): number {
  const least: number[] = [];
  for (const value of values) {
    if (least.length > OUTLIERS && value >= (least[OUTLIERS] ?? Infinity)) continue;
    least.push(value);
    least.sort((a, b) => a - b);
    least.length = Math.min(least.length, OUTLIERS + 1);
  }
  return least[OUTLIERS] ?? Infinity;
}

/** Makes a watch that has heard nothing. */
export function createLateness(deps: LatenessDeps): Lateness {
  const states = new Map<string, State>();
  /** The least lag of each check in which something came, the oldest overwritten. */
  const lags: number[] = [];
  let checks = 0;
  let base = Infinity;
  let skewed = false;

  const measure = (): void => {
    let least = Infinity;
    for (const state of states.values()) least = Math.min(least, state.least);
    if (least === Infinity) return;
    lags[checks++ % REMEMBERED] = least;
    base = leastBut(lags);
  };
  const check = (symbol: string, state: State, now: EpochMs): void => {
    const { least } = state;
    // Nothing came: liveness is about that.
    if (least === Infinity) return;
    state.least = Infinity;
    const by = least - base;
    state.checks = by > LATE_MS ? state.checks + 1 : 0;
    if (!state.late && state.checks >= CHECKS) {
      state.late = true;
      deps.onLate(symbol, by, now);
    } else if (state.late && state.checks === 0) {
      state.late = false;
      deps.onTimely(symbol, now);
    }
  };
  const checkClock = (now: EpochMs): void => {
    if (checks < ENOUGH) return;
    const beyond = -base > AHEAD_MS || base > BEHIND_MS;
    if (beyond === skewed) return;
    skewed = beyond;
    deps.onSkew(-base, skewed, now);
  };
  return {
    heard: (event, receivedAt) => {
      if (event.kind !== 'book' || event.origin !== 'live') return;
      let state = states.get(event.symbol);
      if (state === undefined) {
        state = { least: Infinity, lastEventAt: 0, lastLag: 0, checks: 0, late: false };
        states.set(event.symbol, state);
      }
      // A quiet book told again has the time of its last change.
      if (event.eventTime <= state.lastEventAt) return;
      state.lastEventAt = event.eventTime;
      state.lastLag = receivedAt - event.eventTime;
      if (state.lastLag < state.least) state.least = state.lastLag;
    },
    check: (now) => {
      measure();
      for (const [symbol, state] of states) check(symbol, state, now);
      checkClock(now);
    },
    resumed: (symbol, now) => {
      const state = states.get(symbol);
      if (state === undefined) return true;
      const by = state.lastLag - base;
      if (by <= LATE_MS) return !state.late;
      state.checks = CHECKS;
      state.late = true;
      deps.onLate(symbol, by, now);
      return false;
    },
    late: () => [...states].filter(([, state]) => state.late).map(([symbol]) => symbol),
    offsetMs: () => (base === Infinity ? undefined : -base),
  };
}
