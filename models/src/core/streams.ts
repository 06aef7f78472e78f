import { assert } from './assert.ts';
import { normalQuantile } from './normal.ts';
import { hash32 } from './rng.ts';

/**
 * Random numbers with random access: number (scenario, draw) of a stream is a function of seed, name, scenario and draw and of nothing else, so
 * no order of drawing, no split over threads and no other stream changes it. Two runs that share seed and names share their numbers, stream by stream.
 */
export interface Stream {
  /** Uniform in [0, 1): a multiple of 2^-53. `scenario` a safe integer >= 0, `draw` a whole number in [0, 2^32), default 0. */
  uniform(scenario: number, draw?: number): number;
  /** Standard normal by inversion of the middle of one of 2^52 equal parts of (0, 1): between -8.21 and 8.21. Same arguments. */
  normal(scenario: number, draw?: number): number;
}

/** Multipliers and key increments of Philox4x32. */
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;
const two32 = 2 ** 32;

/** The high 32 bits of a product of two 32-bit numbers, in halves, since float64 holds 53 bits. */
function highProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const upper = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (upper >>> 16)) >>> 0;
}

/**
 * Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11): a keyed
 * bijection of 128 bits. Writes four 32-bit numbers for the counter in `block` over it.
 */
export function philox4x32(block: Uint32Array, key0: number, key1: number): void {
  let c0 = block[0] ?? 0;
  let c1 = block[1] ?? 0;
  let c2 = block[2] ?? 0;
  let c3 = block[3] ?? 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < rounds; round++) {
    const high0 = highProduct(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0) >>> 0;
    const high1 = highProduct(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

/**
 * The stream `name` of a run with `seed` (a safe integer >= 0): the seed is the key of Philox4x32-10, the counter is (scenario, draw, 32-bit hash of the
 * name). Two names have one stream with probability 2^-32: `createStreams` checks those of a run. A number costs about 0.1 us.
 */
export function createStream(seed: number, name: string): Stream {
  assert(Number.isSafeInteger(seed) && seed >= 0, `a seed is a safe integer >= 0, got ${seed}`);
  const [key0, key1] = [seed % two32, Math.floor(seed / two32)];
  const id = hash32(name);
  const block = new Uint32Array(4);
  /** 53 random bits, as a whole number. */
  const bits = (scenario: number, draw: number): number => {
    assert(Number.isSafeInteger(scenario) && scenario >= 0 && draw >= 0 && draw < two32, `no number (${scenario}, ${draw}) in a stream`);
    block[0] = scenario % two32;
    block[1] = Math.floor(scenario / two32);
    block[2] = draw;
    block[3] = id;
    philox4x32(block, key0, key1);
    return (block[0] >>> 5) * 2 ** 26 + (block[1] >>> 6);
  };
  return {
    uniform: (scenario, draw = 0) => bits(scenario, draw) * 2 ** -53,
    // One bit less, so that the middle of a part is exact: never 0 or 1, and symmetric about 1/2.
    normal: (scenario, draw = 0) => normalQuantile((Math.floor(bits(scenario, draw) / 2) + 0.5) * 2 ** -52),
  };
}

/** One stream a name, in order; crashes when two names share one. */
export function createStreams(seed: number, names: readonly string[]): readonly Stream[] {
  assert(new Set(names.map((name) => hash32(name))).size === names.length, `names of streams collide: ${names.join(', ')}`);
  return names.map((name) => createStream(seed, name));
}
