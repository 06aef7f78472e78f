import { assert, epochMs } from '@breakwater/models/core';
import { InfluxDB } from 'influx';
import type { Clock } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { SeriesPoint, SeriesStore } from './index.ts';
import { alterStatements, fromWhere, hourAround, measurementName, pointField, policies, policyAt, quoteName, resampledMs, resampleStatements, setupStatements, tagsOf } from './influx-text.ts';
import { spansOf } from './spans.ts';

/** How the database is reached. */
export interface InfluxOptions {
  /** `http` or `https` address of the server. */
  readonly url: string;
  /** Made when it is not there (InfluxDB 1.x). */
  readonly database: string;
  /** How the server knows us: a user and a password of InfluxDB 1.x (the password may be a token of 2.x), or a token of 2.x. */
  readonly auth?: { readonly kind: 'password'; readonly username: string; readonly password: string } | { readonly kind: 'token'; readonly token: string } | undefined;
  /** Days that single points are kept, 0 for ever. Their lows, highs, means and last values of each minute are kept five times as long, of each hour for ever. */
  readonly retentionDays: number;
  /** Real time, by which the server ages points: not the clock of a drill. */
  readonly wall: Clock;
  /** Told of points that the server will never take (older than the retention, too many labels), which were left out. */
  readonly onRefused?: ((points: number, reason: string) => void) | undefined;
  /** Longest wait for an answer, milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

/** Points in one request, as InfluxData advises (https://docs.influxdata.com/influxdb/v1/write_protocols/, read 2026-11: batches of 5,000 to 10,000). */
const batchSize = 5_000;
/** Statements in one request: the server's body limit is 25 MB, and a statement is some hundred bytes. [A] */
const statementsAtOnce = 400;

/** How far before its last points a server that went down may not have made minutes of what it took, milliseconds: it makes them each minute. */
const unsureMs = 2 * 60_000;

/** A part of an answer to a statement: one series with its rows. */
interface Row {
  readonly tags?: Readonly<Record<string, string>>;
  readonly values: readonly (readonly unknown[])[];
}

/**
 * A series store on InfluxDB 1.x, or on the 1.x API of 2.x. Of a 1.x server, database, retention policies and continuous queries are made at the first call; on 2.x, which cannot make
 * them over this API, a bucket must be mapped to the database and the policy `raw`, and there are only single points.
 *
 * Failures are `store-failed`: the call may be repeated, and repeating a write changes nothing. `extremes` of a time whose single points are gone gives the lows and highs of
 * minutes or hours, at their beginnings. A value of a label may be any text; how odd ones are stored says `influx-text.ts`.
 */
export function createInfluxSeries(options: InfluxOptions): SeriesStore {
  const { database, retentionDays, wall, onRefused = () => undefined } = options;
  const server = connect(options);
  let prepared: Promise<{ readonly manages: boolean }> | undefined;
  /** After a failure and at the start: the server may have been down when the minutes before were to be made. */
  let isUnsure = true;

  const prepare = async (): Promise<{ readonly manages: boolean }> => {
    const manages = /^v?1\./.test(await server.version());
    if (!manages) return { manages };
    await server.ask(setupStatements(database, retentionDays).slice(0, 1));
    // A policy that is there with another length is an error, and is then altered.
    const there = await server.ask([`SHOW RETENTION POLICIES ON ${quoteName(database)}`]);
    const names = new Set((there[0] ?? []).flatMap((row) => row.values.map(([name]) => name)));
    const [, raw, minute, hour, ...queries] = setupStatements(database, retentionDays);
    const altered = alterStatements(database, retentionDays);
    const wanted = [raw, minute, hour].map((create, i) => (names.has(Object.values(policies)[i]) ? altered[i] : create));
    await server.ask([...wanted, `DROP CONTINUOUS QUERY "minutes" ON ${quoteName(database)}`, `DROP CONTINUOUS QUERY "hours" ON ${quoteName(database)}`, ...queries].filter((text) => text !== undefined));
    return { manages };
  };
  const ready = async (): Promise<{ readonly manages: boolean }> => {
    prepared ??= prepare();
    try {
      return await prepared;
    } catch (error) {
      prepared = undefined;
      throw error;
    }
  };
  /** Runs what needs the database, making it first; where somebody has dropped it meanwhile, the next try makes it anew. */
  const withDatabase = async <T>(work: (manages: boolean) => Promise<T>): Promise<T> => {
    const { manages } = await ready();
    try {
      return await work(manages);
    } catch (error) {
      if (/not found/.test(messageOf(error))) prepared = undefined;
      throw error;
    }
  };
  /** Rows of exactly these labels: a condition on some also matches series that have more. */
  const exact = (rows: readonly Row[] | undefined, tags: Readonly<Record<string, string>>): readonly (readonly unknown[])[] =>
    (rows ?? []).filter((row) => Object.entries(row.tags ?? {}).every(([name, value]) => value === '' || tags[name] === value)).flatMap((row) => row.values);

  const write = async (points: readonly SeriesPoint[]): Promise<void> => {
    const refused = await server.write(points);
    if (refused === undefined) return;
    if (refused.kind === 'too-large' && points.length > 1) {
      const half = Math.ceil(points.length / 2);
      await write(points.slice(0, half));
      await write(points.slice(half));
      return;
    }
    onRefused(refused.points ?? points.length, refused.reason);
  };

  return {
    append: async (points) => {
      for (const point of points) assert(Number.isFinite(point.value), `point of ${point.series} is not a finite number`);
      if (points.length === 0) return;
      const wasUnsure = isUnsure;
      isUnsure = true;
      await withDatabase(async (manages) => {
        for (let i = 0; i < points.length; i += batchSize) await write(points.slice(i, i + batchSize));
        const late = manages ? lateStretches(points, wall.now(), wasUnsure ? unsureMs : 0) : [];
        // Part of the write: who is told it was done need not come again, so the minutes must be right by then.
        for (const stretch of late) await server.ask(resampleStatements(database, stretch));
      });
      isUnsure = false;
    },
    range: (series, labels, from, to, limit = 100_000) =>
      withDatabase(async () => {
        const tags = tagsOf(labels);
        // One more than the last millisecond: `to` is included.
        const [rows] = await server.ask([`SELECT ${quoteName(pointField)} ${fromWhere(database, policies.raw, series, tags, from, to + 1)} GROUP BY * ORDER BY time LIMIT ${limit}`]);
        return exact(rows, tags).map((row) => pointOf(series, labels, row));
      }),
    extremes: (series, labels, from, to, spans) =>
      withDatabase(async (manages) => {
        const tags = tagsOf(labels);
        const statements = spansOf(from, to, spans).flatMap(([start, end]) => {
          const policy = manages ? policyAt(start, wall.now(), retentionDays) : 'raw';
          const [low, high] = policy === 'raw' ? [pointField, pointField] : ['min', 'max'];
          const where = `${fromWhere(database, policies[policy], series, tags, start, end)} GROUP BY *`;
          return [`SELECT min(${quoteName(low)}) ${where}`, `SELECT max(${quoteName(high)}) ${where}`];
        });
        const answers = await server.ask(statements);
        return statements.flatMap((_, i) => {
          if (i % 2 === 1) return [];
          const [low] = exact(answers[i], tags);
          const [high] = exact(answers[i + 1], tags);
          if (low === undefined || high === undefined) return [];
          const pair = [pointOf(series, labels, low), pointOf(series, labels, high)] as const;
          if (pair[0].time === pair[1].time && pair[0].value === pair[1].value) return [pair[0]];
          return pair[0].time <= pair[1].time ? pair : [pair[1], pair[0]];
        });
      }),
    prune: (before) =>
      withDatabase(async (manages) => {
        const db = quoteName(database);
        const [rows] = await server.ask([`SELECT count(${quoteName(pointField)}) FROM ${db}.${quoteName(policies.raw)}./.*/ WHERE time < ${before}ms`]);
        const deleted = (rows ?? []).reduce((sum, row) => sum + row.values.reduce((n, [, count]) => n + Number(count), 0), 0);
        await server.ask([`DELETE WHERE time < ${before}ms`]);
        // Gone with them are the minute and the hour that `before` is in: they are made anew of what is left.
        if (manages && deleted > 0) await server.ask(resampleStatements(database, hourAround(before)));
        return deleted;
      }),
  };
}

/** Parts of time, hour by hour, that hold points older than the server still looks back; the first begins `before` earlier. */
function lateStretches(points: readonly SeriesPoint[], now: number, before: number): readonly { readonly from: number; readonly to: number }[] {
  const hours = new Map<number, { from: number; to: number }>();
  for (const { time } of points) {
    // The server's queries begin at the minute; half of what they look back is left for its way there and for clocks that differ.
    if (now - time < resampledMs / 2) continue;
    const hour = hourAround(time).from;
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, { from: time, to: time + 1 });
    else {
      known.from = Math.min(known.from, time);
      known.to = Math.max(known.to, time + 1);
    }
  }
  return [...hours.values()].sort((a, b) => a.from - b.from).map(({ from, to }, i) => ({ from: i === 0 ? Math.max(0, from - before) : from, to }));
}

