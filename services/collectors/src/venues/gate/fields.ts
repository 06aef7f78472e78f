import type { EpochMs, Price, Ratio } from '@breakwater/models/core';
import { isPrice, ratio } from '@breakwater/models/core';
import { parseNonNegative, parsePositive, parseSigned, readTime } from '../../numbers.ts';
import type { RejectReason, VenueEvent } from '../../venue.ts';

/** Fields as Gate prints them, shared by the readers of its frames and answers. Sources as in `map.ts`. */

/** A JSON object. */
export type Row = Readonly<Record<string, unknown>>;
/** A failure while reading one entry of a frame; it rejects the whole frame. */
export interface Failure {
  readonly reason: RejectReason;
  readonly detail: string;
}
/** Makes a failure. */
export const failure = (reason: RejectReason, detail: string): Failure => ({ reason, detail });
/** What a reader of a frame's part gives. */
export type Read = readonly VenueEvent[] | Failure;

/** A JSON value as a short text. */
export function printed(v: unknown): string {
  return ((JSON.stringify(v) as string | undefined) ?? '').slice(0, 200);
}

/** When a frame was sent: `time_ms`, or the whole seconds of frames from before it was added (November 2022). */
export function frameTime(frame: Row): EpochMs | undefined {
  return readTime(frame['time_ms']) ?? readSeconds(frame['time']);
}

/** A moment from whole seconds. */
export function readSeconds(v: unknown): EpochMs | undefined {
  return typeof v === 'number' && Number.isInteger(v) ? readTime(v * 1_000) : undefined;
}

/** A moment from milliseconds with or without a fraction, as a number or a text (`1606292218213.4578`). */
export function readMillis(v: unknown): EpochMs | undefined {
  return readTime(Math.floor(parsePositive(v)));
}

/** A moment that is printed in milliseconds or in seconds with a fraction. */
export function readEither(v: unknown): EpochMs | undefined {
  const n = parsePositive(v);
  // Half a millisecond makes up for seconds that a double holds a little too low.
  return n < 1e11 ? readTime(Math.floor(n * 1_000 + 0.5)) : readMillis(v);
}

/** Whether a field says nothing. */
export const absent = (v: unknown): boolean => v === undefined || v === null || v === '';

/** A price that may be absent: undefined when missing, empty or 0 (no price is 0), `bad` when it is no number. */
export function optionalPrice(v: unknown): Price | undefined | 'bad' {
  if (absent(v)) return undefined;
  const n = parseNonNegative(v);
  if (n === 0) return undefined;
  return isPrice(n) ? n : 'bad';
}

/** A rate that may be absent: undefined when missing or empty, `bad` when it is no number. */
export function optionalRatio(v: unknown): Ratio | undefined | 'bad' {
  if (absent(v)) return undefined;
  const n = parseSigned(v);
  return Number.isNaN(n) ? 'bad' : ratio(n);
}
