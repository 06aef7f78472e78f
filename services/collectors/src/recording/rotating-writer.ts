import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { RecordedLine } from './lines.ts';
import { RECORDING_FORMAT, RECORDING_VERSION } from './lines.ts';

/** Writes the lines of a recording into compressed files that follow each other. */
export interface RotatingWriter {
  /** Takes a line; never waits. When the disk is slower than the lines, what does not fit into the buffer is left out, counted, and said by a `lost` line. */
  write(line: RecordedLine): void;
  stats(): WriterStats;
  /** Resolves when what was written so far is compressed and handed to the file; a file that is full or old is then followed by the next. */
  flush(): Promise<void>;
  /** Resolves when everything is in the files. Rejects when the disk failed. */
  close(): Promise<void>;
}

/** What a writer has done. */
export interface WriterStats {
  readonly lines: number;
  readonly lost: number;
  /** Compressed bytes in the files that are still there, the open one included. */
  readonly bytes: number;
  readonly files: number;
  /** Files removed to keep within the bound. */
  readonly removed: number;
  readonly file: string;
}

/** How a recording is cut into files. */
export interface RotatingWriterOptions {
  readonly folder: string;
  /** A file is ended at this size, bytes compressed, or at this age, milliseconds. */
  readonly maxFileBytes: number;
  readonly maxFileMs: number;
  /** The oldest files of the folder's recordings are removed so that all of them stay below this, bytes. */
  readonly maxTotalBytes: number;
  readonly clock: Clock;
  readonly software: string;
  /** The lines that a file begins with, after its header. */
  readonly opening: () => readonly RecordedLine[];
  /** A file was begun that goes on from another; whoever records may want every book anew in it. */
  readonly onRotated: () => void;
  /** The disk failed: nothing more is written. */
  readonly onError: (error: BreakwaterError) => void;
  /** Most characters that wait for the disk. Default 64 Mi. */
  readonly maxWaiting?: number;
}

/** How much a crash of the machine's process may cost: what was compressed is handed to the file this often. */
const FLUSH_EVERY_MS = 1_000;
/** Names of the files, in the order of time: `capture-20261127T110500Z-0001.jsonl.gz`. */
const FILE = /^capture-\d{8}T\d{6}Z-\d{4,}\.jsonl\.gz$/;

interface Part {
  readonly name: string;
  readonly startedAt: number;
  readonly gzip: Gzip;
  readonly file: WriteStream;
  bytes: number;
}

/** Begins a recording in `folder`, which is made. Throws what the file system throws. */
export function createRotatingWriter(options: RotatingWriterOptions): RotatingWriter {
  const { folder, clock } = options;
  const maxWaiting = options.maxWaiting ?? 64 * 1024 * 1024;
  mkdirSync(folder, { recursive: true });
  const started = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const counts = { lines: 0, lost: 0, removed: 0, parts: 0 };
  let pending = 0;
  let waiting = 0;
  let failed: BreakwaterError | undefined;
  let closed = false;
  const endings: Promise<void>[] = [];

  const fail = (error: unknown): void => {
    if (failed !== undefined) return;
    failed = new BreakwaterError('store-failed', `recording into ${folder} failed: ${messageOf(error)}`);
    options.onError(failed);
  };
  const put = (part: Part, text: string): void => {
    waiting += text.length;
    part.gzip.write(text, () => (waiting -= text.length));
  };
  const open = (): Part => {
    const number = ++counts.parts;
    const name = `capture-${started}-${String(number).padStart(4, '0')}.jsonl.gz`;
    const file = createWriteStream(join(folder, name), { flags: 'wx' });
    const gzip = createGzip({ level: 6 });
    const part: Part = { name, startedAt: clock.now(), gzip, file, bytes: 0 };
    gzip.on('data', (chunk: Buffer) => (part.bytes += chunk.length));
    gzip.on('error', fail);
    file.on('error', fail);
    gzip.pipe(file);
    endings.push(finished(file).catch(() => undefined));
    const header: RecordedLine = { t: 'header', format: RECORDING_FORMAT, version: RECORDING_VERSION, at: clock.now(), part: number, software: options.software };
    for (const line of number === 1 ? [header] : [header, ...options.opening()]) put(part, `${JSON.stringify(line)}\n`);
    return part;
  };
  let part = open();

  const files = (): readonly { readonly name: string; readonly bytes: number }[] =>
    readdirSync(folder).filter((name) => FILE.test(name)).sort().map((name) => ({ name, bytes: name === part.name ? part.bytes : statSync(join(folder, name)).size }));
  /** Removes the oldest files until a new one of full size fits. */
  const makeRoom = (): void => {
    let total = 0;
    const kept = files();
    for (const { bytes } of kept) total += bytes;
    for (const { name, bytes } of kept) {
      if (total + options.maxFileBytes <= options.maxTotalBytes || name === part.name) return;
      rmSync(join(folder, name), { force: true });
      counts.removed++;
      total -= bytes;
    }
  };
  const rotate = (): void => {
    part.gzip.end();
    part = open();
    makeRoom();
    options.onRotated();
  };
  const flush = (): Promise<void> => new Promise((resolve) => {
    if (failed !== undefined) {
      resolve();
      return;
    }
    const flushed = part;
    flushed.gzip.flush(constants.Z_SYNC_FLUSH, () => {
      if (flushed === part && !closed && failed === undefined && (part.bytes >= options.maxFileBytes || clock.now() - part.startedAt >= options.maxFileMs)) attempt(rotate);
      resolve();
    });
  });
  let cancelFlush = clock.after(FLUSH_EVERY_MS, function again() {
    void flush();
    cancelFlush = clock.after(FLUSH_EVERY_MS, again);
  });
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };
  attempt(makeRoom);

  return {
    write: (line) => {
      if (failed !== undefined) return;
      if (waiting > maxWaiting) {
        pending++;
        counts.lost++;
        return;
      }
      if (pending > 0) {
        put(part, `${JSON.stringify({ t: 'lost', at: clock.now(), lines: pending } satisfies RecordedLine)}\n`);
        pending = 0;
      }
      counts.lines++;
      put(part, `${JSON.stringify(line)}\n`);
    },
    stats: () => {
      const kept = files();
      return { lines: counts.lines, lost: counts.lost, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0), files: kept.length, removed: counts.removed, file: join(folder, part.name) };
    },
    flush,
    close: async () => {
      closed = true;
      cancelFlush();
      if (pending > 0 && failed === undefined) put(part, `${JSON.stringify({ t: 'lost', at: clock.now(), lines: pending } satisfies RecordedLine)}\n`);
      part.gzip.end();
      await Promise.all(endings);
      if (failed !== undefined) throw failed;
    },
  };
}
