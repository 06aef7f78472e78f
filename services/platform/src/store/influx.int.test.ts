import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { startInflux, startOwnInflux } from '@breakwater/dev/influx';
import type { DevServer } from '@breakwater/dev/servers';
import { defined, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { createSystemClock } from '../clock/system.ts';
import { describeSeries } from '../suites/series-suite.ts';
import type { SeriesPoint } from './index.ts';
import { createInfluxSeries, type InfluxOptions } from './influx.ts';

// One server for all: each test has a database of its own in it.
const server = await startInflux();
afterAll(() => server?.stop());
const withServer = server === undefined ? describe.skip : describe;
const wall = createSystemClock();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let made = 0;
const databases: string[] = [];
const newDatabase = (): string => {
  const name = `breakwater_test_${process.pid}_${++made}`;
  databases.push(name);
  return name;
};
interface Answer {
  readonly results: readonly { readonly series?: readonly { readonly name: string; readonly columns: readonly string[]; readonly tags?: Readonly<Record<string, string>>; readonly values: readonly (readonly unknown[])[] }[] }[];
}
const urlOf = (): string => defined(server, 'the database').url;
const ask = async (q: string, at: string = urlOf(), login = ''): Promise<Answer> => (await (await fetch(`${at}/query?epoch=ms${login}&q=${encodeURIComponent(q)}`, { method: 'POST' })).json()) as Answer;
const drop = async (): Promise<void> => {
  for (const database of databases.splice(0)) await ask(`DROP DATABASE "${database}"`);
};
const open = (database: string, options: Partial<InfluxOptions> = {}): ReturnType<typeof createInfluxSeries> => createInfluxSeries({ url: urlOf(), database, retentionDays: 0, wall, ...options });
const point = (time: number, value: number, labels: SeriesPoint['labels'] = { asset: 'OM' }, series = 'price'): SeriesPoint => ({ series, labels, time: epochMs(time), value });
const values = (points: readonly SeriesPoint[]): readonly (readonly [number, number])[] => points.map(({ time, value }) => [time, value] as const);

if (server === undefined) describe.skip('series: InfluxDB', () => it('needs a server', () => undefined));
else describeSeries('InfluxDB', () => ({ series: open(newDatabase()), dispose: drop }));

withServer('series on InfluxDB', () => {
  afterEach(drop);

  it('keeps apart any labels and any names', async () => {
    const series = open(newDatabase());
    const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('', 'time', 'value', 'min', 'name', '_field', '#', '%', '%-time', 'a\\', 'a b', 'a,b', 'a=b', '"', "'", "\\'", '\n', '\ud800', '鯨', '🌊', '$1', '/.*/', '::tag'));
    const labels = fc.dictionary(text, text, { maxKeys: 3 });
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.record({ name: text, labels }), { minLength: 1, maxLength: 4, selector: ({ name, labels: of }) => JSON.stringify([name, Object.entries(of).sort()]) }), async (all) => {
      await series.append(all.map((each, i) => point(1_000, i, each.labels, each.name)));
      for (const [i, each] of all.entries()) expect(values(await series.range(each.name, each.labels, epochMs(0), epochMs(2_000)))).toEqual([[1_000, i]]);
    }), { numRuns: 25 });
  });

  it('makes minutes and hours of what comes late, and makes them anew when more comes', async () => {
    const database = newDatabase();
    const series = open(database);
    const start = Math.floor((wall.now() - 3 * dayMs) / hourMs) * hourMs;
    await series.append([point(start + 1_000, 5), point(start + 2_000, 3), point(start + 59_000, 4), point(start + 60_000, 9)]);
    const minutes = async (): Promise<unknown> => (await ask(`SELECT "min", "max", "mean", "last", "sum", "count" FROM "${database}"."minute"."price" WHERE asset = 'OM'`)).results[0]?.series?.[0]?.values;
    const hours = async (): Promise<unknown> => (await ask(`SELECT "min", "max", "mean", "last", "sum", "count" FROM "${database}"."hour"."price" WHERE asset = 'OM'`)).results[0]?.series?.[0]?.values;
    expect(await minutes()).toEqual([[start, 3, 5, 4, 4, 12, 3], [start + 60_000, 9, 9, 9, 9, 9, 1]]);
    // The mean of an hour is that of its points, (5 + 3 + 4 + 9) / 4, and not of its minutes.
    expect(await hours()).toEqual([[start, 3, 9, 5.25, 9, 21, 4]]);
    await series.append([point(start + 3_000, -1)]);
    expect(await minutes()).toEqual([[start, -1, 5, 2.75, 4, 11, 4], [start + 60_000, 9, 9, 9, 9, 9, 1]]);
    expect(await hours()).toEqual([[start, -1, 9, 4, 9, 20, 5]]);
  });

  it('makes anew also the minutes before, which a server that was down may have left unmade', async () => {
    const database = newDatabase();
    const start = Math.floor((wall.now() - 3 * dayMs) / hourMs) * hourMs + 600_000;
    await open(database).append([point(start - 600_000, 0)]);
    // As if the server had ended before it made this minute.
    await fetch(`${urlOf()}/write?db=${database}&rp=raw&precision=ms`, { method: 'POST', body: `price,asset=OM value=1 ${start + 59_000}` });
    await open(database).append([point(start + 61_000, 2)]);
    expect((await ask(`SELECT "count" FROM "${database}"."minute"."price" WHERE asset = 'OM'`)).results[0]?.series?.[0]?.values).toEqual([[start - 600_000, 1], [start, 1], [start + 60_000, 1]]);
  });

  it('gives true extremes of times whose single points are gone, at the beginnings of their minutes', async () => {
    const database = newDatabase();
    const start = Math.floor((wall.now() - 3 * dayMs) / hourMs) * hourMs;
    await open(database).append(Array.from({ length: 600 }, (_, i) => point(start + i * 1_000, i === 125 ? -50 : i === 431 ? 99 : i % 7)));
    const shorter = open(database, { retentionDays: 1 });
    expect(values(await shorter.extremes('price', { asset: 'OM' }, epochMs(start), epochMs(start + 600_000), 1))).toEqual([[start + 120_000, -50], [start + 420_000, 99]]);
    // What is older than five times that has its hours.
    const old = Math.floor((wall.now() - 9 * dayMs) / hourMs) * hourMs;
    const other = newDatabase();
    await open(other).append(Array.from({ length: 100 }, (_, i) => point(old + i * 60_000, i)));
    expect(values(await open(other, { retentionDays: 1 }).extremes('price', { asset: 'OM' }, epochMs(old), epochMs(old + 2 * hourMs), 1))).toEqual([[old, 0], [old + hourMs, 99]]);
  });

  it('has the server make minutes and hours by itself, and gives policies the length of the settings', async () => {
    const database = newDatabase();
    await open(database, { retentionDays: 30 }).append([point(wall.now(), 1)]);
    const policies = async (): Promise<unknown> => (await ask(`SHOW RETENTION POLICIES ON "${database}"`)).results[0]?.series?.[0]?.values.map(([name, length, , , isDefault]) => [name, length, isDefault]);
    expect(await policies()).toEqual(expect.arrayContaining([['raw', '720h0m0s', true], ['minute', '3600h0m0s', false], ['hour', '0s', false]]));
    const queries = (await ask('SHOW CONTINUOUS QUERIES')).results[0]?.series?.find(({ name }) => name === database)?.values;
    expect(queries?.map(([name]) => name)).toEqual(['minutes', 'hours']);
    await open(database, { retentionDays: 7 }).append([point(wall.now(), 1)]);
    expect(await policies()).toEqual(expect.arrayContaining([['raw', '168h0m0s', true], ['minute', '840h0m0s', false], ['hour', '0s', false]]));
  });

  it('leaves out, and counts, what the server will never take, and takes the rest of its batch', async () => {
    const refused: [number, string][] = [];
    const series = open(newDatabase(), { retentionDays: 1, onRefused: (points, reason) => refused.push([points, reason]) });
    const now = wall.now();
    await series.append([point(now - 3 * dayMs, 1), point(now, 2), point(now - 2 * dayMs, 3)]);
    expect(refused).toEqual([[2, expect.stringContaining('retention policy')]]);
    expect(values(await series.range('price', { asset: 'OM' }, epochMs(now - 9 * dayMs), epochMs(now)))).toEqual([[now, 2]]);
  });

  it('makes its database anew when somebody dropped it', async () => {
    const database = newDatabase();
    const series = open(database);
    await series.append([point(1_000, 1)]);
    await ask(`DROP DATABASE "${database}"`);
    await expect(series.append([point(2_000, 2)])).rejects.toMatchObject({ code: 'store-failed' });
    await series.append([point(2_000, 2)]);
    expect(values(await series.range('price', { asset: 'OM' }, epochMs(0), epochMs(9_000)))).toEqual([[2_000, 2]]);
  });

  it('writes more than one batch, and reads them back', async () => {
    const series = open(newDatabase());
    const now = wall.now();
    const many = Array.from({ length: 12_000 }, (_, i) => point(now - 11_999 + i, i / 7));
    await series.append(many);
    expect(await series.range('price', { asset: 'OM' }, epochMs(0), epochMs(now))).toEqual(many);
  });
});

