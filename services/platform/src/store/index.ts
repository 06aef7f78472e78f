import type { WarningMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs, WarningId } from '@breakwater/models/core';

/**
 * What must survive a crash, as a port. `store/embedded` is SQLite; `simulated` has a twin with seeded disk faults. Every method that
 * writes has either done all of it durably when it resolves, or none of it and rejects with a `BreakwaterError` (`store-failed`).
 * Done means that the end of the process cannot undo it. A commit of warnings, and everything written before it, survives a power cut as well;
 * other late writes may be undone by one, in reverse order, which every caller can repeat from its source.
 * One exception: the acknowledgement of a write can be lost after it was done. So a caller repeats a rejected write; every repeat is harmless.
 */
export interface Journal {
  /** The value last saved under `name`, or undefined. */
  checkpoint(name: string): Promise<string | undefined>;
  /** Saves several checkpoints at once, all or none. */
  saveCheckpoints(values: Readonly<Record<string, string>>): Promise<void>;
  /**
   * The durability line. Commits, all or none: new revisions of warnings, one outbox entry per recipient and revision, and the
   * checkpoint that says which scores they came from. A revision that is already there is ignored (same id, same number), so a repeat is harmless.
   */
  commitWarnings(commit: WarningCommit): Promise<void>;
  /** The latest revision of each warning of an asset (of all, when absent) in states `firing` or `acknowledged`. */
  openWarnings(asset?: AssetId): Promise<readonly WarningMessage[]>;
  /** Every revision, oldest first, from `after` (a row number, exclusive) on; at most `limit`. */
  warnings(after: number, limit: number): Promise<readonly { readonly row: number; readonly warning: WarningMessage }[]>;
  /**
   * The latest revision of each warning, the one first raised last coming first; at most `limit`. `row` is that of a warning's first
   * revision: given as `before` it names the next page, whatever is committed meanwhile. Costs the page, not what is stored.
   */
  latestWarnings(query: LatestWarningsQuery): Promise<readonly { readonly row: number; readonly warning: WarningMessage }[]>;
  /** Every revision of one warning, in order. */
  warning(id: WarningId): Promise<readonly WarningMessage[]>;
  /**
   * Undelivered outbox entries of a recipient whose next try is due at `now`, in commit order; at most `limit`. An earlier entry that is not
   * yet due holds back later ones: those of the same warning, or all with `order` `all` (default `warning`).
   */
  pending(recipient: string, now: EpochMs, limit: number, order?: DeliveryOrder): Promise<readonly OutboxEntry[]>;
  /** When the next undelivered entry of a recipient is due, counting what `order` holds back (default `warning`); undefined when there is none. */
  nextDue(recipient: string, order?: DeliveryOrder): Promise<EpochMs | undefined>;
  /**
   * Records the outcome of one try: delivered, to be tried again, or given up with a reason. After `retry` the caller leaves out what the
   * entry holds back of what it has read already. Ignored when the entry is settled, or for a `retry` already recorded.
   */
  recordAttempt(entry: OutboxEntry, outcome: DeliveryOutcome): Promise<void>;
  /** Closes the store; no call may follow. */
  close(): Promise<void>;
}

/** The half of a journal that answers. */
export type JournalReads = Omit<Journal, 'saveCheckpoints' | 'commitWarnings' | 'recordAttempt' | 'close'>;

/** A journal that several processes share, of which one at a time writes, as a port. `store/journal-kafka` keeps it in Kafka. */
export interface SharedJournal {
  /** What the journal holds, as far as this process has read it: reads wait for what was there when it was opened. Writes are rejected with `standby`. */
  readonly copy: Journal;
  /** Resolves when everything is read that was there when this process opened it; rejects when it cannot be read. */
  ready(): Promise<void>;
  /**
   * Becomes the one writer, for as long as `turn` lasts: shuts out every earlier one for good, and resolves once everything they have committed is read. All that is written
   * through the journal it resolves with belongs to this turn: after its end, or once somebody else has begun a later one, writes are rejected with `fenced`. Waits while the
   * journal cannot be reached, and rejects with `fenced` when the turn ends meanwhile or a later one has begun.
   */
  take(turn: JournalTurn): Promise<Journal>;
  /** The latest turn that is in the journal: who may write, if it lives. Null before the first. */
  writer(): { readonly term: number; readonly address: string } | null;
  close(): Promise<void>;
}

/** A turn at writing. */
export interface JournalTurn {
  /** Counts up from turn to turn, over all processes: the term of the lease. */
  readonly term: number;
  /** Where the writer can be reached, for people and other instances; may be empty. */
  readonly address: string;
  /** Whether it lasts, asked of the clock. */
  readonly held: () => boolean;
  /** Aborts when it ends. */
  readonly signal: AbortSignal;
}

/** Which warnings a list holds; what is absent does not narrow it. */
export interface LatestWarningsQuery {
  readonly asset?: AssetId | undefined;
  /** By the latest revision: `open` is `firing` or `acknowledged`. */
  readonly state?: 'open' | 'ended' | undefined;
  /** Only warnings whose `row` is lower. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** One atomic step of alerting. */
export interface WarningCommit {
  readonly warnings: readonly WarningMessage[];
  readonly recipients: readonly string[];
  readonly checkpoints: Readonly<Record<string, string>>;
  readonly at: EpochMs;
}

/** A warning revision to be delivered to one recipient. */
export interface OutboxEntry {
  readonly row: number;
  readonly recipient: string;
  readonly warning: WarningMessage;
  readonly attempts: number;
}

/** What an entry that waits for its next try holds back: later revisions of its own warning, or everything later of its recipient. */
export type DeliveryOrder = 'warning' | 'all';

/** What came of a try. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly at: EpochMs }
  | { readonly kind: 'retry'; readonly at: EpochMs; readonly nextAt: EpochMs; readonly reason: string }
  | { readonly kind: 'abandoned'; readonly at: EpochMs; readonly reason: string };

/** Time series as a port: `store/embedded` now, InfluxDB at scale. */
export interface SeriesStore {
  /** Appends points; a point of the same series and time replaces the earlier one. */
  append(points: readonly SeriesPoint[]): Promise<void>;
  /** Points of one series in [from, to], oldest first; at most `limit` (default 100,000). */
  range(series: string, labels: Readonly<Record<string, string>>, from: EpochMs, to: EpochMs, limit?: number): Promise<readonly SeriesPoint[]>;
  /**
   * The lowest and the highest point in each of `spans` (>= 1) equal parts of [from, to], oldest first, no point twice; of equal ones the
   * oldest. Linear in the points of the window, which are looked at where they are stored and not carried out.
   */
  extremes(series: string, labels: Readonly<Record<string, string>>, from: EpochMs, to: EpochMs, spans: number): Promise<readonly SeriesPoint[]>;
  /** Deletes points older than `before`; returns how many. */
  prune(before: EpochMs): Promise<number>;
}

/** One point of a series. Labels identify the series together with its name. */
export interface SeriesPoint {
  readonly series: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly time: EpochMs;
  readonly value: number;
}
