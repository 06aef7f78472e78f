import { assert, defined, epochMs } from '@breakwater/models/core';
import type { BookEvent } from '../events.ts';
import { mergeInto } from './merge.ts';
import type { BookSync, SyncStep } from './sync.ts';

/** Most changes held while a snapshot is awaited; at ten a second, almost seven minutes. Beyond it the oldest is dropped. */
export const MAX_HELD = 4_096;
/** Most changes of levels remembered of a side for completing a book from an answer of the past; at two hundred a second, ten seconds. */
export const MAX_RECENT = 2_048;

const firstOf = (event: BookEvent): number => defined(event.first, 'first id of a change');
const lastOf = (event: BookEvent): number => defined(event.last, 'last id');

/**
 * The order-book rule of venues that number every change of a book without holes and send them in ranges (`first` to `last`) with absolute sizes:
 * a range must begin where the one before ended, and a snapshot, whether it comes on the socket or was asked for (`seed`), holds all changes up to
 * its `last`. Ranges may overlap what came before, which absolute sizes make harmless. The stream is checked by itself, so that also one that the
 * snapshot already covers must be whole, and a sequence that begins anew is a break and never silence.
 *
 * With `completes`, a `seed` that is no snapshot is a part of the book as it stood at `last` (a venue's public answer may end at a hundred levels):
 * it completes a book that is synchronised, by those of its levels that nothing has changed since; it never synchronises one.
 */
export function createRangeSync(options: { readonly completes: boolean } = { completes: false }): BookSync {
  /** Last id in the book. */
  let applied: number | undefined;
  /** The last id and the time of the last live frame, whether applied, held or covered by a snapshot; NaN before the first. The frame itself would live until the next one comes. */
  const tail = { last: NaN, time: NaN };
  const putTail = (event: BookEvent): void => {
    tail.last = lastOf(event);
    tail.time = event.eventTime;
  };
  /** Latest time of what is in the book. */
  let bookTime = 0;
  let held: BookEvent[] = [];
  const recent = options.completes ? createRecent() : undefined;
  let part: BookEvent | undefined;

  const breakAt = (event: BookEvent): SyncStep => {
    applied = undefined;
    held = [event];
    putTail(event);
    part = undefined;
    return { kind: 'break', reason: 'sequence-gap' };
  };
  const apply = (event: BookEvent, to: number): SyncStep => {
    applied = to;
    if (event.eventTime > bookTime) bookTime = event.eventTime;
    if (part === undefined || lastOf(part) > to) return { kind: 'apply', events: [event] };
    const completion = complete(part, to);
    part = undefined;
    return { kind: 'apply', events: [event, ...completion] };
  };
  /** The levels of `from` that nothing has changed since, as a change that ends at `to`; none when there are none or it is too old. */
  const complete = (from: BookEvent, to: number): readonly BookEvent[] => {
    const { bids, asks } = recent?.unchanged(from) ?? { bids: [], asks: [] };
    if (bids.length === 0 && asks.length === 0) return [];
    const eventTime = epochMs(Math.max(from.eventTime, bookTime));
    return [{ kind: 'book', origin: 'live', snapshot: false, symbol: from.symbol, eventTime, bids, asks, first: to, last: to }];
  };

  const onChange = (event: BookEvent): SyncStep => {
    // Nothing compares with NaN.
    if (lastOf(event) <= tail.last) {
      // Numbers that go back while time goes on are a sequence that began anew.
      if (event.eventTime > tail.time) return applied === undefined ? hold(event, true) : breakAt(event);
      return { kind: 'drop', reason: lastOf(event) === tail.last ? 'duplicate' : 'old' };
    }
    if (firstOf(event) > tail.last + 1) return applied === undefined ? hold(event, true) : breakAt(event);
    if (applied === undefined) return hold(event, false);
    if (lastOf(event) > applied && firstOf(event) > applied + 1) return breakAt(event);
    putTail(event);
    if (lastOf(event) <= applied) return { kind: 'drop', reason: 'old' };
    recent?.add(event);
    return apply(event, lastOf(event));
  };
  /** Only what follows a hole can be joined to a snapshot. */
  const hold = (event: BookEvent, afterHole: boolean): SyncStep => {
    if (afterHole) held = [];
    putTail(event);
    held.push(event);
    if (held.length <= MAX_HELD) return { kind: 'hold' };
    held.shift();
    return { kind: 'drop', reason: 'overflow' };
  };

  const onSocketSnapshot = (snapshot: BookEvent): SyncStep => {
    const id = lastOf(snapshot);
    // A lower number alone does not say that it is old: the sequence may have begun anew.
    if (applied !== undefined && (id <= applied || id <= tail.last) && snapshot.eventTime <= bookTime) {
      if (!(id <= tail.last)) putTail(snapshot);
      return { kind: 'drop', reason: id === applied ? 'duplicate' : 'old' };
    }
    if (applied === undefined && id <= tail.last && snapshot.eventTime < tail.time) return { kind: 'drop', reason: 'old' };
    held = [];
    part = undefined;
    putTail(snapshot);
    bookTime = 0;
    recent?.begin(id);
    return apply(snapshot, id);
  };
  const onSeed = (seed: BookEvent): SyncStep => {
    const id = seed.last;
    // An answer without a number cannot be joined to anything.
    if (id === undefined) return { kind: 'drop', reason: 'old' };
    if (applied !== undefined && id <= applied) return { kind: 'drop', reason: id === applied ? 'duplicate' : 'old' };
    const after = held.filter((event) => lastOf(event) > id);
    const next = after[0];
    if (next !== undefined && firstOf(next) > id + 1) {
      // Older than what is held: another snapshot is needed; what is held stays.
      held = after;
      applied = undefined;
      return { kind: 'break', reason: 'no-snapshot' };
    }
    held = [];
    part = undefined;
    recent?.begin(id);
    for (const event of after) recent?.add(event);
    const end = after.at(-1);
    return end === undefined ? apply(seed, id) : apply(mergeInto(seed, after), lastOf(end));
  };
  const onPart = (event: BookEvent): SyncStep => {
    const id = event.last;
    if (applied === undefined || recent === undefined || id === undefined) return { kind: 'drop', reason: 'old' };
    if (id > applied) {
      // Newer than the stream: it waits until the stream has come so far.
      part = event;
      return { kind: 'apply', events: [] };
    }
    return { kind: 'apply', events: complete(event, applied) };
  };

  return {
    next(event) {
      assert(event.origin !== 'deep', 'deep snapshots are not synchronised');
      if (event.origin === 'seed') return event.snapshot ? onSeed(event) : onPart(event);
      return event.snapshot ? onSocketSnapshot(event) : onChange(event);
    },
    reset() {
      applied = undefined;
      tail.last = NaN;
      tail.time = NaN;
      bookTime = 0;
      held = [];
      part = undefined;
      recent?.begin(Infinity);
    },
    synced: () => applied !== undefined,
  };
}

