/**
 * Readers of the bytes in the room. Each is given where to begin, and gives where what it read ends, or -1 when it is not exactly what was expected.
 * One 0 follows a frame, which no reader takes, so none runs past it; beyond that stands whatever was read before.
 */

import { room } from './room.ts';

const { bytes } = room;

const ZERO = 48;
const POINT = 46;
const MINUS = 45;
const NINE = 57;
const QUOTE = 34;
const COMMA = 44;
const CLOSE_LIST = 93;
const BACKSLASH = 92;

/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Digits of a mantissa that fits 32 bits, and of one that a double holds exactly. */
const SHORT_DIGITS = 9;
const EXACT_DIGITS = 15;
/** Decimals whose power of ten a double holds exactly; digits beyond which a number is unusual (the plain path takes 64 characters). */
const EXACT_POWERS = 22;
const LONGEST_DIGITS = 40;

/**
 * An unsigned decimal without exponent or leading zeros, into `out[slot]`: a whole mantissa over a power of ten, both exact, so the quotient is the double nearest to
 * what is printed; what has too many digits for that costs a text.
 */
export function readDecimal(at: number, out: number[], slot: number): number {
  let p = at;
  let mantissa = 0;
  let digit = (bytes[p] ?? 0) - ZERO;
  while (digit >>> 0 <= 9) {
    mantissa = (Math.imul(mantissa, 10) + digit) | 0;
    digit = (bytes[++p] ?? 0) - ZERO;
  }
  const whole = p - at;
  if (whole === 0 || (whole > 1 && bytes[at] === ZERO)) return -1;
  if (digit !== POINT - ZERO) {
    if (whole <= SHORT_DIGITS) {
      out[slot] = mantissa;
      return p;
    }
    return readLong(at, whole, 0, out, slot);
  }
  const point = p;
  digit = (bytes[++p] ?? 0) - ZERO;
  while (digit >>> 0 <= 9) {
    mantissa = (Math.imul(mantissa, 10) + digit) | 0;
    digit = (bytes[++p] ?? 0) - ZERO;
  }
  const decimals = p - point - 1;
  if (decimals === 0) return -1;
  if (whole + decimals > SHORT_DIGITS) return readLong(at, whole, decimals, out, slot);
  out[slot] = mantissa / (POWERS_OF_TEN[decimals] ?? NaN);
  return p;
}

/** The same for digits that are known to be there, with a mantissa of more than 32 bits. */
function readLong(at: number, whole: number, decimals: number, out: number[], slot: number): number {
  let mantissa = 0;
  const end = at + whole + (decimals === 0 ? 0 : decimals + 1);
  for (let p = at; p < end; p++) {
    const digit = (bytes[p] ?? 0) - ZERO;
    if (digit >= 0) mantissa = mantissa * 10 + digit;
  }
  if (mantissa > Number.MAX_SAFE_INTEGER || decimals > EXACT_POWERS) {
    if (whole + decimals > LONGEST_DIGITS) return -1;
    out[slot] = Number(String.fromCharCode(...bytes.subarray(at, end)));
    return end;
  }
  out[slot] = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] ?? NaN);
  return end;
}

/** A decimal with an optional sign. */
export function readSigned(at: number, out: number[], slot: number): number {
  if (bytes[at] !== MINUS) return readDecimal(at, out, slot);
  const end = readDecimal(at + 1, out, slot);
  out[slot] = -(out[slot] ?? NaN);
  // A zero with a sign is unusual.
  return out[slot] === 0 ? -1 : end;
}

/** A whole number of up to 15 digits, with an optional sign. */
export function readInteger(at: number, out: number[], slot: number): number {
  const begin = bytes[at] === MINUS ? at + 1 : at;
  let p = begin;
  let high = 0;
  let low = 0;
  let digit = (bytes[p] ?? 0) - ZERO;
  // The first nine digits and those after them, each in 32 bits.
  const middle = begin + SHORT_DIGITS;
  while (digit >>> 0 <= 9 && p < middle) {
    high = (Math.imul(high, 10) + digit) | 0;
    digit = (bytes[++p] ?? 0) - ZERO;
  }
  while (digit >>> 0 <= 9) {
    low = (Math.imul(low, 10) + digit) | 0;
    digit = (bytes[++p] ?? 0) - ZERO;
  }
  const digits = p - begin;
  if (digits === 0 || digits > EXACT_DIGITS || (bytes[begin] === ZERO && (digits > 1 || begin !== at))) return -1;
  const value = digits <= SHORT_DIGITS ? high : high * (POWERS_OF_TEN[digits - SHORT_DIGITS] ?? NaN) + low;
  out[slot] = begin === at ? value : -value;
  return p;
}

