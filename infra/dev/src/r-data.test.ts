import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { isList, memberOf, readLazyData, readRObject } from './r-data.ts';

/** Builds XDR serializations by hand, as "R Internals" lays them out. */
const int = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeInt32BE(value, 4 * i));
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int(0x40009, value.length), Buffer.from(value)]);
const strings = (...values: readonly string[]): Buffer => Buffer.concat([int(16, values.length), ...values.map(text)]);
const doubles = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => bytes.writeDoubleBE(value, 8 * i));
  return Buffer.concat([int(14, values.length), bytes]);
};
const ints = (...values: readonly number[]): Buffer => int(13, values.length, ...values);
const named = (names: readonly string[], ...items: readonly Buffer[]): Buffer => Buffer.concat([int(0x213, items.length), ...items, int(0x402, 1), text('names'), strings(...names), int(254)]);
const file = (value: Buffer, version: 2 | 3 = 3): Buffer => Buffer.concat([Buffer.from('X\n'), int(version, 0x40201, 0x30500), ...(version === 3 ? [int(5), Buffer.from('UTF-8')] : []), value]);

describe('data saved by R', () => {
  it.each([2, 3] as const)('version %i: a list of named columns', (version) => {
    const table = readRObject(file(named(['x', 'n'], doubles(1.5, -2), ints(3, 4, 5)), version));
    expect(memberOf(table, 'x')).toEqual([1.5, -2]);
    expect(memberOf(table, 'n')).toEqual([3, 4, 5]);
    expect(memberOf(table, 'y')).toBeUndefined();
    expect(isList(table)).toBe(true);
  });

  it('a symbol that comes again is a reference to the first', () => {
    const inner = named(['a'], ints(1));
    // The second `names` refers to symbol 1.
    const outer = Buffer.concat([int(0x213, 1), inner, int(0x402, 0x1ff), strings('first'), int(254)]);
    expect(memberOf(memberOf(readRObject(file(outer)), 'first'), 'a')).toEqual([1]);
  });

  it('one object of a lazily loaded package', () => {
    const packed = deflateSync(file(doubles(7, 8)));
    const chunk = Buffer.concat([int(1), packed]);
    const index = gzipSync(file(named(['variables'], named(['other', 'mine'], ints(0, 3), ints(3, chunk.length)))));
    const data = Buffer.concat([Buffer.from('abc'), chunk]);
    expect(readLazyData(index, data, 'mine')).toEqual([7, 8]);
    expect(() => readLazyData(index, data, 'nothing')).toThrow('no nothing');
  });

  it('what is not known is refused', () => {
    expect(() => readRObject(Buffer.from('A\n    '))).toThrow('not an XDR');
    expect(() => readRObject(file(int(3)))).toThrow('R type 3');
  });
});
