/** CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320) of an ASCII string, as a signed 32-bit integer as OKX and Bitget print it (`>>> 0` makes it unsigned). O(length). */
export function crc32(text: string): number {
  let crc = -1;
  for (let i = 0; i < text.length; i++) crc = crc32Step(crc, text.charCodeAt(i));
  return ~crc;
}

/** A CRC-32 under way, one byte further. It begins at -1, and the complement of what it ends at is the CRC. For what is hashed without being joined first. */
export function crc32Step(state: number, byte: number): number {
  return (state >>> 8) ^ (TABLE[(state ^ byte) & 0xff] ?? 0);
}

/** A CRC-32 under way after the bytes from `from` up to `to`: four at a time, as what a word combined with the state becomes after as many zero bytes. */
export function crc32Bytes(state: number, words: DataView, from: number, to: number): number {
  let crc = state;
  let at = from;
  for (; at + 4 <= to; at += 4) crc = crc32Shift(crc ^ words.getInt32(at, true), 4);
  const left = to - at;
  return left === 0 ? crc : crc32Shift(crc ^ (words.getInt32(at, true) & (-1 >>> (8 * (4 - left)))), left);
}

/** The state that one more byte leads to `state` from. */
export function crc32Before(state: number, byte: number): number {
  const at = TABLE.findIndex((x) => x >>> 24 === state >>> 24);
  return ((state ^ (TABLE[at] ?? 0)) << 8) | ((at ^ byte) & 0xff);
}

/** Lengths that have tables: a level as printed has two dozen bytes at most. */
const LENGTHS = 64;
/** By number of bytes, what each byte of a state becomes after so many zero bytes: four tables of 256 for each length. Filled when first asked for; all in one, so that a look-up is one load. */
const SHIFTS: Int32Array = new Int32Array(LENGTHS << 10);
const FILLED: Uint8Array = new Uint8Array(LENGTHS);

/**
 * A CRC-32 under way after `bytes` (>= 0) zero bytes. A CRC is linear: the state after more text is this one, shifted by its length, combined (xor) with
 * the state that the text alone leads to from 0. So a CRC of parts that are hashed already is joined in four look-ups a part.
 */
export function crc32Shift(state: number, bytes: number): number {
  if (FILLED[bytes] !== 1) {
    if (bytes >= LENGTHS) return afterZeros(state, bytes);
    fillShift(bytes);
  }
  const at = bytes << 10;
  return (SHIFTS[at + (state & 0xff)] ?? 0) ^ (SHIFTS[at + 256 + ((state >>> 8) & 0xff)] ?? 0) ^ (SHIFTS[at + 512 + ((state >>> 16) & 0xff)] ?? 0) ^ (SHIFTS[at + 768 + (state >>> 24)] ?? 0);
}

function fillShift(bytes: number): void {
  for (let n = 0; n < 1024; n++) SHIFTS[(bytes << 10) + n] = afterZeros((n & 0xff) << (8 * (n >>> 8)), bytes);
  FILLED[bytes] = 1;
}

function afterZeros(state: number, bytes: number): number {
  let after = state;
  for (let i = 0; i < bytes; i++) after = crc32Step(after, 0);
  return after;
}

const TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});
