import { readDecimal, readText } from './read.ts';

const QUOTE = 34;
const COMMA = 44;
const CLOSE_LIST = 93;

/** Doubles that stay doubles: a list that begins with whole numbers would be kept as such and copied at the first other one. */
export function doubles(length: number): number[] {
  const out = [0.5];
  while (out.length < length) out.push(0.5);
  return out;
}

/** Doubles the room of a list. */
export function makeRoom(side: number[]): void {
  for (let i = side.length; i > 0; i--) side.push(0.5);
}

/** How many numbers the last call of `readPairs` read: a number beside the one returned costs no object. */
export let pairNumbers = 0;

/** Operands of the instruction that `readPairs` carries out. */
export const PAIR_OPERANDS = 15;

/**
 * Levels that are a price, a quantity and short texts around them, into `side` as alternating price and quantity; where they end, or -1. `ops` at `pc` holds the texts as
 * `Op.Pairs` says. With `marks` it is kept where each number begins and ends. The innermost loop of the decoder: most bytes of most frames pass here.
 */
export function readPairs(bytes: Uint8Array, words: DataView, from: number, ops: Int32Array, pc: number, side: number[], marks: Marks | undefined): number {
  pairNumbers = 0;
  if (bytes[from] === CLOSE_LIST) return from;
  const lengthBefore = ops[pc] ?? 0;
  const before = ops[pc + 1] ?? 0;
  const maskBefore = ops[pc + 2] ?? 0;
  const lengthBetween = ops[pc + 3] ?? 0;
  const between = ops[pc + 4] ?? 0;
  const maskBetween = ops[pc + 5] ?? 0;
  const lengthAfter = ops[pc + 6] ?? 0;
  const after = ops[pc + 7] ?? 0;
  const maskAfter = ops[pc + 8] ?? 0;
  const skips = ops[pc + 11] === 1;
  let at = from;
  let n = 0;
  for (;;) {
    if ((words.getInt32(at, true) & maskBefore) !== before) return -1;
    const priceAt = at + lengthBefore;
    at = readDecimal(bytes, priceAt, side, n);
    if (at < 0 || side[n] === 0 || (words.getInt32(at, true) & maskBetween) !== between) return -1;
    const qtyAt = at + lengthBetween;
    const priceEnd = at;
    at = readDecimal(bytes, qtyAt, side, n + 1);
    if (at < 0 || (words.getInt32(at, true) & maskAfter) !== after) return -1;
    if (marks !== undefined) mark(marks, n, priceAt, priceEnd, qtyAt, at);
    if (lengthAfter > 4 && (words.getInt32(at + 4, true) & (ops[pc + 10] ?? 0)) !== ops[pc + 9]) return -1;
    at += lengthAfter;
    if (skips) {
      at = readText(bytes, at, QUOTE);
      if (at < 0 || (words.getInt32(at, true) & (ops[pc + 14] ?? 0)) !== ops[pc + 13]) return -1;
      at += ops[pc + 12] ?? 0;
    }
    n += 2;
    if (bytes[at] !== COMMA) break;
    at++;
    if (n + 2 > side.length) makeRoom(side);
  }
  pairNumbers = n;
  return at;
}

/** Where numbers begin and end. */
export interface Marks {
  places: Int32Array;
}

/** Notes where one number of a level begins and ends: `n` is its place among the numbers of the side. */
export function markOne(marks: Marks, n: number, from: number, to: number): void {
  if (2 * n + 2 > marks.places.length) widen(marks);
  marks.places[2 * n] = from;
  marks.places[2 * n + 1] = to;
}

function widen(marks: Marks): void {
  const wider = new Int32Array(2 * marks.places.length);
  wider.set(marks.places);
  marks.places = wider;
}

function mark(marks: Marks, n: number, priceAt: number, priceEnd: number, qtyAt: number, qtyEnd: number): void {
  if (2 * n + 4 > marks.places.length) widen(marks);
  const { places } = marks;
  places[2 * n] = priceAt;
  places[2 * n + 1] = priceEnd;
  places[2 * n + 2] = qtyAt;
  places[2 * n + 3] = qtyEnd;
}
