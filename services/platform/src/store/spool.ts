import { assert } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { SeriesPoint } from './index.ts';
import { decodeRecords, encodeRecord } from './spool-record.ts';

/** The files of a spool as a port: `spool-node` is a folder, `simulated` has a twin with a small disk that crashes. Calls come one at a time. */
export interface SpoolFiles {
  /** Names of all files. */
  list(): Promise<readonly string[]>;
  /** Bytes from `from` on. */
  read(name: string, from: number): Promise<Uint8Array>;
  /** Appends to a file, making it; with `sync` it, and everything appended to it before, survives a power cut. When it rejects, a part may have been written. */
  append(name: string, bytes: Uint8Array, sync: boolean): Promise<void>;
  /** Deletes a file; one that is not there is deleted. */
  remove(name: string): Promise<void>;
}

/** Terms of a spool. */
export interface SpoolOptions {
  readonly files: SpoolFiles;
  /** Bytes of all segments. What is over it costs the oldest segment its points. */
  readonly maxBytes: number;
  /** An append is synced when the last sync is at least this long ago, milliseconds; 0 syncs each. What was not synced survives the end of the process and not a power cut. */
  readonly syncMs: number;
  readonly now: () => number;
}

/** Points taken off a spool, to be delivered and then done with. */
export interface SpoolBatch {
  readonly points: readonly SeriesPoint[];
  readonly segment: string;
  /** Where in its segment the batch ends. */
  readonly end: number;
}

/** What a spool holds and what became of what it held. */
export interface SpoolStats {
  readonly points: number;
  readonly bytes: number;
  readonly segments: number;
  /** Points deleted to stay within the bound. */
  readonly dropped: number;
  /** Segments with an end that is no record: torn by the end of a process or a full disk, or changed on the disk. */
  readonly torn: number;
}

/** Points on a disk, in the order they were appended, until they are done with. Not for several users at a time. */
export interface Spool {
  /** Appends as one record, all or none, at most `recordPoints`; rejects with `store-failed`. What was appended is there after a kill. */
  append(points: readonly SeriesPoint[]): Promise<void>;
  /** The oldest points not taken yet, at most about `maxPoints`; undefined when there are none. */
  take(maxPoints: number): Promise<SpoolBatch | undefined>;
  /** Done with a batch, the one taken last. Its segment is deleted once all of it is. */
  done(batch: SpoolBatch): Promise<void>;
  /** Deletes what is done with also of the segment being written, so that no restart brings it again. */
  forgetDone(): Promise<void>;
  stats(): SpoolStats;
}

interface Segment {
  readonly name: string;
  bytes: number;
  /** Points of it, those done with, and those taken and not done with. */
  points: number;
  done: number;
  taken: number;
  /** Where reading goes on. */
  readAt: number;
  /** Nothing more is appended. */
  isClosed: boolean;
}

/** A segment is an eighth of the bound: that is what is lost at once when the bound is reached. [A] At most 4 MiB, which is what a restart may deliver a second time. */
const segmentShare = 1 / 8;
const largestSegment = 4 * 1_048_576;
/** Points in a record: what the end of a process can tear. */
export const recordPoints = 1_000;
const namePattern = /^series-(\d{12})\.spool$/;

