import { describe, expect, it } from '@jest/globals';
import { createRng, type Rng } from '../core/index.ts';
import { bucketTriggers } from './bucket-bounds.ts';
import { cascadeMarket, type CascadeMarket, type ShockSide } from './cascade-market.ts';
import { mergeMarkets } from './merge.ts';
import type { NetworkSystem } from './network-system.ts';
import { mirrored, randomMarket } from './random-market.ts';
import { randomSystem } from './random-system.ts';
import { referenceLimitOrders, referenceMarketOrders } from './reference.ts';
import { solveNetwork } from './solve-network.ts';
import { solveStatic, type StaticOutcome } from './solve-static.ts';
import { benchMarket } from './bench/bench-system.ts';

const outcomeOf = (found: StaticOutcome | null): unknown =>
  (found === null ? null : { tick: found.tick, liquidatedLots: found.liquidatedLots, fundLots: found.fundLots, unfilledLots: found.unfilledLots });

describe('the static engine (models, section 3.1)', () => {
  it('20,000 random cases, both order types, both sides: to the tick and lot what liquidating one position at a time gives, in random order too', () => {
    let [fell, exhausted, fund] = [0, 0, 0];
    for (let seed = 1; seed <= 20_000; seed++) {
      const rng = createRng(seed);
      const market = randomMarket(rng, 1 + rng.int(12));
      const side: ShockSide = rng.chance(0.5) ? 'sell' : 'buy';
      const shock = rng.int(150);
      const limit: CascadeMarket = { ...market, liquidationOrder: 'limitAtBankruptcy' };
      const [got, limited] = [solveStatic(market, side, shock), solveStatic(limit, side, shock)];
      const ordered = referenceMarketOrders(market, side, shock, firstOf(rng));
      const random = referenceMarketOrders(market, side, shock, createRng(seed + 1e6));
      const levels = referenceLimitOrders(limit, side, shock);
      const same = [ordered, random].every((reference) => JSON.stringify(outcomeOf(got)) === JSON.stringify(reference)) && JSON.stringify(outcomeOf(limited)) === JSON.stringify(levels);
      if (!same) throw new Error(`seed ${String(seed)}: ${JSON.stringify([outcomeOf(got), ordered, random, outcomeOf(limited), levels])}`);
      if ((got?.liquidatedLots ?? 0) > 0) fell++;
      if (got?.exhausted === true) exhausted++;
      if ((limited?.fundLots ?? 0) > 0) fund++;
    }
    // Each kind of case was there, many times.
    for (const count of [fell, exhausted, fund]) expect(count).toBeGreaterThan(2_000);
  });
  it('more depth anywhere never hurts, in a market and in a network', () => {
    for (let seed = 1; seed <= 600; seed++) {
      const rng = createRng(seed);
      const { system, shocks } = randomSystem(rng, 5, 20);
      const richer: NetworkSystem = { ...system, markets: system.markets.map((market) => deepened(market, rng)) };
      const [plain, more] = [solveNetwork(system, shocks).markets, solveNetwork(richer, shocks).markets];
      for (const [m, outcome] of more.entries()) {
        expect(outcome.dropTicks).toBeLessThanOrEqual(plain[m]?.dropTicks ?? NaN);
        expect(outcome.liquidatedLots).toBeLessThanOrEqual(plain[m]?.liquidatedLots ?? NaN);
      }
    }
  });
  it('more positions anywhere never help', () => {
    for (let seed = 1; seed <= 600; seed++) {
      const rng = createRng(seed);
      const { system, shocks } = randomSystem(rng, 5, 20);
      const heavier = (triggers: CascadeMarket['longTriggers']): CascadeMarket['longTriggers'] => ({ ...triggers, lots: triggers.lots.map((x) => x + rng.int(10)) });
      const more: NetworkSystem = { ...system, markets: system.markets.map((market) => ({ ...market, longTriggers: heavier(market.longTriggers), shortTriggers: heavier(market.shortTriggers) })) };
      const plain = solveNetwork(system, shocks).markets;
      for (const [m, outcome] of solveNetwork(more, shocks).markets.entries()) {
        expect(outcome.dropTicks).toBeGreaterThanOrEqual(plain[m]?.dropTicks ?? NaN);
        expect(outcome.liquidatedLots).toBeGreaterThanOrEqual(plain[m]?.liquidatedLots ?? NaN);
      }
    }
  });
  it('bounds from buckets bracket the exact result of 3,000 random markets, and a purchase is a sale in the mirror', () => {
    for (let seed = 1; seed <= 3_000; seed++) {
      const rng = createRng(seed);
      const base = { ...randomMarket(rng, 1 + rng.int(30)), withdrawal: { kappaMin: 1, beta: 0, sigmaDaily: 0.05 } };
      const [shock, width] = [rng.int(200), 2 + rng.int(30)];
      const drop = (market: CascadeMarket, side: ShockSide): number => solveStatic(market, side, shock)?.dropTicks ?? NaN;
      const exact = drop(base, 'sell');
      expect(drop({ ...base, longTriggers: bucketTriggers(base.longTriggers, 'long', width, 'pessimistic') }, 'sell')).toBeGreaterThanOrEqual(exact);
      expect(drop({ ...base, longTriggers: bucketTriggers(base.longTriggers, 'long', width, 'optimistic') }, 'sell')).toBeLessThanOrEqual(exact);
      expect(drop(mirrored(base, 4_000), 'buy')).toBe(exact);
    }
  });
});

