import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { createTokenBucket } from '@breakwater/platform/supervise';
import { createRequests } from './requests.ts';

const START = epochMs(1_786_310_400_000);

/** Requests to a venue whose first answer is of this status; `at` is when each was sent, milliseconds after the start. */
function refusedOnce(status: number, headers: Readonly<Record<string, string>>) {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const at: number[] = [];
  const requests = createRequests({
    clock, maxWeight: 10, signal: new AbortController().signal, bucket: createTokenBucket({ clock, perSecond: 10, burst: 10 }),
    network: {
      openSocket: () => { throw new Error('not used'); },
      request: async () => {
        at.push(clock.now() - START);
        return at.length === 1 ? { status, headers, body: '' } : { status: 200, headers: {}, body: 'ok' };
      },
    },
  });
  return { clock, at, get: () => requests.get({ method: 'GET', url: 'http://venue.test/x' }, 1) };
}

describe('requests', () => {
  it.each([[418, { 'retry-after': '120' }, 120_000], [418, {}, 10_000], [429, {}, 10_000]] as const)('heed status %d with %j: nothing is sent for %d ms, whoever asks', async (status, headers, pauseMs) => {
    const { clock, at, get } = refusedOnce(status, headers);
    await expect(get()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: pauseMs });
    const others = [get(), get(), get()];
    await clock.advanceTo(epochMs(START + 200_000));
    await Promise.all(others);
    expect(at).toEqual([0, pauseMs, pauseMs, pauseMs]);
  });

  it('pauses everything as long as the venue asks', async () => {
    const { clock, at, get } = refusedOnce(429, { 'retry-after': '7' });
    await expect(get()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 7_000 });
    const second = get();
    await clock.advanceTo(epochMs(START + 10_000));
    expect((await second).body).toBe('ok');
    expect(at).toEqual([0, 7_000]);
  });
});
