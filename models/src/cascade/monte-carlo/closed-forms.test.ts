import { describe, expect, it } from '@jest/globals';
import { createStream } from '../../core/index.ts';
import { noTriggers, triggersFromRows, type Ladder, type Triggers } from '../../market/index.ts';
import { cascadeMarket, type CascadeMarket } from '../cascade-market.ts';
import { solveNetwork } from '../solve-network.ts';
import type { NetworkSystem } from '../network-system.ts';
import type { FactorValues } from './factors.ts';
import { createScenarios } from './scenario.ts';

const noAsks: Ladder = { ticks: Int32Array.of(10_000_001), lots: Float64Array.of(1) };
const best = 1_000_000;

/** `depth` lots on each of `levels` ticks below an empty best bid. */
function uniformBids(levels: number, depth: number): Ladder {
  return { ticks: Int32Array.from({ length: levels + 1 }, (_, i) => best - i), lots: Float64Array.from({ length: levels + 1 }, (_, i) => (i === 0 ? 0 : depth)) };
}

function market(id: string, bids: Ladder, longTriggers: Triggers = noTriggers()): CascadeMarket {
  return cascadeMarket({ id, tickSize: 1, lotSize: 1, asks: noAsks, bids, longTriggers });
}

const sell = (markets: readonly CascadeMarket[], rest: Partial<NetworkSystem> = {}): NetworkSystem => ({ side: 'sell', markets, edges: [], hedges: [], marks: markets.map(() => null), ...rest });

/** P(n) of the generalised Poisson distribution (Consul and Jain 1973; Borel and Tanner): theta (theta + mu n)^(n-1) e^-(theta + mu n) / n!. */
function generalisedPoisson(theta: number, mu: number, n: number): number {
  let log = Math.log(theta) + (n - 1) * Math.log(theta + mu * n) - (theta + mu * n);
  for (let k = 2; k <= n; k++) log -= Math.log(k);
  return Math.exp(log);
}

/** Positions of `size` lots at the points of a Poisson process of `rate` a tick, run after run the same numbers whatever was drawn before. */
function poissonPositions(seed: number, levels: number, rate: number, size: number): (run: number) => Triggers {
  const gaps = createStream(seed, 'positions');
  const ticks = new Int32Array(levels);
  return (run) => {
    let n = 0;
    for (let x = -Math.log(1 - gaps.uniform(run)) / rate; x < levels && n < levels; x -= Math.log(1 - gaps.uniform(run, n)) / rate) ticks[n++] = best - 1 - Math.floor(x);
    return { ticks: ticks.slice(0, n), lots: new Float64Array(n).fill(size), bankruptcyTicks: new Int32Array(n) };
  };
}

interface Counts {
  readonly counts: readonly number[];
  readonly runaways: number;
}

/**
 * Depth of one lot a tick: a sale of X reaches X ticks down and each liquidation `size` further, so the number liquidated is the total progeny of a branching
 * process with theta = rate X and mu = rate size. `system` places the positions; the last market is where they are.
 */
function simulate(runs: number, positions: (run: number) => Triggers, size: number, shock: number, system: (positions: Triggers) => NetworkSystem): Counts {
  const counts: number[] = [];
  let runaways = 0;
  for (let run = 0; run < runs; run++) {
    const built = system(positions(run));
    const { markets } = solveNetwork(built, built.markets.map((_, m) => (m === 0 ? shock : 0)));
    if (markets.some(({ exhausted }) => exhausted)) runaways++;
    else counts.push((markets.at(-1)?.liquidatedLots ?? NaN) / size);
  }
  return { counts, runaways };
}

function expectLaw({ counts, runaways }: Counts, theta: number, mu: number): void {
  const runs = counts.length;
  expect(runaways).toBe(0);
  const mean = counts.reduce((a, b) => a + b, 0) / runs;
  const variance = counts.reduce((a, b) => a + (b - mean) ** 2, 0) / (runs - 1);
  const want = { mean: theta / (1 - mu), variance: theta / (1 - mu) ** 3 };
  expect(Math.abs(mean - want.mean)).toBeLessThan(3 * Math.sqrt(want.variance / runs));
  // Fourth cumulant theta (1 + 8 mu + 6 mu^2) / (1 - mu)^7.
  const fourth = (theta * (1 + 8 * mu + 6 * mu * mu)) / (1 - mu) ** 7;
  expect(Math.abs(variance - want.variance)).toBeLessThan(3 * Math.sqrt((fourth + 2 * want.variance ** 2) / runs));
  for (let n = 0; n <= 4; n++) {
    const p = generalisedPoisson(theta, mu, n);
    expect(Math.abs(counts.filter((count) => count === n).length / runs - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / runs));
  }
}

