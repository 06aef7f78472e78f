import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { isRecord } from '../numbers.ts';
import { linesOf, textLinesOf } from './text-lines.ts';

/** One line of a capture: what went over a connection, as received. `ts` is in seconds. */
export interface CaptureLine {
  readonly t: 'header' | 'http' | 'connect' | 'send' | 'recv';
  readonly ts: number;
  readonly conn: string;
  /** The address, on http and connect lines. */
  readonly url: string;
  /** The raw text, on http, send and recv lines. */
  readonly data: string;
  /** On the header: the exchange the recorder named. */
  readonly exchange: string;
}

/** Decompresses a whole zstd file; passed in so that this package needs no zstd reader. */
export type ZstdDecoder = (bytes: Uint8Array) => Uint8Array;

/**
 * The lines of a capture file: `.jsonl`, `.jsonl.gz` (streamed) or `.jsonl.zst` (whole in memory, needs `zstd`). Lines that are not capture
 * lines are skipped. Throws what the file system throws, and a `TypeError` for `.zst` without a decoder.
 */
export async function* readCapture(path: string, zstd?: ZstdDecoder): AsyncGenerator<CaptureLine> {
  if (path.endsWith('.zst') && zstd === undefined) throw new TypeError('reading .zst captures needs a zstd decoder');
  const lines = zstd !== undefined && path.endsWith('.zst') ? linesOf(Readable.from(splitChunks(zstd(await readFile(path))))) : textLinesOf(path);
  for await (const line of lines) {
    const parsed = parseCaptureLine(line);
    if (parsed !== undefined) yield parsed;
  }
}

/** One line of a capture file; undefined when it is not one. */
export function parseCaptureLine(line: string): CaptureLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const t = value['t'];
  if (t !== 'header' && t !== 'http' && t !== 'connect' && t !== 'send' && t !== 'recv') return undefined;
  const text = (key: string): string => {
    const v = value[key];
    return typeof v === 'string' ? v : '';
  };
  const ts = value['ts'];
  return { t, ts: typeof ts === 'number' ? ts : 0, conn: text('conn'), url: text('url') || text('addr'), data: text('data'), exchange: text('exchange') };
}

/** Pieces small enough for a decoder to turn into strings. */
function* splitChunks(bytes: Uint8Array): Generator<Buffer> {
  const size = 1 << 20;
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(size, bytes.length - at));
}
