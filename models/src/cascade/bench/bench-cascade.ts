import { createRng } from '../../core/index.ts';
import { at, lotsAt, tickAt } from '../../market/index.ts';
import { usableLots, type CascadeMarket } from '../cascade-market.ts';
import { createNetworkSolver } from '../network-solver.ts';
import { solveNetwork } from '../solve-network.ts';
import { staticProfile } from '../static-profile.ts';
import { benchMarket, benchSystem } from './bench-system.ts';
import { heapReference } from './heap-reference.ts';

/** What the exact engines cost, microseconds, and their ratios; all of one run. */
export interface CascadeFigures {
  /** The whole response of a market of 20,000 levels and 2,000 buckets, with gain. */
  readonly staticProfileUs: number;
  /** The same with ten times the levels and buckets, over it. */
  readonly staticProfileGrowth: number;
  /** The table of makers' withdrawal of that market. */
  readonly withdrawalTableUs: number;
  /** One read of the same arrays. */
  readonly memoryPassUs: number;
  /** Profile over memory pass. */
  readonly memoryRatio: number;
  /** Six such markets joined, down through at least half of their levels. */
  readonly networkSolveUs: number;
  readonly networkProfiles: number;
  /** Share of all levels that were passed. */
  readonly networkWalked: number;
  /** Ten times the levels and buckets; ten times the markets, at four neighbours each. */
  readonly networkLevelsGrowth: number;
  readonly networkMarketsGrowth: number;
  /** 100,000 positions one at a time from a heap, the book read anew after each, for one sale through half of it; and that over the profile, which answers every sale. */
  readonly bruteForceUs: number;
  readonly bruteForceRatio: number;
}

const [levels, buckets, markets, positions] = [20_000, 2_000, 6, 100_000];
const tenfold = 10;

/** Measures the static and the network engine; `now` reads milliseconds. `passes` (>= 3) of each variant, interleaved, the best of each. Takes some ten seconds. */
export function benchCascade({ now, passes }: { readonly now: () => number; readonly passes: number }): CascadeFigures {
  const rng = createRng(5);
  const market = benchMarket(rng, 'small', levels, buckets, 0.3);
  const large = benchMarket(rng, 'large', levels * tenfold, buckets * tenfold, 0.3);
  const leaving: CascadeMarket = { ...market, withdrawal: { kappaMin: 0.02, beta: 1, sigmaDaily: 0.05 } };
  const network = benchSystem(rng, markets, levels, buckets);
  const deep = benchSystem(rng, markets, levels * tenfold, buckets * tenfold);
  const wide = benchSystem(rng, markets * tenfold, levels, buckets);
  // Every bucket of the market is fifty positions at its trigger.
  const single = Array.from(market.longTriggers.ticks, (tick, k) => Array.from({ length: positions / buckets }, () => ({ tick, lots: at(market.longTriggers.lots, k) / (positions / buckets) }))).flat();
  let sink = 0;
  const variants = {
    profile: () => (sink += staticProfile(market, 'sell', 0.02).steps.lots.length),
    memory: () => (sink += memoryPass(market)),
    withdrawal: () => (sink += usableLots(leaving, 'sell').length),
    network: () => (sink += solveNetwork(network.system, network.shocks).operations),
    profileLarge: () => (sink += staticProfile(large, 'sell', 0.02).steps.lots.length),
    networkDeep: () => (sink += solveNetwork(deep.system, deep.shocks).operations),
    networkWide: () => (sink += solveNetwork(wide.system, wide.shocks).operations),
    bruteForce: () => (sink += heapReference(market, single, 30 * levels).liquidatedLots),
  };
  const best = measure(variants, passes, now);
  const solver = createNetworkSolver(network.system);
  solver.raise(network.shocks);
  const walked = network.system.markets.reduce((sum, _, m) => sum + solver.level(m) + 1, 0) / (markets * levels);
  const round = (x: number): number => Number(x.toPrecision(4));
  return {
    staticProfileUs: round(best.profile), staticProfileGrowth: round(best.profileLarge / best.profile), withdrawalTableUs: round(best.withdrawal), memoryPassUs: round(best.memory), memoryRatio: round(best.profile / best.memory),
    networkSolveUs: round(best.network), networkProfiles: round(best.network / best.profile), networkWalked: round(walked), networkLevelsGrowth: round(best.networkDeep / best.network),
    networkMarketsGrowth: round(best.networkWide / best.network), bruteForceUs: round(best.bruteForce), bruteForceRatio: round(best.bruteForce / best.profile + Math.min(0, sink)),
  };
}

/** One read of everything a profile reads. */
function memoryPass({ bids, longTriggers }: CascadeMarket): number {
  let sum = 0;
  for (let i = 0; i < bids.ticks.length; i++) sum += tickAt(bids.ticks, i) + lotsAt(bids.lots, i);
  for (let k = 0; k < longTriggers.ticks.length; k++) sum += tickAt(longTriggers.ticks, k) + lotsAt(longTriggers.lots, k);
  return sum % 7;
}

/** Variants slower than this, microseconds, are timed so often at the most. */
const [slowUs, slowPasses] = [200_000, 3];

/** The best time of each variant over interleaved passes, microseconds a call. Short ones are called until a millisecond has gone by, so that the clock's grain does not count. */
function measure<K extends string>(variants: Readonly<Record<K, () => unknown>>, passes: number, now: () => number): Readonly<Record<K, number>> {
  const best = new Map<string, number>();
  const entries = Object.entries<() => unknown>(variants);
  for (let pass = 0; pass < passes + 1; pass++) {
    for (const [name, run] of entries) {
      if (pass > slowPasses && (best.get(name) ?? 0) > slowUs) continue;
      const began = now();
      let calls = 0;
      do {
        run();
        calls++;
      } while (now() - began < 1);
      const us = ((now() - began) * 1_000) / calls;
      // The first pass warms up, and what takes seconds is not repeated for long.
      if (pass > 0) best.set(name, Math.min(best.get(name) ?? Infinity, us));
    }
  }
  return Object.fromEntries(best) as Readonly<Record<K, number>>;
}
