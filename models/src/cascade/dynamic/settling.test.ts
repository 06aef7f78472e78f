import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { arrivalPlan, createDelay, createSettlement, deployableCapital } from '../../settlement/index.ts';
import { cascadeMarket } from '../cascade-market.ts';
import { systemAtRest } from './dynamic-state.ts';
import { dynamicMarket, type DynamicSystem } from './dynamic-system.ts';
import { NO_POLICY } from './policy.ts';
import { positionBook } from './position-book.ts';
import { scenario, type Scenario, type SettlingTransfer } from './scenario.ts';
import { settle } from './settling.ts';
import { simulate } from './simulate.ts';

const plan = (mean: number, parts: number): SettlingTransfer['slow'] => arrivalPlan(createDelay({ kind: 'exponential', mean }), parts);
const arbitrage = (known: Partial<SettlingTransfer>): SettlingTransfer => ({ to: { kind: 'arbitrage', edge: 0, qty: 1_000 }, sentAt: 0, usd: 1_000, fast: null, slow: null, halt: 0, arrival: 'expected', ...known });

/** Two markets of equal books: what is sold in the first is brought to it from the second, if there is capital. */
function twoVenues(longs: readonly number[] = []): DynamicSystem {
  const bids = { ticks: Int32Array.from({ length: 400 }, (_, i) => 1_000 - i), lots: new Float64Array(400).fill(10) };
  const asks = { ticks: Int32Array.from({ length: 400 }, (_, i) => 1_001 + i), lots: new Float64Array(400).fill(10) };
  const market = (id: string): ReturnType<typeof cascadeMarket> => cascadeMarket({ id, kind: 'linear', tickSize: 0.01, lotSize: 1, contractSize: 1, bids, asks, liquidationOrder: 'market' });
  const positions = positionBook(longs.map((tick) => ({ tranches: [{ tick, lots: 100, bankruptcyTick: tick - 8 }], entryTick: 1_000 })), 'long');
  return {
    markets: [dynamicMarket(market('a'), { longs: positions }), dynamicMarket(market('b'))], hedges: [], adlHedges: [], carries: [],
    edges: [{ from: 0, to: 1, capacityQty: 0, slopeQtyPerLog: 1e6, costLog: 0.001, releaseHalfLife: Infinity }],
  };
}
const play = (system: DynamicSystem, known: Partial<Scenario>, seed = 1): ReturnType<typeof simulate> => simulate(system, systemAtRest(system), scenario(600, { sampleSeconds: 1, ...known }), NO_POLICY, createRng(seed));

