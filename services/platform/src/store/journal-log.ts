import type { WarningMessage } from '@breakwater/contracts';
import { warningMessage } from '@breakwater/contracts';
import { assertNever } from '@breakwater/models/core';
import { z } from 'zod';
import { BreakwaterError, messageOf } from '../errors.ts';

/**
 * What the log of a shared journal is made of. Each record has a key, and what counts is the last record of each key: so the log can be compacted. `head` is the last record of
 * every commit, `turn` is written by whoever becomes the writer.
 */
export type JournalRecord =
  | { readonly kind: 'checkpoint'; readonly name: string; readonly value: string }
  /** A revision; `row` is its number, the same in every process. */
  | { readonly kind: 'warning'; readonly row: number; readonly at: number; readonly warning: WarningMessage }
  /** A delivery that waits; `warning` is the row of its revision, `id` the warning. */
  | { readonly kind: 'entry'; readonly row: number; readonly recipient: string; readonly warning: number; readonly id: string; readonly attempts: number; readonly nextAt: number }
  /** A delivery that is done with: its key is gone. */
  | { readonly kind: 'settled'; readonly row: number }
  | JournalHead
  | { readonly kind: 'turn'; readonly term: number; readonly address: string; readonly mark: string };

/** How far a journal has come: commits, and the last numbers that were given to revisions and to deliveries. */
export interface JournalHead {
  readonly kind: 'head';
  readonly commit: number;
  readonly warningRow: number;
  readonly entryRow: number;
}

/** The version of the form of records. One that is later is not read: an older program would lose what it does not know. */
const VERSION = 1;
const count = z.number().int().nonnegative();
const schema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checkpoint'), name: z.string(), value: z.string() }),
  z.object({ kind: z.literal('warning'), row: count, at: z.number(), warning: warningMessage }),
  z.object({ kind: z.literal('entry'), row: count, recipient: z.string(), warning: count, id: z.string(), attempts: count, nextAt: z.number() }),
  z.object({ kind: z.literal('head'), commit: count, warningRow: count, entryRow: count }),
  z.object({ kind: z.literal('turn'), term: count, address: z.string(), mark: z.string() }),
]);

/** The key of a record. */
export function keyOfRecord(record: JournalRecord): string {
  switch (record.kind) {
    case 'checkpoint': return `checkpoint/${record.name}`;
    case 'warning': return `warning/${record.warning.id}#${record.warning.revision}`;
    case 'entry':
    case 'settled': return `entry/${record.row}`;
    case 'head':
    case 'turn': return record.kind;
    default: return assertNever(record);
  }
}

/** A record as it is written; null where its key is gone. */
export function encodeRecord(record: JournalRecord): string | null {
  return record.kind === 'settled' ? null : JSON.stringify({ v: VERSION, ...record });
}

/** A record as it was written under `key` at `offset`. Throws `store-newer` or `store-corrupt`: a journal from which something was left out is none. */
export function decodeRecord(key: string, value: string | null, offset: number): JournalRecord {
  const where = `record ${offset} of the journal`;
  if (value === null) {
    const row = /^entry\/(\d+)$/.exec(key)?.[1];
    if (row === undefined) throw new BreakwaterError('store-corrupt', `${where} cannot be read: nothing of key ${key} is ever taken out`);
    return { kind: 'settled', row: Number(row) };
  }
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch (error) {
    throw new BreakwaterError('store-corrupt', `${where} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const version = z.object({ v: count }).safeParse(json);
  if (version.success && version.data.v > VERSION) throw new BreakwaterError('store-newer', `${where} not read: its form has version ${version.data.v}, this program knows ${VERSION}`);
  const parsed = schema.safeParse(json);
  if (!version.success || !parsed.success) throw new BreakwaterError('store-corrupt', `${where} cannot be read: ${parsed.error?.message ?? 'it has no version'}`);
  return parsed.data;
}
