import { describe, expect, it } from '@jest/globals';
import { inCi, simulationSeeds } from '../../../infra/dev/src/env.ts';
import { warningsHash } from './drill/warnings-hash.ts';
import { pass, planSeeds, timeoutMs } from './simulation/test-pass.ts';

// Nothing is drawn in it: a few seeds say it.
const seeds = planSeeds(simulationSeeds(), inCi).compared.slice(0, 4);

describe('three pipelines of one stage each, with a disk each, over one bus', () => {
  it('warn and deliver exactly as one pipeline of all stages', async () => {
    let revisions = 0;
    for (const seed of seeds) {
      const [whole, split] = [await pass(seed, 'quiet'), await pass(seed, 'split')];
      revisions += whole.warnings.length;
      expect({ seed, hash: warningsHash(split.warnings), received: [...split.received], scores: split.scores }).toEqual({ seed, hash: warningsHash(whole.warnings), received: [...whole.received], scores: whole.scores });
    }
    expect(revisions).toBeGreaterThan(seeds.length);
  }, timeoutMs);
});
