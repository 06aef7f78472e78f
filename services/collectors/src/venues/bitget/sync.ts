import { assert, defined } from '@breakwater/models/core';
import { createChecksumRule } from '../../book/checksum-rule.ts';
import { interleavedChecksum } from '../../book/printed-side.ts';
import type { BookSync, SyncStep } from '../../book/sync.ts';
import type { BookEvent } from '../../venue.ts';

/** Levels a side that the checksum covers. Source: https://www.bitget.com/api-doc/contract/websocket/public/Order-Book-Channel, read 2026-11-27. */
export const CHECKSUM_LEVELS = 25;

/**
 * Bitget's order-book rules. The first live frame decides which one holds:
 *
 * - third version of the API, numbered by `seq` and `pseq`: an update's `pseq` is the `seq` before it; that of the first one after a snapshot need not be, but
 *   the snapshot's `seq` lies in its [pseq, seq]. After a release or a restart the numbers begin anew, with `pseq` 0: that fits nothing and breaks.
 * - older versions: a CRC-32 over the best 25 levels a side as printed. A snapshot of the second version carries 0, which stands for none.
 * - channels of the best 15 or 50 levels: each frame is the whole of what it shows. They are used only where no deeper channel is heard.
 *
 * Source: https://www.bitget.com/api-doc/uta/websocket/public/Order-Book-Channel and .../contract/websocket/public/Order-Book-Channel, read 2026-11-27.
 */
export function createBitgetSync(): BookSync {
  const bySequence = createSequenceRule();
  const byChecksum = createChecksumRule({ of: (bids, asks) => interleavedChecksum(bids, asks, CHECKSUM_LEVELS), noneOfSnapshot: 0 });
  const partial = createPartialRule();
  let rule: BookSync = partial;
  return {
    next(event) {
      assert(event.origin !== 'deep', 'deep snapshots are not synchronised');
      const wanted = event.previous !== undefined ? bySequence : event.checksum !== undefined ? byChecksum : partial;
      if (wanted === partial && rule !== partial) return { kind: 'drop', reason: 'duplicate' };
      if (wanted !== rule) {
        rule.reset();
        rule = wanted;
      }
      return rule.next(event);
    },
    reset() {
      rule.reset();
      rule = partial;
    },
    synced: () => rule.synced(),
  };
}

const lastOf = (event: BookEvent): number => defined(event.last, 'seq');
const previousOf = (event: BookEvent): number => defined(event.previous, 'pseq');

function createSequenceRule(): BookSync {
  /** What was applied last: its number, NaN for none, its time and whether it is a snapshot. The event itself would live until the next one comes. */
  const applied = { last: NaN, time: NaN, snapshot: false };
  let asked = false;
  /** When what was applied last is from, also after a break: no snapshot leads the book back. */
  let reached = -Infinity;

  const take = (event: BookEvent): SyncStep => {
    applied.last = lastOf(event);
    applied.time = event.eventTime;
    applied.snapshot = event.snapshot;
    reached = event.eventTime;
    asked = true;
    return { kind: 'apply', events: [event] };
  };
  const onUpdate = (event: BookEvent): SyncStep => {
    const at = applied.last;
    if (Number.isNaN(at)) {
      if (asked) return { kind: 'hold' };
      asked = true;
      return { kind: 'break', reason: 'no-snapshot' };
    }
    const follows = applied.snapshot ? previousOf(event) <= at && at <= lastOf(event) : previousOf(event) === at;
    if (follows) return take(event);
    if (lastOf(event) === at) return { kind: 'drop', reason: 'duplicate' };
    // Numbers may begin anew, so that a lower one alone does not make a frame old.
    if (event.eventTime < applied.time || (event.eventTime === applied.time && lastOf(event) < at)) return { kind: 'drop', reason: 'old' };
    applied.last = NaN;
    asked = true;
    return { kind: 'break', reason: 'sequence-gap' };
  };
  const onSnapshot = (event: BookEvent): SyncStep => {
    const sameTime = !Number.isNaN(applied.last) && applied.time === event.eventTime;
    if (event.eventTime < reached || (sameTime && lastOf(event) < applied.last)) return { kind: 'drop', reason: 'old' };
    return take(event);
  };

  return {
    next: (event) => (event.snapshot ? onSnapshot(event) : onUpdate(event)),
    reset() {
      applied.last = NaN;
      asked = false;
      reached = -Infinity;
    },
    synced: () => !Number.isNaN(applied.last),
  };
}

function createPartialRule(): BookSync {
  /** Time of what is shown; NaN for nothing. */
  let shown = NaN;
  return {
    next(event) {
      if (!event.snapshot) return { kind: 'hold' };
      if (event.eventTime < shown) return { kind: 'drop', reason: 'old' };
      shown = event.eventTime;
      return { kind: 'apply', events: [event] };
    },
    reset() {
      shown = NaN;
    },
    synced: () => !Number.isNaN(shown),
  };
}
