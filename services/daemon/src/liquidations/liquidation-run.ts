import { BINANCE, BYBIT, insuranceFund, OKX, type VenueRules } from '@breakwater/models/market';
import { cascadeMarket, DEFAULT_DEPTH, dynamicMarket, dynamicVenue, marketAtRest, NO_POLICY, positionBook, scenario, simulate, type PositionBook } from '@breakwater/models/cascade';
import { assert, createRng, defined, type Rng } from '@breakwater/models/core';

/** A forced order as the venue makes it: in which second, of which side's position, at which price and how large. */
export interface ForcedOrder {
  readonly second: number;
  readonly side: 'long' | 'short';
  readonly tick: number;
  readonly lots: number;
}

/** The venues whose feeds are simulated. */
export type LiquidationVenue = 'binance' | 'okx' | 'bybit';

/** An hour (or another time) of one perpetual: its forced orders, and their true total in lots. */
export interface LiquidationRun {
  readonly seconds: number;
  readonly orders: readonly ForcedOrder[];
  readonly totalLots: number;
  /** The mark at the end of each second, ticks. */
  readonly markTicks: Int32Array;
  readonly tickSize: number;
}

const rules: Readonly<Record<LiquidationVenue, VenueRules>> = { binance: BINANCE, okx: OKX, bybit: BYBIT };
const startTick = 50_000;
const tickSize = 0.0001;

/**
 * Simulates a perpetual with known positions beside its spot market: volatility, a sale or a purchase of random size, and sometimes a jump, so that runs go from a trickle of forced orders to cascades. Positions are
 * closed whole, so that each is one forced order, in the second in which the mark reaches it. Crashes when those orders are not what the engine says it fired.
 */
export function liquidationRun(venue: LiquidationVenue, seed: number, seconds: number = 3_600): LiquidationRun {
  const rng = createRng(seed).fork('liquidations');
  const positions = Math.round(100 * 30 ** rng.next());
  const [longs, shorts] = [book(rng, positions, 'long'), book(rng, positions, 'short')];
  const depth = 300 + 1_200 * rng.next();
  const ladder = (best: number, direction: 1 | -1): { ticks: Int32Array; lots: Float64Array } => ({
    ticks: Int32Array.from({ length: 4_000 }, (_, i) => best + direction * 5 * i), lots: Float64Array.from({ length: 4_000 }, (_, i) => Math.round(depth * (0.5 + rng.next()) * (1 + i / 200))),
  });
  const market = (id: string, kind: 'spot' | 'linear') => cascadeMarket({ id, kind, tickSize, lotSize: 1, bids: ladder(startTick, -1), asks: ladder(startTick + 5, 1) });
  const index = { markets: [0], weights: [1] };
  const perp = dynamicVenue(market('perp', 'linear'), rules[venue], index, { depth: DEFAULT_DEPTH, longs, shorts, margin: { partial: { kind: 'none' }, liquidationFee: 0, surplus: 'fund', maintenanceRate: 0.02, workOffHalfLife: Infinity }, funding: null });
  const system = { markets: [dynamicMarket(market('spot', 'spot'), { depth: DEFAULT_DEPTH }), perp], edges: [0, 1].map((from) => ({ from, to: 1 - from, capacityQty: 100 * depth, slopeQtyPerLog: 3_000 * depth, costLog: 0.001, releaseHalfLife: 900 })), hedges: [], adlHedges: [], carries: [] };
  const within = depth * 200;
  const orders = [{ market: rng.int(2), side: rng.chance(0.7) ? ('sell' as const) : ('buy' as const), at: rng.int(seconds >> 1), lots: Math.max(1, Math.round(within * 3 * rng.next() ** 2)), overSeconds: 60 + rng.int(1_000) }];
  const jumps = rng.chance(0.3) ? [{ at: rng.int(seconds), logReturn: 0.04 * rng.normal() }] : [];
  const course = scenario(seconds, { sigmaPerSecond: (1 + 3 * rng.next()) / Math.sqrt(365 * 86_400), noise: [{ ordersPerSecond: 0.2, meanLots: depth / 5 }, { ordersPerSecond: 0.2, meanLots: depth / 5 }], orders, jumps, sampleSeconds: 1 });
  const path = simulate(system, { markets: system.markets.map((m) => marketAtRest(m, { fund: insuranceFund(1e6) })) }, course, NO_POLICY, rng.fork('path'));
  const told = defined(path.markets[1], 'perpetual');
  const fired = firedOrders(longs, shorts, told.markTicks, told.liquidatedLots);
  const totalLots = fired.reduce((sum, order) => sum + order.lots, 0);
  assert(totalLots === told.longs.firedLots + told.shorts.firedLots, 'the forced orders are those the engine fired');
  return { seconds, orders: fired, totalLots, markTicks: told.markTicks, tickSize };
}

/** Positions by liquidation price: distances of the usual leverages with what margin was added, log-normal sizes. */
function book(rng: Rng, count: number, side: 'long' | 'short'): PositionBook {
  const sign = side === 'long' ? 1 : -1;
  return positionBook(Array.from({ length: count }, () => {
    const entry = startTick * Math.exp(0.02 * rng.normal());
    const distance = rng.pick([0.01, 0.02, 0.04, 0.05, 0.1, 0.1, 0.2, 0.3]) * (1 + (rng.chance(0.5) ? 2 * rng.next() : 0.1 * rng.next()));
    const tick = Math.round(entry * (1 - sign * distance));
    // Those that are past their price at the start were liquidated before it.
    if (sign * (startTick * (1 - sign * 0.002) - tick) <= 0) return { entryTick: Math.round(entry), tranches: [] };
    return { entryTick: Math.round(entry), tranches: [{ tick, lots: Math.max(1, Math.round(200 * Math.exp(rng.normal()))), bankruptcyTick: Math.max(1, Math.round(tick * (1 - sign * 0.01))) }] };
  }), side);
}

/**
 * Which positions fire in which second, from the mark and the lots fired so far. The mark is told to the nearest tick and longs fire by it rounded down, shorts rounded up: whether those on the tick beside
 * it have fired, the lots say.
 */
function firedOrders(longs: PositionBook, shorts: PositionBook, marks: Int32Array, fired: Float64Array): readonly ForcedOrder[] {
  const orders: ForcedOrder[] = [];
  const next = { long: 0, short: 0 };
  const rowsTo = (side: 'long' | 'short', mark: number): number => {
    const { ticks } = side === 'long' ? longs : shorts;
    let row = next[side];
    while (row < ticks.length && (side === 'long' ? 1 : -1) * (defined(ticks[row], 'tick') - mark) >= 0) row++;
    return row;
  };
  const lotsOf = (side: 'long' | 'short', to: number): number => (side === 'long' ? longs : shorts).lots.subarray(next[side], to).reduce((sum, lots) => sum + lots, 0);
  let before = 0;
  for (const [second, mark] of marks.entries()) {
    const lots = defined(fired[second], 'lots') - before;
    before += lots;
    const choices = [0, 1].flatMap((l) => [0, 1].map((s) => ({ long: rowsTo('long', mark - l), short: rowsTo('short', mark + s) })));
    const chosen = choices.find((choice) => lotsOf('long', choice.long) + lotsOf('short', choice.short) === lots);
    assert(chosen !== undefined, 'the forced orders are those the engine fired');
    for (const [side, positions] of [['long', longs], ['short', shorts]] as const) {
      for (; next[side] < chosen[side]; next[side]++) orders.push({ second, side, tick: mark, lots: defined(positions.lots[next[side]], 'lots') });
    }
  }
  return orders;
}
