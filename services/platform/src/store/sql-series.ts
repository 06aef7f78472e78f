import { assert, epochMs } from '@breakwater/models/core';
import { canonicalLabels } from './codec.ts';
import type { SeriesPoint, SeriesStore } from './index.ts';
import type { Sql } from './sql.ts';
import { spansOf } from './spans.ts';
import { numberOf } from './sql.ts';

/** Series ids kept in memory; the cache starts anew when it is full. */
const CACHED_IDS = 10_000;
/** Share of the retention by which the oldest point may be older than it, so that not every append deletes. */
const PRUNE_SHARE = 1 / 64;

const upsertPoint = 'insert into points (series, time, value) values (?, ?, ?) on conflict (series, time) do update set value = excluded.value';
const lowest = 'select time, value from points where series = ? and time >= ? and time < ? order by value, time limit 1';
const highest = 'select time, value from points where series = ? and time >= ? and time < ? order by value desc, time limit 1';
const selectPoints = 'select time, value from points where series = ? and time >= ? and time <= ? order by time limit ?';

/**
 * Makes the series store on an open database of the newest schema. With `retentionMs`, points older than the batch being appended by
 * more than that are deleted now and then; the oldest point of the batch counts, so that one wrong time in it deletes nothing.
 */
export function createSqlSeries(sql: Sql, retentionMs: number | undefined): SeriesStore {
  const ids = new Map<string, number>();
  let prunedBefore = 0;
  const idOf = (name: string, labels: string, found: Map<string, number>): number => {
    const key = `${name}\n${labels}`;
    const known = ids.get(key) ?? found.get(key);
    if (known !== undefined) return known;
    const row = sql.get('select id from series where name = ? and labels = ?', name, labels);
    const id = row === undefined ? sql.run('insert into series (name, labels) values (?, ?)', name, labels).row : numberOf(row, 'id');
    found.set(key, id);
    return id;
  };
  const prune = (before: number): number => {
    let deleted = 0;
    for (const row of sql.all('select id from series')) {
      const id = numberOf(row, 'id');
      const { changes } = sql.run('delete from points where series = ? and time < ?', id, before);
      deleted += changes;
      if (changes > 0) sql.run('delete from series where id = ? and not exists (select 1 from points where series = ?)', id, id);
    }
    // A series without points is gone; its id is not used again.
    ids.clear();
    return deleted;
  };
  return {
    append: async (points) => {
      if (points.length === 0) return;
      let oldest = Infinity;
      for (const point of points) {
        assert(Number.isFinite(point.value), `point of ${point.series} is not a finite number`);
        oldest = Math.min(oldest, point.time);
      }
      const before = retentionMs === undefined ? 0 : oldest - retentionMs;
      const due = retentionMs !== undefined && before >= prunedBefore + retentionMs * PRUNE_SHARE;
      const found = new Map<string, number>();
      sql.transaction(() => {
        if (due) prune(before);
        for (const point of points) sql.run(upsertPoint, idOf(point.series, canonicalLabels(point.labels), found), point.time, point.value);
      }, 'process');
      // Only now are the new ids on the disk.
      if (due) prunedBefore = before;
      if (ids.size + found.size > CACHED_IDS) ids.clear();
      for (const [key, id] of found) ids.set(key, id);
    },
    range: async (series, labels, from, to, limit = 100_000) => {
      const row = sql.get('select id from series where name = ? and labels = ?', series, canonicalLabels(labels));
      if (row === undefined) return [];
      return sql.all(selectPoints, numberOf(row, 'id'), from, to, limit).map(
        (point): SeriesPoint => ({ series, labels, time: epochMs(numberOf(point, 'time')), value: numberOf(point, 'value') }),
      );
    },
    extremes: async (series, labels, from, to, spans) => {
      const row = sql.get('select id from series where name = ? and labels = ?', series, canonicalLabels(labels));
      if (row === undefined) return [];
      const id = numberOf(row, 'id');
      return spansOf(from, to, spans).flatMap(([start, end]) => {
        const low = sql.get(lowest, id, start, end);
        const high = sql.get(highest, id, start, end);
        if (low === undefined || high === undefined) return [];
        const points = [low, high].map((point): SeriesPoint => ({ series, labels, time: epochMs(numberOf(point, 'time')), value: numberOf(point, 'value') }));
        return points.filter((point, i) => i === 0 || point.time !== points[0]?.time).sort((a, b) => a.time - b.time);
      });
    },
    prune: async (before) => sql.transaction(() => prune(before), 'process'),
  };
}
