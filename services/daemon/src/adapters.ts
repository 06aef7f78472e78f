import type { Alerting, HeartbeatMaker, Notifier, Signer } from '@breakwater/alerting';
import type { LiveView } from '@breakwater/alerting/api';
import type { BookMessage, DeepBookMessage } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Leases } from '@breakwater/platform/lease';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import type { StateStore } from '@breakwater/platform/state';
import type { Journal, SeriesStore, SharedJournal } from '@breakwater/platform/store';
import type { Tracer } from '@breakwater/platform/trace';
import type { Config } from './config.ts';
import type { StoredLabels } from './labels/label-store.ts';

/** What the running system shows and takes from outside, for whoever serves it. */
export interface Faces {
  readonly view: LiveView;
  readonly acknowledge: Alerting['acknowledge'];
  readonly latestHeartbeat: HeartbeatMaker['latest'];
  /** Where the instance that is active can be reached; null when that is not known, or this one is the only one. */
  readonly activeAt: () => string | null;
}

/** What an instance of the alert stage shares with the others that stand by for it. */
export interface AlertInstances {
  readonly leases: Leases;
  readonly journal: SharedJournal;
  /** The name of this process, which no other ever has. */
  readonly instance: string;
  /** Where this instance can be reached, for people and for the others; may be empty. */
  readonly address: string;
  /** Of the machine: leases go by real time. */
  readonly clock: Clock;
}

/** Which part of the venues a process collects, and what it shares with those that stand by for it. */
export interface CollectShard {
  /** Counts from 0, below `count`. */
  readonly index: number;
  readonly count: number;
  readonly leases: Leases;
  /** How far chains were read: of this shard alone. */
  readonly journal: SharedJournal;
  /** The name of this process, which no other ever has. */
  readonly holder: string;
  /** Of the machine: leases go by real time. */
  readonly clock: Clock;
  /** How long it listens for a holder that lives before it asks for the lease, milliseconds. */
  readonly listenMs: number;
}

/** Who is told of warnings, and what of them runs by itself (a bot that answers). */
export interface Recipients {
  readonly notifiers: readonly Notifier[];
  /** Resolves when `signal` aborts; rejects with what cannot be recovered from. */
  run(signal: AbortSignal): Promise<void>;
  /** Those of another config: the same objects for those with the same settings. `retire` closes what is not among them any more, once nothing is delivered by it. */
  follow(config: Config): { readonly notifiers: readonly Notifier[]; retire(): Promise<void> };
  /** Closes them all, once nothing is delivered any more. */
  close(): Promise<void>;
}
/** Makes the recipients of a config, who may ask the live view; what they remember is in `journal`. */
export type RecipientsOf = (view: LiveView, on: { readonly config: Config; readonly journal: Journal; readonly metrics: Metrics }) => Recipients;

/** Everything the stages stand on. `compose.ts` chooses the real ones, simulations their twins. */
export interface Adapters {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly network: Network;
  readonly bus: Bus;
  /** Of this process. */
  readonly journal: Journal;
  /** Where alerting stands by for other instances of itself: its journal is the one they share. Absent where it is the only one. */
  readonly instances?: AlertInstances | undefined;
  /** Where collecting stands by for other processes. Absent where it is the only one. */
  readonly shard?: CollectShard | undefined;
  /** Snapshots of what scoring holds, where assets are spread over several processes. */
  readonly states?: StateStore | undefined;
  readonly series: SeriesStore;
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Makes spans, where they are sent somewhere. */
  readonly tracer?: Tracer | undefined;
  /** Address labels by the path of the file they were read from. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Address labels that were imported, as they were read last; none where this is absent. */
  readonly storedLabels?: { readonly current: StoredLabels } | undefined;
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
  /** Resolves when every stage of this process is at its work: among several instances of the alert stage, when it is its turn. */
  ready(): Promise<void>;
  /** Stops them in the order of the flow; what was promised is in the store. */
  stop(): Promise<void>;
  /** Goes on under another config, of which only assets, venues, chains, recipients and settings of rules and lifecycle may differ. Rejects when it cannot: the process must then be started again. Call one at a time; waits for the start, and rejects with what the start failed with. */
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
