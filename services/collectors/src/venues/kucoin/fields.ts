import type { EpochMs } from '@breakwater/models/core';
import { parseNonNegative, parsePositive, readSequence, readTime } from '../../numbers.ts';
import type { RejectReason, VenueEvent } from '../../venue.ts';

/** Fields as KuCoin prints them, shared by the readers of its frames and answers. Sources as in `map.ts`. */

/** A JSON object. */
export type Row = Readonly<Record<string, unknown>>;
/** A failure while reading one entry of a frame; it rejects the whole frame. */
export interface Failure {
  readonly reason: RejectReason;
  readonly detail: string;
}
/** Makes a failure. */
export const failure = (reason: RejectReason, detail: string): Failure => ({ reason, detail });
/** What a reader of a frame gives. */
export type Read = readonly VenueEvent[] | Failure;

/** A JSON value as a short text. */
export function printed(v: unknown): string {
  return (typeof v === 'string' ? v : ((JSON.stringify(v) as string | undefined) ?? '')).slice(0, 200);
}

/** A sequence number, which spot's REST books print as a text. */
export function readNumber(v: unknown): number | undefined {
  return typeof v === 'string' ? readSequence(parseNonNegative(v)) : readSequence(v);
}

/** Milliseconds of a moment in nanoseconds, as a text or as a number, which holds them to some hundred nanoseconds only. */
export function readNanos(v: unknown): EpochMs | undefined {
  if (typeof v === 'string') return /^\d{19}$/.test(v) ? readTime(Number(v.slice(0, 13))) : undefined;
  const n = parsePositive(v);
  // Half a microsecond makes up for what a double loses of so large a number, so that a whole millisecond is not read as the one before.
  return readTime(Math.floor(n / 1e6 + 0.0005));
}

/**
 * Changes `[price, quantity, sequence]`, as texts or numbers, as one flat list of alternating price and quantity in the order of their numbers; those with
 * a price of 0 stand for a change without a level and are left out. Undefined when malformed. O(changes), and sorts only what is not in order.
 */
export function readChanges(v: unknown): number[] | undefined {
  if (!Array.isArray(v)) return undefined;
  const rows: readonly unknown[] = v;
  const out: number[] = [];
  let before = -1;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row)) return undefined;
    const change: readonly unknown[] = row;
    const p = parseNonNegative(change[0]);
    const q = parseNonNegative(change[1]);
    // NaN is the only value unequal to itself.
    if (p !== p || q !== q) return undefined;
    // Nearly every frame has one, which needs no list that grows.
    if (rows.length === 1) return p > 0 ? [p, q] : out;
    if (p > 0) out.push(p, q);
    const id = readNumber(change[2]) ?? before;
    if (id < before) return readChanges(inOrder(rows));
    before = id;
  }
  return out;
}

/** The last change of a price is the one that counts, so they are told in the order of their numbers. */
function inOrder(rows: readonly unknown[]): readonly unknown[] {
  const idOf = (row: unknown): number => (Array.isArray(row) ? (readNumber(row[2]) ?? -1) : -1);
  return [...rows].sort((a, b) => idOf(a) - idOf(b));
}
