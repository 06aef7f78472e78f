import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32, crc32Shift, crc32Step } from './crc32.ts';

const from = (state: number, text: string): number => Buffer.from(text, 'latin1').reduce(crc32Step, state);

describe('CRC-32', () => {
  it('is the one of the check value that everybody prints', () => {
    expect(crc32('123456789') >>> 0).toBe(0xcbf4_3926);
    expect(crc32('')).toBe(0);
  });

  it('is joined from the states of parts, of whatever length', () => {
    const part = fc.string({ unit: 'binary-ascii', maxLength: 60 });
    fc.assert(fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const joined = parts.reduce((state, text) => crc32Shift(state, text.length) ^ from(0, text), -1);
      expect(~joined).toBe(crc32(parts.join('')));
    }), { numRuns: 500 });
    const long = 'x'.repeat(300);
    expect(~(crc32Shift(from(-1, 'a'), 300) ^ from(0, long))).toBe(crc32(`a${long}`));
  });
});
