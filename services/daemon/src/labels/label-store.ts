import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AddressLink, LabelDispute, LabelStatement } from '@breakwater/models/address-risk';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import { printRecord, readRecord, type LabelBatch, type LabelRecord } from './label-records.ts';

/** What a file of labels holds. */
export interface StoredLabels {
  readonly batches: readonly LabelBatch[];
  readonly statements: readonly LabelStatement[];
  readonly disputes: readonly LabelDispute[];
  readonly links: readonly AddressLink[];
  /** Changes with the content. */
  readonly fingerprint: string;
  /** Bytes at the end of an append that was cut off: not read, and cut off by the next append. */
  readonly tornBytes: number;
}

/** No file yet. */
export const noLabels: StoredLabels = { batches: [], statements: [], disputes: [], links: [], fingerprint: '', tornBytes: 0 };

/** Reads a file of labels; one that is not there holds nothing. May be read while another process appends. Throws `store-failed` when it cannot be read and `store-corrupt` when a line before the last one is damaged. */
export function readLabelStore(path: string): StoredLabels {
  if (!existsSync(path)) return noLabels;
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new BreakwaterError('store-failed', `labels ${path} not read: ${messageOf(error)}`, { cause: error });
  }
  const { records, end } = wholeRecords(bytes, path);
  return { ...sorted(records), fingerprint: createHash('sha256').update(bytes.subarray(0, end)).digest('hex'), tornBytes: bytes.length - end };
}

/** What an append did. */
export interface AppendedLabels {
  readonly records: number;
  /** Bytes of an earlier append that had been cut off, now gone. */
  readonly cutBytes: number;
}

/**
 * Appends records that `choose` makes of what is there, all or none of them, and syncs them to the disk before it returns. A cut-off end of an earlier append is taken away first. One process at a time:
 * throws `store-failed` when another one is at it, and as `readLabelStore` does.
 */
export function appendLabels(path: string, choose: (held: StoredLabels) => readonly LabelRecord[]): AppendedLabels {
  const isNew = !existsSync(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new BreakwaterError('store-failed', `folder of labels ${dirname(path)} not made: ${messageOf(error)}`, { cause: error });
  }
  return locked(`${path}.lock`, () => {
    const held = readLabelStore(path);
    const records = choose(held);
    if (records.length === 0 && held.tornBytes === 0) return { records: 0, cutBytes: 0 };
    let file: number | undefined;
    try {
      file = openSync(path, 'a');
      const whole = statSync(path).size - held.tornBytes;
      if (held.tornBytes > 0) ftruncateSync(file, whole);
      try {
        writeAll(file, Buffer.from(records.map(printRecord).join('')));
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, whole);
        throw error;
      }
      if (isNew) syncFolder(dirname(path));
    } catch (error) {
      throw new BreakwaterError('store-failed', `labels ${path} not written: ${messageOf(error)}`, { cause: error });
    } finally {
      if (file !== undefined) closeSync(file);
    }
    return { records: records.length, cutBytes: held.tornBytes };
  });
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) from += writeSync(file, bytes, from);
}

/** A new file survives a power cut only with its folder. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const NEWLINE = 0x0a;

/** The records of the whole lines, and where they end. A last line that cannot be read is the end of an append that a crash cut off, also where the disk kept its length and not its content. */
function wholeRecords(bytes: Buffer, path: string): { readonly records: readonly LabelRecord[]; readonly end: number } {
  const records: LabelRecord[] = [];
  let from = 0;
  for (let line = 1; from < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0) break;
    try {
      records.push(readRecord(bytes.toString('utf8', from, end)));
    } catch (error) {
      if (end === bytes.length - 1 && !isNewer(error)) break;
      throw new BreakwaterError('store-corrupt', `labels ${path} not read: line ${line}: ${messageOf(error)}`, { cause: error });
    }
    from = end + 1;
  }
  return { records, end: from };
}

/** Whether a whole line was written by a newer version: that is nothing to cut off. */
function isNewer(error: unknown): boolean {
  return messageOf(error).includes('which this version does not know');
}

function sorted(records: readonly LabelRecord[]): Pick<StoredLabels, 'batches' | 'statements' | 'disputes' | 'links'> {
  const batches = records.filter((record) => record.kind === 'batch');
  return {
    batches, statements: standing(batches),
    disputes: records.filter((record) => record.kind === 'dispute'),
    links: records.filter((record) => record.kind === 'link'),
  };
}

/** What all batches say, in order. Where one is a newer edition of a list, what earlier ones of the same source and file say and it does not holds until it was said. */
function standing(batches: readonly LabelBatch[]): readonly LabelStatement[] {
  const editions = new Map<string, LabelStatement[]>();
  const keyOf = ({ address, chain, label }: LabelStatement): string => `${address} ${chain} ${label}`;
  for (const { source, file, statements, statedAt, replaces } of batches) {
    const list = `${source} ${file}`;
    const before = editions.get(list) ?? [];
    if (replaces === true) {
      const said = new Set(statements.map(keyOf));
      before.forEach((statement, i) => {
        const hasEnded = statement.validUntil !== undefined && statement.validUntil <= statedAt;
        if (!said.has(keyOf(statement)) && !hasEnded) before[i] = { ...statement, validUntil: statedAt };
      });
    }
    editions.set(list, [...before, ...statements]);
  }
  return [...editions.values()].flat();
}

/** Runs `work` while `path` names this process. A lock whose process is gone is taken away. Only for processes of one machine. */
function locked<T>(path: string, work: () => T): T {
  for (let tries = 0; ; tries++) {
    try {
      const file = openSync(path, 'wx');
      try {
        writeSync(file, String(process.pid));
      } finally {
        closeSync(file);
      }
      break;
    } catch (error) {
      if (!existsSync(path)) throw new BreakwaterError('store-failed', `lock ${path} not made: ${messageOf(error)}`, { cause: error });
      const holder = Number(readFileSync(path, 'utf8'));
      if (tries > 0 || isAlive(holder)) throw new BreakwaterError('store-failed', `labels are being written by process ${holder} (${path})`);
      rmSync(path, { force: true });
    }
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  // Before its number is written a lock is alive: it is some microseconds old.
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}
