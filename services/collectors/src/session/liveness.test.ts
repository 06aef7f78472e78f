import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createLiveness } from './liveness.ts';

const START = epochMs(1_786_310_400_000);

describe('liveness', () => {
  const book = { symbol: 'A', channel: 'book', sparse: false, expectedEveryMs: 20_000 } as const;
  const trades = { symbol: 'A', channel: 'trades', sparse: true, expectedEveryMs: 1_000 } as const;
  const event = { kind: 'book', symbol: 'A', eventTime: START, origin: 'live', snapshot: false, bids: [], asks: [] } as const;

  it('learns how often a channel speaks, never accuses a sparse one, and counts from the opening of the socket', () => {
    const said: string[] = [];
    const watch = createLiveness([book, trades], {
      onSilent: (channel, { never, sinceMs }) => said.push(`${channel.channel} silent ${sinceMs} ${never ? 'never heard' : ''}`.trim()),
      onHeard: (channel) => said.push(`${channel.channel} heard`),
    });
    const at = (ms: number) => epochMs(START + ms);
    watch.check(at(1_000_000));
    expect(said).toEqual([]);
    watch.opened([book, trades], at(0));
    watch.check(at(60_000));
    expect(said).toEqual([]);
    watch.check(at(60_001));
    expect(said).toEqual(['book silent 60001 never heard']);
    watch.heard(event, at(70_000));
    // Two messages a second for a minute: learned, but never below a second, so three seconds of silence are too long.
    for (let t = 70_000; t <= 130_000; t += 500) watch.heard(event, at(t));
    watch.check(at(133_000));
    expect(said).toEqual(['book silent 60001 never heard', 'book heard']);
    watch.check(at(133_001));
    expect(said.at(-1)).toBe('book silent 3001');
    expect(watch.silent()).toEqual([book]);
  });

  it('knows the pace of a channel on its next socket too, and does not learn from one outage that silence is usual', () => {
    const said: string[] = [];
    const watch = createLiveness([book], {
      onSilent: (_channel, { never, again, expectedMs }) => said.push(`silent ${never ? 'never heard ' : ''}${again ? 'again ' : ''}${Math.round(expectedMs)}`),
      onHeard: () => said.push('heard'),
    });
    const at = (ms: number) => epochMs(START + ms);
    watch.opened([book], at(0));
    for (let t = 0; t <= 60_000; t += 500) watch.heard(event, at(t));
    watch.check(at(63_500));
    // Its socket is opened anew and says nothing: three seconds, not the minute that was planned; said once more only.
    watch.closed([book]);
    watch.opened([book], at(70_000));
    watch.check(at(73_000));
    watch.check(at(73_001));
    watch.check(at(80_000));
    expect(said).toEqual(['silent 1000', 'silent never heard again 1000']);
    expect(watch.silent()).toEqual([book]);
    // It speaks, falls silent for half a minute and speaks again: one and a half seconds are expected then, not thirty.
    watch.heard(event, at(90_000));
    watch.check(at(100_000));
    watch.heard(event, at(120_000));
    watch.check(at(124_500));
    watch.check(at(124_501));
    expect(said.slice(2)).toEqual(['heard', 'silent 1000', 'heard', 'silent 1500']);
  });
});
