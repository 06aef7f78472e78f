import { describe, expect, it } from '@jest/globals';
import { decodeFrame } from './parts.ts';

describe('the text of a frame', () => {
  it('is what was sent, of ASCII or not, from any kind of bytes', () => {
    for (const text of ['', '{"a":1}', '{"b":"€ 1"}', '{"c":"\ufffd"}']) {
      expect(decodeFrame(Buffer.from(text))).toBe(text);
      expect(decodeFrame(new TextEncoder().encode(`12${text}34`).subarray(2, -2))).toBe(text);
    }
  });

  it('leaves out the mark of the order of bytes at its beginning', () => {
    expect(decodeFrame(Buffer.from('\ufeff{"a":1}'))).toBe('{"a":1}');
  });

  it('is none of bytes that are not UTF-8: a byte of another encoding, half a character, half a pair', () => {
    for (const bytes of [[0x61, 0xe9, 0x62], [0x61, 0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) expect(decodeFrame(Uint8Array.from(bytes))).toBeUndefined();
  });
});