/** 2010-01-01 and 2100-01-01 UTC, the bounds of `readTime`. */
const EARLIEST_MS = 1_262_304_000_000;
const LATEST_MS = 4_102_444_800_000;

/** Milliseconds since the epoch: 13 digits. */
export function readMillis(at: number, out: number[], slot: number): number {
  let high = 0;
  let low = 0;
  for (let p = at; p < at + 6; p++) {
    const digit = (bytes[p] ?? 0) - ZERO;
    if (digit >>> 0 > 9) return -1;
    high = (Math.imul(high, 10) + digit) | 0;
  }
  for (let p = at + 6; p < at + 13; p++) {
    const digit = (bytes[p] ?? 0) - ZERO;
    if (digit >>> 0 > 9) return -1;
    low = (Math.imul(low, 10) + digit) | 0;
  }
  const value = high * 1e7 + low;
  out[slot] = value;
  return value >= EARLIEST_MS && value < LATEST_MS ? at + 13 : -1;
}

/** The day that was read last and its beginning: frames of one day follow one another. */
let day = 0;
let dayBegins = NaN;

/** A moment as in `2026-08-09T21:05:48.464857Z`, with up to nine decimals or none, rounded down to milliseconds. */
export function readIso(at: number, out: number[], slot: number): number {
  const year = digitsAt(at, 4);
  const month = digitsAt(at + 5, 2);
  const date = digitsAt(at + 8, 2);
  const hour = digitsAt(at + 11, 2);
  const minute = digitsAt(at + 14, 2);
  const second = digitsAt(at + 17, 2);
  if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS || bytes[at + 10] !== 0x54 || bytes[at + 13] !== 0x3a || bytes[at + 16] !== 0x3a) return -1;
  if (!(year >= 2010 && year < 2100 && month >= 1 && month <= 12 && date >= 1 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)) return -1;
  const key = year * 10_000 + month * 100 + date;
  if (key !== day) {
    const begins = Date.UTC(year, month - 1, date);
    // The 31st of a month of 30 days is another day.
    if (new Date(begins).getUTCDate() !== date) return -1;
    day = key;
    dayBegins = begins;
  }
  let p = at + 19;
  let millis = 0;
  if (bytes[p] === POINT) {
    const point = p++;
    for (; isDigit(bytes[p] ?? 0); p++) if (p <= point + 3) millis = millis * 10 + (bytes[p] ?? 0) - ZERO;
    const decimals = p - point - 1;
    if (decimals === 0 || decimals > 9) return -1;
    for (let i = decimals; i < 3; i++) millis *= 10;
  }
  out[slot] = dayBegins + ((hour * 60 + minute) * 60 + second) * 1_000 + millis;
  return bytes[p] === 0x5a ? p + 1 : -1;
}

/** Seconds since the epoch as in `1618678142.557535`, ten digits and one to nine decimals, rounded down to milliseconds. */
export function readSeconds(at: number, out: number[], slot: number): number {
  const seconds = digitsAt(at, 10);
  if (seconds < 0 || bytes[at + 10] !== POINT) return -1;
  let p = at + 11;
  let millis = 0;
  for (; isDigit(bytes[p] ?? 0); p++) if (p < at + 14) millis = millis * 10 + (bytes[p] ?? 0) - ZERO;
  const decimals = p - at - 11;
  if (decimals === 0 || decimals > 9) return -1;
  for (let i = decimals; i < 3; i++) millis *= 10;
  const value = seconds * 1_000 + millis;
  out[slot] = value;
  return value >= EARLIEST_MS && value < LATEST_MS ? p : -1;
}

