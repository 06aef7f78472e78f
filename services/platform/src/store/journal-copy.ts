import { assertNever } from '@breakwater/models/core';
import { encodeWarning } from './codec.ts';
import { openMemoryDatabase } from './embedded.ts';
import type { DeliveryOutcome, JournalReads, OutboxEntry, WarningCommit } from './index.ts';
import type { JournalHead, JournalRecord } from './journal-log.ts';
import type { Sql } from './sql.ts';
import { numberOf, textOf } from './sql.ts';
import { createSqlReads, isOpen, saveCheckpoint, upsertHead } from './sql-journal.ts';

/** What a shared journal holds, in memory: the fold of its log up to some point. Made anew from the log by every process, so no disk can take anything with it. */
export interface JournalCopy {
  readonly reads: JournalReads;
  head(): JournalHead;
  /** Takes records of the log, all or none. A record that was taken before, in the same order with all after it, changes nothing. */
  apply(records: readonly JournalRecord[]): void;
  /** What these steps, one after the other, would write. Changes nothing. The error of a step that cannot be done is in its place, and the step is left out. */
  plan(steps: readonly JournalStep[]): { readonly records: readonly JournalRecord[]; readonly errors: readonly unknown[] };
  close(): void;
}

/** What is to be written: looks at what is there and puts records after it. Throws before it has put any. */
export type JournalStep = (draft: Draft) => void;

interface Draft {
  readonly sql: Sql;
  readonly put: (record: JournalRecord) => void;
  readonly nextWarningRow: () => number;
  readonly nextEntryRow: () => number;
}

const insertWarning = 'insert into warnings (row, id, revision, asset, state, message, committed_at) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing';
const upsertEntry = `
  insert into outbox (row, recipient, warning_row, warning_id, attempts, next_at) values (?, ?, ?, ?, ?, ?)
  on conflict (row) do update set attempts = excluded.attempts, next_at = excluded.next_at`;

/** Makes an empty copy. About two kilobytes of memory a revision. */
export function createJournalCopy(): JournalCopy {
  const sql = openMemoryDatabase();
  let head: JournalHead = { kind: 'head', commit: 0, warningRow: 0, entryRow: 0 };
  return {
    reads: createSqlReads(sql), head: () => head,
    apply: (records) => {
      sql.transaction(() => {
        for (const record of records) applyOne(sql, record);
      }, 'process');
      for (const record of records) if (record.kind === 'head') head = record;
    },
    plan: (steps) => sql.rehearse(() => {
      const records: JournalRecord[] = [];
      let { warningRow, entryRow } = head;
      const draft: Draft = {
        sql, nextWarningRow: () => ++warningRow, nextEntryRow: () => ++entryRow,
        put: (record) => {
          applyOne(sql, record);
          records.push(record);
        },
      };
      const errors = steps.map((step) => {
        try {
          step(draft);
          return undefined;
        } catch (error) {
          return error;
        }
      });
      if (records.length > 0) records.push({ kind: 'head', commit: head.commit + 1, warningRow, entryRow });
      return { records, errors };
    }),
    close: () => sql.close(),
  };
}

function applyOne(sql: Sql, record: JournalRecord): void {
  switch (record.kind) {
    case 'checkpoint':
      sql.run(saveCheckpoint, record.name, record.value);
      return;
    case 'warning': {
      const { row, at, warning } = record;
      const inserted = sql.run(insertWarning, row, warning.id, warning.revision, warning.asset, warning.state, JSON.stringify(warning), at);
      if (inserted.changes > 0) sql.run(upsertHead, row, warning.id, warning.asset, row, warning.revision, isOpen(warning) ? 1 : 0);
      return;
    }
    case 'entry':
      sql.run(upsertEntry, record.row, record.recipient, record.warning, record.id, record.attempts, record.nextAt);
      return;
    case 'settled':
      sql.run('delete from outbox where row = ?', record.row);
      return;
    case 'head':
    case 'turn':
      return;
    default:
      assertNever(record);
  }
}

/** The step of `Journal.saveCheckpoints`. */
export function checkpointStep(values: Readonly<Record<string, string>>): JournalStep {
  return ({ put }) => {
    for (const [name, value] of Object.entries(values)) put({ kind: 'checkpoint', name, value });
  };
}

/** The step of `Journal.commitWarnings`. Throws on a warning that breaks its contract. */
export function commitStep({ warnings, recipients, checkpoints, at }: WarningCommit): JournalStep {
  return (draft) => {
    for (const warning of warnings) encodeWarning(warning);
    for (const warning of warnings) {
      if (draft.sql.get('select 1 from warnings where id = ? and revision = ?', warning.id, warning.revision) !== undefined) continue;
      const row = draft.nextWarningRow();
      draft.put({ kind: 'warning', row, at, warning });
      for (const recipient of new Set(recipients)) draft.put({ kind: 'entry', row: draft.nextEntryRow(), recipient, warning: row, id: warning.id, attempts: 0, nextAt: at });
    }
    checkpointStep(checkpoints)(draft);
  };
}

/** The step of `Journal.recordAttempt`: an entry that is settled stays so, and a retry is counted only on the number of attempts the entry was read with. */
export function attemptStep(entry: OutboxEntry, outcome: DeliveryOutcome): JournalStep {
  return ({ sql, put }) => {
    const held = sql.get('select warning_row, warning_id, attempts from outbox where row = ?', entry.row);
    if (held === undefined) return;
    if (outcome.kind !== 'retry') {
      put({ kind: 'settled', row: entry.row });
      return;
    }
    const attempts = numberOf(held, 'attempts');
    if (attempts !== entry.attempts) return;
    put({ kind: 'entry', row: entry.row, recipient: entry.recipient, warning: numberOf(held, 'warning_row'), id: textOf(held, 'warning_id'), attempts: attempts + 1, nextAt: outcome.nextAt });
  };
}