withServer('an InfluxDB that is killed', () => {
  it('rejects what it cannot take, loses nothing it took, and takes the rest when it is back', async () => {
    const own = defined(await startOwnInflux(), 'the database');
    try {
      const series = createInfluxSeries({ url: own.url, database: 'breakwater', retentionDays: 0, wall });
      await series.append([point(1_000, 1)]);
      await own.kill();
      await expect(series.append([point(2_000, 2)])).rejects.toMatchObject({ code: 'store-failed' });
      await expect(series.range('price', { asset: 'OM' }, epochMs(0), epochMs(9_000))).rejects.toMatchObject({ code: 'store-failed' });
      await own.restart();
      await series.append([point(2_000, 2)]);
      expect(values(await series.range('price', { asset: 'OM' }, epochMs(0), epochMs(9_000)))).toEqual([[1_000, 1], [2_000, 2]]);
    } finally {
      await own.stop();
    }
  });

  it('wants the right password, which no message shows', async () => {
    const own: DevServer = defined(await startOwnInflux({ auth: true }), 'the database');
    try {
      await ask("CREATE USER daemon WITH PASSWORD 's3cret/pass' WITH ALL PRIVILEGES", own.url);
      const as = (password: string): ReturnType<typeof createInfluxSeries> => createInfluxSeries({ url: own.url, database: 'breakwater', retentionDays: 0, wall, auth: { kind: 'password', username: 'daemon', password } });
      await as('s3cret/pass').append([point(1_000, 1)]);
      expect(values(await as('s3cret/pass').range('price', { asset: 'OM' }, epochMs(0), epochMs(9_000)))).toEqual([[1_000, 1]]);
      const wrong = await as('wr0ng-pass').append([point(1_000, 1)]).catch((error: unknown) => error);
      expect(wrong).toMatchObject({ code: 'store-failed', message: expect.stringContaining('401') });
      expect(String(wrong)).not.toMatch(/wr0ng-pass|daemon/);
    } finally {
      await own.stop();
    }
  });
});

