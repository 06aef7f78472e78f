import type { WarningMessage } from '@breakwater/contracts';
import { assertNever, epochMs } from '@breakwater/models/core';
import { decodeWarning, encodeWarning } from './codec.ts';
import type { Journal, JournalReads, LatestWarningsQuery, OutboxEntry, WarningCommit } from './index.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';
import { numberOf, textOf } from './sql.ts';

/** Saves a checkpoint: name, value. */
export const saveCheckpoint = 'insert into checkpoints (name, value) values (?, ?) on conflict (name) do update set value = excluded.value';
const insertWarning = 'insert into warnings (id, revision, asset, state, message, committed_at) values (?, ?, ?, ?, ?, ?) on conflict (id, revision) do nothing';
const insertOutbox = 'insert into outbox (recipient, warning_row, warning_id, attempts, next_at) values (?, ?, ?, 0, ?)';
/** Keeps the first and the latest row of a warning: first row, id, asset, latest row, revision, 1 when open. */
export const upsertHead = `
  insert into warning_heads (first_row, id, asset, latest_row, revision, open) values (?, ?, ?, ?, ?, ?)
  on conflict (id) do update set latest_row = excluded.latest_row, revision = excluded.revision, open = excluded.open where excluded.revision > revision`;
const isLatest = 'not exists (select 1 from warnings n where n.id = w.id and n.revision > w.revision)';
const selectOpen = `select row, message from warnings w where state in ('firing', 'acknowledged') and ${isLatest} order by row`;
const selectOpenOf = `select row, message from warnings w where asset = ? and state in ('firing', 'acknowledged') and ${isLatest} order by row`;
const selectFrom = 'select row, message from warnings where row > ? order by row limit ?';
const selectOne = 'select row, message from warnings where id = ? order by revision';
const selectPending = `
  select o.row as entry, o.attempts as attempts, w.row as row, w.message as message
  from outbox o join warnings w on w.row = o.warning_row
  where o.recipient = ? and o.next_at <= ?
    and not exists (select 1 from outbox e where e.recipient = o.recipient and e.warning_id = o.warning_id and e.row < o.row and e.next_at > ?)
  order by o.row limit ?`;
const selectPendingInOrder = `
  select o.row as entry, o.attempts as attempts, w.row as row, w.message as message
  from outbox o join warnings w on w.row = o.warning_row
  where o.recipient = ? and o.next_at <= ?
    and o.row < coalesce((select min(e.row) from outbox e where e.recipient = ? and e.next_at > ?), o.row + 1)
  order by o.row limit ?`;
const selectNextDueInOrder = 'select next_at as due from outbox where recipient = ? order by row limit 1';
const selectNextDue = `
  select min(o.next_at) as due from outbox o
  where o.recipient = ? and not exists (select 1 from outbox e where e.recipient = o.recipient and e.warning_id = o.warning_id and e.row < o.row)`;
const selectEntry = 'select warning_row, attempts from outbox where row = ?';
const insertDelivery = 'insert into deliveries (outbox_row, recipient, warning_row, attempt, at, outcome, reason) values (?, ?, ?, ?, ?, ?, ?)';

/** Makes the journal on an open database of the newest schema. `close` closes the whole store. */
export function createSqlJournal(sql: Sql, close: () => void): Journal {
  const saveCheckpoints = (values: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(values)) sql.run(saveCheckpoint, name, value);
  };
  const commit = ({ warnings, recipients, checkpoints, at }: WarningCommit): void => {
    for (const warning of warnings) {
      const inserted = sql.run(insertWarning, warning.id, warning.revision, warning.asset, warning.state, encodeWarning(warning), at);
      if (inserted.changes === 0) continue;
      sql.run(upsertHead, inserted.row, warning.id, warning.asset, inserted.row, warning.revision, isOpen(warning) ? 1 : 0);
      for (const recipient of new Set(recipients)) sql.run(insertOutbox, recipient, inserted.row, warning.id, at);
    }
    saveCheckpoints(checkpoints);
  };
  // Async, so that what is thrown is a rejection.
  return {
    ...createSqlReads(sql),
    saveCheckpoints: async (values) => sql.transaction(() => saveCheckpoints(values), 'process'),
    commitWarnings: async (terms) => sql.transaction(() => commit(terms), terms.warnings.length > 0 ? 'power-cut' : 'process'),
    recordAttempt: async (entry, outcome) => sql.transaction(() => record(sql, entry, outcome), 'process'),
    close: async () => close(),
  };
}

