import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startOwnInflux } from '@breakwater/dev/influx';
import { defined, epochMs } from '@breakwater/models/core';
import { sleep } from '../clock/index.ts';
import { createSystemClock } from '../clock/system.ts';
import { silentLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { describeSeries } from '../suites/series-suite.ts';
import type { SeriesPoint } from './index.ts';
import { createInfluxSeries } from './influx.ts';
import { createSpoolFolder } from './spool-node.ts';
import { openSpool } from './spool.ts';
import { createSpooledSeries, type SpooledSeries } from './spooled-series.ts';

const server = await startOwnInflux();
afterAll(() => server?.stop());
const wall = createSystemClock();
let made = 0;
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'breakwater-spool-'));
const open = async (folder: string, database: string): Promise<SpooledSeries> => {
  const inner = createInfluxSeries({ url: defined(server, 'the database').url, database, retentionDays: 0, wall, timeoutMs: 5_000 });
  const spool = await openSpool({ files: createSpoolFolder(folder), maxBytes: 50_000_000, syncMs: 1_000, now: () => wall.now() });
  return createSpooledSeries({ inner, spool, wall, log: silentLog, metrics: createMetrics() });
};

if (server === undefined) describe.skip('series: InfluxDB behind a spool', () => it('needs a server', () => undefined));
else describeSeries('InfluxDB behind a spool', async () => {
  const folder = newFolder();
  const series = await open(folder, `suite_${++made}`);
  return {
    series,
    dispose: async () => {
      await series.close(2_000);
      rmSync(folder, { recursive: true });
    },
  };
});

(server === undefined ? describe.skip : describe)('InfluxDB behind a spool', () => {
  it('loses no point when the database is killed while points come, the daemon is started anew meanwhile, and the database comes back', async () => {
    const folder = newFolder();
    const database = `outage_${++made}`;
    const start = wall.now() - 60_000;
    const points = Array.from({ length: 4_000 }, (_, i): SeriesPoint => ({ series: 'price', labels: { asset: `A${i % 8}` }, time: epochMs(start + i), value: i }));
    const influx = defined(server, 'the database');
    let series = await open(folder, database);
    for (let i = 0; i < points.length; i += 50) {
      if (i === 1_000) await influx.kill();
      if (i === 2_000) {
        await series.close(0);
        series = await open(folder, database);
        expect(series.status().waiting).toBeGreaterThan(900);
      }
      if (i === 3_000) await influx.restart();
      await series.append(points.slice(i, i + 50));
    }
    // A try comes within the longest wait there has been, some seconds.
    for (let i = 0; i < 200 && series.status().waiting > 0; i++) await sleep(wall, 100);
    expect(series.status()).toMatchObject({ state: 'delivering', waiting: 0, dropped: 0 });
    for (let asset = 0; asset < 8; asset++) {
      const found = await series.range('price', { asset: `A${asset}` }, epochMs(start), epochMs(start + 5_000));
      expect(found.map(({ value }) => value)).toEqual(points.filter(({ labels }) => labels['asset'] === `A${asset}`).map(({ value }) => value));
    }
    await series.close(2_000);
    rmSync(folder, { recursive: true });
  });
});
