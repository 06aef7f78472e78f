import type { BookEvent } from '../events.ts';

/**
 * A venue's order-book rule for one book: a pure state machine. It is given every book event of the live channel and every seed snapshot,
 * and says what to apply. It never touches the book itself.
 */
export interface BookSync {
  /** What to do with `event`: events to apply in order (none: held back, old, or a duplicate), or a break that needs one resync. After a break it holds events until the resync's snapshot comes. */
  next(event: BookEvent): SyncStep;
  /** The socket closed or was subscribed anew: forget everything. */
  reset(): void;
  /** Whether the book is synchronised now. */
  synced(): boolean;
}

/** What to do with a book event. */
export type SyncStep =
  | { readonly kind: 'apply'; readonly events: readonly BookEvent[] }
  | { readonly kind: 'hold' }
  | { readonly kind: 'drop'; readonly reason: 'old' | 'duplicate' | 'overflow' }
  | { readonly kind: 'break'; readonly reason: BreakReason };

/** Why a book is not to be used until it is resynchronised. A closed list; also the `reason` of `feed.health`. */
export type BreakReason = 'sequence-gap' | 'checksum-mismatch' | 'crossed-book' | 'no-snapshot';
