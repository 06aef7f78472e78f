import type { EpochMs, Price } from '@breakwater/models/core';
import { epochMs, isPrice } from '@breakwater/models/core';

/** Powers of ten that a double holds exactly (up to 1e22), for joining a scaled integer with its decimals in one rounding. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Digits that always fit an exact integer in a double: 10^15 < 2^53. */
const EXACT_DIGITS = 15;
/** What a venue may print beside plain decimals: a sign of the exponent, an exponent. Leading zeros, spaces, hex and `+` are refused. */
const DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;

/** Strings up to here have a mantissa below 10^9, which fits the integers that the machine adds fastest. */
const INTEGER_DIGITS = 9;

/** Parses an unsigned decimal string; NaN when it is not one. The result is the double nearest to the printed number, so equal prints give equal keys. */
function parseDecimal(s: string): number {
  const length = s.length;
  if (length === 0 || length > EXACT_DIGITS + 1) return parseLong(s);
  let mantissa = 0;
  let point = -1;
  if (length <= INTEGER_DIGITS) {
    for (let i = 0; i < length; i++) {
      const digit = s.charCodeAt(i) - 48;
      if (digit >= 0 && digit <= 9) mantissa = (mantissa * 10 + digit) | 0;
      else if (digit === -2 && point < 0) point = i;
      else return parseLong(s);
    }
  } else {
    for (let i = 0; i < length; i++) {
      const digit = s.charCodeAt(i) - 48;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (digit === -2 && point < 0) point = i;
      else return parseLong(s);
    }
  }
  // A leading zero stands only before the point: `0.5` and `0`, not `05` nor `.5`.
  if (s.charCodeAt(0) === 48 && length > 1 && point !== 1) return NaN;
  if (point < 0) return length <= EXACT_DIGITS ? mantissa : parseLong(s);
  if (point === 0 || point === length - 1) return NaN;
  // Both operands are exact, so the quotient is correctly rounded: the same double as Number(s) (Clinger 1990, fast path).
  return mantissa / (POWERS_OF_TEN[length - 1 - point] ?? NaN);
}

function parseLong(s: string): number {
  return s.length <= 64 && DECIMAL.test(s) ? Number(s) : NaN;
}

/** A number > 0 from a strict decimal string or a JSON number; NaN for anything else. */
export function parsePositive(v: unknown): number {
  const n = typeof v === 'string' ? parseDecimal(v) : typeof v === 'number' ? v : NaN;
  return n > 0 && n < Infinity ? n : NaN;
}

/** A number >= 0 from a strict decimal string or a JSON number; NaN for anything else. */
export function parseNonNegative(v: unknown): number {
  const n = typeof v === 'string' ? parseDecimal(v) : typeof v === 'number' ? v : NaN;
  return n >= 0 && n < Infinity ? n : NaN;
}

/** A number of any sign (funding rates) from a strict decimal string with an optional leading `-`, or a JSON number; NaN for anything else. */
export function parseSigned(v: unknown): number {
  if (typeof v === 'number') return Number.isFinite(v) ? v : NaN;
  if (typeof v !== 'string') return NaN;
  const n = v.charCodeAt(0) === 45 ? -parseDecimal(v.slice(1)) : parseDecimal(v);
  return n > -Infinity && n < Infinity ? n : NaN;
}

/** A price that may be absent: undefined when missing, empty or 0 (no price is 0), `bad` when it is no number. */
export function readOptionalPrice(v: unknown): Price | undefined | 'bad' {
  if (v === undefined || v === null || v === '') return undefined;
  const n = parseNonNegative(v);
  if (n === 0) return undefined;
  return isPrice(n) ? n : 'bad';
}

/**
 * Book levels `[[price, quantity, ...], ...]` as one flat list of alternating price (> 0) and quantity (>= 0), in the order received;
 * undefined when anything in them is malformed. Further members of a level are not looked at. O(levels).
 */
export function readLevels(v: unknown): number[] | undefined {
  if (!Array.isArray(v)) return undefined;
  const rows: readonly unknown[] = v;
  const out: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length < 2) return undefined;
    const pair: readonly unknown[] = row;
    const p = parsePositive(pair[0]);
    const q = parseNonNegative(pair[1]);
    // NaN is the only value unequal to itself.
    if (p !== p || q !== q) return undefined;
    out.push(p, q);
  }
  return out;
}

/** 2010-01-01 and 2100-01-01 UTC: a time outside them is a unit error or garbage. */
const EARLIEST_MS = 1_262_304_000_000;
const LATEST_MS = 4_102_444_800_000;

/** A moment from milliseconds since the epoch, as a number or a numeric string; undefined unless whole and between 2010 and 2100. */
export function readTime(v: unknown): EpochMs | undefined {
  const n = typeof v === 'number' ? v : typeof v === 'string' ? parseDecimal(v) : NaN;
  return n >= EARLIEST_MS && n < LATEST_MS && Number.isInteger(n) ? epochMs(n) : undefined;
}

/** A whole sequence number >= -1 (venues mark a snapshot by -1) from a JSON number; undefined for anything else. */
export function readSequence(v: unknown): number | undefined {
  return typeof v === 'number' && v >= -1 && Number.isSafeInteger(v) ? v : undefined;
}

/** True for a JSON object (not null, not a list). */
export function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

/** The JSON value of a text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A text as it is, anything else as the empty text. */
export function asText(v: unknown): string {
  return typeof v === 'string' ? v : '';
}

/** Levels already read as numbers, as the venue printed them: alternating price and quantity. */
export function printedLevels(levels: unknown): string[] {
  const out: string[] = [];
  if (!Array.isArray(levels)) return out;
  const rows: readonly unknown[] = levels;
  for (const level of rows) if (Array.isArray(level)) out.push(String(level[0]), String(level[1]));
  return out;
}
