import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { isRecord } from '../numbers.ts';
import { textLinesOf } from '../replay/text-lines.ts';
import type { RecordedLine } from './lines.ts';
import { RECORDING_FORMAT, RECORDING_VERSION } from './lines.ts';

/**
 * The files of a recording: a folder's, in order, or one file. Undefined where `path` is something else, such as a capture of another recorder. Rejects with what the
 * file system says.
 */
export async function recordingFiles(path: string): Promise<readonly string[] | undefined> {
  const isFolder = (await stat(path)).isDirectory();
  const files = isFolder ? (await readdir(path)).filter((name) => /\.jsonl(\.gz)?$/.test(name)).sort().map((name) => join(path, name)) : [path];
  const first = files[0];
  if (first === undefined || !/\.jsonl(\.gz)?$/.test(first)) return undefined;
  for await (const text of textLinesOf(first)) return headerOf(text) === undefined ? undefined : files;
  return undefined;
}

/** The lines of the files of a recording, one after the other. A file whose end is missing (the recorder was killed) ends where it ends. Rejects at a version that this reader does not know. */
export async function* readRecording(files: readonly string[]): AsyncGenerator<RecordedLine> {
  for (const file of files) {
    for await (const text of textLinesOf(file)) {
      const line = parseRecordedLine(text);
      if (!line.ok) throw new TypeError(`${file}: ${line.error}`);
      if (line.value !== undefined) yield line.value;
    }
  }
}

const KINDS = new Set<string>(['header', 'session', 'watch', 'connect', 'send', 'close', 'recv', 'http', 'link', 'republish', 'said', 'lost'] satisfies RecordedLine['t'][]);
/** Which text fields a kind cannot be without. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  session: ['source'], watch: ['source'], connect: ['conn', 'url'], send: ['conn', 'data'], close: ['conn'], recv: ['conn', 'data'], http: ['source', 'url', 'name', 'data'], link: ['conn', 'step'], republish: ['source', 'instrument'], said: ['source'],
};

/** One line of a recording; undefined for what is not one (a broken end, a later kind). An error for a version that cannot be read. */
export function parseRecordedLine(text: string): Result<RecordedLine | undefined, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ok(undefined);
  }
  if (!isRecord(value) || typeof value['t'] !== 'string' || !KINDS.has(value['t'])) return ok(undefined);
  const t = value['t'];
  const fields = value;
  if (t === 'header') return fields['format'] === RECORDING_FORMAT && fields['version'] === RECORDING_VERSION ? ok(value as unknown as RecordedLine) : err(`not a recording of version ${RECORDING_VERSION}`);
  if (t !== 'said' && typeof fields['at'] !== 'number') return ok(undefined);
  if ((NEEDED[t] ?? []).some((name) => typeof fields[name] !== 'string')) return ok(undefined);
  if ((t === 'session' || t === 'watch') && !(Array.isArray(fields['watched']) && Array.isArray(fields['known']))) return ok(undefined);
  if (t === 'said' && !isRecord(fields['message'])) return ok(undefined);
  // What the recorder wrote is taken at its word beyond this; frames and answers are read as carefully as live ones.
  return ok(value as unknown as RecordedLine);
}

function headerOf(text: string): RecordedLine | undefined {
  const line = parseRecordedLine(text);
  return line.ok && line.value?.t === 'header' ? line.value : undefined;
}
