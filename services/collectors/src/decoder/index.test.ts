import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { okxShapes } from '../venues/okx/shapes.ts';
import type { Decoder } from './index.ts';
import { createDecoder } from './index.ts';

const at = epochMs(1_700_000_000_500);
const okx = (tail: string): Uint8Array =>
  Buffer.from(`{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["101.5","2","0","1"]],"bids":[["100.50","0.25","0","3"]],"ts":"1700000000000",${tail}}]}`);
const numbered = okx('"checksum":0,"prevSeqId":41,"seqId":42');
const proven = okx('"checksum":-123');

function book(decoder: Decoder, bytes: Uint8Array): object | undefined {
  const parsed = decoder.decode(bytes, at);
  return parsed?.kind === 'events' ? parsed.events[0] : undefined;
}

describe('the byte decoder', () => {
  it('hands on the printed levels where nothing but a checksum proves a book', () => {
    const decoder = createDecoder(okxShapes('spot'));
    expect(book(decoder, proven)).toMatchObject({ kind: 'book', bids: [100.5, 0.25], asks: [101.5, 2], checksum: -123, last: undefined, printed: { bids: {}, asks: {} } });
    expect(decoder.kind()).toBe('book');
  });

  it('keeps no printed levels beside sequence numbers, and leaves the first frame without numbers to the plain path', () => {
    const decoder = createDecoder(okxShapes('spot'));
    expect(book(decoder, numbered)).toMatchObject({ last: 42, previous: 41, checksum: undefined, printed: undefined });
    expect(book(decoder, proven)).toBeUndefined();
    // From then on their places are kept again, those of this frame and not of one before.
    const read = decoder.decode(proven, at);
    const event = read?.kind === 'events' ? read.events[0] : undefined;
    if (event?.kind !== 'book' || event.printed === undefined) throw new Error('no book with printed levels');
    const { words, marks } = event.printed.bids;
    const text = (i: number): string => Buffer.from(words.buffer, marks[2 * i], (marks[2 * i + 1] ?? 0) - (marks[2 * i] ?? 0)).toString('latin1');
    expect([text(0), text(1)]).toEqual(['100.50', '0.25']);
  });

  it('tells the kind of what it read last, a ticker without figures as ignored', () => {
    const decoder = createDecoder({ shapes: [{ kind: 'ticker', frame: '{"s":"<symbol>",<fields>}', fields: { last: '"<last>"', bid: '"<*>"' }, ignoredWithoutFigures: 'quotes' }] });
    expect(decoder.decode(Buffer.from('{"s":"A","last":"1.5"}'), at)).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'A', eventTime: at, last: 1.5 }] });
    expect(decoder.kind()).toBe('ticker');
    expect(decoder.decode(Buffer.from('{"s":"A","bid":"1"}'), at)).toEqual({ kind: 'ignored', channel: 'quotes' });
    expect(decoder.kind()).toBe('ignored');
  });

  it('leaves every frame to the plain path where code may not be made from texts', () => {
    const shapes = { shapes: [{ kind: 'ticker', frame: '{"s":"<symbol>","last":"<last>"}' }] } as const;
    const held = globalThis.Function;
    globalThis.Function = function refuse() {
      throw new EvalError('code generation from strings disallowed for this context');
    } as unknown as FunctionConstructor;
    let decoder: Decoder;
    try {
      decoder = createDecoder(shapes);
    } finally {
      globalThis.Function = held;
    }
    expect(decoder.decode(Buffer.from('{"s":"A","last":"1.5"}'), at)).toBeUndefined();
    expect(createDecoder({ shapes: [...shapes.shapes] }).decode(Buffer.from('{"s":"A","last":"1.5"}'), at)).toMatchObject({ kind: 'events' });
  });

  it('names a mistake in a shape', () => {
    expect(() => createDecoder({ shapes: [{ kind: 'ticker', frame: '{"s":"<symbol>","last":"<lst>"}' }] })).toThrow('unknown hole in a shape: <lst>');
  });
});
