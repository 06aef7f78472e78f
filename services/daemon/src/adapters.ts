import type { Alerting, HeartbeatMaker, Notifier, Signer } from '@breakwater/alerting';
import type { LiveView } from '@breakwater/alerting/api';
import type { BookMessage, DeepBookMessage } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import type { Journal, SeriesStore } from '@breakwater/platform/store';
import type { Config } from './config.ts';

/** What the running system shows and takes from outside, for whoever serves it. */
export interface Faces {
  readonly view: LiveView;
  readonly acknowledge: Alerting['acknowledge'];
  readonly latestHeartbeat: HeartbeatMaker['latest'];
}

/** Who is told of warnings, and what of them runs by itself (a bot that answers). */
export interface Recipients {
  readonly notifiers: readonly Notifier[];
  /** Resolves when `signal` aborts; rejects with what cannot be recovered from. */
  run(signal: AbortSignal): Promise<void>;
  /** Those of another config: the same objects for those with the same settings. `retire` closes what is not among them any more, once nothing is delivered by it. */
  follow(config: Config): { readonly notifiers: readonly Notifier[]; retire(): Promise<void> };
}

/** Everything the stages stand on. `compose.ts` chooses the real ones, simulations their twins. */
export interface Adapters {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly network: Network;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly series: SeriesStore;
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Address labels by the path of the file they were read from. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Signs heartbeats; needed by the alert stage. */
  readonly signer: Signer | undefined;
  /** Serves the faces, or where there are none (a process without the alert stage) whether the process is well, before the stages start; what it resolves with ends that. */
  readonly serve: (faces: Faces | undefined) => Promise<() => Promise<void>>;
  /** Sets who is told of a book update that was dropped because a stage could not keep up: its book must be published anew. */
  readonly onConflated: (heal: (message: BookMessage | DeepBookMessage) => void) => void;
}

/** The running system, or the part of it that this process runs. */
export interface Pipeline {
  /** Starts the stages. */
  start(): Promise<void>;
  /** Stops them in the order of the flow; what was promised is in the store. */
  stop(): Promise<void>;
  /** Goes on under another config, of which only assets, venues, chains, recipients and settings of rules and lifecycle may differ. Rejects when it cannot: the process must then be started again. Call one at a time, after `start`. */
  follow(config: Config): Promise<void>;
  status(): PipelineStatus;
}

/** What the stages of this process have done since the start. */
export interface PipelineStatus {
  readonly scores: number;
  readonly lateMessages: number;
  readonly forcedTicks: number;
  readonly markets: number;
}
