import { describe, expect, it } from '@jest/globals';
import { createStream, createStreams, philox4x32 } from './streams.ts';

const seed = 20_251_010;
const names = ['shock', 'kappa', 'density', 'beta'];

/** Pearson's statistic of counts that should all be equal. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

/** Counts of pairs in a grid of 16 x 16 cells. */
function cells(pairs: Iterable<readonly [number, number]>): number[] {
  const counts = new Array<number>(256).fill(0);
  for (const [x, y] of pairs) {
    const cell = 16 * Math.floor(16 * x) + Math.floor(16 * y);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

/** Upper 1e-4 quantile of chi-square with 255 degrees of freedom (Wilson and Hilferty: 255 (1 - 2/2295 + 3.719 sqrt(2/2295))^3). */
const bound255 = 255 * (1 - 2 / 2295 + 3.719 * Math.sqrt(2 / 2295)) ** 3;

function* upTo<T>(n: number, make: (i: number) => T): Generator<T> {
  for (let i = 0; i < n; i++) yield make(i);
}

describe('Philox4x32-10', () => {
  it('gives the known answers of Random123 (kat_vectors, philox4x32 10)', () => {
    const answers: readonly (readonly [readonly number[], readonly [number, number], readonly number[]])[] = [
      [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
      [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
      [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
    ];
    for (const [counter, [k0, k1], want] of answers) {
      const block = Uint32Array.from(counter);
      philox4x32(block, k0, k1);
      expect([...block]).toEqual(want);
    }
  });
});

describe('streams', () => {
  it('a factor that is added, and any order of drawing, changes no number of the others', () => {
    const scenarios = Array.from({ length: 50 }, (_, i) => 977 * i);
    const alone = createStreams(seed, names).map((stream) => scenarios.map((scenario) => stream.normal(scenario)));
    const more = createStreams(seed, ['latency', ...names, 'psi']);
    const backwards = new Map<string, number>();
    for (const scenario of [...scenarios].reverse()) for (const [i, stream] of more.entries()) backwards.set(`${i}/${scenario}`, stream.normal(scenario));
    for (const [i] of names.entries()) expect(scenarios.map((scenario) => backwards.get(`${i + 1}/${scenario}`))).toEqual(alone[i]);
  });
  it('seed, name, scenario and draw each make another number, to the last bit of each', () => {
    const of = (s: number, name: string, scenario: number, draw: number): number => createStream(s, name).uniform(scenario, draw);
    const base = of(1, 'a', 1, 1);
    for (const other of [of(0, 'a', 1, 1), of(2 ** 52 + 1, 'a', 1, 1), of(1, 'b', 1, 1), of(1, 'a', 0, 1), of(1, 'a', 2 ** 52 + 1, 1), of(1, 'a', 1, 0), of(1, 'a', 1, 2 ** 32 - 1)]) expect(other).not.toBe(base);
    expect(of(1, 'a', 1, 1)).toBe(base);
  });
  it('uniform numbers are multiples of 2^-53 and use the last bit', () => {
    const stream = createStream(seed, 'bits');
    let odd = 0;
    for (let i = 0; i < 1_000; i++) {
      const whole = stream.uniform(i) * 2 ** 53;
      expect(Number.isInteger(whole)).toBe(true);
      odd += whole % 2;
    }
    expect(Math.abs(odd - 500)).toBeLessThan(4 * Math.sqrt(250));
  });
  it('100,000 numbers fill 256 parts evenly, in scenarios and in draws', () => {
    const stream = createStream(seed, 'shock');
    const parts = (numbers: Iterable<number>): number[] => cells([...numbers].map((u) => [u, (16 * u) % 1]));
    expect(chiSquare(parts(upTo(100_000, (i) => stream.uniform(i))))).toBeLessThan(bound255);
    expect(chiSquare(parts(upTo(100_000, (i) => stream.uniform(7, i))))).toBeLessThan(bound255);
    // The low bits too.
    expect(chiSquare(parts(upTo(100_000, (i) => (stream.uniform(i) * 2 ** 40) % 1)))).toBeLessThan(bound255);
  });
  it('pairs fill 16 x 16 cells evenly: neighbouring scenarios and draws, two streams, two seeds', () => {
    const [a, b] = [createStream(seed, 'shock'), createStream(seed, 'kappa')];
    const other = createStream(seed + 1, 'shock');
    const pairs: readonly ((i: number) => readonly [number, number])[] = [
      (i) => [a.uniform(i), a.uniform(i + 1)], (i) => [a.uniform(i), a.uniform(i, 1)], (i) => [a.uniform(i), b.uniform(i)], (i) => [a.uniform(i), other.uniform(i)],
    ];
    for (const pair of pairs) expect(chiSquare(cells(upTo(50_000, pair)))).toBeLessThan(bound255);
  });
  it('normal numbers have the moments of N(0, 1) within 4 standard errors', () => {
    const n = 100_000;
    const stream = createStream(seed, 'normal');
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = stream.normal(i);
      for (let k = 0; k < 4; k++) moments[k] = (moments[k] ?? 0) + z ** (k + 1) / n;
    }
    // E z^k and var z^k: 0, 1; 1, 2; 0, 15; 3, 96.
    for (const [k, [mean, variance]] of ([[0, 1], [1, 2], [0, 15], [3, 96]] as const).entries()) expect(Math.abs((moments[k] ?? NaN) - mean)).toBeLessThan(4 * Math.sqrt(variance / n));
  });
  it('refuses seeds, scenarios and draws it has no number for', () => {
    expect(() => createStream(-1, 'a')).toThrow('a seed');
    expect(() => createStream(0.5, 'a')).toThrow('a seed');
    expect(() => createStream(1, 'a').uniform(-1)).toThrow('no number');
    expect(() => createStream(1, 'a').normal(0, 2 ** 32)).toThrow('no number');
    expect(() => createStreams(1, ['a', 'a'])).toThrow('collide');
  });
});
