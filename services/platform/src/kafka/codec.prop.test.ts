import { describe, expect, it } from '@jest/globals';
import { bookMessage, feedHealthMessage, heartbeatMessage, instrumentMessage, liquidationMessage, rateMessage, scoreMessage, tickerMessage, transferMessage } from '@breakwater/contracts';
import fc from 'fast-check';
import { testBook, testTrade, testWarning, testWatermark } from '../suites/messages.ts';
import { decode, encode, joinEncoded, topicOf } from './codec.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const positive = fc.double({ min: 5e-324, max: 1e300, noNaN: true });
const levels = fc.array(fc.oneof(fc.constant(0), positive), { maxLength: 40 });
const message = fc.oneof(
  fc.record({ seq: fc.nat(), asset: fc.stringMatching(/^[A-Z0-9.]{1,32}$/) }).map(({ seq, asset }) => testTrade(seq, asset)),
  fc.record({ seq: fc.nat(), bids: levels, asks: levels, snapshot: fc.boolean() }).map(({ seq, ...book }) => bookMessage.parse({ ...testBook(seq), ...book })),
  fc.record({ seq: fc.nat(), openInterest: fc.option(positive, { nil: undefined }), fundingRate: fc.double({ noNaN: true, noDefaultInfinity: true }).map((rate) => rate + 0) })
    .map(({ seq, ...figures }) => tickerMessage.parse({ ...testBook(seq), kind: 'ticker', ...figures })),
  fc.record({ seq: fc.nat(), amount: fc.bigInt({ min: 0n }).map(String), to: fc.string({ unit: 'grapheme' }) })
    .map(({ seq, ...transfer }) => transferMessage.parse({ kind: 'transfer', ...stampOf(seq), asset: 'OM', chain: 'evm:1', token: '0x', from: '0xa', units: 1.5, block: 7, blockHash: '0xb', tx: '0xc', logIndex: 0, state: 'final', ...transfer })),
  fc.record({ seq: fc.nat(), price: positive, qty: positive }).map(({ seq, price, qty }) => liquidationMessage.parse({ ...testTrade(seq), kind: 'liquidation', price, qty, disclosure: 'sampled' })),
);

function stampOf(seq: number) {
  const { source, eventTime, receivedAt } = testWatermark(seq);
  return { source, seq, eventTime, receivedAt };
}

describe('codec', () => {
  it('property: what is read is what was written, alone and joined, in order', () => {
    fc.assert(fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), (messages) => {
      expect(decode('assets', bytes(joinEncoded(messages.map(encode))))).toEqual({ messages, rejected: 0 });
    }));
  });

  it('reads every other topic', () => {
    expect(decode('global', bytes(encode(testWatermark(3))))).toEqual({ messages: [testWatermark(3)], rejected: 0 });
    const warnings = [testWarning(1), testWarning(2, 3)];
    expect(decode('warnings', bytes(joinEncoded(warnings.map(encode))))).toEqual({ messages: warnings, rejected: 0 });
    for (const [schema, topic] of [[instrumentMessage, 'assets'], [rateMessage, 'global'], [feedHealthMessage, 'global'], [scoreMessage, 'scores'], [heartbeatMessage, 'heartbeats']] as const) {
      expect(topicOf({ ...testWatermark(1), kind: schema.unwrap().shape.kind.value } as never)).toBe(topic);
    }
  });

  it('counts what is not as it should be and keeps the rest', () => {
    const good = encode(testTrade(1));
    expect(decode('assets', bytes(`[${good},{"kind":"trade"},7,${encode(testWatermark(2))},null]`))).toEqual({ messages: [testTrade(1)], rejected: 4, reason: expect.stringMatching(/^source: /) as unknown });
    expect(decode('assets', bytes(good.slice(0, -3)))).toMatchObject({ messages: [], rejected: 1, reason: expect.stringMatching(/^not JSON/) as unknown });
    expect(decode('assets', null)).toEqual({ messages: [], rejected: 1, reason: 'no value' });
    expect(decode('assets', bytes(good.replace('"price":6.1', '"price":-6.1')))).toMatchObject({ messages: [], rejected: 1, reason: expect.stringMatching(/^price: /) as unknown });
  });

  it('property: never throws on damaged input', () => {
    fc.assert(fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (messages, at, damage) => {
      const value = Uint8Array.from(bytes(joinEncoded(messages.map(encode))));
      value.set(damage.slice(0, value.length), at % Math.max(1, value.length - damage.length));
      const decoded = decode('assets', value);
      expect(decoded.messages.length).toBeLessThanOrEqual(messages.length);
    }));
    fc.assert(fc.property(fc.json(), (text) => void decode('assets', bytes(text))));
  });
});
