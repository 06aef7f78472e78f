import { crc32 } from 'node:zlib';
import { epochMs } from '@breakwater/models/core';
import type { SeriesPoint } from './index.ts';

/** A record is its length and its checksum, four bytes each, little-endian, and then points as JSON: `[[series, labels, time, value], ...]`. */
const headBytes = 8;

/** What a part of a segment holds. */
export interface SpoolRecord {
  readonly points: readonly SeriesPoint[];
  /** Where the record ends, counted from where reading began. */
  readonly end: number;
}

/** Points as a record. */
export function encodeRecord(points: readonly SeriesPoint[]): Uint8Array {
  const body = Buffer.from(JSON.stringify(points.map(({ series, labels, time, value }) => [series, labels, time, value])));
  const bytes = Buffer.alloc(headBytes + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt32LE(crc32(body), 4);
  body.copy(bytes, headBytes);
  return bytes;
}

/**
 * The records that `bytes` begins with, up to `maxPoints` (at least one record), and whether what follows is no record: the process ended while it was written, or the disk changed it.
 */
export function decodeRecords(bytes: Uint8Array, maxPoints: number): { readonly records: readonly SpoolRecord[]; readonly isTorn: boolean } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: SpoolRecord[] = [];
  let at = 0;
  let count = 0;
  while (at < view.length && count < maxPoints) {
    const length = at + headBytes <= view.length ? view.readUInt32LE(at) : undefined;
    const end = at + headBytes + (length ?? 0);
    if (length === undefined || end > view.length) return { records, isTorn: true };
    const body = view.subarray(at + headBytes, end);
    const points = crc32(body) === view.readUInt32LE(at + 4) ? pointsOf(body.toString('utf8')) : undefined;
    if (points === undefined) return { records, isTorn: true };
    records.push({ points, end });
    count += points.length;
    at = end;
  }
  return { records, isTorn: false };
}

/** Points of a record's body; undefined where it is none of ours, e.g. zeros that a power cut left, whose checksum is right. */
function pointsOf(text: string): readonly SeriesPoint[] | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(read)) return undefined;
  const points = (read as readonly unknown[]).map((one): SeriesPoint | undefined => {
    if (!Array.isArray(one)) return undefined;
    const [series, labels, time, value] = one as readonly unknown[];
    if (typeof series !== 'string' || typeof labels !== 'object' || labels === null || typeof time !== 'number' || typeof value !== 'number') return undefined;
    return { series, labels: labels as Readonly<Record<string, string>>, time: epochMs(time), value };
  });
  const whole = points.filter((point) => point !== undefined);
  return whole.length === points.length ? whole : undefined;
}
