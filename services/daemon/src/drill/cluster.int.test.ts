import { describe, expect, it } from '@jest/globals';
import { playClusterFaults } from '@breakwater/dev/cluster-faults';
import { root } from '../../../../infra/dev/src/env.ts';
import { builtMain } from './test-built.ts';

describe('a system of one process for each stage, on a real Kafka', () => {
  it('loses no warning when the broker is killed, or its scoring worker; `npm run faults -- cluster` plays every fault over a whole day', async () => {
    const plan = { scenario: 'random', seed: 1, steps: 51, faults: ['kafka-killed', 'score-killed'], main: builtMain(root), say: () => undefined } as const;
    const results = await playClusterFaults(plan, (result) => console.log(JSON.stringify(result)));
    // Said why, where there is no Kafka; in continuous integration that is an error.
    if (results === undefined) return;
    for (const { fault, warnings, lost, equal } of results) {
      expect({ fault, lost, equal }).toEqual({ fault, lost: { terminal: 0, file: 0, webhook: 0, telegram: 0 }, equal: true });
      expect(warnings).toBeGreaterThan(1);
    }
  }, 300_000);
});
