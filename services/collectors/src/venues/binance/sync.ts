import { assert, defined } from '@breakwater/models/core';
import { mergeInto } from '../../book/merge.ts';
import type { BookSync, SyncStep } from '../../book/sync.ts';
import type { BookEvent } from '../../venue.ts';

/** Which market type a book is of: spot has a rule of its own, USD-M and COIN-M futures share one. */
export type BinanceRule = 'spot' | 'usdm' | 'coinm';

/** Most differences held while a snapshot is awaited; at ten a second, almost seven minutes. Beyond it the oldest is dropped. */
export const MAX_HELD = 4_096;

/** A difference: every change with an id in (previous, last]; on spot ids have no holes, so previous is first - 1. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly previous: number;
}

/**
 * Binance's order-book rule: differences are held until the REST snapshot (`seed`) comes, those it covers are dropped, and the rest must follow
 * without a hole. On spot an event must have `U <= id + 1`; on futures `pu` must equal the previous `u`, and the first one after the snapshot must
 * reach over `lastUpdateId`. Quantities are absolute, so an event that overlaps what is already applied is safe and is applied on spot, where ids
 * have no holes. The snapshot and the differences held for it are applied as one merged snapshot, so that no intermediate state is seen.
 *
 * Source: developers.binance.com, "How to manage a local order book correctly", spot and USDS-margined futures, read 2026-11-21, COIN-margined
 * futures, read 2026-11-27.
 * Two departures, both safe: an event that ends at or before the applied id is dropped as seen; and the first event after a futures snapshot may also
 * begin after `lastUpdateId` when its `pu` does not (ids are shared by all symbols, so `lastUpdateId` can lie between two events of one).
 */
export function createBinanceSync(rule: BinanceRule): BookSync {
  let applied: number | undefined;
  let fresh = false;
  let held: BookEvent[] = [];

  const spanOf = (event: BookEvent): Span => {
    const first = defined(event.first, 'first update id');
    const last = defined(event.last, 'last update id');
    return { first, last, previous: rule === 'spot' ? first - 1 : defined(event.previous, 'previous update id') };
  };
  /** Whether `span` continues a book that stands at `id`, without a hole. Given `span.last` > `id`. */
  const continues = (span: Span, id: number, afterSnapshot: boolean): boolean =>
    rule === 'spot' || afterSnapshot ? span.previous <= id || span.first <= id : span.previous === id;

  const hold = (event: BookEvent): SyncStep => {
    const tail = held.at(-1);
    if (tail !== undefined) {
      const end = spanOf(tail).last;
      const span = spanOf(event);
      if (span.last <= end) return { kind: 'drop', reason: span.last === end ? 'duplicate' : 'old' };
      // A hole among the held ones: only what follows it can be joined to a snapshot.
      if (!continues(span, end, false)) held = [];
    }
    held.push(event);
    if (held.length <= MAX_HELD) return { kind: 'hold' };
    held.shift();
    return { kind: 'drop', reason: 'overflow' };
  };

  const onDifference = (event: BookEvent): SyncStep => {
    if (applied === undefined) return hold(event);
    const span = spanOf(event);
    if (span.last <= applied) return { kind: 'drop', reason: span.last === applied ? 'duplicate' : 'old' };
    if (!continues(span, applied, fresh)) {
      applied = undefined;
      held = [event];
      return { kind: 'break', reason: 'sequence-gap' };
    }
    applied = span.last;
    fresh = false;
    return { kind: 'apply', events: [event] };
  };

  const onSnapshot = (snapshot: BookEvent): SyncStep => {
    const id = defined(snapshot.last, 'last update id of a snapshot');
    if (applied !== undefined && id <= applied) return { kind: 'drop', reason: id === applied ? 'duplicate' : 'old' };
    const after = held.filter((event) => spanOf(event).last > id);
    const next = after[0];
    if (next !== undefined && !continues(spanOf(next), id, true)) {
      // Older than what is held: another snapshot is needed; what is held stays.
      held = after;
      applied = undefined;
      return { kind: 'break', reason: 'no-snapshot' };
    }
    held = [];
    fresh = next === undefined;
    const tail = after.at(-1);
    applied = tail === undefined ? id : spanOf(tail).last;
    return { kind: 'apply', events: [tail === undefined ? snapshot : mergeInto(snapshot, after)] };
  };

  return {
    next(event) {
      assert(event.origin !== 'deep', 'deep snapshots are not synchronised');
      return event.snapshot ? onSnapshot(event) : onDifference(event);
    },
    reset() {
      applied = undefined;
      fresh = false;
      held = [];
    },
    synced: () => applied !== undefined,
  };
}
