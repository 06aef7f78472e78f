import type { FeedHealthMessage } from '@breakwater/contracts';

/** Channels whose incidents people are told of: those that a score cannot do without. */
const told: ReadonlySet<FeedHealthMessage['channel']> = new Set<FeedHealthMessage['channel']>(['book', 'socket', 'blocks']);

/**
 * Passes on the incidents of feeds and their ends: a book, socket or chain that fell silent, went stale or down, and the `ok` that ends it. What
 * a feed goes through before it was ever well is no incident. Holds one entry for each channel of each market.
 */
export function createFeedIncidents(tell: (message: FeedHealthMessage) => void): (message: FeedHealthMessage) => void {
  const states = new Map<string, 'well' | 'incident'>();
  return (message) => {
    if (!told.has(message.channel) || message.status === 'resyncing') return;
    const key = `${message.source}|${message.channel}|${message.instrument ?? ''}`;
    const before = states.get(key);
    if (message.status === 'ok') {
      states.set(key, 'well');
      if (before === 'incident') tell(message);
      return;
    }
    // A silent book's socket is opened anew as a measure against the silence: part of the same incident.
    if (message.channel === 'socket' && [...states].some(([held, state]) => state === 'incident' && held.startsWith(`${message.source}|book|`))) return;
    // A socket is stale while others of its source are still being opened for the first time; silence is always news.
    if (before === undefined && message.status !== 'silent') return;
    states.set(key, 'incident');
    tell(message);
  };
}