/** The changes applied last, for telling which levels of a book of the past still stand. */
function createRecent() {
  const bids = createRecentSide();
  const asks = createRecentSide();
  return {
    begin: (id: number): void => {
      bids.begin(id);
      asks.begin(id);
    },
    add: (event: BookEvent): void => {
      bids.add(event.bids, lastOf(event));
      asks.add(event.asks, lastOf(event));
    },
    /** The levels of `part` that no change after it touches; none when changes after it are forgotten. */
    unchanged: (part: BookEvent): { readonly bids: readonly number[]; readonly asks: readonly number[] } =>
      ({ bids: bids.unchanged(part.bids, lastOf(part)), asks: asks.unchanged(part.asks, lastOf(part)) }),
  };
}

/** A ring of prices with the id of the change that touched them: nothing is kept alive for it, and adding costs O(levels). */
function createRecentSide() {
  const prices = new Float64Array(MAX_RECENT);
  const ids = new Float64Array(MAX_RECENT);
  let count = 0;
  /** Changes up to this id are forgotten. */
  let from = Infinity;
  return {
    begin: (id: number): void => {
      count = 0;
      from = id;
    },
    add: (levels: readonly number[], id: number): void => {
      for (let i = 0; i + 1 < levels.length; i += 2) {
        const at = count % MAX_RECENT;
        if (count >= MAX_RECENT) from = Math.max(from, ids[at] ?? 0);
        prices[at] = levels[i] ?? 0;
        ids[at] = id;
        count++;
      }
    },
    unchanged: (levels: readonly number[], id: number): readonly number[] => {
      if (id < from) return [];
      const touched = new Set<number>();
      for (let i = 0; i < Math.min(count, MAX_RECENT); i++) if ((ids[i] ?? 0) > id) touched.add(prices[i] ?? 0);
      const out: number[] = [];
      for (let i = 0; i + 1 < levels.length; i += 2) if (!touched.has(levels[i] ?? 0)) out.push(levels[i] ?? 0, levels[i + 1] ?? 0);
      return out;
    },
  };
}
