import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { createSystemClock } from '../clock/system.ts';
import { BreakwaterError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated/clock.ts';
import { createMemoryStore } from '../simulated/memory-store.ts';
import { createSimulatedSpoolFiles, type SimulatedSpoolFiles } from '../simulated/spool-files.ts';
import { testTime } from '../suites/messages.ts';
import { describeSeries } from '../suites/series-suite.ts';
import type { SeriesPoint, SeriesStore } from './index.ts';
import { createSpoolFolder } from './spool-node.ts';
import { openSpool } from './spool.ts';
import { createSpooledSeries, type SpooledSeries } from './spooled-series.ts';

const point = (time: number, value: number): SeriesPoint => ({ series: 'price', labels: { asset: 'OM' }, time: epochMs(time), value });

describeSeries('spooled, on a real folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-spool-'));
  const { series } = createMemoryStore();
  const inner: SeriesStore = { append: async (p) => series.append(p), range: async (...q) => series.range(...q), extremes: async (...q) => series.extremes(...q), prune: async (before) => series.prune(before) };
  const wall = createSystemClock();
  const spool = await openSpool({ files: createSpoolFolder(folder), maxBytes: 1_000_000, syncMs: 1_000, now: () => wall.now() });
  const spooled = createSpooledSeries({ inner, spool, wall, log: silentLog, metrics: createMetrics() });
  return {
    series: spooled,
    dispose: async () => {
      await spooled.close(1_000);
      expect(readdirSync(folder)).toEqual([]);
      rmSync(folder, { recursive: true });
    },
  };
});

/** A database that outlives the daemons and can be away. */
function createDatabase(): { readonly series: SeriesStore; readonly values: () => readonly (readonly [number, number])[]; setAway(away: boolean): void; readonly calls: () => number } {
  const { series } = createMemoryStore();
  let isAway = false;
  let calls = 0;
  const call = <T>(work: () => T): Promise<T> => {
    calls++;
    return isAway ? Promise.reject(new BreakwaterError('store-failed', 'the database is away: ECONNREFUSED')) : Promise.resolve().then(work);
  };
  return {
    series: { append: (p) => call(() => series.append(p)), range: (...q) => call(() => series.range(...q)), extremes: (...q) => call(() => series.extremes(...q)), prune: (before) => call(() => series.prune(before)) },
    values: () => series.range('price', { asset: 'OM' }, epochMs(0), epochMs(1e9)).map(({ time, value }) => [time, value] as const),
    setAway: (away) => void (isAway = away), calls: () => calls,
  };
}

