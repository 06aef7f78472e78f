import { hash32 } from '../../core/index.ts';

/**
 * How many different addresses were met, approximately, in at most 64 characters: a HyperLogLog of 64 registers (Flajolet, Fusy, Gandouet and Meunier 2007) with linear counting where few were met. The
 * standard error is 13 % (1.04/sqrt(64)); up to about ten it is mostly exact. A value, so that an earlier one can be gone back to. Short ones are pairs of register and rank, in order; of more than 31
 * pairs all registers are written.
 */
export type Counterparties = string;

/** Nobody was met. */
export const NOBODY: Counterparties = '';

const REGISTERS = 64;
/** First of the printable characters that stand for numbers; skips what JSON escapes nowhere below 64 + 48 but the backslash, which costs one more byte. */
const BASE = 48;
/** Bias of 64 registers (Flajolet et al. 2007, figure 3). */
const ALPHA = 0.709;

/** `met` with one more address. The same text when it changes nothing. */
export function meet(met: Counterparties, address: string): Counterparties {
  // The finaliser spreads what FNV leaves uneven in its high bits.
  const hash = mixed(hash32(address));
  const register = hash >>> 26;
  const rank = Math.min(27, Math.clz32((hash << 6) | 0x3f) + 1);
  if (met.length === REGISTERS) return met.charCodeAt(register) - BASE >= rank ? met : put(met, register, 1, String.fromCharCode(BASE + rank));
  const pair = String.fromCharCode(BASE + register, BASE + rank);
  let at = 0;
  while (at < met.length && met.charCodeAt(at) - BASE < register) at += 2;
  const known = at < met.length && met.charCodeAt(at) - BASE === register;
  if (known && met.charCodeAt(at + 1) - BASE >= rank) return met;
  const next = put(met, at, known ? 2 : 0, pair);
  return next.length < REGISTERS ? next : allRegisters(next);
}

/** About how many were met. */
export function countOf(met: Counterparties): number {
  // Where few were met, empty registers alone decide: their harmonic mean is far below the bound.
  if (met.length < REGISTERS) return Math.round(REGISTERS * Math.log(REGISTERS / (REGISTERS - met.length / 2)));
  let inverse = 0;
  let empty = 0;
  for (let i = 0; i < REGISTERS; i++) {
    const rank = met.charCodeAt(i) - BASE;
    inverse += 2 ** -rank;
    if (rank === 0) empty++;
  }
  const raw = (ALPHA * REGISTERS * REGISTERS) / inverse;
  return Math.round(raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}

/** Those met by either. */
export function together(a: Counterparties, b: Counterparties): Counterparties {
  if (a === NOBODY || a === b) return b;
  if (b === NOBODY) return a;
  const [x, y] = [a, b].map((met) => (met.length === REGISTERS ? met : allRegisters(met)));
  let out = '';
  for (let i = 0; i < REGISTERS; i++) out += String.fromCharCode(Math.max(x?.charCodeAt(i) ?? BASE, y?.charCodeAt(i) ?? BASE));
  return out;
}

function allRegisters(pairs: Counterparties): Counterparties {
  const all = new Array<number>(REGISTERS).fill(BASE);
  for (let i = 0; i < pairs.length; i += 2) all[pairs.charCodeAt(i) - BASE] = pairs.charCodeAt(i + 1);
  return String.fromCharCode(...all);
}

function put(text: string, at: number, instead: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at + instead);
}

/** The 32-bit finaliser "lowbias32" (https://github.com/skeeto/hash-prospector, read 2026-11). */
function mixed(x: number): number {
  let h = x >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97) >>> 0;
  return (h ^ (h >>> 15)) >>> 0;
}