/** What InfluxDB 2.x documents of its 1.x API: a token in a header, and an error for statements that make databases (https://docs.influxdata.com/influxdb/v2/api/v1-compatibility/, read 2026-11). */
describe('the 1.x API of InfluxDB 2.x', () => {
  let http: Server;
  afterEach(() => void http.close());
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    return body;
  };

  it('is written and read with a token, and is asked for nothing it cannot do', async () => {
    const seen: [string, string][] = [];
    http = createServer((request, reply) => void bodyOf(request).then((body) => {
      const path = request.url?.split('?')[0] ?? '';
      const head = { 'x-influxdb-version': 'v2.7.11', 'content-type': 'application/json' };
      if (path === '/ping') return reply.writeHead(204, head).end();
      if (request.headers.authorization !== 'Token t0ken') return reply.writeHead(401, head).end('{"code":"unauthorized"}');
      seen.push([request.url ?? '', body]);
      if (path === '/write') return reply.writeHead(204, head).end();
      return reply.writeHead(200, head).end(JSON.stringify({ results: [{ series: [{ name: 'price', tags: { asset: 'OM' }, columns: ['time', 'value'], values: [[1_000, 1]] }] }] }));
    }));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const address = http.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const series = createInfluxSeries({ url, database: 'breakwater', retentionDays: 30, wall, auth: { kind: 'token', token: 't0ken' } });
    await series.append([point(1_000, 1)]);
    expect(values(await series.range('price', { asset: 'OM' }, epochMs(0), epochMs(9_000)))).toEqual([[1_000, 1]]);
    expect(seen[0]).toEqual([expect.stringMatching(/^\/write\?db=breakwater&precision=ms&rp=raw$/), 'price,asset=OM value=1 1000']);
    expect(seen).toHaveLength(2);
    expect(decodeURIComponent(seen[1]?.[1] ?? '')).toContain('SELECT "value" FROM "breakwater"."raw"."price"');
  });

  it('does not wait for ever for an answer that stops in its middle', async () => {
    http = createServer((request, reply) => {
      if (request.url?.startsWith('/ping') === true) reply.writeHead(204, { 'x-influxdb-version': 'v2.7.11' }).end();
      else {
        reply.writeHead(200, { 'content-length': '1000' });
        reply.write('{"results":[');
        setTimeout(() => reply.destroy(), 20);
      }
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const address = http.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const series = createInfluxSeries({ url, database: 'breakwater', retentionDays: 30, wall, timeoutMs: 300 });
    await expect(series.range('price', { asset: 'OM' }, epochMs(0), epochMs(9_000))).rejects.toMatchObject({ code: 'store-failed' });
  });
});
