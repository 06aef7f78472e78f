import { describe, expect, it } from '@jest/globals';
import { createRng, type Rng } from '../../core/index.ts';
import type { Ladder } from '../../market/index.ts';
import { cascadeMarket } from '../cascade-market.ts';
import { DEFAULT_DEPTH, STATIC_DEPTH } from './depth-multiplier.ts';
import { marketAtRest } from './dynamic-state.ts';
import { dynamicMarket, type DynamicMarket } from './dynamic-system.ts';
import { NO_POLICY } from './policy.ts';
import { positionBook, type PositionBook } from './position-book.ts';
import { randomDynamicCase, type DynamicCase } from './random-dynamic.ts';
import { scenario, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

const axis = 3_000;

/** A random case of what mirrors exactly in ticks: no rule that divides by a price, no logarithm. */
function additiveCase(rng: Rng): DynamicCase {
  const { system, scenario: all, policy } = randomDynamicCase(rng, { markets: 4, levels: 14, positions: 10, seconds: 40 });
  const markets = system.markets.map((market): DynamicMarket => ({
    ...market, kind: 'linear', tickSize: 1, depth: STATIC_DEPTH, index: null, funding: null, adl: { trigger: 'socialised', rank: 'proRata', price: 'bankruptcy' },
    longs: { ...market.longs, tails: [] }, shorts: { ...market.shorts, tails: [] }, margin: { ...market.margin, partial: { kind: 'none' }, liquidationFee: 0 },
    mark: market.mark.kind === 'sources' ? { ...market.mark, sources: { ...market.mark.sources, rule: 'mean' } } : { kind: 'own' },
  }));
  return {
    system: { ...system, markets, edges: [], carries: [], adlHedges: [] }, policy, scenario: scenario(40, { sampleSeconds: 1, orders: all.orders, rescues: all.rescues }),
    state: { markets: markets.map((market) => marketAtRest(market, { touch: rng.pick(['bid', 'ask']) })) },
  };
}

/** The case upside down: bids for asks, longs for shorts, tick t for axis - t. */
function upsideDown({ system, state, scenario: made, policy }: DynamicCase): DynamicCase {
  const ladder = ({ ticks, lots }: Ladder): Ladder => ({ ticks: ticks.map((t) => axis - t), lots });
  const positions = (book: PositionBook): PositionBook => ({ ...book, ticks: book.ticks.map((t) => axis - t), bankruptcyTicks: book.bankruptcyTicks.map((t) => axis - t), entryTicks: book.entryTicks.map((t) => axis - t) });
  const other = <A, B>(value: A | B, a: A, b: B): A | B => (value === a ? b : a);
  return {
    policy, system: { ...system, markets: system.markets.map((m) => ({ ...m, bids: ladder(m.asks), asks: ladder(m.bids), longs: positions(m.shorts), shorts: positions(m.longs) })) },
    state: { markets: state.markets.map((s) => ({ ...s, touch: other(s.touch, 'bid' as const, 'ask' as const) })) },
    scenario: {
      ...made, orders: made.orders.map((o) => ({ ...o, side: other(o.side, 'sell' as const, 'buy' as const) })),
      rescues: made.rescues.map((r) => ({ ...r, side: other(r.side, 'long' as const, 'short' as const), fromTick: axis - r.fromTick, toTick: axis - r.toTick })),
    },
  };
}

describe('mirror symmetry', () => {
  it('in ticks, exact, where nothing divides by a price: 400 random cases', () => {
    let fired = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const made = additiveCase(createRng(seed));
      const turned = upsideDown(made);
      const [up, down] = [made, turned].map((c) => simulate(c.system, c.state, c.scenario, c.policy, createRng(1)));
      const seen = (path: typeof up, isTurned: boolean): unknown => path?.markets.map(({ ticks, longs, shorts, accounts, unfilledSellLots, unfilledBuyLots }) => ({
        ticks: isTurned ? [...ticks].map((t) => axis - t) : [...ticks], longs: isTurned ? shorts : longs, shorts: isTurned ? longs : shorts,
        makers: (isTurned ? -1 : 1) * accounts.makers.lots + 0, fund: (isTurned ? -1 : 1) * accounts.fund.lots + 0, sells: isTurned ? unfilledBuyLots : unfilledSellLots,
      }));
      expect({ seed, path: seen(down, true) }).toEqual({ seed, path: seen(up, false) });
      fired += up?.markets.filter(({ longs }) => longs.firedLots > 0).length ?? 0;
    }
    expect(fired).toBeGreaterThan(200);
  });

  it('in log-price, to the rounding of ticks, with makers that withdraw and come back: 30 random cases', () => {
    const p0 = 1e8;
    let fired = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const rng = createRng(seed);
      const lots = Array.from({ length: 600 }, () => 500 + rng.int(2_000));
      const places = Array.from({ length: 40 }, () => ({ x: 0.002 + 0.03 * rng.next(), lots: 100 + rng.int(6_000) }));
      const returns = Float64Array.from({ length: 300 }, () => 1e-4 * rng.normal());
      const size = 20_000 + rng.int(150_000);
      const half = (sign: 1 | -1): Ladder => ({ ticks: Int32Array.from(lots, (_, i) => Math.round(p0 * Math.exp(sign * (5e-5 + 1e-4 * i)))), lots: Float64Array.from(lots) });
      const book = (sign: 1 | -1): PositionBook => positionBook(places.map(({ x, lots: q }) => ({ entryTick: p0, tranches: [{ tick: Math.round(p0 * Math.exp(sign * x)), lots: q, bankruptcyTick: Math.round(p0 * Math.exp(sign * (x + 0.01))) }] })), sign === -1 ? 'long' : 'short');
      const market = dynamicMarket(cascadeMarket({ id: 'm', tickSize: 1, lotSize: 1, bids: half(-1), asks: half(1) }), { longs: book(-1), shorts: book(1), depth: DEFAULT_DEPTH });
      const path = (sign: 1 | -1): ReturnType<typeof simulate> => {
        const orders: Scenario['orders'] = [{ market: 0, side: sign === -1 ? 'sell' : 'buy', at: 20, lots: size, overSeconds: 60 }];
        const state = { markets: [marketAtRest(market, { touch: sign === -1 ? 'bid' : 'ask' })] };
        return simulate({ markets: [market], edges: [], hedges: [], adlHedges: [], carries: [] }, state, scenario(300, { sampleSeconds: 1, orders, logReturns: returns.map((r) => -sign * r) }), NO_POLICY, createRng(1));
      };
      const [down, up] = [path(-1).markets[0], path(1).markets[0]];
      expect(down?.longs).toEqual(up?.shorts);
      // Ladders mirror to the rounding of a tick (5e-9), which decides now and then over a lot of a thinned level: u agrees to a tenth of a level, and the price to one level,
      // which it may regain a second apart.
      for (const [i, u] of (down?.displacement ?? []).entries()) expect(Math.abs(u + (up?.displacement[i] ?? NaN))).toBeLessThan(1e-5);
      for (const [i, tick] of (down?.ticks ?? []).entries()) expect(Math.abs(Math.log(tick / p0) + Math.log((up?.ticks[i] ?? NaN) / p0))).toBeLessThan(1.1e-4);
      fired += down?.longs.firedLots ?? 0;
    }
    expect(fired).toBeGreaterThan(100_000);
  });
});
