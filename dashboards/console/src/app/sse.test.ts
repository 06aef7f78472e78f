import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEventReader, type ServerEvent } from './sse.ts';

const read = (...pieces: readonly string[]): readonly ServerEvent[] => {
  const reader = createEventReader();
  return pieces.flatMap((piece) => reader.push(piece));
};

describe('server-sent events', () => {
  it('have a name, data of one or more lines, and the last id; comments and other fields are left out', () => {
    expect(read(': ping\n\nretry: 2000\nid: 7\nevent: warning\ndata: {"a":1}\n\ndata: one\ndata:two\n\nevent: empty\n\n')).toEqual([
      { event: 'warning', data: '{"a":1}', id: '7' }, { event: 'message', data: 'one\ntwo', id: '7' },
    ]);
  });
  it('end their lines in any of three ways, also where a piece ends between CR and LF', () => {
    expect(read('data: a\r\n\r\ndata: b\r\rdata: c\n\n')).toHaveLength(3);
    expect(read('data: a\r', '\n\r', '\n', 'data: b\n\n')).toEqual([{ event: 'message', data: 'a', id: undefined }, { event: 'message', data: 'b', id: undefined }]);
  });
  it('are the same however the text is cut', () => {
    const text = 'event: status\ndata: {"x":"ä · –"}\r\n\r\n: ping\n\nid: 3\ndata: 1\ndata: 2\r\rdata: last\n\n';
    const whole = read(text);
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      expect(read(...at.slice(1).map((end, i) => text.slice(at[i], end)))).toEqual(whole);
    }));
  });
  it('are not kept without a bound', () => {
    const reader = createEventReader();
    const line = `data: ${'x'.repeat(1_000_000)}\n`;
    expect(() => {
      for (let i = 0; i < 12; i++) reader.push(line);
    }).toThrow(RangeError);
    expect(() => createEventReader().push('x'.repeat(9_000_000))).toThrow(RangeError);
  });
});
