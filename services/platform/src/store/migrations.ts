import { BreakwaterError } from '../errors.ts';
import type { Sql } from './sql.ts';
import { numberOf } from './sql.ts';

/** One step of the schema: statements that lead from the version before to `version`. Once released it is never edited. */
export interface Migration {
  readonly version: number;
  readonly script: string;
}

/**
 * Every version of the schema, in order. Times are milliseconds since the epoch. Messages are stored as the JSON of their contract.
 * `outbox` holds what is not yet delivered; `deliveries` the history of every try; `warning_heads` the first and the latest row of each warning.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    script: `
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
      ) strict;`,
  },
  {
    version: 2,
    script: `
      create table series (id integer primary key autoincrement, name text not null, labels text not null, unique (name, labels)) strict;
      create table points (series integer not null, time real not null, value real not null, primary key (series, time)) strict, without rowid;`,
  },
  {
    // One row a warning, for lists of the latest revisions that cost a page and not the history.
    version: 3,
    script: `
      create table warning_heads (
        first_row integer primary key, id text not null unique, asset text not null, latest_row integer not null references warnings (row),
        revision integer not null, open integer not null
      ) strict;
      create index warning_heads_asset on warning_heads (asset, first_row);
      create index warning_heads_open on warning_heads (open, first_row);
      create index warning_heads_asset_open on warning_heads (asset, open, first_row);
      insert into warning_heads (first_row, id, asset, latest_row, revision, open)
        select ends.first_row, w.id, w.asset, w.row, w.revision, w.state in ('firing', 'acknowledged')
        from warnings w join (select id, min(row) as first_row, max(revision) as last from warnings group by id) ends on ends.id = w.id and ends.last = w.revision;`,
  },
];

/** The version of the schema in `sql`; 0 for an empty database. */
export function schemaVersion(sql: Sql): number {
  const table = sql.get("select 1 as one from sqlite_master where type = 'table' and name = 'schema_version'");
  if (table === undefined) return 0;
  const row = sql.get('select max(version) as version from schema_version');
  return row === undefined ? 0 : numberOf(row, 'version');
}

/**
 * Brings `sql` to the newest version, one transaction a step, so that a crash between steps leaves a whole older version.
 * Refuses a database that is newer than this program with `store-newer`. Returns the version found.
 */
export function migrate(sql: Sql, steps: readonly Migration[] = migrations): number {
  const found = schemaVersion(sql);
  const newest = steps.at(-1)?.version ?? 0;
  if (found > newest) throw new BreakwaterError('store-newer', `store not opened: its schema has version ${found}, this program knows ${newest}`);
  for (const step of steps) {
    if (step.version <= found) continue;
    sql.transaction(() => {
      sql.exec('create table if not exists schema_version (version integer primary key) strict');
      sql.exec(step.script);
      sql.run('insert into schema_version (version) values (?)', step.version);
    }, 'power-cut');
  }
  return found;
}
