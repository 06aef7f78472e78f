import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { solveStatic } from './solve-static.ts';
import { randomSystem } from './random-system.ts';
import { referenceNetwork } from './reference-network.ts';
import { solveNetwork } from './solve-network.ts';

// The reference knows no levels.
const solved = (...args: Parameters<typeof solveNetwork>): unknown =>
  solveNetwork(...args).markets.map(({ tick, dropTicks, liquidatedLots, boughtLots, soldLots, unfilledLots, exhausted }) => ({ tick, dropTicks, liquidatedLots, boughtLots, soldLots, unfilledLots, exhausted }));

describe('network engine', () => {
  it('2,000 random systems of 2 to 8 markets: identical to one step at a time in random order, whatever the order of the worklist', () => {
    let fell = 0;
    for (let seed = 1; seed <= 2_000; seed++) {
      const { system, shocks } = randomSystem(createRng(seed), 8, 12);
      const expected = referenceNetwork(system, shocks, createRng(seed + 1e6));
      const got = solved(system, shocks);
      if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`seed ${String(seed)}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
      expect(solved(system, shocks, createRng(seed + 2e6))).toEqual(expected);
      if (expected.some(({ liquidatedLots, exhausted }) => liquidatedLots > 0 && !exhausted)) fell++;
    }
    // Most systems do something, and not only run off the end of their books.
    expect(fell).toBeGreaterThan(500);
  });
  it('without edges, hedges or marks every market is alone', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { system, shocks } = randomSystem(createRng(seed), 6, 30);
      const apart = { ...system, edges: [], hedges: [], marks: system.marks.map(() => null) };
      for (const [m, outcome] of solveNetwork(apart, shocks).markets.entries()) {
        const market = apart.markets[m];
        const alone = market === undefined ? null : solveStatic(market, apart.side, shocks[m] ?? 0);
        expect([outcome.tick, outcome.liquidatedLots, outcome.unfilledLots, outcome.exhausted]).toEqual([alone?.tick, alone?.liquidatedLots, alone?.unfilledLots, alone?.exhausted]);
      }
    }
  });
  it('a larger shock anywhere never ends nearer anywhere', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const rng = createRng(seed);
      const { system, shocks } = randomSystem(rng, 6, 20);
      const more = shocks.map((x) => x + (rng.chance(0.5) ? rng.int(60) : 0));
      const [small, large] = [solveNetwork(system, shocks).markets, solveNetwork(system, more).markets];
      for (const [m, outcome] of large.entries()) {
        expect(outcome.dropTicks).toBeGreaterThanOrEqual(small[m]?.dropTicks ?? NaN);
        expect(outcome.liquidatedLots).toBeGreaterThanOrEqual(small[m]?.liquidatedLots ?? NaN);
      }
    }
  });
});