describe('series that are spooled', () => {
  const start = async (files: SimulatedSpoolFiles, database: SeriesStore, wall: SimulatedClock, options: { maxBytes?: number; metrics?: Metrics } = {}): Promise<SpooledSeries> => {
    const spool = await openSpool({ files: files.open(), maxBytes: options.maxBytes ?? 1_000_000, syncMs: 1_000, now: () => wall.now() });
    const series = createSpooledSeries({ inner: database, spool, wall, log: silentLog, metrics: options.metrics ?? createMetrics() });
    return series;
  };
  const world = (): { files: SimulatedSpoolFiles; wall: SimulatedClock; database: ReturnType<typeof createDatabase>; pass: (ms: number) => Promise<void> } => {
    const wall = createSimulatedClock({ start: testTime });
    return { files: createSimulatedSpoolFiles({ rng: createRng(1) }), wall, database: createDatabase(), pass: (ms) => wall.advanceTo(epochMs(wall.now() + ms)) };
  };

  it('takes points while the database is away for ten minutes, and delivers every one of them', async () => {
    const { files, wall, database, pass } = world();
    const metrics = createMetrics();
    const series = await start(files, database.series, wall, { metrics });
    database.setAway(true);
    for (let second = 0; second < 600; second++) {
      await series.append([point(second, second)]);
      await pass(1_000);
    }
    expect(series.status()).toMatchObject({ state: 'away', waiting: 600, waitingInMemory: 0, dropped: 0, reason: expect.stringContaining('ECONNREFUSED') });
    // Waits double to half a minute: it is not hammered.
    expect(database.calls()).toBeLessThan(40);
    expect(await metrics.text()).toMatch(/breakwater_series_database_away 1\n/);
    await expect(series.range('price', { asset: 'OM' }, epochMs(0), epochMs(9))).rejects.toMatchObject({ code: 'store-failed' });
    database.setAway(false);
    await pass(31_000);
    expect(database.values()).toEqual(Array.from({ length: 600 }, (_, i) => [i, i]));
    expect(series.status()).toEqual({ state: 'delivering', waiting: 0, waitingInMemory: 0, dropped: 0, reason: undefined });
    const text = await metrics.text();
    expect(text).toMatch(/breakwater_series_points_total\{outcome="accepted"\} 600\n/);
    expect(text).toMatch(/breakwater_series_points_total\{outcome="delivered"\} 600\n/);
    expect(text).toMatch(/breakwater_series_database_away 0\n/);
  });

  it('keeps a bound: of an outage that is too long the oldest points are lost, and every one is counted', async () => {
    const { files, wall, database, pass } = world();
    const metrics = createMetrics();
    const series = await start(files, database.series, wall, { maxBytes: 5_000, metrics });
    database.setAway(true);
    for (let i = 0; i < 300; i++) {
      await series.append([point(i, i)]);
      await pass(100);
      expect(files.size()).toBeLessThanOrEqual(5_000);
    }
    database.setAway(false);
    await pass(31_000);
    const { dropped } = series.status();
    expect(dropped).toBeGreaterThan(100);
    expect(dropped + database.values().length).toBe(300);
    expect(database.values().at(-1)).toEqual([299, 299]);
    expect(await metrics.text()).toContain(`breakwater_series_points_total{outcome="dropped"} ${dropped}\n`);
  });

  it('with no space left says so, delivers from memory, and writes to the disk again when it can', async () => {
    const { files, wall, database, pass } = world();
    const metrics = createMetrics();
    const series = await start(files, database.series, wall, { metrics });
    files.setCapacity(200);
    database.setAway(true);
    for (let i = 0; i < 50; i++) await series.append([point(i, i)]);
    await pass(1_000);
    expect(series.status()).toMatchObject({ state: 'no-space', waiting: 50, dropped: 0, reason: expect.stringContaining('ENOSPC') });
    expect(series.status().waitingInMemory).toBeGreaterThan(40);
    expect(await metrics.text()).toMatch(/breakwater_series_spool_full 1\n/);
    database.setAway(false);
    await pass(31_000);
    expect(database.values()).toEqual(Array.from({ length: 50 }, (_, i) => [i, i]));
    // Both away again, then space: what waited in memory reaches the disk and survives a kill.
    database.setAway(true);
    await series.append([point(60, 60), point(61, 61)]);
    files.setCapacity(Infinity);
    await series.append([point(62, 62)]);
    expect(series.status()).toMatchObject({ waitingInMemory: 0 });
    files.crash();
    database.setAway(false);
    const again = await start(files, database.series, wall);
    await pass(31_000);
    expect(database.values().slice(-3)).toEqual([[60, 60], [61, 61], [62, 62]]);
    expect(again.status().waiting).toBe(0);
  });

  it('keeps a bound in memory too: the oldest are lost, and counted', async () => {
    const { files, wall, database, pass } = world();
    const series = await start(files, database.series, wall);
    files.setCapacity(0);
    database.setAway(true);
    for (let i = 0; i < 40; i++) await series.append(Array.from({ length: 1_000 }, (_, k) => point(i * 1_000 + k, i)));
    await pass(1_000);
    expect(series.status()).toMatchObject({ state: 'no-space', waitingInMemory: 30_000, dropped: 10_000 });
    database.setAway(false);
    await pass(60_000);
    expect(database.values().length).toBe(30_000);
    expect(database.values()[0]).toEqual([10_000, 10]);
  });

  it('property: whatever goes wrong, points that were taken are all in the database in the end, the newest of a time among them', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), times: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('away' as const), away: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 300, 40_000) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('full' as const), capacity: fc.constantFrom(0, 150, 1e9) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), after: fc.nat({ max: 3 }) }) },
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { files, wall, database, pass } = world();
      /** The database as one process reaches it: what is left of a killed one reaches nothing. */
      let kill = (): void => undefined;
      const open = (): Promise<SpooledSeries> => {
        let isAlive = true;
        kill = () => void (isAlive = false);
        return start(files, { ...database.series, append: (points) => (isAlive ? database.series.append(points) : new Promise(() => undefined)) }, wall);
      };
      let series = await open();
      let value = 0;
      /** What may stand at a time: the newest that was taken, or one the process ended over. */
      const allowed = new Map<number, Set<number>>();
      const restart = async (): Promise<void> => {
        // What waits in memory ends with the process: it was counted as no-space, and is not promised.
        const lost = series.status().waitingInMemory > 0;
        files.crash();
        kill();
        if (lost) for (const values of allowed.values()) values.add(-1);
        series = await open();
      };
      for (const each of steps) {
        if (each.kind === 'away') database.setAway(each.away);
        else if (each.kind === 'pass') await pass(each.ms);
        else if (each.kind === 'full') files.setCapacity(each.capacity);
        else if (each.kind === 'kill') {
          files.crashAfter(each.after);
          await pass(1_000);
          await restart();
        } else {
          const points = each.times.map((time) => point(time, ++value));
          await series.append(points);
          const isSure = series.status().state !== 'no-space';
          for (const one of points) allowed.set(one.time, isSure ? new Set([one.value]) : new Set([...(allowed.get(one.time) ?? []), one.value, -1]));
        }
      }
      files.setCapacity(Infinity);
      database.setAway(false);
      // Whether there is space again the next write tells.
      await series.append([point(99, ++value)]);
      await pass(100_000);
      const found = new Map(database.values());
      for (const [time, values] of allowed) if (!values.has(-1)) expect([...values]).toContain(found.get(time));
      expect(series.status()).toMatchObject({ state: 'delivering', waiting: 0, dropped: 0 });
    }), { numRuns: 200 });
  });
});
