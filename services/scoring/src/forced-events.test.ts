import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createForcedEvents, eventSpanMs, mostEvents } from './forced-events.ts';

const t0 = 1_700_000_000_000;
const fold = (events: ReturnType<typeof createForcedEvents>, ...ms: readonly number[]): void => ms.forEach((at) => events.fold({ eventTime: epochMs(t0 + at) }));

describe('liquidations as points in time', () => {
  it('are those of the last hours in order, from when on they were listened to', () => {
    const events = createForcedEvents();
    events.listen(epochMs(t0 - 1_000));
    events.listen(epochMs(t0 + 5_000));
    fold(events, 0, 2_000, 1_000, 2_000);
    expect(events.window(epochMs(t0 + 2_500))).toEqual({ from: t0 - 1_000, at: [t0, t0 + 1_000, t0 + 2_000, t0 + 2_000] });
    const later = epochMs(t0 + eventSpanMs + 500);
    fold(events, eventSpanMs);
    expect(events.window(later)).toEqual({ from: t0 + 500, at: [t0 + 1_000, t0 + 2_000, t0 + 2_000, t0 + eventSpanMs] });
    expect(createForcedEvents(events.save()).window(later)).toEqual(events.window(later));
  });

  it('are the youngest where there are many, and the span says so', () => {
    const events = createForcedEvents();
    events.listen(epochMs(t0));
    for (let i = 0; i < mostEvents + 10; i++) fold(events, 1_000 + i * 10);
    const window = events.window(epochMs(t0 + 100_000));
    expect([window.at.length, window.from, window.at[0]]).toEqual([mostEvents, t0 + 1_090, t0 + 1_100]);
    expect(createForcedEvents(JSON.parse(JSON.stringify(events.save())) as ReturnType<typeof events.save>).window(epochMs(t0 + 100_000))).toEqual(window);
  });
});
