import { ratio, type Rng } from '../../core/index.ts';
import { BINANCE, BITGET, BYBIT, fundHistory, GATE, HYPERLIQUID, insuranceFund, KUCOIN, OKX, type AdlRule, type Ladder, type PartialLiquidation, type PositionSide, type Tranche, type VenueRules } from '../../market/index.ts';
import type { ArrivalPlan } from '../../settlement/index.ts';
import { cascadeMarket } from '../cascade-market.ts';
import type { HedgeLink } from '../network-system.ts';
import { DEFAULT_DEPTH, STATIC_DEPTH, type DepthDynamics } from './depth-multiplier.ts';
import { marketAtRest, type DynamicState } from './dynamic-state.ts';
import { dynamicMarket, dynamicVenue, type DynamicMarket, type DynamicSystem } from './dynamic-system.ts';
import { NO_POLICY, type DynamicPolicy } from './policy.ts';
import { positionBook, type PositionBook } from './position-book.ts';
import { scenario, type Scenario, type SettlingTransfer } from './scenario.ts';

/** Arguments of `simulate` but for its random numbers. */
export interface DynamicCase {
  readonly system: DynamicSystem;
  readonly state: DynamicState;
  readonly scenario: Scenario;
  readonly policy: DynamicPolicy;
}

/** How large a random case is: markets >= 2, levels a side, positions a side of each perpetual, seconds. */
export interface CaseSize {
  readonly markets: number;
  readonly levels: number;
  readonly positions: number;
  readonly seconds: number;
}

const venues: readonly VenueRules[] = [BINANCE, BYBIT, OKX, HYPERLIQUID, BITGET, GATE, KUCOIN];

/**
 * A market as one finds it, for measuring and pictures: a third of the markets are spot and the index of the rest, which follow the rules of as many venues; levels of one
 * basis point, depth that grows with the distance, positions over 30 % of the price, noise orders, 300 % volatility a year, edges between each perpetual and a spot market both ways,
 * and a sale of `shock` (0 or more) times what the first market holds within 2 %, spread over ten minutes from the first quarter of the time on.
 */
export function typicalDynamicCase(rng: Rng, size: CaseSize, shock: number = 1): DynamicCase {
  const spots = Math.max(1, Math.floor(size.markets / 3));
  const start = 50_000;
  const index = { markets: Array.from({ length: spots }, (_, m) => m), weights: Array.from({ length: spots }, () => 1) };
  const markets = Array.from({ length: size.markets }, (_, m): DynamicMarket => {
    const market = cascadeMarket({ id: `${m < spots ? 'spot' : 'perp'}:${m}`, kind: m < spots ? 'spot' : 'linear', tickSize: 0.0001, lotSize: 1, bids: deepLadder(rng, size.levels, start, -1), asks: deepLadder(rng, size.levels, start + 1, 1) });
    if (m < spots) return dynamicMarket(market, { depth: DEFAULT_DEPTH });
    const rules = venues[(m - spots) % venues.length] ?? BINANCE;
    return dynamicVenue(market, rules, index, { depth: DEFAULT_DEPTH, longs: spread(rng, size.positions, start, 'long'), shorts: spread(rng, size.positions, start, 'short') });
  });
  const perps = markets.map((_, m) => m).slice(spots);
  const edges = perps.flatMap((perp) => {
    const terms = { capacityQty: 200_000, slopeQtyPerLog: 5_000_000, costLog: 0.001, releaseHalfLife: 900 };
    return [{ from: perp, to: perp % spots, ...terms }, { from: perp % spots, to: perp, ...terms }];
  });
  const system = { markets, edges, hedges: [], adlHedges: perps.map((from) => ({ from, to: from % spots, share: 0.5 })), carries: [] };
  const within = 200 * 1_000;
  const at = Math.floor(size.seconds / 4);
  const orders = shock > 0 ? [{ market: 0, side: 'sell' as const, at, lots: Math.round(shock * within), overSeconds: Math.min(600, size.seconds - at) }] : [];
  return {
    system, state: { markets: markets.map((market) => marketAtRest(market, { fund: insuranceFund(100_000) })) }, policy: NO_POLICY,
    scenario: scenario(size.seconds, { sigmaPerSecond: 3 / Math.sqrt(365 * 86_400), noise: markets.map(() => ({ ordersPerSecond: 0.2, meanLots: 100 })), orders }),
  };
}

