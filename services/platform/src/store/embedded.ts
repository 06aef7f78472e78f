import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { AssertionError } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Journal, SeriesStore } from './index.ts';
import { migrate, migrations, schemaVersion } from './migrations.ts';
import { createSqlJournal } from './sql-journal.ts';
import { createSqlSeries } from './sql-series.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';

/** Terms of the embedded store. */
export interface EmbeddedStoreOptions {
  /** The database file; its folder is made. Beside it stand `<path>-wal`, `<path>-shm` and `<path>.lock`. Must be on a local disk: locks of network file systems do not hold. */
  readonly path: string;
  readonly log?: Log;
  /** Series points older than this, counted back from the points being appended, are deleted; kept for ever when absent. Warnings always are. */
  readonly retentionMs?: number;
  /** The database file grows no larger; what does not fit is rejected with `store-failed`. Unbounded when absent. */
  readonly maxBytes?: number;
  /** Opens for reading beside a running writer: writes are rejected, and a schema that is not the newest is refused. */
  readonly readOnly?: boolean;
}

/** The store of one process. */
export interface EmbeddedStore {
  readonly journal: Journal;
  readonly series: SeriesStore;
  close(): Promise<void>;
}

/**
 * Opens the store in one SQLite file, upgrading an older schema. Every write survives a kill when it resolves; a
 * commit of warnings survives a power cut as well, and with it every write before (write-ahead log, synced at that commit).
 * At most one process writes. Throws `store-failed` when it cannot be opened or another process writes to it, `store-newer` or `store-corrupt`.
 */
export function openEmbeddedStore(options: EmbeddedStoreOptions): EmbeddedStore {
  const { path, log } = options;
  if (options.readOnly !== true) makeFolder(path);
  const unlock = options.readOnly === true ? (): void => undefined : lock(path);
  let sql: Sql | undefined;
  const close = (): void => {
    sql?.close();
    unlock();
  };
  try {
    sql = openDatabase(path, options);
    if (options.readOnly === true) requireNewest(sql);
    else {
      const found = migrate(sql);
      const newest = migrations.at(-1)?.version ?? 0;
      if (found !== newest) log?.info('store-migrated', { path, from: found, to: newest });
    }
    return { journal: createSqlJournal(sql, close), series: createSqlSeries(sql, options.retentionMs), close: async () => close() };
  } catch (error) {
    close();
    throw error;
  }
}

/** Opens a database of the newest schema that is in memory alone. */
export function openMemoryDatabase(): Sql {
  const sql = openDatabase(':memory:');
  migrate(sql);
  return sql;
}

/** Opens a SQLite file as it is, without lock or migration. */
export function openDatabase(path: string, options: Pick<EmbeddedStoreOptions, 'maxBytes' | 'readOnly'> = {}): Sql {
  const what = `store ${path}`;
  const db = translated(what, () => new Database(path, { timeout: 2_000, fileMustExist: options.readOnly === true }));
  const prepare = (statement: string) => db.prepare<SqlValue[]>(statement);
  const statements = new Map<string, ReturnType<typeof prepare>>();
  let open = true;
  const requireOpen = (): void => {
    if (!open) throw new BreakwaterError('store-failed', `${what} not used: it is closed`);
  };
  const prepared = (statement: string): ReturnType<typeof prepare> => {
    requireOpen();
    let known = statements.get(statement);
    if (known === undefined) {
      known = prepare(statement);
      statements.set(statement, known);
    }
    return known;
  };
  const exec = (script: string): void => {
    requireOpen();
    translated(what, () => db.exec(script));
  };
  const sql: Sql = {
    exec,
    run: (statement, ...parameters) =>
      translated(what, () => {
        const result = prepared(statement).run(...parameters);
        return { changes: result.changes, row: Number(result.lastInsertRowid) };
      }),
    get: (statement, ...parameters) => translated(what, () => prepared(statement).get(...parameters) as SqlRow | undefined),
    all: (statement, ...parameters: readonly SqlValue[]) => translated(what, () => prepared(statement).all(...parameters) as readonly SqlRow[]),
    transaction: (fn, survives) => {
      // https://www.sqlite.org/pragma.html#pragma_synchronous, read 2026-11: in WAL mode `normal` writes the log in order and syncs it at
      // checkpoints, `full` syncs it, with everything in it, at this commit.
      exec(survives === 'power-cut' ? 'pragma synchronous = full' : 'pragma synchronous = normal');
      exec('begin immediate');
      try {
        const result = fn();
        exec('commit');
        return result;
      } catch (error) {
        // A full disk may have undone it already (https://www.sqlite.org/lang_transaction.html, read 2026-11).
        if (db.inTransaction) exec('rollback');
        throw error;
      }
    },
    rehearse: (fn) => {
      exec('begin immediate');
      try {
        return fn();
      } finally {
        if (db.inTransaction) exec('rollback');
      }
    },
    close: () => {
      if (!open) return;
      open = false;
      statements.clear();
      try {
        if (options.readOnly !== true) db.exec('pragma wal_checkpoint(truncate)');
      } catch {
        // Only tidying up: what was committed stays in the log, and the next opening reads it.
      }
      db.close();
    },
  };
  try {
    if (path === ':memory:') sql.exec('pragma foreign_keys = on');
    else configure(sql, options);
  } catch (error) {
    sql.close();
    throw error;
  }
  return sql;
}

