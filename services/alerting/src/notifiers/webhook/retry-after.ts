import type { EpochMs } from '@breakwater/models/core';

/** A receiver's wish to wait is honoured up to this, so that one bad header cannot keep warnings back for good. */
const longestMs = 3_600_000;

/**
 * How long `Retry-After` asks to wait, milliseconds in [0, 3,600,000]; undefined when it is absent or unreadable. Seconds or a date (RFC 9110,
 * 10.2.3); a date is measured from the answer's own `Date` where there is one, so that the two clocks need not agree, and from `now` otherwise.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: EpochMs): number | undefined {
  const text = (headers['retry-after'] ?? '').trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, longestMs);
  const until = dateOf(text);
  if (until === undefined) return undefined;
  return Math.min(Math.max(until - (dateOf(headers['date'] ?? '') ?? now), 0), longestMs);
}

/** The three forms of RFC 9110, 5.6.7 begin with the name of a day; other texts that `Date.parse` takes are none. */
function dateOf(text: string): number | undefined {
  const at = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
