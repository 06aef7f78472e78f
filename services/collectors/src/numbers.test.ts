import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseNonNegative, parsePositive, parseSigned, readLevels, readTime } from './numbers.ts';

describe('strict numbers', () => {
  it.each(['', ' 1', '1 ', '+1', '-1', '0x10', '.5', '5.', '1.2.3', '007', '00.5', '1e', 'NaN', 'Infinity', '1_000', '1,5', '١', '1e999', '9'.repeat(65)])('refuses %j', (text) => {
    expect(parseNonNegative(text)).toBeNaN();
  });

  it.each([null, undefined, true, [], ['1'], {}, NaN, Infinity, -1])('refuses %p', (value) => {
    expect(parseNonNegative(value)).toBeNaN();
  });

  it('tells zero from positive', () => {
    expect(parseNonNegative('0')).toBe(0);
    expect(parseNonNegative('0.000')).toBe(0);
    expect(parsePositive('0')).toBeNaN();
    expect(parsePositive(3)).toBe(3);
    expect(parseSigned('-0.0009')).toBe(-0.0009);
    expect(parseSigned('--1')).toBeNaN();
  });

  it('gives the same double as Number for every plain decimal, short or long', () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.option(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 18 }))).map(([whole, rest]) => `${whole}${rest === null ? '' : `.${rest.join('')}`}`);
    fc.assert(fc.property(decimal, (text) => parseNonNegative(text) === Number(text)), { numRuns: 5_000, seed: 1 });
  });

  it('takes exponents as venues print them', () => {
    expect(parseNonNegative('1e-7')).toBe(1e-7);
    expect(parseNonNegative('2.5E+3')).toBe(2_500);
  });

  it('reads levels or nothing', () => {
    expect(readLevels([['6.10', '100'], ['6', '0', 'x']])).toEqual([6.1, 100, 6, 0]);
    expect(readLevels([])).toEqual([]);
    for (const bad of [undefined, {}, 'x', [[]], [['1']], [['0', '1']], [['1', '-1']], [['1', '1'], null], [['1', '1'], ['x', '1']]]) expect(readLevels(bad)).toBeUndefined();
  });

  it('reads times between 2010 and 2100 in whole milliseconds', () => {
    expect(readTime(1_786_310_400_000)).toBe(1_786_310_400_000);
    expect(readTime('1786310400000')).toBe(1_786_310_400_000);
    for (const bad of [1_786_310_400, 1_786_310_400_000_000, '1786310400000.5', '', null, -1]) expect(readTime(bad)).toBeUndefined();
  });
});
