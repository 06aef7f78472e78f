import { describe, expect, it } from '@jest/globals';
import type { PrintedBytes } from '../../book/printed-side.ts';
import { decimalsFor, krakenChecksum } from './checksum.ts';
import { createDigitSide, digitsOf } from './digit-side.ts';

/** The example of https://docs.kraken.com/exchange/guides/websockets/book-checksum-v2 (read 2026-11-27): best first. */
const ASKS = ['45285.2', '0.00100000', '45286.4', '1.54571953', '45286.6', '1.54571109', '45289.6', '1.54560911', '45290.2', '0.15890660', '45291.8', '1.54553491', '45294.7', '0.04454749', '45296.1', '0.35380000', '45297.5', '0.09945542', '45299.5', '0.18772827'];
const BIDS = ['45283.5', '0.10000000', '45283.4', '1.54582015', '45282.1', '0.10000000', '45281.0', '0.10000000', '45280.3', '1.54592586', '45279.0', '0.07990000', '45277.6', '0.03310103', '45277.5', '0.30000000', '45277.3', '1.54602737', '45276.6', '0.15445238'];
const CHECKSUM = 3_310_070_434;
/** As a JSON encoder prints the same numbers. */
const bare = (levels: readonly string[]): string[] => levels.map((n) => String(Number(n)));

/** The same as the byte decoder hands them on. */
function asBytes(levels: readonly string[]): PrintedBytes {
  const text = levels.join(',');
  let at = 0;
  const marks = levels.flatMap((n) => {
    const begin = at;
    at += n.length + 1;
    return [begin, begin + n.length];
  });
  return { words: new DataView(new TextEncoder().encode(text).buffer), marks: Int32Array.from(marks) };
}

describe('Kraken checksum', () => {
  it('is that of the documented example, in whatever order levels come', () => {
    const [bids, asks] = [createDigitSide(1), createDigitSide(-1)];
    const pairs = (levels: readonly string[]): string[][] => levels.flatMap((price, i) => (i % 2 === 0 ? [[price, levels[i + 1] ?? '']] : []));
    for (const level of pairs(ASKS).reverse()) asks.put(level, {});
    for (const level of pairs(BIDS).sort(() => 1)) bids.put(level, {});
    // An eleventh level is not covered, and one that goes is not either.
    asks.put(['45300.0', '1.00000000', '45285.3', '9.00000000', '45285.3', '0'], {});
    expect(krakenChecksum(bids, asks)).toBe(CHECKSUM);
    expect(asks.trim(10)).toEqual([45_300]);
    expect([bids.size(), asks.size()]).toEqual([10, 10]);
    expect(krakenChecksum(bids, asks)).toBe(CHECKSUM);
  });

  it('is the same from the bytes of frames, as printed and padded', () => {
    for (const [print, decimals] of [[(levels: readonly string[]) => levels, {}], [bare, { price: 1, qty: 8 }]] as const) {
      const [bids, asks] = [createDigitSide(1), createDigitSide(-1)];
      // What goes again leaves no trace, wherever it was.
      const gone = ['45290.1', '7.1', '45200.5', '8.1', '45310.5', '9.1'];
      for (const [side, levels] of [[asks, print(ASKS)], [bids, print(BIDS)]] as const) {
        for (const list of [gone, levels, gone.map((n, i) => (i % 2 === 0 ? n : '0.00000000'))]) side.put(asBytes(list), decimals, list.map(Number));
      }
      expect(krakenChecksum(bids, asks)).toBe(CHECKSUM);
      expect([bids.size(), asks.size()]).toEqual([10, 10]);
    }
  });

  it('takes digits padded, without point and leading zeros', () => {
    expect(digitsOf('0.05000')).toBe('5000');
    expect(digitsOf('45285.2')).toBe('452852');
    expect(digitsOf('45281', 1)).toBe('452810');
    expect(digitsOf('0.001', 8)).toBe('100000');
    expect(digitsOf('0.00100000', 5)).toBe('100');
    expect(digitsOf('1e-8', 8)).toBe('1');
    expect(digitsOf('1.5E-7', 8)).toBe('15');
    expect(digitsOf('1.25e1', 2)).toBe('1250');
    expect(digitsOf('2e3', 0)).toBe('2000');
    // More digits than a double holds are kept.
    expect(digitsOf('123456789012.12345678', 8)).toBe('12345678901212345678');
  });

  it('is found for numbers whose trailing zeros were dropped, and not for another book', () => {
    expect(decimalsFor(BIDS, ASKS, CHECKSUM)).toEqual({});
    expect(decimalsFor(bare(BIDS), bare(ASKS), CHECKSUM)).toEqual({ price: 1, qty: 8 });
    expect(decimalsFor(BIDS, ASKS.map((n) => (n === '45285.2' ? '45285.3' : n)), CHECKSUM)).toBeUndefined();
    expect(decimalsFor(bare(BIDS).slice(2), bare(ASKS), CHECKSUM)).toBeUndefined();
    expect(decimalsFor([], [], 0)).toEqual({});
  });
});
