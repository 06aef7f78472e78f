import type { FeedHealthMessage, FeedState, FeedStatus, GlobalMessage } from '@breakwater/contracts';
import type { EpochMs, SourceId } from '@breakwater/models/core';

/** Why a market is down that was taken out of the config on purpose. */
const notConfigured = 'not-configured';
/** Statuses of feeds, worst last. */
const statuses: readonly FeedStatus[] = ['ok', 'resyncing', 'stale', 'silent', 'down'];
/** Incidents kept for one source: far above its channels and markets, a bound all the same. */
const maxIncidents = 1_000;

type Incident = FeedState['incidents'][number];

interface Held {
  heard: boolean;
  through: EpochMs | null;
  readonly incidents: Map<string, Incident>;
}

/** How every expected source is, from what it says of itself. */
export interface FeedStates {
  /** Takes a message in; true when the state of a source changed (the progress of its watermark alone is no change). */
  take(message: GlobalMessage): boolean;
  /** Keeps these sources from now on, in this order; what is known of those that stay is kept. */
  follow(sources: readonly SourceId[]): void;
  /** Sources in the order they were given. */
  list(): readonly FeedState[];
  /** How many of `sources` are well, that is heard of and without an incident of the whole source. */
  count(sources: ReadonlySet<SourceId>): { readonly ok: number; readonly total: number };
}

/**
 * Makes the states of `sources`; messages of others are left out. An incident is opened by a `feed.health` of one channel, and of one market
 * where it names one, and closed by its `ok`, or with all of its market's when that was taken out of the config; `since` is the event time at which it opened, however often its status or reason changes.
 * A source's own status is the worst among incidents that name no market.
 */
export function createFeedStates(sources: readonly SourceId[]): FeedStates {
  const fresh = (): Held => ({ heard: false, through: null, incidents: new Map() });
  let held = new Map<SourceId, Held>(sources.map((source) => [source, fresh()]));

  /** Nobody will say `ok` of a market that is not read any more. */
  const forget = (state: Held, gone: string): boolean => {
    const keys = [...state.incidents].filter(([, { instrument }]) => instrument === gone).map(([key]) => key);
    for (const key of keys) state.incidents.delete(key);
    return keys.length > 0;
  };
  const takeHealth = (state: Held, message: FeedHealthMessage): boolean => {
    const key = `${message.channel}|${message.instrument ?? ''}`;
    const known = state.incidents.get(key);
    if (message.status === 'ok') return state.incidents.delete(key);
    if (message.instrument !== undefined && message.reason === notConfigured) return forget(state, message.instrument);
    if (known?.status === message.status && known.reason === message.reason && known.detail === message.detail) return false;
    if (known === undefined && state.incidents.size >= maxIncidents) {
      const [oldest] = state.incidents.keys();
      if (oldest !== undefined) state.incidents.delete(oldest);
    }
    const { channel, status, reason, instrument, asset, detail, eventTime } = message;
    state.incidents.set(key, {
      channel, status, reason, since: known?.since ?? eventTime,
      ...(instrument === undefined ? {} : { instrument }), ...(asset === undefined ? {} : { asset }), ...(detail === undefined ? {} : { detail }),
    });
    return true;
  };
  const statusOf = (state: Held): FeedState['status'] => {
    if (!state.heard) return 'waiting';
    let worst: FeedStatus = 'ok';
    for (const { instrument, status } of state.incidents.values()) if (instrument === undefined && statuses.indexOf(status) > statuses.indexOf(worst)) worst = status;
    return worst;
  };
  return {
    take: (message) => {
      const state = held.get(message.source);
      if (state === undefined) return false;
      const isFirst = !state.heard;
      state.heard = true;
      if (message.kind === 'watermark' && (state.through === null || message.eventTime > state.through)) state.through = message.eventTime;
      return (message.kind === 'feed.health' && takeHealth(state, message)) || isFirst;
    },
    follow: (next) => {
      held = new Map(next.map((source) => [source, held.get(source) ?? fresh()]));
    },
    list: () => [...held].map(([source, state]) => ({ source, status: statusOf(state), through: state.through, incidents: [...state.incidents.values()] })),
    count: (wanted) => {
      const states = [...held].filter(([source]) => wanted.has(source));
      return { ok: states.filter(([, state]) => statusOf(state) === 'ok').length, total: states.length };
    },
  };
}