/** A whole number of just so many digits; -1 when they are none. */
export function digitsAt(at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    if (!isDigit(bytes[i] ?? 0)) return -1;
    value = value * 10 + (bytes[i] ?? 0) - ZERO;
  }
  return value;
}

/** 1 for bytes that stand for themselves inside a JSON string: printable ASCII but quotes and backslashes. */
const PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, c) => (c >= 0x20 && c < 0x7f && c !== QUOTE && c !== BACKSLASH ? 1 : 0));

/** Whether a byte stands for itself inside a JSON string. */
export function isPlain(byte: number): boolean {
  return PLAIN[byte] === 1;
}

/** Text of a JSON string up to the byte `stop`, which is not taken. */
export function readText(at: number, stop: number): number {
  let p = at;
  let c = bytes[p] ?? 0;
  while (c !== stop) {
    if (PLAIN[c] !== 1) return -1;
    c = bytes[++p] ?? 0;
  }
  return p;
}

/** Any JSON value without escapes, text beyond ASCII or white space between its parts. */
export function skipValue(at: number, depth = 0): number {
  const first = bytes[at] ?? 0;
  if (first <= NINE) return first === QUOTE ? skipText(at) : skipNumber(at);
  if (first === 0x7b || first === 0x5b) return depth > MAX_DEPTH ? -1 : skipParts(at, depth);
  if (first === 0x74) return matches(at, TRUE);
  if (first === 0x66) return matches(at, FALSE);
  if (first === 0x6e) return matches(at, NULL);
  return -1;
}

/** No or more JSON values with commas between them, up to the end of a list. */
export function skipValues(at: number): number {
  let p = at;
  while (bytes[p] !== CLOSE_LIST) {
    p = skipValue(p);
    if (p < 0 || bytes[p] === CLOSE_LIST) return p;
    // A comma is followed by a value.
    if (bytes[p] !== COMMA || bytes[p + 1] === CLOSE_LIST) return -1;
    p++;
  }
  return p;
}

function skipText(at: number): number {
  const end = readText(at + 1, QUOTE);
  return end < 0 ? -1 : end + 1;
}

/** Deeper than any venue nests. */
const MAX_DEPTH = 16;

function skipParts(at: number, depth: number): number {
  const object = bytes[at] === 0x7b;
  const close = object ? 0x7d : 0x5d;
  let p = at + 1;
  if (bytes[p] === close) return p + 1;
  for (;;) {
    if (object) {
      if (bytes[p] !== QUOTE) return -1;
      p = readText(p + 1, QUOTE);
      if (p < 0 || bytes[p + 1] !== 0x3a) return -1;
      p += 2;
    }
    p = skipValue(p, depth + 1);
    if (p < 0) return -1;
    const next = bytes[p++];
    if (next === close) return p;
    if (next !== 0x2c) return -1;
  }
}

function skipNumber(at: number): number {
  let p = bytes[at] === MINUS ? at + 1 : at;
  const begin = p;
  while (isDigit(bytes[p] ?? 0)) p++;
  if (p === begin || (bytes[begin] === ZERO && p > begin + 1)) return -1;
  if (bytes[p] === POINT) {
    const point = p++;
    while (isDigit(bytes[p] ?? 0)) p++;
    if (p === point + 1) return -1;
  }
  // An exponent follows: left to the plain path by whoever expects something else here.
  return p;
}

/** A whole number of up to 16 digits without a sign, as which texts are told whole that a double may not hold. */
export function readDigits(at: number): number {
  let p = at;
  while (isDigit(bytes[p] ?? 0)) p++;
  return p === at || p > at + 16 || (bytes[at] === ZERO && p > at + 1) ? -1 : p;
}

/** Whether a byte is a decimal digit. */
export function isDigit(c: number): boolean {
  return (c - ZERO) >>> 0 <= 9;
}

function matches(at: number, word: Uint8Array): number {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return -1;
  return at + word.length;
}

const TRUE: Uint8Array = new TextEncoder().encode('true');
const FALSE: Uint8Array = new TextEncoder().encode('false');
const NULL: Uint8Array = new TextEncoder().encode('null');
