import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seriesCatalogue, type SeriesDefinition } from '@breakwater/contracts';
import { defined, epochMs } from '@breakwater/models/core';
import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import type { SeriesPoint } from '@breakwater/platform/store';
import { createInfluxSeries } from '@breakwater/platform/store/influx';
import { openSpool } from '@breakwater/platform/store/spool';
import { createSpoolFolder } from '@breakwater/platform/store/spool-node';
import { createSpooledSeries } from '@breakwater/platform/store/spooled-series';
import { startOwnInflux } from './influx.ts';

/** What an outage of the database of series did. */
export interface OutageResult {
  readonly fault: 'influx-away';
  readonly awaySeconds: number;
  readonly assets: number;
  /** Points appended from before the outage to its end, and of them those that the database does not have in the end. */
  readonly points: number;
  readonly lost: number;
  /** Most that waited on the disk, megabytes. */
  readonly spoolMegabytes: number;
  /** From when the database answered again to when nothing waited. */
  readonly recoverySeconds: number;
  /** The longest an append took: what a tick waits. */
  readonly slowestAppendMs: number;
}

const wall = createSystemClock();
/** Longest recovery waited for, milliseconds. */
const giveUpMs = 15 * 60_000;

/** Kills a real InfluxDB under a daemon's load (every series of so many assets each second) for `awaySeconds` of real time and counts what is in it afterwards. Undefined where there is none. */
export async function influxOutage(awaySeconds: number, assets: number): Promise<OutageResult | undefined> {
  const server = await startOwnInflux();
  if (server === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-outage-'));
  try {
    const inner = createInfluxSeries({ url: server.url, database: 'outage', retentionDays: 90, wall });
    const spool = await openSpool({ files: createSpoolFolder(folder), maxBytes: 256 * 1_048_576, syncMs: 1_000, now: () => wall.now() });
    const series = createSpooledSeries({ inner, spool, wall, log: silentLog, metrics: createMetrics() });
    const all: readonly (readonly [string, SeriesDefinition])[] = Object.entries(seriesCatalogue);
    const names = all.flatMap(([name, { pace }]) => (pace === 'score' ? [name] : []));
    const times: number[] = [];
    let spoolBytes = 0;
    let slowestAppendMs = 0;
    const play = async (seconds: number): Promise<void> => {
      for (let i = 0; i < seconds; i++) {
        const time = Math.floor(wall.now() / 1_000) * 1_000;
        if (time !== times.at(-1)) {
          times.push(time);
          const points = Array.from({ length: assets }, (_, asset) => names.map((name): SeriesPoint => ({ series: name, labels: { asset: `A${asset}` }, time: epochMs(time), value: time % 86_400_000 }))).flat();
          const before = performance.now();
          await series.append(points);
          slowestAppendMs = Math.max(slowestAppendMs, performance.now() - before);
          spoolBytes = Math.max(spoolBytes, spool.stats().bytes);
        }
        await sleep(wall, 1_001 - (wall.now() % 1_000));
      }
    };
    await play(5);
    await server.kill();
    await play(awaySeconds);
    await server.restart();
    const back = wall.now();
    while (series.status().waiting > 0 && wall.now() - back < giveUpMs) await sleep(wall, 100);
    const recoverySeconds = (wall.now() - back) / 1_000;
    const [from, to] = [defined(times[0], 'the first second'), defined(times.at(-1), 'the last second')];
    let found = 0;
    for (let asset = 0; asset < assets; asset++) for (const name of names) found += (await inner.range(name, { asset: `A${asset}` }, epochMs(from), epochMs(to))).length;
    await series.close(1_000);
    const points = times.length * assets * names.length;
    return { fault: 'influx-away', awaySeconds, assets, points, lost: points - found, spoolMegabytes: Math.round(spoolBytes / 1e5) / 10, recoverySeconds, slowestAppendMs: Math.round(slowestAppendMs) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
