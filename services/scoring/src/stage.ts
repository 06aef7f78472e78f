import type { SourceId } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { StateStore } from '@breakwater/platform/state';
import type { Journal, SeriesStore } from '@breakwater/platform/store';
import type { Tracer } from '@breakwater/platform/trace';
import type { AlignerStats } from './aligner.ts';
import type { ScoredAsset, ScoringConfig } from './config.ts';

/** What the scoring stage stands on. */
export interface ScoringDeps {
  readonly bus: Bus;
  readonly journal: Journal;
  readonly series: SeriesStore;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly log: Log;
  readonly config: ScoringConfig;
  /** Sources whose watermarks the first ticks wait for. */
  readonly sources: readonly SourceId[];
  /** Makes a span of each asset's tick. */
  readonly tracer?: Tracer | undefined;
  /** Called when the stage cannot go on (a subscriber of scores failed): its owner restarts the process. */
  readonly onFatal: (error: unknown) => void;
  /** Snapshots of partitions: given where assets are spread over several processes, which then keep nothing of their own. */
  readonly states?: StateStore | undefined;
}

/** The running stage. */
export interface Scoring {
  /** Restores what survived, then subscribes. */
  start(): Promise<void>;
  /**
   * Scores these assets from now on. Those that stay are not touched, but for their float and chains; one that is added goes on from what was saved of it, and one that is removed leaves
   * its checkpoint. Where assets are spread over workers nothing is done: the list is fixed.
   */
  follow(assets: readonly ScoredAsset[]): Promise<void>;
  /** Takes nothing more and ends what is under way; what could not be stored is not acknowledged. */
  stop(): Promise<void>;
  stats(): AlignerStats & { readonly scores: number };
}