describe('generalised Poisson number of liquidations (Consul and Jain 1973; Borel and Tanner), network engine over random books', () => {
  it('the law itself: theta = 2, mu = 0.5 has P(0..4) = .1353 .1642 .1494 .1233 .0977', () => {
    expect([0, 1, 2, 3, 4].map((n) => generalisedPoisson(2, 0.5, n).toFixed(4))).toEqual(['0.1353', '0.1642', '0.1494', '0.1233', '0.0977']);
  });
  it('theta = 2, mu = 0.5: mean 4, variance 16, P(0..4)', () => {
    const bids = uniformBids(150, 1);
    expectLaw(simulate(4_000, poissonPositions(31, 150, 0.5, 1), 1, 4, (positions) => sell([market('m', bids, positions)])), 2, 0.5);
  });
  it('theta = 1, mu = 0.8: mean 5, variance 125, P(0..4)', () => {
    const bids = uniformBids(1_605, 1);
    expectLaw(simulate(3_000, poissonPositions(32, 1_605, 0.2, 4), 4, 5, (positions) => sell([market('m', bids, positions)])), 1, 0.8);
  });
  it('the same over two venues: positions on one, marked at the price of the other, where their hedges are sold', () => {
    const spot = market('spot', uniformBids(150, 1));
    const deep: Ladder = { ticks: Int32Array.of(best), lots: Float64Array.of(1e9) };
    const law = simulate(3_000, poissonPositions(33, 150, 0.5, 1), 1, 4, (positions) =>
      sell([spot, market('perp', deep, positions)], { hedges: [{ from: 1, to: 0, share: 1 }], marks: [null, { rule: 'mean', markets: [0], weights: [1] }] }));
    expectLaw(law, 2, 0.5);
  });
  it('supercritical mu = 1.5, theta = 1: runs away with probability 1 - e^(theta (eta - 1)) = .44167, eta = e^(mu (eta - 1))', () => {
    let eta = 0;
    for (let i = 0; i < 200; i++) eta = Math.exp(1.5 * (eta - 1));
    const want = 1 - Math.exp(eta - 1);
    expect(want.toFixed(5)).toBe('0.44167');
    const bids = uniformBids(300, 1);
    const runs = 3_000;
    const { runaways } = simulate(runs, poissonPositions(34, 300, 0.5, 3), 3, 2, (positions) => sell([market('m', bids, positions)]));
    expect(Math.abs(runaways / runs - want)).toBeLessThan(3 * Math.sqrt((want * (1 - want)) / runs));
  });
});

describe('linear densities: 1 / (1 - g), as Greenwood, Landier and Thesmar 2015 for one asset', () => {
  const still: FactorValues = { saleUnits: 3_000, shift: 0, depthScale: 1, densityScale: 1, capacityScale: 1, hedgeLogOdds: 0, depeg: 0 };
  const longs = triggersFromRows(Array.from({ length: 4_000 }, (_, i) => [best - 1 - i, 6, 0] as const), 'long');
  const base = { system: sell([market('m', uniformBids(4_000, 10), longs)]), share: { lotsPerUnit: [1], priceWeights: [1] }, usdPerQuote: [1], collateralShare: [0] };
  const dropOf = (values: FactorValues): number => {
    const { system, shockLots } = createScenarios(base).at(values);
    return solveNetwork(system, shockLots).markets[0]?.dropTicks ?? NaN;
  };
  it('q = 6, d = 10, a sale of 3,000: 750 ticks instead of 300, A = 2.5 exactly', () => {
    expect(dropOf(still)).toBe(750);
    expect(dropOf({ ...still, densityScale: 0 })).toBe(300);
    expect(dropOf(still) / dropOf({ ...still, densityScale: 0 })).toBe(2.5);
  });
  it('scenarios of it: g = 0.6 x 1.25 and 0.6 / 0.8 are both 0.75, so 1,200 ticks and, with a fifth less depth, 1,500', () => {
    expect(dropOf({ ...still, densityScale: 1.25 })).toBe(1_200);
    expect(dropOf({ ...still, depthScale: 0.8 })).toBe(1_500);
  });
});

describe('two venues with marks of both prices: the inverse of I - G', () => {
  /** G(v, w) = (positions of v a tick / depth of v a tick) x weight of w in v's mark. */
  const gains = [[0.3, 0.2], [0.25, 0.4]] as const;
  const depth = 1_000;
  const levels = 3_000;
  const venue = (row: readonly [number, number], id: string): CascadeMarket =>
    market(id, uniformBids(levels, depth), triggersFromRows(Array.from({ length: levels }, (_, i) => [best - 1 - i, depth * (row[0] + row[1]), 0] as const), 'long'));
  const system = sell([venue(gains[0], 'a'), venue(gains[1], 'b')], { marks: gains.map((row) => ({ rule: 'mean', markets: [0, 1], weights: row })) });
  // (I - G)^-1 = [[0.6, 0.2], [0.25, 0.7]] / (0.7 x 0.6 - 0.2 x 0.25 = 0.37).
  it('G = [[.3, .2], [.25, .4]]: [[1.62162, .54054], [.67568, 1.89189]], but for the ticks that rounding adds', () => {
    const inverse = [[0.6 / 0.37, 0.2 / 0.37], [0.25 / 0.37, 0.7 / 0.37]] as const;
    expect(inverse.flat().map((x) => x.toFixed(5))).toEqual(['1.62162', '0.54054', '0.67568', '1.89189']);
    const ticks = 1_000;
    for (const shocked of [0, 1] as const) {
      const { markets } = solveNetwork(system, [0, 1].map((m) => (m === shocked ? ticks * depth : 0)));
      for (const venueHit of [0, 1] as const) {
        const got = markets[venueHit]?.dropTicks ?? NaN;
        const want = ticks * inverse[venueHit][shocked];
        // Prices end on whole ticks, at most one beyond what the marks ask for, and what that sets off is amplified: by at most the row's sum.
        expect(got).toBeGreaterThanOrEqual(want - 1e-6);
        expect(got).toBeLessThanOrEqual(want + 2 * (inverse[venueHit][0] + inverse[venueHit][1]));
      }
    }
  });
});
