import { assert, defined } from '@breakwater/models/core';
import { createChecksumRule } from '../../book/checksum-rule.ts';
import type { BookSync, SyncStep } from '../../book/sync.ts';
import type { BookEvent } from '../../venue.ts';
import { okxChecksum } from './checksum.ts';

/** Most updates held while a snapshot is awaited; at ten a second, almost seven minutes. Beyond it the oldest is dropped. */
export const MAX_HELD = 4_096;

/**
 * OKX's order-book rule. An update's `prevSeqId` must equal the last `seqId`, whatever the new `seqId` is: equal to it when nothing changed
 * (sent every minute), lower after the venue reset its sequence. A snapshot on the socket (`prevSeqId` -1) replaces everything. Where none comes,
 * the first update breaks with `no-snapshot`, updates are held, and the REST snapshot (`seed`) joins where `prevSeqId <= its seqId < seqId`.
 * Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel, and "Delist initial snapshot and checksum field in
 * order book channels" in https://my.okx.com/docs-v5/log_en (2026-02-12), read 2026-11-21.
 *
 * Streams recorded before sequence numbers existed are checked by their checksum instead, which covers the best 25 levels a side only.
 */
export function createOkxSync(): BookSync {
  const bySequence = createSequenceRule();
  const byChecksum = createChecksumRule({ of: okxChecksum });
  let rule: BookSync = bySequence;
  return {
    next(event) {
      assert(event.origin !== 'deep', 'deep snapshots are not synchronised');
      // A stream does not change its kind: the first live frame decides, and a later one of the other kind starts anew.
      if (event.origin === 'live') {
        const wanted = event.last === undefined ? byChecksum : bySequence;
        if (wanted !== rule) {
          rule.reset();
          rule = wanted;
        }
      }
      return rule.next(event);
    },
    reset() {
      bySequence.reset();
      byChecksum.reset();
    },
    synced: () => rule.synced(),
  };
}

/** An update's place in the stream. */
const lastOf = (event: BookEvent): number => defined(event.last, 'seqId');
const previousOf = (event: BookEvent): number => defined(event.previous, 'prevSeqId');

/** Whether a snapshot is older than the book, or adds nothing to it. A lower number alone does not say so on the socket: the sequence may have been reset. */
function isStale(snapshot: BookEvent, id: number, applied: Applied): boolean {
  const later = snapshot.eventTime - applied.time;
  return later < 0 || (id <= applied.last && (later === 0 || snapshot.origin === 'seed'));
}

/** Where a book stands: the last sequence number applied, NaN for none, and its time. The update itself would live until the next one comes. */
interface Applied {
  last: number;
  time: number;
}

function createSequenceRule(): BookSync {
  const applied: Applied = { last: NaN, time: NaN };
  let held: BookEvent[] = [];
  let asked = false;

  const hold = (event: BookEvent): SyncStep => {
    const tail = held.at(-1);
    if (tail !== undefined && previousOf(event) !== lastOf(tail)) {
      if (lastOf(event) === lastOf(tail)) return { kind: 'drop', reason: 'duplicate' };
      if (event.eventTime < tail.eventTime) return { kind: 'drop', reason: 'old' };
      // A hole among the held ones: only what follows it can be joined to a snapshot.
      held = [];
    }
    held.push(event);
    if (held.length > MAX_HELD) {
      held.shift();
      return { kind: 'drop', reason: 'overflow' };
    }
    if (asked) return { kind: 'hold' };
    asked = true;
    return { kind: 'break', reason: 'no-snapshot' };
  };

  const onUpdate = (event: BookEvent): SyncStep => {
    if (Number.isNaN(applied.last)) return hold(event);
    if (previousOf(event) === applied.last) {
      applied.last = lastOf(event);
      applied.time = event.eventTime;
      return { kind: 'apply', events: [event] };
    }
    if (lastOf(event) === applied.last) return { kind: 'drop', reason: 'duplicate' };
    if (event.eventTime < applied.time) return { kind: 'drop', reason: 'old' };
    applied.last = NaN;
    held = [event];
    asked = true;
    return { kind: 'break', reason: 'sequence-gap' };
  };

  const onSnapshot = (snapshot: BookEvent): SyncStep => {
    const id = snapshot.last;
    // An answer without a sequence number cannot be joined to anything.
    if (id === undefined) return { kind: 'drop', reason: 'old' };
    if (!Number.isNaN(applied.last) && isStale(snapshot, id, applied)) return { kind: 'drop', reason: id === applied.last ? 'duplicate' : 'old' };
    // The time guards against a snapshot from before a reset of the sequence, whose number may lie in a range used again since.
    const joint = held.findIndex(
      (event, i) => previousOf(event) === id || (previousOf(event) <= id && id < lastOf(event) && (held[i - 1]?.eventTime ?? 0) <= snapshot.eventTime),
    );
    const tail = held.at(-1);
    if (joint < 0 && tail !== undefined && lastOf(tail) !== id && snapshot.eventTime < tail.eventTime) {
      // Older than what is held: another snapshot is needed; what is held stays.
      return { kind: 'break', reason: 'no-snapshot' };
    }
    const events = joint < 0 ? [snapshot] : [snapshot, ...held.slice(joint)];
    const end = events.at(-1) ?? snapshot;
    applied.last = lastOf(end);
    applied.time = end.eventTime;
    held = [];
    return { kind: 'apply', events };
  };

  return {
    next: (event) => (event.snapshot ? onSnapshot(event) : onUpdate(event)),
    reset() {
      applied.last = NaN;
      held = [];
      asked = false;
    },
    synced: () => !Number.isNaN(applied.last),
  };
}
