import type { FeedChannel } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { ChannelPlan, TickerEvent, VenueEvent } from '../venue.ts';
import type { WitnessSeat } from './witness.ts';

/** Watches that every subscribed channel says something: a heartbeat proves a socket, not a subscription. */
export interface Liveness {
  /** Something arrived on a socket; what was asked for by request says nothing of the streams. Hot path: few map look-ups. */
  heard(event: VenueEvent, receivedAt: EpochMs): void;
  /** The socket of these channels opened: their silence is counted from `at`, when the last subscription has been sent. What was learned of them stays. */
  opened(channels: readonly ChannelPlan[], at: EpochMs): void;
  /** The socket of these channels ended: nothing is expected of them. */
  closed(channels: readonly ChannelPlan[]): void;
  /** Watches these channels from now on: what was learned of those that stay is kept, new ones are not open yet, the others are forgotten. */
  watch(channels: readonly ChannelPlan[]): void;
  /** Compares every open channel with what is expected of it. Call about every second. */
  check(now: EpochMs): void;
  /** Channels that were accused and have not been heard since. */
  silent(): readonly ChannelPlan[];
}

/** Told of changes. `never` says that the channel has said nothing since it was subscribed: acknowledged but silent; `again` that it was silent on the socket before too; `witnessed` that only what other venues say meanwhile accuses it. */
export interface LivenessDeps {
  readonly onSilent: (channel: ChannelPlan, silence: { readonly never: boolean; readonly sinceMs: number; readonly expectedMs: number; readonly again: boolean; readonly witnessed: boolean }, now: EpochMs) => void;
  readonly onHeard: (channel: ChannelPlan, at: EpochMs) => void;
  /** The place of a channel among other venues' of the same asset; none by default. */
  readonly seatOf?: (channel: ChannelPlan) => WitnessSeat | undefined;
}

interface State {
  plan: ChannelPlan;
  open: boolean;
  lastAt: number;
  /** Messages since the socket opened. */
  heard: number;
  /** Intervals seen on all its sockets, and a slowly falling maximum of them, milliseconds. */
  intervals: number;
  longestMs: number;
  /** Accused on the present socket. */
  silent: boolean;
  /** Accused, and not heard since on any. */
  missed: boolean;
  readonly seat: WitnessSeat | undefined;
  /** The others' moments when it last spoke, and a slowly falling maximum of how many lay between two of its messages. */
  clockAt: number;
  longestMoments: number;
  /** When it first spoke; 0 before. */
  firstAt: number;
  /** Moments after which a channel that was never heard is accused. */
  patience: number;
}

/** Silence of this many expected intervals is an incident (a design assumption). */
const INTERVALS = 3;
/** No channel is expected to speak more often than this: network hiccups of a second are not incidents. */
const LEAST_MS = 1_000;
/** Intervals seen before the learned figure replaces the planned one. */
const LEARN_AFTER = 50;
/** How much of the learned maximum is kept per interval: it halves in about 700 messages. */
const KEEP = 0.999;
/** The learned maximum grows by no more than this factor at once: one outage does not teach that silence is usual, a market that calms down is followed in a few intervals. */
const GROW = 1.5;

/**
 * By witness: a channel is accused when the others have spoken in `intervals` times as many moments as ever lay between two of its messages, and no fewer than
 * `least`, `afterMs` have passed, and it has been listened to for `learnMs`. Sparse channels are given more. Design assumptions: with independent sources the longest of hundreds of
 * gaps is some six times the mean, so three of them are exceeded by chance once in e^18 gaps.
 */
const WITNESSED = { intervals: INTERVALS, least: 10, afterMs: 3_000, learnMs: 60_000 } as const;
const WITNESSED_SPARSE = { intervals: 10, least: 20, afterMs: 60_000, learnMs: 3_600_000 } as const;
/** The learned gap is forgotten by half in some six hours, a millisecond's share: trades come in bursts, and a burst must not make the quiet before it forgotten. */
const FORGET = Math.LN2 / 21_600_000;
/**
 * A sparse channel of which too little has been heard to know its pace: accused after so many moments of at least two other venues and so long, while its own
 * book changed so often; each time four times as many, as some markets have makers and no trades. Design assumptions.
 */
const UNKNOWN_PACE = { moments: 2_000, venues: 2, afterMs: 600_000, bookChanges: 200, factor: 4 } as const;

