import { describe, expect, it } from '@jest/globals';
import { cannedStatus } from '../testing/canned.ts';
import { decodeEvent } from './decode.ts';

describe('an event of the stream', () => {
  it('is read from its text', () => {
    const event = { kind: 'status', status: cannedStatus() } as const;
    expect(decodeEvent(JSON.stringify(event))).toEqual(event);
  });
  it('is nothing where it is not one', () => {
    for (const text of ['', '{', 'null', '7', '[]', '{}', '{"kind":"other"}', '{"kind":"status"}', '{"kind":"status","status":null}', '{"kind":"toString","toString":{}}']) expect([text, decodeEvent(text)]).toEqual([text, undefined]);
  });
});
