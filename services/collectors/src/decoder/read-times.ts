import { digitsAt, isDigit, readMillis } from './read.ts';
import { room } from './room.ts';

/** Readers of moments that few venues print so; as those of `read.ts` they give where what they read ends, or -1. */

const { bytes } = room;

const POINT = 46;
/** What is left of a millisecond from here, in nanoseconds, may be rounded up where the plain path reads a number as a double. */
const NEARLY_A_MILLISECOND = 999_000;

/** Nanoseconds since the epoch, 19 digits, rounded down to milliseconds; with `nearly` those of the last microsecond of one are left to the plain path. */
export function readNanos(at: number, out: number[], slot: number, nearly: boolean): number {
  const end = readMillis(at, out, slot);
  const rest = end < 0 ? -1 : digitsAt(end, 6);
  return rest < 0 || isDigit(bytes[end + 6] ?? 0) || (nearly && rest >= NEARLY_A_MILLISECOND) ? -1 : end + 6;
}

/** Milliseconds since the epoch with up to nine decimals or none, rounded down; those of the last microsecond of one are left to the plain path. */
export function readDecimalMillis(at: number, out: number[], slot: number): number {
  const end = readMillis(at, out, slot);
  if (end < 0 || bytes[end] !== POINT) return end;
  let p = end + 1;
  while (isDigit(bytes[p] ?? 0)) p++;
  const decimals = p - end - 1;
  return decimals === 0 || decimals > 9 || digitsAt(end + 1, Math.min(3, decimals)) === 999 ? -1 : p;
}

/** Whole seconds since the epoch, ten digits, as milliseconds. */
export function readWholeSeconds(at: number, out: number[], slot: number): number {
  const seconds = digitsAt(at, 10);
  out[slot] = seconds * 1_000;
  // From 2010 to 2100, as everywhere.
  return seconds >= 1_262_304_000 && seconds < 4_102_444_800 && !isDigit(bytes[at + 10] ?? 0) ? at + 10 : -1;
}
