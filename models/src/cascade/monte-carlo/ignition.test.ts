import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { networkResponse } from '../network-response.ts';
import { randomSystem } from '../random-system.ts';
import { reachesIgnition } from './ignition.ts';

describe('reachesIgnition', () => {
  it('says yes from the threshold on and no below it, over random systems', () => {
    const seen = { yes: 0, no: 0, zero: 0, never: 0 };
    for (let seed = 1; seed <= 600; seed++) {
      const rng = createRng(seed);
      const { system } = randomSystem(rng, 5, 40);
      const share = { lotsPerUnit: system.markets.map(() => 1 + rng.int(3)), priceWeights: system.markets.map(() => 1 / system.markets.length) };
      const { ignitionUnits, ignitedAtZero, steps, exhausted } = networkResponse(system, share, { ignitionGap: 0.02, firstUnits: 1, timesIgnition: 1, maxUnits: 400 });
      const reaches = (units: number): boolean => reachesIgnition(system, share, units, 0.02);
      // Depth that ends without a sale is an ignition of the response and only a bound here.
      if (ignitedAtZero && exhausted) continue;
      if (ignitedAtZero) {
        expect([seed, reaches(0)]).toEqual([seed, true]);
        seen.zero++;
      } else if (ignitionUnits === null) {
        // Where a market's depth ends the response ends too: up to there.
        expect([seed, reaches(0.99 * (steps.at(-1)?.units ?? 0))]).toEqual([seed, false]);
        seen.never++;
      } else {
        expect([seed, reaches(ignitionUnits * (1 + 1e-9))]).toEqual([seed, true]);
        expect([seed, reaches(ignitionUnits * 4)]).toEqual([seed, true]);
        expect([seed, reaches(ignitionUnits * 0.95)]).toEqual([seed, false]);
        seen.yes += 2;
        seen.no++;
      }
    }
    for (const n of Object.values(seen)) expect(n).toBeGreaterThan(10);
  });
});
