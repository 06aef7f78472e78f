import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { createPacedSender } from './paced-sender.ts';

const START = epochMs(1_786_310_400_000);

describe('paced sender', () => {
  it('never sends faster than the venue allows', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const at: number[] = [];
    const sender = createPacedSender({ clock, perSecond: 4, send: () => at.push(clock.now() - START) > 0 });
    sender.push(['a', 'b', 'c']);
    sender.push(['d']);
    await clock.advanceTo(epochMs(START + 10_000));
    expect(at).toEqual([0, 250, 500, 750]);
    expect(sender.idle()).toBe(true);
  });
});
