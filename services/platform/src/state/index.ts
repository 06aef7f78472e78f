/** What a worker held of a partition, and up to where it had read. */
export interface SavedState {
  /** The position after the last message that is in it. */
  readonly position: number;
  readonly text: string;
}

/**
 * Snapshots of what workers hold, by partition, for whoever holds the partition next. Adapters: `state/memory` in one process, `state/kafka` at scale. A snapshot saves time and holds what is
 * older than the log; which of two is found changes nothing, because what follows it is read again.
 */
export interface StateStore {
  /** The last one written of a partition, by anybody, before this call; undefined where there is none. Waits while it cannot be known. */
  newest(partition: number): Promise<SavedState | undefined>;
  /** Resolves when it cannot be lost; rejects with a `BreakwaterError` when it was not stored. */
  save(partition: number, state: SavedState): Promise<void>;
  close(): Promise<void>;
}
