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

/** By number of bytes, what each byte of a state becomes after so many zero bytes: four tables of 256. Made when first asked for. */
const SHIFTS: (Int32Array | undefined)[] = [];

/**
 * A CRC-32 under way after `bytes` (>= 0) zero bytes. A CRC is linear: the state after more text is this one, shifted by its length, combined (xor) with
 * the state that the text alone leads to from 0. So a CRC of parts that are hashed already is joined in four look-ups a part.
 */
export function crc32Shift(state: number, bytes: number): number {
  const table = SHIFTS[bytes] ?? shiftOf(bytes);
  return (table[state & 0xff] ?? 0) ^ (table[256 + ((state >>> 8) & 0xff)] ?? 0) ^ (table[512 + ((state >>> 16) & 0xff)] ?? 0) ^ (table[768 + (state >>> 24)] ?? 0);
}

function shiftOf(bytes: number): Int32Array {
  const table = Int32Array.from({ length: 1024 }, (_, n) => {
    let state = (n & 0xff) << (8 * (n >>> 8));
    for (let i = 0; i < bytes; i++) state = crc32Step(state, 0);
    return state;
  });
  // Numbers have some dozens of digits; what is longer is not kept.
  if (bytes < 256) SHIFTS[bytes] = table;
  return table;
}

const TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});
