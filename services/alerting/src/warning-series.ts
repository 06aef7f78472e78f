import { severityRank, type SeriesName, type WarningMessage } from '@breakwater/contracts';
import type { Bus, Subscription } from '@breakwater/platform/bus';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { SeriesPoint, SeriesStore } from '@breakwater/platform/store';

/** What the series of warnings are written with. */
export interface WarningSeriesDeps {
  readonly bus: Bus;
  readonly series: SeriesStore;
  readonly log: Log;
}

/** Writes a point of every revision of every warning, by which dashboards mark what they show. */
export interface WarningSeries {
  /** Before the first revision is published. Call once. */
  start(): void;
  /** Ends after the batch in hand. */
  stop(): Promise<void>;
}

const series: SeriesName = 'warning_severity';

/** The point of one revision. */
export function warningPoint(warning: WarningMessage): SeriesPoint {
  const { asset, warning: kind, severity, state, eventTime } = warning;
  return { series, labels: { asset, warning: kind, severity, state }, time: eventTime, value: severityRank(warning) };
}

/**
 * A reader of `warnings` like any other: revisions are published after they were committed, and again after a crash that came in between, and a point that is written again is the same
 * point. A store that fails costs the point and is named in the log: no warning waits for one.
 */
export function createWarningSeries({ bus, series: store, log }: WarningSeriesDeps): WarningSeries {
  let subscription: Subscription | undefined;
  return {
    start: () => {
      subscription = bus.subscribe('warnings', {
        group: 'warning-series',
        handler: async (batch) => {
          try {
            await store.append(batch.map(warningPoint));
          } catch (error) {
            log.error('series of warnings not stored', { reason: messageOf(error), points: batch.length });
          }
        },
      });
    },
    stop: async () => subscription?.stop(),
  };
}
