import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { untilDone } from './until-done.ts';

const failing = (times: number, code: 'store-failed' | 'store-corrupt' = 'store-failed') => {
  let calls = 0;
  return { calls: () => calls, call: async () => (++calls <= times ? Promise.reject(new BreakwaterError(code, 'no')) : 'stored') };
};

describe('untilDone', () => {
  it('tries eight times at once, then with growing waits up to ten seconds, and never gives up by itself', async () => {
    const clock = createSimulatedClock({ start: epochMs(0) });
    const store = failing(20);
    const waits: number[] = [];
    let outcome: string | undefined;
    const done = untilDone(clock, new AbortController().signal, store.call, (_error, delayMs) => waits.push(delayMs)).then((value) => (outcome = value));
    await clock.advanceTo(epochMs(0));
    expect([store.calls(), outcome]).toEqual([9, undefined]);
    await clock.advanceTo(epochMs(120_000));
    await done;
    expect(outcome).toBe('stored');
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000, 10_000, 10_000]);
  });
  it('ends when the caller stops and on what no retry can mend', async () => {
    const clock = createSimulatedClock({ start: epochMs(0) });
    const stop = new AbortController();
    const waiting = untilDone(clock, stop.signal, failing(100).call, () => undefined);
    const ended = expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await clock.advanceTo(epochMs(10));
    stop.abort();
    await ended;
    await expect(untilDone(clock, new AbortController().signal, failing(1, 'store-corrupt').call, () => undefined)).rejects.toMatchObject({ code: 'store-corrupt' });
  });
});
