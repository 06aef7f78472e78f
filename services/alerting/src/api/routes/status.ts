import type { DaemonStatus, SeriesStatus } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Caller } from '../access.ts';
import type { LiveView } from '../live-view.ts';
import type { JsonHandlers } from './handler.ts';

/** What a daemon says of itself besides what the view knows. */
export interface DaemonFacts {
  readonly version: string;
  /** Changes with every start. */
  readonly instance: string;
  readonly clockKind: DaemonStatus['clock'];
  readonly startedAt: EpochMs;
  readonly horizonSeconds: number;
  /** How the database of series is, where there is one besides the store. */
  readonly series?: (() => SeriesStatus) | undefined;
}

/** What the daemon says of itself to one caller. */
export function statusOf(facts: DaemonFacts, view: LiveView, clock: Clock, caller: Caller): DaemonStatus {
  const series = facts.series?.();
  return {
    version: facts.version, instance: facts.instance, clock: facts.clockKind, now: clock.now(), startedAt: facts.startedAt, horizonSeconds: facts.horizonSeconds,
    heartbeat: view.heartbeat(), feeds: view.feeds(), ...(series === undefined ? {} : { series }), mayWrite: caller.role !== 'reader',
  };
}

/** What a supervisor of processes asks. */
export function healthRoutes(view: LiveView): Pick<JsonHandlers, 'healthz' | 'readyz'> {
  return {
    healthz: async () => ok({ status: 'ok' }),
    readyz: async () => {
      const assets = view.summaries();
      const live = assets.filter(({ state }) => state === 'live').length;
      return live === 0 ? err({ code: 'not-ready', retryAfterSeconds: 5 }) : ok({ status: 'ready', assets: { live, total: assets.length }, ...view.counts() });
    },
  };
}
