import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defined, epochMs } from '@breakwater/models/core';
import { describeJournal } from '../suites/journal-suite.ts';
import { testTime, testWarning } from '../suites/messages.ts';
import { describeSeries } from '../suites/series-suite.ts';
import type { EmbeddedStore } from './embedded.ts';
import { openDatabase, openEmbeddedStore } from './embedded.ts';
import type { SeriesPoint } from './index.ts';
import { migrate, migrations, schemaVersion } from './migrations.ts';

const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'breakwater-store-'));

describeJournal('embedded', () => {
  const folder = makeFolder();
  return { open: () => openEmbeddedStore({ path: join(folder, 'store.db') }).journal, dispose: () => rmSync(folder, { recursive: true }) };
});

describeSeries('embedded', () => {
  const folder = makeFolder();
  const store = openEmbeddedStore({ path: join(folder, 'store.db') });
  return {
    series: store.series,
    dispose: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('embedded store', () => {
  let folder: string;
  let path: string;
  const opened: EmbeddedStore[] = [];
  const open = (options: Omit<Parameters<typeof openEmbeddedStore>[0], 'path'> = {}): EmbeddedStore => {
    const store = openEmbeddedStore({ path, ...options });
    opened.push(store);
    return store;
  };
  const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);
  beforeEach(() => {
    folder = makeFolder();
    path = join(folder, 'data', 'store.db');
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(folder, { recursive: true });
  });

  it('writes ahead and synchronously', async () => {
    await open().close();
    const sql = openDatabase(path);
    expect(sql.get('pragma journal_mode')).toMatchObject({ journal_mode: 'wal' });
    expect(sql.get('pragma synchronous')).toMatchObject({ synchronous: 2 });
    sql.close();
  });

  it('is opened for writing once; readers are let in beside the writer and cannot write', async () => {
    const store = open();
    await store.journal.saveCheckpoints({ scores: '1' });
    expect(() => openEmbeddedStore({ path })).toThrow(`store ${path} not opened: another process is writing to it`);
    const reader = open({ readOnly: true });
    expect(await reader.journal.checkpoint('scores')).toBe('1');
    await expect(reader.journal.saveCheckpoints({ scores: '2' })).rejects.toMatchObject({ code: 'store-failed' });
    await store.journal.saveCheckpoints({ scores: '3' });
    expect(await reader.journal.checkpoint('scores')).toBe('3');
    await store.close();
    await store.close();
    expect(await open().journal.checkpoint('scores')).toBe('3');
  });

  it('names what cannot be opened', () => {
    expect(() => openEmbeddedStore({ path: '/dev/null/store.db' })).toThrow(expect.objectContaining({ code: 'store-failed' }));
    const file = join(folder, 'text.db');
    writeFileSync(file, 'not a database, but long enough to be looked at. '.repeat(100));
    expect(() => openEmbeddedStore({ path: file })).toThrow(expect.objectContaining({ code: 'store-corrupt' }));
  });

  it('names the row that cannot be read', async () => {
    const store = open();
    await store.journal.commitWarnings({ warnings: [testWarning(1), testWarning(2)], recipients: ['web'], checkpoints: {}, at: testTime });
    await store.close();
    const sql = openDatabase(path);
    sql.run("update warnings set message = replace(message, '\"firing\"', '\"burning\"') where row = 2");
    sql.close();
    const again = open();
    expect((await again.journal.warnings(0, 1)).length).toBe(1);
    await expect(again.journal.warnings(0, 2)).rejects.toMatchObject({ code: 'store-corrupt', message: expect.stringContaining('row 2 of warnings cannot be read') });
  });

  it('keeps the history of tries', async () => {
    const { journal, close } = open();
    await journal.commitWarnings({ warnings: [testWarning(1)], recipients: ['web'], checkpoints: {}, at: testTime });
    const first = defined((await journal.pending('web', testTime, 1))[0], 'an entry');
    await journal.recordAttempt(first, { kind: 'retry', at: testTime, nextAt: testTime, reason: 'server answered 503' });
    const second = defined((await journal.pending('web', testTime, 1))[0], 'an entry');
    await journal.recordAttempt(second, { kind: 'delivered', at: epochMs(testTime + 9) });
    await close();
    const sql = openDatabase(path);
    expect(sql.all('select recipient, warning_row, attempt, at, outcome, reason from deliveries order by row')).toMatchObject([
      { recipient: 'web', warning_row: 1, attempt: 1, at: testTime, outcome: 'retry', reason: 'server answered 503' },
      { recipient: 'web', warning_row: 1, attempt: 2, at: testTime + 9, outcome: 'delivered', reason: null },
    ]);
    sql.close();
  });

  it('rejects what does not fit on the disk, writes nothing of it, and works on when there is room', async () => {
    const { journal, series } = open({ maxBytes: 300_000 });
    const points = (count: number): SeriesPoint[] => Array.from({ length: count }, (_, i): SeriesPoint => ({ series: 'depth', labels: {}, time: epochMs(testTime + i), value: i }));
    await expect(series.append(points(20_000))).rejects.toMatchObject({ code: 'store-failed' });
    expect(await series.range('depth', {}, epochMs(0), epochMs(testTime + 1e9))).toEqual([]);
    await series.append(points(5_000));
    let stored = 0;
    const commit = (number: number): Promise<void> =>
      journal.commitWarnings({ warnings: [testWarning(number), testWarning(number, 2)], recipients: ['web', 'chat'], checkpoints: { scores: String(number) }, at: testTime });
    const failed: unknown[] = [];
    while (failed.length === 0 && stored < 2_000) await commit(stored + 1).then(() => stored++, (error: unknown) => failed.push(error));
    expect(failed).toEqual([expect.objectContaining({ code: 'store-failed', retryable: true })]);
    expect(stored).toBeGreaterThan(10);
    expect((await journal.warnings(0, 10_000)).length).toBe(2 * stored);
    expect((await journal.pending('web', testTime, 10_000)).length).toBe(2 * stored);
    expect(await journal.checkpoint('scores')).toBe(String(stored));
    expect(await series.prune(epochMs(testTime + 4_900))).toBe(4_900);
    await commit(stored + 1);
    expect(await journal.checkpoint('scores')).toBe(String(stored + 1));
  });

  it('stays bounded while series points come and go', async () => {
    const { series } = open({ retentionMs: 20_000 });
    const sizes: number[] = [];
    for (let batch = 0; batch < 200; batch++) {
      const points = Array.from({ length: 1_000 }, (_, i): SeriesPoint => ({ series: 'depth', labels: { asset: `A${i % 10}` }, time: epochMs(testTime + batch * 1_000 + Math.floor(i / 10) * 10), value: i }));
      await series.append(points);
      sizes.push(sizeOf(path) + sizeOf(`${path}-wal`));
    }
    // 20 s of 10 series with a point every 10 ms, and 1/64 of that more before the next deletion: at most 20,000 + 2,000 points.
    const held = await series.range('depth', { asset: 'A0' }, epochMs(0), epochMs(testTime + 1e9));
    expect(held.length).toBeGreaterThanOrEqual(2_000);
    expect(held.length).toBeLessThanOrEqual(2_200);
    const half = Math.max(...sizes.slice(80, 100));
    expect(Math.max(...sizes.slice(100))).toBeLessThanOrEqual(half * 1.25);
  });

  it('upgrades a database of version 1 and keeps what is in it', async () => {
    const first = openEmbeddedStore({ path });
    await first.close();
    const old = openDatabase(join(folder, 'old.db'));
    old.exec(versionOne);
    old.run('insert into warnings values (1, ?, 1, ?, ?, ?, ?)', testWarning(1).id, 'OM', 'firing', JSON.stringify(testWarning(1)), testTime);
    old.run('insert into warnings values (2, ?, 2, ?, ?, ?, ?)', testWarning(1).id, 'OM', 'resolved', JSON.stringify(testWarning(1, 2, { state: 'resolved' })), testTime);
    old.run('insert into warnings values (3, ?, 1, ?, ?, ?, ?)', testWarning(2).id, 'OM', 'firing', JSON.stringify(testWarning(2)), testTime);
    old.run("insert into outbox values (1, 'web', 1, ?, 3, ?)", testWarning(1).id, testTime);
    old.run("insert into checkpoints values ('scores', '41')");
    expect(schemaVersion(old)).toBe(1);
    old.close();
    expect(() => openEmbeddedStore({ path: join(folder, 'old.db'), readOnly: true })).toThrow('has version 1');
    const { journal, series, close } = openEmbeddedStore({ path: join(folder, 'old.db') });
    expect(await journal.pending('web', testTime, 5)).toEqual([{ row: 1, recipient: 'web', warning: testWarning(1), attempts: 3 }]);
    expect(await journal.checkpoint('scores')).toBe('41');
    expect((await journal.latestWarnings({ limit: 5 })).map(({ row, warning }) => [row, warning.id, warning.revision])).toEqual([[3, testWarning(2).id, 1], [1, testWarning(1).id, 2]]);
    expect((await journal.latestWarnings({ state: 'ended', limit: 5 })).map(({ row }) => row)).toEqual([1]);
    await series.append([{ series: 'depth', labels: {}, time: testTime, value: 1 }]);
    expect((await series.range('depth', {}, testTime, testTime)).length).toBe(1);
    await close();
    // The upgraded schema is the one a new database gets.
    const [upgraded, fresh] = [openDatabase(join(folder, 'old.db')), openDatabase(path)];
    const schema = 'select name, replace(replace(sql, char(10), \'\'), \' \', \'\') as text from sqlite_master order by name';
    expect(upgraded.all(schema)).toEqual(fresh.all(schema));
    upgraded.close();
    fresh.close();
  });

  it('leaves a whole older version when a step fails, and refuses a newer one', async () => {
    await open().close();
    const sql = openDatabase(path);
    const newest = defined(migrations.at(-1), 'a migration').version;
    expect(() => migrate(sql, [...migrations, { version: newest + 1, script: 'create table half (a); create table broken (' }])).toThrow('incomplete input');
    expect(schemaVersion(sql)).toBe(newest);
    expect(sql.get("select count(*) as n from sqlite_master where name = 'half'")).toMatchObject({ n: 0 });
    migrate(sql, [...migrations, { version: newest + 1, script: 'create table whole (a);' }]);
    sql.close();
    expect(() => openEmbeddedStore({ path })).toThrow(expect.objectContaining({ code: 'store-newer' }));
  });
});

/** The schema as version 1 wrote it; never edited. */
const versionOne = `
      create table schema_version (version integer primary key) strict;
      insert into schema_version values (1);
      create table checkpoints (name text primary key, value text not null) strict, without rowid;
      create table warnings (
        row integer primary key autoincrement, id text not null, revision integer not null, asset text not null, state text not null,
        message text not null, committed_at real not null, unique (id, revision)
      ) strict;
      create index warnings_open on warnings (asset, row) where state in ('firing', 'acknowledged');
      create table outbox (
        row integer primary key autoincrement, recipient text not null, warning_row integer not null references warnings (row),
        warning_id text not null, attempts integer not null, next_at real not null, unique (recipient, warning_row)
      ) strict;
      create index outbox_by_warning on outbox (recipient, warning_id, row);
      create table deliveries (
        row integer primary key autoincrement, outbox_row integer not null, recipient text not null, warning_row integer not null references warnings (row),
        attempt integer not null, at real not null, outcome text not null, reason text
      ) strict;`;