/** The answering half of the journal on an open database of the newest schema. */
export function createSqlReads(sql: Sql): JournalReads {
  return {
    checkpoint: async (name) => {
      const row = sql.get('select value from checkpoints where name = ?', name);
      return row === undefined ? undefined : textOf(row, 'value');
    },
    openWarnings: async (asset) => (asset === undefined ? sql.all(selectOpen) : sql.all(selectOpenOf, asset)).map(warningOf),
    warnings: async (after, limit) => sql.all(selectFrom, after, limit).map((row) => ({ row: numberOf(row, 'row'), warning: warningOf(row) })),
    latestWarnings: async (query) => latest(sql, query),
    warning: async (id) => sql.all(selectOne, id).map(warningOf),
    pending: async (recipient, now, limit, order = 'warning') => {
      const rows = order === 'all' ? sql.all(selectPendingInOrder, recipient, now, recipient, now, limit) : sql.all(selectPending, recipient, now, now, limit);
      return rows.map((row) => ({ row: numberOf(row, 'entry'), recipient, warning: warningOf(row), attempts: numberOf(row, 'attempts') }));
    },
    nextDue: async (recipient, order = 'warning') => {
      const row = sql.get(order === 'all' ? selectNextDueInOrder : selectNextDue, recipient);
      return row?.['due'] === null || row === undefined ? undefined : epochMs(numberOf(row, 'due'));
    },
  };
}

/**
 * A repeat is harmless: an entry that is settled stays so, and a retry is counted only on the number of attempts the entry was read with.
 */
function record(sql: Sql, entry: OutboxEntry, outcome: Parameters<Journal['recordAttempt']>[1]): void {
  const held = sql.get(selectEntry, entry.row);
  if (held === undefined) return;
  const attempts = numberOf(held, 'attempts');
  if (outcome.kind === 'retry' && attempts !== entry.attempts) return;
  const reason = outcome.kind === 'delivered' ? null : outcome.reason;
  sql.run(insertDelivery, entry.row, entry.recipient, numberOf(held, 'warning_row'), attempts + 1, outcome.at, outcome.kind, reason);
  switch (outcome.kind) {
    case 'retry':
      sql.run('update outbox set attempts = attempts + 1, next_at = ? where row = ?', outcome.nextAt, entry.row);
      return;
    case 'delivered':
    case 'abandoned':
      sql.run('delete from outbox where row = ?', entry.row);
      return;
    default:
      assertNever(outcome);
  }
}

/** Whether a warning goes on, by this revision. */
export function isOpen(warning: WarningMessage): boolean {
  return warning.state === 'firing' || warning.state === 'acknowledged';
}

function latest(sql: Sql, { asset, state, before, limit }: LatestWarningsQuery): readonly { readonly row: number; readonly warning: WarningMessage }[] {
  const conditions: readonly (readonly [string, SqlValue | undefined])[] = [
    ['h.asset = ?', asset], ['h.open = ?', state === undefined ? undefined : state === 'open' ? 1 : 0], ['h.first_row < ?', before],
  ];
  const given = conditions.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  const where = given.length === 0 ? '' : `where ${given.map(({ text }) => text).join(' and ')}`;
  const rows = sql.all(
    `select h.first_row as first_row, w.row as row, w.message as message from warning_heads h join warnings w on w.row = h.latest_row ${where} order by h.first_row desc limit ?`,
    ...given.map(({ value }) => value), limit,
  );
  return rows.map((row) => ({ row: numberOf(row, 'first_row'), warning: warningOf(row) }));
}

function warningOf(row: SqlRow): WarningMessage {
  return decodeWarning(textOf(row, 'message'), `row ${numberOf(row, 'row')} of warnings`);
}
