import type { BookSync, SyncStep } from '../../book/sync.ts';
import type { BookEvent } from '../../venue.ts';

/**
 * Deribit's order-book rule: the first notification of a channel is the whole book, and each later one's `prev_change_id` is the `change_id` of the one
 * before; by how much it grows says nothing. Source: https://docs.deribit.com/subscriptions/orderbook/bookinstrument_nameinterval, read 2026-11-27.
 * A whole book that is older than what is applied is dropped; one with a lower number and a later time is taken, since a restarted engine may count anew.
 */
export function createDeribitSync(): BookSync {
  let applied: { readonly id: number; readonly time: number } | undefined;
  let asked = false;

  const apply = (event: BookEvent, id: number): SyncStep => {
    applied = { id, time: event.eventTime };
    asked = false;
    return { kind: 'apply', events: [event] };
  };

  return {
    next(event) {
      const id = event.last;
      if (id === undefined) return { kind: 'drop', reason: 'old' };
      if (event.snapshot) {
        if (applied?.id === id) return { kind: 'drop', reason: 'duplicate' };
        if (applied !== undefined && id < applied.id && event.eventTime <= applied.time) return { kind: 'drop', reason: 'old' };
        return apply(event, id);
      }
      if (applied === undefined) {
        // A change cannot be joined to a whole book that comes later: the one asked for is followed by its own changes.
        if (asked) return { kind: 'hold' };
        asked = true;
        return { kind: 'break', reason: 'no-snapshot' };
      }
      if (event.previous === applied.id) return apply(event, id);
      if (id === applied.id) return { kind: 'drop', reason: 'duplicate' };
      if (id < applied.id && event.eventTime <= applied.time) return { kind: 'drop', reason: 'old' };
      applied = undefined;
      asked = true;
      return { kind: 'break', reason: 'sequence-gap' };
    },
    reset() {
      applied = undefined;
      asked = false;
    },
    synced: () => applied !== undefined,
  };
}
