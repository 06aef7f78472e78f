import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import type { SeriesStore } from '@breakwater/platform/store';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import { createInfluxSeries } from '@breakwater/platform/store/influx';
import { openSpool } from '@breakwater/platform/store/spool';
import { createSpoolFolder } from '@breakwater/platform/store/spool-node';
import { createSpooledSeries } from '@breakwater/platform/store/spooled-series';

/** Where the series of a drill go when not into its store. */
export interface DrillInflux {
  readonly url: string;
  readonly database: string;
  /** Folder of the spool. */
  readonly spool: string;
}

/** Points of a drill wait in at most so much, megabytes: a day has a tenth of it. */
const spoolMb = 256;
/** How long what is left in the spool at the end is delivered for, milliseconds. */
const restWithinMs = 30_000;

/** Reads `http://127.0.0.1:8086/database`; the database is `breakwater` where none is named. Throws on what is no address. */
export function influxPlace(text: string, spool: string): DrillInflux {
  const { origin, pathname } = new URL(text);
  return { url: origin, database: pathname === '/' ? 'breakwater' : decodeURIComponent(pathname.slice(1)), spool };
}

/** The part of the config's `store`. Times of a drill are long past: nothing of it is too old. */
export function influxConfigOf({ url, database, spool }: DrillInflux): Record<string, unknown> {
  return { series: { influx: { url, database, retentionDays: 0, spool: { path: spool, maxMb: spoolMb } } } };
}

/** How long a database that is away is waited for when its series are read, milliseconds, and how often it is asked. */
const readWithinMs = 30_000;
const askEveryMs = 500;

/** Reads the series that a drill's daemon has stored; a database that is away for a moment is waited for. */
export async function readSeries<T>(storePath: string, influx: DrillInflux | undefined, read: (series: SeriesStore) => Promise<T>): Promise<T> {
  if (influx !== undefined) return whenThere(() => read(seriesOf(influx)));
  const store = openEmbeddedStore({ path: storePath, readOnly: true });
  try {
    return await read(store.series);
  } finally {
    await store.close();
  }
}

async function whenThere<T>(work: () => Promise<T>): Promise<T> {
  const wall = createSystemClock();
  for (const began = wall.now(); ;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BreakwaterError && error.retryable) || wall.now() - began > readWithinMs) throw error;
      await sleep(wall, askEveryMs);
    }
  }
}

/** Delivers what the daemon left in its spool when it ended; how many points are left after that. */
export async function deliverRest(influx: DrillInflux): Promise<number> {
  const wall = createSystemClock();
  const spool = await openSpool({ files: createSpoolFolder(influx.spool), maxBytes: spoolMb * 1_048_576, syncMs: 1_000, now: () => wall.now() });
  const series = createSpooledSeries({ inner: seriesOf(influx), spool, wall, log: silentLog, metrics: createMetrics() });
  await series.close(restWithinMs);
  return series.status().waiting;
}

function seriesOf({ url, database }: DrillInflux): SeriesStore {
  return createInfluxSeries({ url, database, retentionDays: 0, wall: createSystemClock() });
}
