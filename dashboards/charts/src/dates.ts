import { formatUtc, formatUtcMinute } from '@breakwater/contracts';

/** The date of a moment in UTC, `2025-04-13`; empty for what is no moment. */
export function dateOf(at: number): string {
  return Number.isFinite(at) && at >= 0 && at <= 8.64e15 ? (new Date(at).toISOString().split('T')[0] ?? '') : '';
}

/** A moment with its date: `2025-04-13 18:02:11 UTC`. */
export function dateAndTime(at: number): string {
  return `${dateOf(at)} ${formatUtc(at)}`.trim();
}

/** The same to the minute: `2025-04-13 18:02 UTC`. */
export function dateAndMinute(at: number): string {
  return `${dateOf(at)} ${formatUtcMinute(at)}`.trim();
}
