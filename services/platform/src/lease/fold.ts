import { assert, epochMs, type EpochMs } from '@breakwater/models/core';
import type { LeaseClaim } from './index.ts';

/** A lease as the log has it. Times are of the log's own clock. */
export interface FoldedLease {
  readonly holder: string;
  readonly term: number;
  readonly until: EpochMs;
}

/** What the writer of an entry knew of the lease: its state after the entry at offset `seen`, when the log's clock said `at`. */
export interface LeaseView {
  readonly seen: number;
  readonly at: EpochMs;
  readonly lease: FoldedLease | null;
}

/** One entry of the log of leases. */
export interface LeaseEntry {
  readonly kind: 'claim' | 'release';
  readonly name: string;
  readonly holder: string;
  /** How long it is to run from the moment it was written, milliseconds, > 0; without meaning when it is given back. */
  readonly ttlMs: number;
  /** Absent when the writer did not know. */
  readonly view?: LeaseView;
}

/** An entry where and when it was written. */
export interface Written {
  readonly entry: LeaseEntry;
  readonly offset: number;
  /** By the log's clock. */
  readonly at: EpochMs;
}

/** The longest a lease may run, milliseconds (design assumption: more than ten times what holders ask for). */
export const MAX_TTL_MS = 60_000;

/** All leases as one reader of the log has them. */
export interface LeaseFold {
  /** Takes the next entry. */
  take(written: Written): void;
  /** What it knows of a lease, to be written with an entry; undefined while it does not know. */
  view(name: string): LeaseView | undefined;
  /** The answer to a claim that was the last entry taken. */
  answer(name: string, holder: string): LeaseClaim;
}

interface Known {
  /** Undefined while it is not known, because the log's beginning is gone: then `before` has the entries since. */
  lease: FoldedLease | null | undefined;
  before: Written[];
}

/**
 * Begins to read a log at its first entry, `firstOffset`, written at `firstAt`. Every reader folds the same entries in the same order, so all agree on who holds what:
 *
 * - a lease that is free or has run out goes to whoever claims it first, with a term above every earlier one (from the offset of the claim);
 * - its holder keeps it with any claim before its end, and gives it back at once;
 * - what anybody else writes before that changes nothing: so an older holder, who does not know yet that it has lost the lease, loses what it writes too.
 *
 * A log forgets its oldest entries. A reader that begins after these knows nothing of a lease until an entry tells what its writer knew; failing that, when the longest lease
 * must have run out. It grants nothing before.
 */
export function createLeaseFold(firstOffset: number, firstAt: EpochMs): LeaseFold {
  const leases = new Map<string, Known>();
  const decidedFrom = firstAt + MAX_TTL_MS;
  let at = firstAt;
  let seen = firstOffset - 1;

  const knownOf = (name: string): Known => {
    const found = leases.get(name) ?? { lease: firstOffset === 0 ? null : undefined, before: [] };
    leases.set(name, found);
    return found;
  };
  const decide = (known: Known, written: Written): void => {
    known.before.push({ ...written, at });
    const { view } = written.entry;
    if (view !== undefined && view.seen >= firstOffset - 1) {
      at = epochMs(Math.max(at, view.at));
      known.lease = view.lease;
    } else if (at >= decidedFrom) known.lease = null;
    else return;
    const from = view !== undefined && view.seen >= firstOffset - 1 ? view.seen : written.offset - 1;
    let time: EpochMs = view?.at ?? at;
    for (const each of known.before) {
      if (each.offset <= from) continue;
      time = epochMs(Math.max(time, each.at));
      known.lease = next(known.lease, each.entry, each.offset, time);
    }
    known.before = [];
  };
  return {
    take: (written) => {
      seen = written.offset;
      // It never goes back, also when another broker with another clock writes.
      at = epochMs(Math.max(at, written.at));
      const known = knownOf(written.entry.name);
      if (known.lease === undefined) decide(known, written);
      else known.lease = next(known.lease, written.entry, written.offset, at);
    },
    view: (name) => {
      const { lease } = knownOf(name);
      return lease === undefined ? undefined : { seen, at, lease };
    },
    answer: (name, holder) => {
      const { lease } = knownOf(name);
      if (lease === undefined) return { held: false, term: 0, until: epochMs(decidedFrom) };
      return lease === null ? { held: false, term: 0, until: at } : { held: lease.holder === holder && lease.until > at, term: lease.term, until: lease.until };
    },
  };
}

function next(present: FoldedLease | null, entry: LeaseEntry, offset: number, at: EpochMs): FoldedLease | null {
  const live = present !== null && present.until > at;
  if (entry.kind === 'release') return live && present.holder === entry.holder ? { ...present, until: at } : present;
  assert(entry.ttlMs > 0 && entry.ttlMs <= MAX_TTL_MS, 'a lease runs for a minute at most');
  const until = epochMs(at + entry.ttlMs);
  if (live) return present.holder === entry.holder ? { ...present, until } : present;
  return { holder: entry.holder, term: Math.max(offset, present?.term ?? 0) + 1, until };
}