/** Makes a watch over `channels`; sparse ones are accused by witnesses alone. */
export function createLiveness(channels: readonly ChannelPlan[], deps: LivenessDeps): Liveness {
  const bySymbol = new Map<string, Map<string, State>>();
  let states: State[] = [];
  const add = (plan: ChannelPlan): void => {
    const state: State = { plan, open: false, lastAt: 0, heard: 0, intervals: 0, longestMs: 0, silent: false, missed: false, seat: deps.seatOf?.(plan), clockAt: 0, longestMoments: 0, firstAt: 0, patience: UNKNOWN_PACE.moments };
    states.push(state);
    const own = bySymbol.get(plan.symbol) ?? new Map<string, State>();
    own.set(streamName(plan), state);
    bySymbol.set(plan.symbol, own);
  };
  for (const plan of channels) add(plan);
  const stateOf = (plan: ChannelPlan): State | undefined => bySymbol.get(plan.symbol)?.get(streamName(plan));
  const hear = (state: State | undefined, at: EpochMs): void => {
    if (state === undefined) return;
    if (state.heard > 0) {
      state.longestMs = Math.max(Math.min(at - state.lastAt, GROW * Math.max(LEAST_MS, state.longestMs)), state.longestMs * KEEP);
      state.intervals++;
    }
    if (state.seat !== undefined) hearSeat(state, state.seat, at);
    state.heard++;
    state.lastAt = at;
    if (!state.missed) return;
    state.silent = false;
    state.missed = false;
    deps.onHeard(state.plan, at);
  };
  const hearSeat = (state: State, seat: WitnessSeat, at: EpochMs): void => {
    const moments = seat.others();
    const between = moments - state.clockAt;
    if (state.firstAt === 0) state.firstAt = at;
    if (state.heard > 0) state.longestMoments = Math.max(between, state.longestMoments * (1 - Math.min(1, (at - state.lastAt) * FORGET)));
    state.clockAt = moments;
    seat.heard(at);
  };
  /** Whether others have said so much meanwhile that the channel must have had something to say. */
  const isWitnessed = (state: State, sinceMs: number, now: EpochMs): boolean => {
    if (state.seat === undefined) return false;
    const moments = state.seat.others() - state.clockAt;
    const { intervals, least, afterMs, learnMs } = state.plan.sparse ? WITNESSED_SPARSE : WITNESSED;
    if (state.intervals >= LEARN_AFTER) {
      return now - state.firstAt >= learnMs && sinceMs > afterMs && moments > intervals * Math.max(least, state.longestMoments);
    }
    if (!state.plan.sparse || state.heard > 0 || sinceMs <= UNKNOWN_PACE.afterMs || moments <= state.patience || state.seat.venues() < UNKNOWN_PACE.venues) return false;
    if ((bySymbol.get(state.plan.symbol)?.get('book')?.heard ?? 0) < UNKNOWN_PACE.bookChanges) return false;
    state.patience *= UNKNOWN_PACE.factor;
    return true;
  };
  /** A ticker event is of every channel whose figures it carries, and of no other: open interest alone does not vouch for the mark price. */
  const hearTicker = (event: TickerEvent, own: ReadonlyMap<string, State>, at: EpochMs): void => {
    const { last, mark, index } = event;
    if (last !== undefined || mark !== undefined || index !== undefined) {
      hear(own.get('ticker'), at);
      if (last !== undefined) hear(own.get('ticker.last'), at);
      if (mark !== undefined) hear(own.get('ticker.mark'), at);
      if (index !== undefined) hear(own.get('ticker.index'), at);
    }
    if (event.openInterest !== undefined) hear(own.get('openInterest'), at);
    if (event.fundingRate !== undefined || event.nextFundingRate !== undefined || event.fundingTime !== undefined) hear(own.get('funding'), at);
  };
  return {
    heard: (event, receivedAt) => {
      const own = bySymbol.get(event.symbol);
      if (own === undefined) return;
      if (event.kind === 'ticker') hearTicker(event, own, receivedAt);
      else hear(own.get(channelOf(event)), receivedAt);
    },
    opened: (plans, at) => {
      for (const plan of plans) {
        const state = stateOf(plan);
        if (state === undefined) continue;
        state.open = true;
        state.lastAt = at;
        state.heard = 0;
        // A book that was read anew was said to be well: on this socket it must speak too.
        state.silent = false;
        state.clockAt = state.seat?.others() ?? 0;
      }
    },
    closed: (plans) => {
      for (const plan of plans) {
        const state = stateOf(plan);
        if (state !== undefined) state.open = false;
      }
    },
    watch: (next) => {
      const held = new Map(states.map((state) => [`${streamName(state.plan)} ${state.plan.symbol}`, state]));
      states = [];
      bySymbol.clear();
      for (const plan of next) {
        const state = held.get(`${streamName(plan)} ${plan.symbol}`);
        if (state === undefined) {
          add(plan);
          continue;
        }
        state.plan = plan;
        states.push(state);
        const own = bySymbol.get(plan.symbol) ?? new Map<string, State>();
        own.set(streamName(plan), state);
        bySymbol.set(plan.symbol, own);
      }
    },
    check: (now) => {
      for (const state of states) {
        if (!state.open || state.silent) continue;
        const expectedMs = expectedOf(state);
        const sinceMs = now - state.lastAt;
        const witnessed = state.plan.sparse || sinceMs <= INTERVALS * expectedMs;
        if (witnessed && !isWitnessed(state, sinceMs, now)) continue;
        const again = state.missed;
        state.silent = true;
        state.missed = true;
        deps.onSilent(state.plan, { never: state.heard === 0, sinceMs, expectedMs, again, witnessed }, now);
      }
    },
    silent: () => states.filter((s) => s.missed).map((s) => s.plan),
  };
}

/** Learned, and bounded on both sides by what is known of the channel. */
function expectedOf(state: State): number {
  if (state.intervals < LEARN_AFTER) return state.plan.expectedEveryMs;
  return Math.min(state.plan.expectedEveryMs, Math.max(LEAST_MS, state.longestMs));
}

/** The name of a channel's stream: `book`, `ticker`, `ticker.mark`. */
export function streamName(plan: ChannelPlan): string {
  return plan.figure === undefined ? plan.channel : `${plan.channel}.${plan.figure}`;
}

function channelOf(event: Exclude<VenueEvent, { kind: 'ticker' }>): FeedChannel {
  switch (event.kind) {
    case 'book': return event.origin === 'live' ? 'book' : 'book.deep';
    case 'trade': return 'trades';
    case 'liquidation': return 'liquidations';
    // Heard as the ticker of each market that follows it.
    case 'index': return 'ticker';
    case 'account': return 'positions';
    case 'rate':
    case 'rate.cross': return 'rates';
  }
}