function deepLadder(rng: Rng, levels: number, best: number, direction: 1 | -1): Ladder {
  const step = best / 10_000;
  return {
    ticks: Int32Array.from({ length: Math.min(levels, 9_900) }, (_, i) => Math.round(best + direction * i * step)),
    lots: Float64Array.from({ length: Math.min(levels, 9_900) }, (_, i) => Math.round((500 + rng.int(1_000)) * (1 + i / 200))),
  };
}

function spread(rng: Rng, count: number, start: number, side: PositionSide): PositionBook {
  const sign = side === 'long' ? 1 : -1;
  return positionBook(Array.from({ length: count }, () => {
    const tick = Math.round(start * (1 - sign * (0.01 + 0.3 * rng.next())));
    return { entryTick: Math.round(start * (1 + 0.02 * (rng.next() - 0.5))), tranches: [{ tick, lots: 100 + rng.int(2_000), bankruptcyTick: Math.round(tick * (1 - sign * 0.01)) }] };
  }), side);
}

/** A small case of everything at random, lawful and often absurd, for comparing engines: prices near 1,000 ticks, every rule and every kind of event. */
export function randomDynamicCase(rng: Rng, size: CaseSize): DynamicCase {
  const count = 2 + rng.int(size.markets - 1);
  const other = (m: number): number => (m + 1 + rng.int(count - 1)) % count;
  const markets = Array.from({ length: count }, (_, m) => randomDynamicMarket(rng, m, count, size));
  const links = (most: number): readonly HedgeLink[] => Array.from({ length: rng.int(most + 1) }, () => {
    const from = rng.int(count);
    return { from, to: other(from), share: rng.pick([0, 0.3, 0.5, 1]) };
  });
  const edges = Array.from({ length: rng.int(count + 1) }, () => {
    const from = rng.int(count);
    return { from, to: other(from), capacityQty: rng.pick([0, 2, 10, 1e6]), slopeQtyPerLog: rng.pick([0, 10, 200, 5_000]), costLog: rng.pick([0, 0.001, 0.02]), releaseHalfLife: rng.pick([1, 10, 900, Infinity]) };
  });
  const carries = Array.from({ length: rng.int(2) }, () => {
    const perp = rng.int(count);
    return { perp, spot: other(perp), lots: rng.int(61) - 30, stopBasis: rng.pick([0.005, 0.05]), marginLog: rng.pick([0.02, Infinity]), unwindSeconds: 1 + rng.int(5) };
  });
  const system: DynamicSystem = { markets, edges, hedges: links(2), adlHedges: links(2), carries };
  return { system, state: randomState(rng, system), scenario: randomScenario(rng, system, size.seconds), policy: randomPolicy(rng) };
}