/**
 * Opens the spool kept in `files`, reading it through once. Append-only segments; a record that was being written when the process ended is left out, and nothing is ever appended
 * after one. Points done with may come again after a crash, in the old order, at most a segment of them: appending a point to a series twice changes nothing.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { files, maxBytes, syncMs, now } = options;
  const segmentBytes = Math.min(largestSegment, maxBytes * segmentShare);
  assert(segmentBytes >= 1, `a spool needs at least 8 bytes, got ${maxBytes}`);
  const segments: Segment[] = [];
  let nextNumber = 1;
  let syncedAt = -Infinity;
  const counts = { dropped: 0, torn: 0 };

  const translated = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof BreakwaterError ? error : new BreakwaterError('store-failed', `spool of series not ${what}: ${messageOf(error)}`, { cause: error });
    }
  };
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  const bytesOf = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0);
  const forget = async (segment: Segment): Promise<void> => {
    // Forgotten even when it cannot be deleted: the next start finds it again, and delivering it twice does no harm.
    segments.splice(segments.indexOf(segment), 1);
    await files.remove(segment.name);
  };
  const dropOldest = async (): Promise<boolean> => {
    const [oldest] = segments;
    if (oldest === undefined) return false;
    counts.dropped += oldest.points - oldest.done - oldest.taken;
    await translated('made smaller', () => forget(oldest));
    return true;
  };
  const newSegment = (): Segment => {
    const segment: Segment = { name: `series-${String(nextNumber++).padStart(12, '0')}.spool`, bytes: 0, points: 0, done: 0, taken: 0, readAt: 0, isClosed: false };
    segments.push(segment);
    return segment;
  };
  const writeRecord = async (points: readonly SeriesPoint[]): Promise<void> => {
    const bytes = encodeRecord(points);
    if (bytes.length > maxBytes) throw new BreakwaterError('store-failed', `spool of series not written: a record of ${bytes.length} bytes is over its bound`);
    while (bytesOf() + bytes.length > maxBytes && (await dropOldest()));
    const last = segments.at(-1);
    const segment = last === undefined || last.isClosed || last.bytes >= segmentBytes ? newSegment() : last;
    const isDue = now() - syncedAt >= syncMs;
    try {
      await files.append(segment.name, bytes, isDue);
    } catch (error) {
      // A part may be there: nothing may follow it.
      segment.isClosed = true;
      if (segment.points === 0) await forget(segment).catch(() => undefined);
      else counts.torn++;
      throw error;
    }
    if (isDue) syncedAt = now();
    segment.bytes += bytes.length;
    segment.points += points.length;
  };
  const scan = async (): Promise<void> => {
    const names = (await files.list()).filter((name) => namePattern.test(name)).sort();
    for (const name of names) {
      const { records, isTorn } = decodeRecords(await files.read(name, 0), Infinity);
      nextNumber = Math.max(nextNumber, Number(namePattern.exec(name)?.[1]) + 1);
      if (isTorn) counts.torn++;
      const points = records.reduce((sum, record) => sum + record.points.length, 0);
      if (points === 0) await files.remove(name);
      else segments.push({ name, bytes: records.at(-1)?.end ?? 0, points, done: 0, taken: 0, readAt: 0, isClosed: true });
    }
  };
  const take = async (maxPoints: number): Promise<SpoolBatch | undefined> => {
    const segment = segments.find(({ readAt, bytes }) => readAt < bytes);
    if (segment === undefined) return undefined;
    const { records } = decodeRecords((await files.read(segment.name, segment.readAt)).subarray(0, segment.bytes - segment.readAt), maxPoints);
    const end = records.at(-1)?.end;
    if (end === undefined) {
      // It was whole when it was written: the disk has changed it.
      counts.torn++;
      counts.dropped += segment.points - segment.done - segment.taken;
      await forget(segment);
      return take(maxPoints);
    }
    segment.readAt += end;
    const points = records.flatMap((record) => record.points);
    segment.taken += points.length;
    return { points, segment: segment.name, end: segment.readAt };
  };
  const done = async (batch: SpoolBatch): Promise<void> => {
    const segment = segments.find(({ name }) => name === batch.segment);
    if (segment === undefined) return;
    segment.taken -= batch.points.length;
    segment.done += batch.points.length;
    const isOver = segment.isClosed || segment.bytes >= segmentBytes || segment !== segments.at(-1);
    if (isOver && segment.done >= segment.points) await forget(segment);
  };

  await translated('read', scan);
  return {
    append: (points) => {
      assert(points.length <= recordPoints, `a record holds at most ${recordPoints} points, got ${points.length}`);
      return inTurn(() => translated('written', () => writeRecord(points)));
    },
    take: (maxPoints) => inTurn(() => translated('read', () => take(maxPoints))),
    done: (batch) => inTurn(() => translated('made smaller', () => done(batch))),
    forgetDone: () => inTurn(() => translated('made smaller', async () => {
      for (const segment of [...segments]) if (segment.done >= segment.points) await forget(segment);
    })),
    stats: () => ({ points: segments.reduce((sum, { points, done: settled }) => sum + points - settled, 0), bytes: bytesOf(), segments: segments.length, ...counts }),
  };
}
