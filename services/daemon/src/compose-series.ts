import type { SeriesStatus } from '@breakwater/contracts';
import { createSystemClock } from '@breakwater/platform/clock/system';
import type { Lifecycle } from '@breakwater/platform/lifecycle';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { SeriesStore } from '@breakwater/platform/store';
import { createInfluxSeries } from '@breakwater/platform/store/influx';
import { openSpool } from '@breakwater/platform/store/spool';
import { createSpoolFolder } from '@breakwater/platform/store/spool-node';
import { createSpooledSeries } from '@breakwater/platform/store/spooled-series';
import type { InfluxConfig } from './config.ts';
import { spoolPathOf, type StageChoice } from './stages.ts';

/** How long the end of the daemon waits for points that have not reached their database, milliseconds: what is left waits on the disk. [A] */
const closeWithinMs = 1_000;

/** What series are opened with. */
export interface SeriesDeps {
  /** Where they go when no other database is configured. */
  readonly embedded: SeriesStore;
  readonly stage: StageChoice;
  /** The database file of this process. */
  readonly storePath: string;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Where series go, and how that is, where it may be away. */
export interface OpenSeries {
  readonly series: SeriesStore;
  readonly status?: () => SeriesStatus;
}

/** The series store of the config: the database file, or InfluxDB behind a spool. A server that is away is no error. Fails with `store-failed` when the spool cannot be read. */
export async function openSeries(influx: InfluxConfig | undefined, deps: SeriesDeps): Promise<OpenSeries> {
  // Collecting writes and reads none.
  if (influx === undefined || deps.stage === 'collect') return { series: deps.embedded };
  const { lifecycle, metrics, log } = deps;
  // The server ages points by real time, also in a drill.
  const wall = createSystemClock();
  const refused = metrics.counter('breakwater_series_refused_total', 'Points of series that the database will never take: older than it keeps, or of too many labels');
  const inner = createInfluxSeries({
    url: influx.url, database: influx.database, retentionDays: influx.retentionDays, wall, auth: authOf(influx),
    onRefused: (points, reason) => {
      refused.inc({}, points);
      log.error('points of series left out: the database will never take them', { points, reason: reason.slice(0, 300) });
    },
  });
  const { maxMb, syncMs } = influx.spool;
  const path = influx.spool.path === undefined ? `${deps.storePath}-spool` : spoolPathOf(influx.spool.path, deps.stage);
  const spool = await openSpool({ files: createSpoolFolder(path), maxBytes: maxMb * 1_048_576, syncMs, now: () => wall.now() });
  const series = createSpooledSeries({ inner, spool, wall, log, metrics });
  lifecycle.onClose('series', () => series.close(closeWithinMs));
  return {
    series,
    // The reason stays in the log: it may name places of the inside.
    status: () => {
      const { state, waiting, waitingInMemory, dropped } = series.status();
      return { state, waiting, waitingInMemory, dropped };
    },
  };
}

function authOf({ username, password, token }: InfluxConfig): Parameters<typeof createInfluxSeries>[0]['auth'] {
  if (token !== undefined) return { kind: 'token', token: token.reveal() };
  return username === undefined || password === undefined ? undefined : { kind: 'password', username, password: password.reveal() };
}