function randomDynamicMarket(rng: Rng, m: number, count: number, { levels, positions }: CaseSize): DynamicMarket {
  const kind = rng.pick(['linear', 'linear', 'linear', 'inverse', 'spot'] as const);
  const ask = 1_001 + rng.int(5);
  const bids = smallLadder(rng, levels, 1_000, -1);
  const asks = rng.chance(0.05) ? { ticks: new Int32Array(0), lots: new Float64Array(0) } : smallLadder(rng, levels, ask, 1);
  const market = cascadeMarket({ id: `m${m}`, kind, tickSize: rng.pick([0.01, 0.5]), lotSize: rng.pick([0.1, 1]), contractSize: 10, bids, asks, liquidationOrder: rng.pick(['market', 'limitAtBankruptcy']) });
  const sources = [...new Set(Array.from({ length: 1 + rng.int(count + 1) }, () => rng.int(count)))];
  const weighted = { markets: sources, weights: sources.map(() => rng.pick([1, 2, 0.5, 1 / 3])) };
  const rules = rng.pick(venues);
  const partial: PartialLiquidation = kind === 'inverse' || rng.chance(0.6) ? rng.pick<PartialLiquidation>([{ kind: 'none' }, { kind: 'tiers', step: 1, fromTier: 2 }])
    : { kind: 'fraction', step: ratio(0.2), minNotionalUsd: rng.pick([0, 50, 1e9]), cooldownSeconds: rng.int(6), backstopShare: ratio(rng.pick([0.2, 2 / 3])) };
  const hasTails = partial.kind === 'tiers';
  const mark: DynamicMarket['mark'] = rng.pick<() => DynamicMarket['mark']>([
    () => ({ kind: 'own' }),
    () => ({ kind: 'sources', sources: { rule: rng.pick(['mean', 'median', 'clip2']), ...weighted } }),
    () => ({ kind: 'venue', rule: rng.chance(0.5) ? rules.mark : { ...rules.mark, windowSeconds: 6, sampleSeconds: rng.pick([1, 2, 3]) }, ...(rng.chance(0.5) ? { perps: weighted } : {}) }),
  ])();
  return dynamicMarket(market, {
    longs: smallBook(rng, positions, 'long', hasTails), shorts: smallBook(rng, positions, 'short', hasTails), depth: randomDepth(rng), returnBeta: rng.pick([1, 1, 0.5]),
    index: rng.chance(0.3) ? null : { rule: rules.index, ...weighted }, mark,
    margin: { partial, liquidationFee: rng.pick([0, 0.005]), surplus: rng.pick(['fund', 'trader']), maintenanceRate: 0.02, workOffHalfLife: rng.pick([Infinity, 5]) },
    adl: randomAdl(rng), funding: rng.chance(0.4) ? null : { rule: rules.funding, period: 5 + rng.int(40) },
  });
}

function randomDepth(rng: Rng): DepthDynamics {
  if (rng.chance(0.2)) return STATIC_DEPTH;
  return { sigmaPerSecond: rng.pick([1e-3, 1e-2]), beta: rng.pick([0, 0.5, 1]), kappaMin: rng.pick([0, 0.1]), recoveryHalfLife: rng.pick([5, 100]), resilience: rng.pick([0, 0.01, 0.3]), adlWithdrawal: rng.pick([0, 0.5, 1]) };
}

function randomAdl(rng: Rng): AdlRule {
  return {
    trigger: rng.pick(['fundPeakDrawdown8h', 'fundMeanDrawdown8h', 'fundEmpty', 'negativeEquity', 'socialised']), threshold: ratio(0.3), minDropUsd: rng.pick([0, 60]),
    rank: rng.pick(['profitTimesLeverage', 'profitTimesMarginRatio', 'equityReturnTimesMarginRatio', 'hyperliquid', 'profit', 'waterFill', 'proRata']),
    price: rng.pick(['bankruptcy', 'markUnlessDepleted', 'previousMark']),
  };
}

function smallLadder(rng: Rng, levels: number, best: number, direction: 1 | -1): Ladder {
  const ticks = [best];
  for (let i = 1 + rng.int(levels), tick = best; i > 1; i--) {
    tick += direction * (1 + rng.int(rng.chance(0.1) ? 40 : 6));
    if (tick > 0) ticks.push(tick);
  }
  return { ticks: Int32Array.from(ticks), lots: Float64Array.from(ticks, () => rng.int(31)) };
}

function smallBook(rng: Rng, size: number, side: PositionSide, hasTails: boolean): PositionBook {
  const sign = side === 'long' ? 1 : -1;
  return positionBook(Array.from({ length: rng.int(size + 1) }, () => {
    const tranches: Tranche[] = [];
    let tick = 1_000 - sign * (rng.int(rng.chance(0.2) ? 300 : 60) - 3);
    for (let i = hasTails ? 1 + rng.int(3) : 1; i > 0; i--) {
      tranches.push({ tick, lots: 1 + rng.int(40), bankruptcyTick: tick - sign * rng.int(30) });
      tick -= sign * rng.int(20);
    }
    return { tranches, entryTick: 1_000 + sign * rng.int(60) };
  }), side);
}

