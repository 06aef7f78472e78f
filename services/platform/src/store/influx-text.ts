import { assert } from '@breakwater/models/core';

/**
 * Names and statements of InfluxDB 1.x (https://docs.influxdata.com/influxdb/v1/query_language/spec/ and .../write_protocols/line_protocol_reference/,
 * read 2026-11). A series is a measurement, its labels are tags, a point is one field. Everything here is pure.
 */

/** The field of a point. */
export const pointField = 'value';
/** Retention policies: points as they were appended, and what they were in each minute and each hour. */
export const policies = { raw: 'raw', minute: 'minute', hour: 'hour' } as const;
/** Fields of a minute or an hour: `last` is its newest point, `count` and `sum` let hours be made of minutes. */
export const summaryFields = ['min', 'max', 'mean', 'last', 'sum', 'count'] as const;

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** How long after its end a minute is made anew by the server, which takes in points that come late; what comes later still is made anew by who writes it. [A] */
export const resampledMs = 10 * minuteMs;
/** Minutes are kept this many times as long as points, hours for ever. [A] */
const minuteShare = 5;
/** Names that the server gives a meaning of its own. */
const reserved = new Set<string>(['time', 'name', '_name', '_field', '_measurement', '_tagKey', pointField, ...summaryFields]);

/**
 * A text as the value of a tag: as it is, but for what line protocol or its client would break: control characters, backslashes, commas, percent signs, halves of
 * surrogate pairs, nothing at all. No two texts give the same.
 */
export function storedText(text: string): string {
  if (text === '') return '%';
  return text.replace(/[\p{Cc}\p{Cs}\\,%\u2028\u2029]/gu, (char) => `%${hex(char)}.`);
}

/** The name of a tag: one that the server gives a meaning gets a `%-` before it. */
export function tagName(label: string): string {
  const safe = storedText(label);
  return reserved.has(safe) ? `%-${safe}` : safe;
}

/** The name of a measurement: its client leaves spaces as they are, where line protocol ends the name, and a `#` at its beginning would make a comment of the line. */
export function measurementName(series: string): string {
  return storedText(series).replace(/[ #]/g, (char) => `%${hex(char)}.`);
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16);
}

/** A name in a statement. */
export function quoteName(name: string): string {
  return `"${name.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** A text in a statement. */
export function quoteText(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
}

/** Labels as tags, as they are stored. */
export function tagsOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [tagName(name), storedText(value)]));
}

/** A part of time, [from, to) in milliseconds; both are whole. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is kept of one series in one policy and part of time. Bounds need not be whole: a point, whose time is, is inside when it is by the bounds as given. */
export function fromWhere(database: string, policy: string, series: string, tags: Readonly<Record<string, string>>, from: number, to: number): string {
  const conditions = Object.entries(tags).map(([name, value]) => `${quoteName(name)} = ${quoteText(value)}`);
  const inside = [`time >= ${Math.ceil(from)}ms`, `time < ${Math.ceil(to)}ms`];
  return `FROM ${quoteName(database)}.${quoteName(policy)}.${quoteName(measurementName(series))} WHERE ${[...conditions, ...inside].join(' AND ')}`;
}

/** Statements that make the database, its policies and its continuous queries what they should be; each may be run again. `retentionDays` 0 keeps for ever. */
export function setupStatements(database: string, retentionDays: number): readonly string[] {
  assert(Number.isInteger(retentionDays) && retentionDays >= 0, `retention in whole days, got ${retentionDays}`);
  const db = quoteName(database);
  const lasting = (days: number): string => (days === 0 ? 'INF' : `${days}d`);
  // Shards of a day keep what is deleted at a time small; the server's own choice for what is kept for ever is a week.
  const policy = (name: string, days: number): string => `RETENTION POLICY ${quoteName(name)} ON ${db} DURATION ${lasting(days)} REPLICATION 1 SHARD DURATION ${days === 0 || days > 180 ? '7d' : '1d'}`;
  const all = [[policies.raw, retentionDays, ' DEFAULT'], [policies.minute, retentionDays * minuteShare, ''], [policies.hour, 0, '']] as const;
  const query = (name: string, every: string, lastingMs: number, select: string): string =>
    `CREATE CONTINUOUS QUERY ${quoteName(name)} ON ${db} RESAMPLE EVERY 1m FOR ${lastingMs / minuteMs}m BEGIN ${select} GROUP BY time(${every}), * END`;
  return [
    `CREATE DATABASE ${db}`,
    ...all.map(([name, days, isDefault]) => `CREATE ${policy(name, days)}${isDefault}`),
    // An hour is made anew until its last minute is no more.
    query('minutes', '1m', resampledMs, minutesOf(database)),
    query('hours', '1h', hourMs + 2 * resampledMs, hoursOf(database)),
  ];
}

/** Statements that give policies which are there already the lengths wanted now. */
export function alterStatements(database: string, retentionDays: number): readonly string[] {
  return setupStatements(database, retentionDays).filter((text) => text.startsWith('CREATE RETENTION POLICY')).map((text) => text.replace(/^CREATE/, 'ALTER'));
}

/** Statements that make minutes and hours of a part of time anew from its points. */
export function resampleStatements(database: string, { from, to }: Stretch): readonly string[] {
  const over = (length: number): string => `WHERE time >= ${Math.floor(from / length) * length}ms AND time < ${(Math.floor((to - 1) / length) + 1) * length}ms`;
  return [`${minutesOf(database)} ${over(minuteMs)} GROUP BY time(1m), *`, `${hoursOf(database)} ${over(hourMs)} GROUP BY time(1h), *`];
}

/** The hour a time is in. */
export function hourAround(time: number): Stretch {
  const from = Math.floor(time / hourMs) * hourMs;
  return { from, to: from + hourMs };
}

function minutesOf(database: string): string {
  const db = quoteName(database);
  const v = quoteName(pointField);
  return `SELECT min(${v}) AS "min", max(${v}) AS "max", mean(${v}) AS "mean", last(${v}) AS "last", sum(${v}) AS "sum", count(${v}) AS "count" INTO ${db}.${quoteName(policies.minute)}.:MEASUREMENT FROM ${db}.${quoteName(policies.raw)}./.*/`;
}

function hoursOf(database: string): string {
  const db = quoteName(database);
  return `SELECT min("min") AS "min", max("max") AS "max", sum("sum") / sum("count") AS "mean", last("last") AS "last", sum("sum") AS "sum", sum("count") AS "count" INTO ${db}.${quoteName(policies.hour)}.:MEASUREMENT FROM ${db}.${quoteName(policies.minute)}./.*/`;
}

/** The finest policy that still has what was appended for a time. */
export function policyAt(time: number, now: number, retentionDays: number): 'raw' | 'minute' | 'hour' {
  const age = now - time;
  // The server deletes whole shards; a day less is always there.
  if (retentionDays === 0 || age < retentionDays * 24 * hourMs) return 'raw';
  return age < retentionDays * minuteShare * 24 * hourMs ? 'minute' : 'hour';
}
