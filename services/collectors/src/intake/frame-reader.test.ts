import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { FallbackWindow } from './frame-reader.ts';
import { createFrameReader, withoutShapes } from './frame-reader.ts';
import { bybitLinear } from '../venues/bybit/feed.ts';

const NOW = epochMs(1_786_310_400_000);
const quote = (tail: string): string => `{"topic":"tickers.OMUSDT","type":"delta","data":{"symbol":"OMUSDT","lastPrice":"6"},"cs":1,"ts":${NOW}${tail}}`;

describe('reading frames', () => {
  it('raises the alarm when the venue prints its frames otherwise than its shapes say, and only for what has shapes', () => {
    const windows: FallbackWindow[] = [];
    const reader = createFrameReader(bybitLinear, (symbol) => symbol, (window) => windows.push(window));
    const read = (frame: string, times: number): void => {
      for (let i = 0; i < times; i++) reader.read(Buffer.from(frame), NOW);
    };
    read(quote(''), 950);
    // A member that no shape knows: read all the same, by the plain path.
    read(quote(',"new":1'), 50);
    expect(windows).toEqual([{ kind: 'ticker', frames: 1_000, fellBack: 50, tooMany: false }]);
    read(quote(',"new":1'), 51);
    read(quote(''), 949);
    expect(windows[1]).toEqual({ kind: 'ticker', frames: 1_000, fellBack: 51, tooMany: true });
    expect([reader.decoded(), reader.fellBack()]).toEqual([{ ticker: 1_899 }, { ticker: 101 }]);
    // Neither what is rejected nor what is told apart on purpose counts as a frame that fell back.
    read('{"topic":1}', 2_000);
    read('{"success":true,"ret_msg":"","op":"subscribe"}', 2_000);
    expect(windows).toHaveLength(2);
    expect(reader.fellBack()).toEqual({ ticker: 101, rejected: 2_000 });
  });

  it('reads by the plain path alone where a venue has no shapes, and counts nothing', () => {
    const reader = createFrameReader(withoutShapes(bybitLinear), (symbol) => symbol);
    expect(reader.read(Buffer.from(quote('')), NOW)).toMatchObject({ kind: 'events', events: [{ kind: 'ticker', last: 6 }] });
    expect([reader.decoded(), reader.fellBack()]).toEqual([{}, {}]);
  });
});