function configure(sql: Sql, options: Pick<EmbeddedStoreOptions, 'maxBytes' | 'readOnly'>): void {
  if (options.readOnly === true) {
    sql.exec('pragma query_only = on');
    return;
  }
  const mode = sql.get('pragma journal_mode = wal');
  if (mode?.['journal_mode'] !== 'wal') throw new BreakwaterError('store-failed', `write-ahead log not available: the file system gave mode ${String(mode?.['journal_mode'])}`);
  sql.exec('pragma synchronous = full; pragma foreign_keys = on; pragma journal_size_limit = 16777216');
  if (options.maxBytes === undefined) return;
  const page = sql.get('pragma page_size');
  sql.exec(`pragma max_page_count = ${Math.max(1, Math.floor(options.maxBytes / Number(page?.['page_size'])))}`);
}

/** Takes the writer's lock: an exclusive transaction on an empty database, which the system gives up however the process ends. */
function lock(path: string): () => void {
  const held = translated(`lock ${path}.lock`, () => new Database(`${path}.lock`, { timeout: 0 }));
  try {
    held.exec('begin exclusive');
  } catch (error) {
    held.close();
    if (codeOf(error).startsWith('SQLITE_BUSY')) throw new BreakwaterError('store-failed', `store ${path} not opened: another process is writing to it`, { cause: error });
    throw translate(`lock ${path}.lock`, error);
  }
  let locked = true;
  return () => {
    if (!locked) return;
    locked = false;
    held.exec('rollback');
    held.close();
  };
}

function requireNewest(sql: Sql): void {
  const found = schemaVersion(sql);
  const newest = migrations.at(-1)?.version ?? 0;
  if (found > newest) throw new BreakwaterError('store-newer', `store not opened: its schema has version ${found}, this program knows ${newest}`);
  if (found < newest) throw new BreakwaterError('store-failed', `store not opened for reading: its schema has version ${found} and is upgraded to ${newest} by the next start`);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new BreakwaterError('store-failed', `folder of ${path} not made: ${messageOf(error)}`, { cause: error });
  }
}

function translated<T>(what: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw translate(what, error);
  }
}

/** Failures of the disk, by SQLite's result codes (https://www.sqlite.org/rescode.html, read 2026-11). Any other failure is a wrong statement of ours. */
function translate(what: string, error: unknown): unknown {
  if (error instanceof BreakwaterError) return error;
  const code = codeOf(error);
  const text = messageOf(error);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new BreakwaterError('store-corrupt', `${what} cannot be read: ${text}`, { cause: error });
  if (/^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|PERM|AUTH|NOMEM|NOLFS|PROTOCOL)/.test(code) || text.startsWith('ConnectionFailed')) {
    return new BreakwaterError('store-failed', `${what} failed: ${text}`, { cause: error });
  }
  return new AssertionError(`${what}: ${text}`);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
