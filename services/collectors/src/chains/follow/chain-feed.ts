/** Follows the watched tokens of one chain. */
export interface ChainFeed {
  /**
   * Follows the chain until the signal aborts. Failures of nodes are retried here, with growing waits; it rejects when publishing or the checkpoint store
   * fails, and may then be run again: it goes on from the checkpoint.
   */
  run(): Promise<void>;
  /** Counters since the feed was made. */
  stats(): ChainFeedStats;
}

/** Counters of a chain feed. */
export interface ChainFeedStats {
  readonly blocks: number;
  readonly seen: number;
  readonly transfers: number;
  readonly reverted: number;
  readonly safe: number;
  readonly final: number;
  readonly reorgs: number;
  /** Mismatches that were believed after a second opinion. */
  readonly deepReorgs: number;
  /** Blocks whose timestamp was not after the watermark when they arrived. */
  readonly lateBlocks: number;
  /** Requests that failed. */
  readonly failures: number;
  /** Times an endpoint was put in quarantine. */
  readonly quarantines: number;
  /** Blocks whose header claimed transfers that no endpoint had. */
  readonly doubts: number;
  /** Transfers that were dropped before they were final, because more than `maxHeldTransfers` were held. */
  readonly dropped: number;
  readonly rejects: Readonly<Record<string, number>>;
  readonly tip: number | undefined;
}
