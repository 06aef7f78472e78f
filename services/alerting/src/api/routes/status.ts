import type { DaemonStatus } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Caller } from '../access.ts';
import type { LiveView } from '../live-view.ts';

/** What a daemon says of itself once and for all. */
export interface DaemonFacts {
  readonly version: string;
  /** Changes with every start. */
  readonly instance: string;
  readonly clockKind: DaemonStatus['clock'];
  readonly startedAt: EpochMs;
  readonly horizonSeconds: number;
}

/** What the daemon says of itself to one caller. */
export function statusOf(facts: DaemonFacts, view: LiveView, clock: Clock, caller: Caller): DaemonStatus {
  return {
    version: facts.version, instance: facts.instance, clock: facts.clockKind, now: clock.now(), startedAt: facts.startedAt, horizonSeconds: facts.horizonSeconds,
    heartbeat: view.heartbeat(), feeds: view.feeds(), mayWrite: caller.role === 'committee',
  };
}
