import type { SignedHeartbeat, SigningKey } from '@breakwater/contracts';
import { ok } from '@breakwater/models/core';
import type { Journal } from '@breakwater/platform/store';
import { warningEvent } from '../../notifiers/cloud-event.ts';
import type { JsonHandlers } from './handler.ts';

/** What the routes of the feed need. */
export interface FeedRoutesDeps {
  readonly journal: Pick<Journal, 'warnings'>;
  /** The latest signed heartbeat; null before the first. */
  readonly signedHeartbeat: () => SignedHeartbeat | null;
  readonly signingKey: SigningKey;
}

/** The routes machines read: events after a cursor, and the key that heartbeats are signed with. A cursor is a row of the store, so nothing committed later comes before it. */
export function feedRoutes({ journal, signedHeartbeat, signingKey }: FeedRoutesDeps): Pick<JsonHandlers, 'feed' | 'key'> {
  return {
    feed: async ({ query }) => {
      const rows = await journal.warnings(Number(query.after), query.limit + 1);
      const page = rows.slice(0, query.limit);
      return ok({ events: page.map(({ warning }) => warningEvent(warning)), cursor: String(page.at(-1)?.row ?? query.after), more: rows.length > query.limit, heartbeat: signedHeartbeat() });
    },
    key: async () => ok(signingKey),
  };
}