function randomState(rng: Rng, system: DynamicSystem): DynamicState {
  return {
    markets: system.markets.map((market) => marketAtRest(market, {
      touch: rng.pick(['bid', 'ask']), fund: { ...insuranceFund(rng.pick([0, 50, 1e5])), inventory: rng.pick([0, 0, 5, -3]), cost: 0 }, untilFunding: 1 + rng.int(20), fundingRate: rng.pick([0, 1e-3, -2e-3]),
      logFundamental: rng.pick([0, 0, 0.01, -0.02]), displacement: rng.pick([0, 0, 0.004, -0.01]), kappa: rng.pick([1, 0.4]), adlHit: rng.pick([0, 0.2]),
      fundHistory: { ...fundHistory(rng.pick([60, 7])), ...(rng.chance(0.5) ? { values: [rng.int(200), rng.int(200)], lastSlot: -1 } : {}) },
    })),
  };
}

function randomScenario(rng: Rng, system: DynamicSystem, seconds: number): Scenario {
  const n = system.markets.length;
  const second = (): number => rng.int(seconds);
  const some = <T>(most: number, make: () => T): readonly T[] => Array.from({ length: rng.int(most + 1) }, make);
  return scenario(seconds, {
    ...randomTransfers(rng.fork('transfers'), system, seconds),
    sigmaPerSecond: rng.pick([0, 1e-3, 4e-3]), driftPerSecond: rng.pick([0, -1e-3]), sampleSeconds: 1,
    jumps: some(2, () => ({ at: second(), logReturn: 0.1 * (rng.next() - 0.6), ...(rng.chance(0.5) ? { market: rng.int(n) } : {}) })),
    orders: some(4, () => ({ market: rng.int(n), side: rng.pick(['sell', 'sell', 'buy'] as const), at: second(), lots: rng.int(200), overSeconds: 1 + rng.int(10) })),
    noise: system.markets.map(() => (rng.chance(0.5) ? null : { ordersPerSecond: 0.3, meanLots: 5 })),
    arrivals: system.edges.length === 0 ? [] : some(3, () => ({ edge: rng.int(system.edges.length), at: second(), qty: rng.int(20) - 4 })),
    rescues: some(3, () => ({ market: rng.int(n), side: rng.pick(['long', 'short'] as const), at: second(), fromTick: 850 + rng.int(150), toTick: 1_000 + rng.int(150), share: rng.pick([0.3, 0.5, 1]), shiftTicks: rng.int(30) })),
  });
}

/** Transfers of every kind through two bridges, from a stream of their own. Whole dollars and refills, so that sums of any order are exact. */
function randomTransfers(rng: Rng, { edges, markets }: DynamicSystem, seconds: number): Pick<Scenario, 'transfers' | 'bridges'> {
  const plan = (): ArrivalPlan => ({ delays: Float64Array.from({ length: 1 + rng.int(4) }, () => rng.pick([0, 2.5, rng.int(seconds), seconds * rng.next(), Infinity])).sort() });
  const transfers = Array.from({ length: rng.int(5) }, (): SettlingTransfer => ({
    to: edges.length > 0 && rng.chance(0.4) ? { kind: 'arbitrage', edge: rng.int(edges.length), qty: rng.int(40) } : rng.chance(0.4) ? { kind: 'trade', market: rng.int(markets.length), side: rng.pick(['buy', 'buy', 'sell'] as const), lots: rng.int(120) }
      : { kind: 'rescue', market: rng.int(markets.length), side: rng.pick(['long', 'short'] as const), fromTick: 850 + rng.int(150), toTick: 1_000 + rng.int(150), share: rng.pick([0.4, 1]), shiftTicks: rng.int(60) },
    sentAt: rng.int(seconds), usd: 1 + rng.int(100), fast: rng.chance(0.6) ? { bridge: rng.int(2), plan: plan() } : null, slow: rng.chance(0.8) ? plan() : null, halt: rng.pick([0, 0.2, 1]), arrival: rng.pick(['expected', 'sampled'] as const),
  }));
  return { transfers, bridges: [{ capacity: 60, refillPerSecond: rng.int(3) }, { capacity: rng.int(300), refillPerSecond: 0 }] };
}

function randomPolicy(rng: Rng): DynamicPolicy {
  if (rng.chance(0.7)) return NO_POLICY;
  return { ...NO_POLICY, bufferSeconds: 1 + rng.int(4), bufferBid: rng.chance(0.5) ? null : ({ heldLots }) => Math.min(heldLots, 3) };
}
