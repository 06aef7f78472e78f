import type { Rng, SourceId } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import type { Tracer } from '@breakwater/platform/trace';
import type { CollectorsConfig } from './config.ts';
import type { Feed } from './feeds.ts';
import type { BookState, Intake, IntakeCounters, IntakeDeps } from './intake/intake.ts';
import type { SessionStatus } from './session/session.ts';
import type { Source, SourceTail } from './source.ts';
import type { Venue } from './venue.ts';
import type { CcxtExchange } from './venues/ccxt/index.ts';

/** How one feed is doing. */
export interface FeedStatusReport {
  readonly source: string;
  /** Markets watched; undefined before the instrument list has been read. */
  readonly watched: readonly string[] | undefined;
  readonly conflicts: readonly string[];
  readonly session: SessionStatus | undefined;
  readonly counters: IntakeCounters | undefined;
  readonly books: readonly BookState[];
}

/** Keeps addresses of accounts from one run to the next. */
export interface AccountStore {
  /** Those that were saved last; none before the first time. Rejects with what the store says. */
  load(source: SourceId): Promise<readonly string[]>;
  save(source: SourceId, accounts: readonly string[]): Promise<void>;
}

/** What a collector needs. */
export interface CollectorDeps {
  readonly feeds: readonly Feed[];
  readonly config: CollectorsConfig;
  readonly network: Network;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly publish: Publish;
  readonly log: Log;
  /** Makes a span of each resync of a book. */
  readonly tracer?: Tracer | undefined;
  readonly signal: AbortSignal;
  /** Counts what the byte decoder of each source reads and what it leaves to the plain path. */
  readonly metrics?: Metrics;
  /** Makes the exchanges of the generic feed; the default imports ccxt when one is needed. */
  readonly exchangeFactory?: (exchange: string) => Promise<CcxtExchange>;
  /** Where each source was when another process published it last; from the beginning by default. */
  readonly tailOf?: (source: SourceId) => SourceTail;
  /** Keeps which accounts have positions, where a venue shows them: others are learnt when they trade, which may be long after. Nothing is kept by default. */
  readonly accountStore?: AccountStore;
  /** Listens in on a built-in feed, as a recorder does. */
  readonly tap?: (venue: Venue) => FeedTap;
}

/** Stands between a feed and its surroundings, and hands everything on unchanged. */
export interface FeedTap {
  readonly venue: Venue;
  readonly createIntake: (deps: IntakeDeps) => Intake;
  createSource(publish: Publish): Source;
  network(network: Network): Network;
}