describe('capital that settles', () => {
  it('arrives as K F(t - t_e)(1 - halt) says, to half a part, whatever part of it takes the bridge', () => {
    const [fast, slow] = [createDelay({ kind: 'exponential', mean: 20 }), createDelay({ kind: 'exponential', mean: 200 })];
    const made = settle(scenario(2_000, { bridges: [{ capacity: 400, refillPerSecond: 0 }], transfers: [arbitrage({ sentAt: 30, fast: { bridge: 0, plan: arrivalPlan(fast, 100) }, slow: arrivalPlan(slow, 100), halt: 0.2 })] }), createRng(1));
    for (const t of [0, 30, 40, 60, 150, 400, 1_500]) {
      const arrived = made.arrivals.filter(({ at }) => at <= t).reduce((sum, { qty }) => sum + qty, 0);
      const expected = deployableCapital(0, [{ amount: 400, sentAt: 30, delay: fast, halt: 0.2 }, { amount: 600, sentAt: 30, delay: slow, halt: 0.2 }], t);
      // Half a part of each way, and what arrives within a second is there at its end.
      expect(Math.abs(arrived - expected)).toBeLessThan(0.8 * (400 / 200 + 600 / 200) + 0.8 * (400 / 20 + 600 / 200));
      expect(arrived).toBeLessThanOrEqual(expected + 0.8 * 5 + 1e-9);
    }
  });

  it('drawn, it comes at once; over many draws as often as the law says, and not at all with the probability of a halt', () => {
    const law = createDelay({ kind: 'exponential', mean: 100 });
    const draws = Array.from({ length: 3_000 }, (_, seed) => settle(scenario(100_000, { transfers: [arbitrage({ slow: arrivalPlan(law, 200), halt: 0.3, arrival: 'sampled' })] }), createRng(seed)).arrivals);
    const there = (t: number): number => draws.filter(([first]) => first !== undefined && first.at <= t).length / draws.length;
    expect(draws.every((arrivals) => arrivals.length <= 1)).toBe(true);
    for (const t of [50, 100, 300]) expect(Math.abs(there(t) - 0.7 * law.cdf(t))).toBeLessThan(0.035);
    expect(Math.abs(there(1e5) - 0.7)).toBeLessThan(0.035);
  });

  it('who sets out first has the bridge, and who comes later waits for days', () => {
    const bridge = { bridge: 0, plan: arrivalPlan(createDelay({ kind: 'fixed', seconds: 10 }), 1) };
    const exit = arrivalPlan(createSettlement({ class: 'optimistic-rollup' }).slow ?? createDelay({ kind: 'never' }), 4);
    const { arrivals } = settle(scenario(3_600, { bridges: [{ capacity: 1_500, refillPerSecond: 0 }], transfers: [arbitrage({ sentAt: 20, fast: bridge, slow: exit }), arbitrage({ sentAt: 5, fast: bridge, slow: exit })] }), createRng(1));
    expect(arrivals).toEqual([{ edge: 0, at: 30, qty: 500 }, { edge: 0, at: 15, qty: 1_000 }]);
  });

  it('a venue falls less the sooner capital arrives to buy there, and as if there were none when all is halted', () => {
    const orders = [{ market: 0, side: 'sell' as const, at: 1, lots: 2_000, overSeconds: 300 }];
    const lowest = (mean: number, halt = 0): number => play(twoVenues(), { orders, transfers: [arbitrage({ slow: plan(mean, 64), halt })] }).markets[0]?.lowestTick ?? NaN;
    const [soon, later, never] = [lowest(5), lowest(200), lowest(5, 1)];
    expect(soon).toBeGreaterThan(later);
    expect(later).toBeGreaterThan(never);
    expect(never).toBe(play(twoVenues(), { orders }).markets[0]?.lowestTick);
  });

  it('collateral saves the positions it reaches in time: all through an internal ledger, none after days', () => {
    const orders = [{ market: 0, side: 'sell' as const, at: 60, lots: 1_200, overSeconds: 120 }];
    const fired = (name: 'internal' | 'l1-pos' | 'plasma'): number => {
      const rescue: SettlingTransfer = { ...arbitrage({}), to: { kind: 'rescue', market: 0, side: 'long', fromTick: 850, toTick: 950, share: 1, shiftTicks: 400 }, slow: arrivalPlan(createSettlement({ class: name }).fast, 8) };
      return play(twoVenues([950, 940, 930, 920, 910]), { orders, transfers: [rescue] }).markets[0]?.longs.firedLots ?? NaN;
    };
    expect([fired('internal'), fired('plasma')]).toEqual([0, 500]);
    expect(fired('l1-pos')).toBe(500);
  });

  it('in eight pieces it moves what it would have moved at once, where those moved leave the range', () => {
    const rescue = (parts: number): SettlingTransfer => ({ ...arbitrage({}), to: { kind: 'rescue', market: 0, side: 'long', fromTick: 850, toTick: 950, share: 0.5, shiftTicks: 400 }, slow: plan(1, parts) });
    const { rescues } = settle(scenario(600, { transfers: [rescue(8)] }), createRng(1));
    const kept = rescues.reduce((left, { share }) => left * (1 - share), 1);
    expect(kept).toBeCloseTo(0.5, 12);
  });

  it('that trades buys whole lots as it comes, in all what its shares make, and holds a price that falls without it', () => {
    const trade = (parts: number, lots: number, halt = 0): SettlingTransfer => ({ ...arbitrage({ halt }), to: { kind: 'trade', market: 0, side: 'buy', lots }, slow: plan(30, parts) });
    for (const [transfer, bought] of [[trade(64, 1_000), 1_000], [trade(7, 5), 5], [trade(8, 100, 0.2), 80]] as const) {
      const { orders } = settle(scenario(3_600, { transfers: [transfer] }), createRng(1));
      expect(orders.reduce((sum, { lots }) => sum + lots, 0)).toBe(bought);
      expect(orders.every(({ side, lots, overSeconds }) => side === 'buy' && lots > 0 && Number.isInteger(lots) && overSeconds === 1)).toBe(true);
    }
    const sale = [{ market: 0, side: 'sell' as const, at: 1, lots: 2_000, overSeconds: 300 }];
    const lowest = (transfers: readonly SettlingTransfer[]): number => play(twoVenues([950, 940, 930]), { orders: sale, transfers }).markets[0]?.lowestTick ?? NaN;
    const [none, some, all] = [lowest([]), lowest([trade(64, 1_000)]), lowest([trade(64, 2_000)])];
    expect(some).toBeGreaterThan(none + 50);
    expect(all).toBeGreaterThan(some);
    expect(lowest([trade(64, 2_000, 1)])).toBe(none);
  });

  it('nothing that was there before changes: a scenario without transfers gives the bytes it gave, with a stream of its own for each that is drawn', () => {
    const base: Partial<Scenario> = { sigmaPerSecond: 1e-3, noise: [{ ordersPerSecond: 0.3, meanLots: 5 }, { ordersPerSecond: 0.3, meanLots: 5 }] };
    const halted = arbitrage({ slow: plan(5, 8), halt: 1, arrival: 'sampled' });
    expect(JSON.stringify(play(twoVenues([950]), { ...base, transfers: [halted] }, 7))).toBe(JSON.stringify(play(twoVenues([950]), base, 7)));
  });

  it('refuses transfers that are not lawful', () => {
    const lawless: readonly Partial<SettlingTransfer>[] = [{ sentAt: 0.5 }, { usd: 0 }, { halt: 1.1 }, { fast: { bridge: 0, plan: { delays: Float64Array.of(1) } } }, { slow: { delays: new Float64Array(0) } }, { to: { kind: 'arbitrage', edge: 7, qty: 1 } }, { to: { kind: 'trade', market: 9, side: 'buy', lots: 1 } }, { to: { kind: 'trade', market: 0, side: 'buy', lots: 0.5 } }];
    for (const known of lawless) expect(() => play(twoVenues(), { transfers: [arbitrage(known)] })).toThrow();
  });
});