describe('the limits of the network (models, section 3.2)', () => {
  it('no capacity: venues are independent', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { system, shocks } = randomSystem(createRng(seed), 6, 20);
      const shut: NetworkSystem = { ...system, edges: system.edges.map((edge) => ({ ...edge, capacityQty: 0 })), hedges: [], marks: system.markets.map(() => null) };
      for (const [m, outcome] of solveNetwork(shut, shocks).markets.entries()) {
        const market = shut.markets[m];
        expect(outcome.tick).toBe(market === undefined ? null : solveStatic(market, shut.side, shocks[m] ?? 0)?.tick);
      }
    }
  });
  it('no cost and ample capital: one merged book, as nearly as whole ticks let flows run', () => {
    // Where d lots a tick are bid and s lots flow for each tick of gap, a market falls by s / (d + s) of what the one it helps falls by: the larger s the nearer, as long as the fall has more
    // than s / d ticks, since a gap is at least one.
    let tight = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const rng = createRng(seed);
      const count = 2 + rng.int(3);
      const levels = 8_000;
      const markets = Array.from({ length: count }, (_, m) => benchMarket(rng, `m${String(m)}`, levels, 200, 0.1 + 0.3 * rng.next()));
      const pairs = markets.flatMap((_, from) => markets.map((__, to) => ({ from, to }))).filter(({ from, to }) => from !== to);
      const edges = pairs.map((pair) => ({ ...pair, capacityQty: Infinity, slopeQtyPerLog: 40 * 100 * 2 * levels, costLog: 0 }));
      const shocks = markets.map((_, m) => (m === 0 ? Math.round((10 + 20 * rng.next()) * levels * count) : 0));
      const { markets: joined } = solveNetwork({ side: 'sell', markets, edges, hedges: [], marks: markets.map(() => null) }, shocks);
      const merged = mergeMarkets('all', markets.map((market) => ({ market, usdPerQuote: 1 })));
      const fallOf = (factor: number): number => solveStatic(merged, 'sell', Math.round(factor * shocks.reduce((a, b) => a + b, 0)))?.dropTicks ?? NaN;
      // Beside a cliff the least difference decides which side: outcomes of a slightly smaller and a slightly larger sale bracket it.
      const [least, most] = [fallOf(0.97), fallOf(1.12)];
      for (const { dropTicks } of joined) {
        expect(dropTicks).toBeGreaterThanOrEqual(0.93 * least);
        expect(dropTicks).toBeLessThanOrEqual(1.04 * most);
      }
      if (most < 1.5 * least) tight++;
    }
    // Most of the brackets say something.
    expect(tight).toBeGreaterThan(30);
  });
});

/** A stream that always picks the first: one fixed order. */
function firstOf(rng: Rng): Rng {
  return { ...rng, pick: <T>(items: readonly T[]): T => {
    const [first] = items;
    if (first === undefined) throw new Error('pick from an empty list');
    return first;
  } };
}

/** The market with more lots on some of its levels. */
function deepened(market: CascadeMarket, rng: Rng): CascadeMarket {
  const more = (lots: Float64Array): Float64Array => lots.map((x) => x + (rng.chance(0.5) ? rng.int(20) : 0));
  return cascadeMarket({ ...market, bids: { ticks: market.bids.ticks, lots: more(market.bids.lots) }, asks: { ticks: market.asks.ticks, lots: more(market.asks.lots) } });
}
