import { epochMs } from '@breakwater/models/core';
import { createActivity } from '../activity.ts';
import { createSimulatedClock } from '../simulated/index.ts';
import { describeLeases } from '../suites/index.ts';
import { createMemoryLeases } from './memory.ts';

describeLeases('memory', async () => {
  const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity: createActivity() });
  return { leases: createMemoryLeases(clock), pass: (ms) => clock.advanceTo(epochMs(clock.now() + ms)), close: async () => undefined };
});
