/** A seeded stream of random numbers. The same seed and the same calls give the same numbers on every machine. */
export interface Rng {
  /** The next number, uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** A whole number, uniform in [0, bound). `bound` > 0. */
  int(bound: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One member of a non-empty list. */
  pick<T>(items: readonly T[]): T;
  /** A standard normal number (Box-Muller; two uniforms a call). */
  normal(): number;
  /** An independent stream named `label`: drawing from it never shifts this one. */
  fork(label: string): Rng;
}

/** 32-bit FNV-1a of a string, used to derive stream seeds from names. */
export function hash32(text: string, seed: number = 0x811c9dc5): number {
  let h = seed >>> 0;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193) >>> 0;
  }
  return h;
}

/** A counter-based stream: number n is a bijective mix of (seed, n), so it can be split by name without overlap in practice. */
export function createRng(seed: number): Rng {
  const key = seed >>> 0;
  let counter = 0;
  const nextU32 = (): number => {
    // Two rounds of the 32-bit finaliser with constants from Wang/Ettinger's "lowbias32"
    // (https://github.com/skeeto/hash-prospector, read 2026-11).
    let x = (Math.imul(counter++, 0x9e3779b9) ^ key) >>> 0;
    for (let round = 0; round < 2; round++) {
      x = Math.imul(x ^ (x >>> 16), 0x21f0aaad) >>> 0;
      x = Math.imul(x ^ (x >>> 15), 0x735a2d97) >>> 0;
      x = (x ^ (x >>> 15) ^ key) >>> 0;
    }
    return x;
  };
  const rng: Rng = {
    next: () => nextU32() / 4294967296,
    int: (bound) => Math.floor((nextU32() / 4294967296) * bound),
    chance: (p) => nextU32() / 4294967296 < p,
    pick: (items) => {
      const item = items[Math.floor((nextU32() / 4294967296) * items.length)];
      if (item === undefined) throw new Error('pick from an empty list');
      return item;
    },
    normal: () => {
      const u = (nextU32() + 1) / 4294967297;
      const v = nextU32() / 4294967296;
      return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    },
    fork: (label) => createRng(hash32(label, key)),
  };
  return rng;
}
