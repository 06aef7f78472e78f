import type { Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { Network } from '@breakwater/platform/network';
import type { Tracer } from '@breakwater/platform/trace';
import type { CollectConfig } from '../config.ts';
import type { FallbackWindow } from '../intake/frame-reader.ts';
import type { Intake, IntakeDeps } from '../intake/intake.ts';
import type { Registry } from '../registry.ts';
import type { Source } from '../source.ts';
import type { RatePair, Venue, VenueEndpoints } from '../venue.ts';
import type { AccountPollDeps, AccountPollStats } from './account-polls.ts';
import type { Requests } from './requests.ts';
import type { Witness } from './witness.ts';

/** One market type of a venue, collected live. */
export interface Session {
  /** Runs until the signal aborts. */
  run(): Promise<void>;
  readonly intake: Intake;
  /**
   * Watches the markets of another registry from now on. Sockets, polls and books of markets that stay and need no change are not touched; a socket that takes on or loses
   * markets is replaced without a gap. A market that stays must be the same asset's, with the same multiplier.
   */
  watch(registry: Registry): void;
  /** Replaces every socket without a gap, so that each book comes anew as a whole. */
  replaceSockets(): void;
  status(): SessionStatus;
}

/** How a session is doing. */
export interface SessionStatus {
  readonly source: string;
  readonly sockets: readonly { readonly name: string; readonly up: boolean }[];
  readonly silent: readonly string[];
  readonly resyncing: readonly string[];
  readonly polls: { readonly answered: number; readonly failed: number; readonly skipped: number };
  /** Absent where the positions of accounts are not read. */
  readonly accounts?: AccountPollStats;
}

/** What a session needs. */
export interface SessionDeps {
  readonly venue: Venue;
  readonly endpoints: VenueEndpoints;
  readonly registry: Registry;
  readonly source: Source;
  readonly requests: Requests;
  /** For deep snapshots: a budget of their own, so that they never hold up what a book waits for. */
  readonly deepRequests: Requests;
  /** The venue's markets that tell the rates wanted now, and a budget of their own: many books that wait for snapshots never hold them up. None by default. */
  readonly rates?: { readonly pairs: () => readonly RatePair[]; readonly requests: Requests };
  /** Reads the positions of accounts where the venue shows them: those to begin with, a budget of their own, and who is told which to begin with another time. Not read by default. */
  readonly accounts?: Pick<AccountPollDeps, 'start' | 'requests' | 'weightPerMinute' | 'remember'>;
  readonly config: CollectConfig;
  /** A thousand more frames of a kind that the byte decoder reads; for metrics. */
  readonly onFallbacks?: (window: FallbackWindow) => void;
  readonly network: Network;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  readonly tracer?: Tracer | undefined;
  readonly signal: AbortSignal;
  /** What the other venues of the collector hear of the same assets. */
  readonly witness?: Witness;
  /** Makes the intake; a recorder stands in here. */
  readonly createIntake?: (deps: IntakeDeps) => Intake;
}