function pointOf(series: string, labels: Readonly<Record<string, string>>, row: readonly unknown[]): SeriesPoint {
  const [time, value] = row;
  if (typeof time !== 'number' || typeof value !== 'number') throw new BreakwaterError('store-failed', `series ${series} not read: the database answered with ${JSON.stringify(row).slice(0, 100)}`);
  return { series, labels, time: epochMs(time), value };
}

/** Points that will never be taken, and why; `points` where the server says how many. */
type Refusal = { readonly kind: 'too-large' | 'refused'; readonly points?: number | undefined; readonly reason: string };

interface Server {
  version(): Promise<string>;
  /** The rows each statement answers with. Rejects with `store-failed`, also when one of them failed. */
  ask(statements: readonly string[]): Promise<readonly (readonly Row[])[]>;
  /** Writes; says what was not taken for good. */
  write(points: readonly SeriesPoint[]): Promise<Refusal | undefined>;
}

function connect({ url, database, auth, wall, timeoutMs = 30_000 }: InfluxOptions): Server {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isTls = protocol === 'https:';
  // Without waiting of its own between tries: whoever calls decides when to come again.
  const atOnce = { getDelay: () => 0, next: () => atOnce, reset: () => atOnce };
  const headers = auth?.kind === 'token' ? { headers: { authorization: `Token ${auth.token}` } } : {};
  // The client logs in as root unless its user is no text, and would do so over the token; its types allow only one that is.
  const user = auth?.kind === 'password' ? { username: auth.username, password: auth.password } : (Object.fromEntries([['username', null]]) as { readonly username?: string });
  const client = new InfluxDB({
    hosts: [{ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (isTls ? 443 : 80) : Number(port), protocol: isTls ? 'https' : 'http', path: pathname === '/' ? '' : pathname, options: headers }],
    database, pool: { backoff: atOnce, maxRetries: 0, requestTimeout: timeoutMs }, ...user,
  });
  const where = `InfluxDB at ${hostname}`;
  /** Only the server's own words: neither address nor login. */
  const failed = (error: unknown): BreakwaterError => (error instanceof BreakwaterError ? error : new BreakwaterError('store-failed', `${where} did not take a request: ${messageOf(error).slice(0, 300)}`));
  /** The client never answers when a connection ends in the middle of an answer. */
  const bounded = async <T>(work: Promise<T>, abort: () => void = () => undefined): Promise<T> => {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = wall.after(timeoutMs, () => {
        reject(new BreakwaterError('store-failed', `${where} did not take a request: no answer within ${timeoutMs} ms`));
        abort();
      });
    });
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      throw failed(error);
    } finally {
      cancel();
    }
  };
  const query = async (statements: readonly string[]): Promise<readonly (readonly Row[])[]> => {
    const controller = new AbortController();
    const answer: unknown = await bounded(client.queryRaw(statements.join('; '), { precision: 'ms', database, method: 'POST', signal: controller.signal }), () => controller.abort());
    const results = (answer as { readonly results?: readonly { readonly error?: string; readonly series?: readonly Row[] }[] }).results ?? [];
    const wrong = results.find(({ error }) => error !== undefined && !/^continuous query not found/.test(error));
    if (wrong !== undefined) throw failed(new Error(wrong.error));
    return results.map(({ series }) => series ?? []);
  };
  return {
    version: async () => {
      const [host] = await bounded(client.ping(timeoutMs));
      if (host?.online !== true) throw failed(new Error('it does not answer'));
      return host.version;
    },
    ask: async (statements) => {
      const answers: (readonly Row[])[] = [];
      for (let i = 0; i < statements.length; i += statementsAtOnce) answers.push(...(await query(statements.slice(i, i + statementsAtOnce))));
      return answers;
    },
    write: async (points) => {
      const rows = points.map(({ series, labels, time, value }) => ({
        // As a text: the client leaves the time 0 out, and the server would put its own.
        measurement: measurementName(series), tags: { ...tagsOf(labels) }, fields: { [pointField]: value }, timestamp: String(time),
      }));
      try {
        await bounded(client.writePoints(rows, { precision: 'ms', database, retentionPolicy: policies.raw }));
        return undefined;
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

/** What a failed write was, by the answers documented (https://docs.influxdata.com/influxdb/v1/tools/api/#write-http-endpoint, read 2026-11): 400 will be the same however often it is sent. */
function refusalOf(error: unknown): Refusal {
  const reason = messageOf(error);
  const [, status] = /A (\d{3}) /.exec(reason) ?? [];
  if (status === '413') return { kind: 'too-large', reason };
  const [, dropped] = /partial write: .*dropped=(\d+)/.exec(reason) ?? [];
  if (status === '400') return { kind: 'refused', points: dropped === undefined ? undefined : Number(dropped), reason };
  throw error;
}
