import { describe, expect, it } from '@jest/globals';
import { createRng, defined, ratio } from '../../core/index.ts';
import { insuranceFund, type Ladder } from '../../market/index.ts';
import { cascadeMarket, type CascadeMarket } from '../cascade-market.ts';
import { DEFAULT_DEPTH, depthTarget, nextKappa, perSecond, STATIC_DEPTH } from './depth-multiplier.ts';
import { marketAtRest, systemAtRest, type DynamicMarketState } from './dynamic-state.ts';
import { dynamicMarket, type DynamicMarket, type DynamicSystem } from './dynamic-system.ts';
import type { DynamicPath, MarketPath } from './path.ts';
import { NO_POLICY, type DynamicPolicy } from './policy.ts';
import { positionBook, type PositionBook } from './position-book.ts';
import { typicalDynamicCase } from './random-dynamic.ts';
import { rescueShift, scenario, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

const ladder = (rows: readonly (readonly [number, number])[]): Ladder => ({ ticks: Int32Array.from(rows, ([tick]) => tick), lots: Float64Array.from(rows, ([, lots]) => lots) });
const market = (bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[] = [[1_001, 1e6]]): CascadeMarket =>
  cascadeMarket({ id: 'm', tickSize: 1, lotSize: 1, bids: ladder(bids), asks: ladder(asks) });
const longs = (...rows: readonly (readonly [tick: number, lots: number, bankruptcy: number, entry?: number])[]): PositionBook =>
  positionBook(rows.map(([tick, lots, bankruptcyTick, entryTick = 100]) => ({ entryTick, tranches: [{ tick, lots, bankruptcyTick }] })), 'long');
const shorts = (...rows: readonly (readonly [tick: number, lots: number, bankruptcy: number, entry?: number])[]): PositionBook =>
  positionBook(rows.map(([tick, lots, bankruptcyTick, entryTick = 100]) => ({ entryTick, tranches: [{ tick, lots, bankruptcyTick }] })), 'short');
const system = (markets: readonly DynamicMarket[], known: Partial<DynamicSystem> = {}): DynamicSystem => ({ markets, edges: [], hedges: [], adlHedges: [], carries: [], ...known });
const sale = (at: number, lots: number, m: number = 0): Scenario['orders'][number] => ({ market: m, side: 'sell', at, lots, overSeconds: 1 });

function path(of: DynamicSystem, seconds: number, known: Partial<Scenario>, state: Partial<DynamicMarketState> = {}, policy: DynamicPolicy = NO_POLICY): DynamicPath {
  return simulate(of, systemAtRest(of, state), scenario(seconds, { sampleSeconds: 1, recordFills: true, ...known }), policy, createRng(1));
}
const first = (made: DynamicPath): MarketPath => defined(made.markets[0], 'market');
const fills = (made: DynamicPath, kind: string): readonly (readonly [second: number, lots: number, tick: number])[] =>
  made.fills.filter((f) => f.kind === kind && f.liquidated !== undefined).map(({ second, lots, tick }) => [second, lots, tick]);

describe('limits of §3.4', () => {
  it('nothing from outside: no event', () => {
    const { system: of, state, scenario: made } = typicalDynamicCase(createRng(7), { markets: 6, levels: 200, positions: 200, seconds: 900 }, 0);
    const quiet = simulate(of, state, { ...made, sigmaPerSecond: 0, noise: [], sampleSeconds: 1 }, NO_POLICY, createRng(1));
    for (const { ticks, markTicks, displacement, kappa, longs: own, shorts: other, accounts, startTick } of quiet.markets) {
      expect(new Set([...ticks, ...markTicks])).toEqual(new Set([startTick]));
      expect(new Set(displacement)).toEqual(new Set([0]));
      expect(new Set(kappa)).toEqual(new Set([1]));
      expect([own.firedLots, other.firedLots, accounts.makers.lots]).toEqual([0, 0, 0]);
    }
  });

  it('a block trade without liquidations: u(t) = u0 e^(-rho t) (Obizhaeva and Wang)', () => {
    const rho = 0.01;
    const bids = Array.from({ length: 400 }, (_, i) => [100_000 - 10 * i, 7] as const);
    const of = system([dynamicMarket(market(bids, [[100_010, 5]]), { depth: { ...STATIC_DEPTH, resilience: rho } })]);
    const { displacement, ticks } = first(path(of, 600, { orders: [sale(0, 7 * 300 + 3)] }));
    // 300 levels are taken and 3 of 7 lots of the next: the end of what is taken lies 3/7 of the way from level 299 to level 300.
    const x = (tick: number): number => Math.log(tick / Math.sqrt(100_000 * 100_010));
    const u0 = x(100_000 - 2_990) + (3 / 7) * (x(100_000 - 3_000) - x(100_000 - 2_990));
    for (let t = 1; t <= 600; t++) expect(displacement[t - 1]).toBeCloseTo(u0 * Math.exp(-rho * t), 12);
    // The price is the first bid that is back or not yet taken: within one level below the displacement.
    for (const [i, tick] of ticks.entries()) {
      const exact = Math.sqrt(100_000 * 100_010) * Math.exp(displacement[i] ?? NaN);
      expect(tick).toBeLessThanOrEqual(exact + 1e-6);
      expect(tick).toBeGreaterThan(exact - 10);
    }
  });

  it('depth drops at once with volatility and half of what is lost is back after the half-life', () => {
    const depth = { ...DEFAULT_DEPTH, recoveryHalfLife: 10 };
    const v0 = depth.sigmaPerSecond ** 2;
    // Four times the volatility: a quarter of the depth; a tenth of a percent is below the floor of 2 %.
    expect(depthTarget(depth, 16 * v0, 0)).toBeCloseTo(0.25, 12);
    expect(depthTarget(depth, 1e6 * v0, 0)).toBe(0.02);
    expect(depthTarget(depth, v0 / 4, 0)).toBe(1);
    expect(depthTarget(depth, v0, 0.5)).toBe(0.75);
    expect(nextKappa(1, 0.25, perSecond(10))).toBe(0.25);
    const of = system([dynamicMarket(market([[1_000, 10]]), { depth: { ...STATIC_DEPTH, recoveryHalfLife: 10 } })]);
    const { kappa } = first(path(of, 20, {}, { kappa: 0.5 }));
    expect(kappa[9]).toBeCloseTo(0.75, 12);
    expect(kappa[19]).toBeCloseTo(0.875, 12);
    // A fall of 1 % in a second: variance gains (1 - 2^(-1/60)) 1e-4, and kappa is sigma0 / sigma.
    const falling = system([dynamicMarket(market([[1_000, 10]]), { depth: DEFAULT_DEPTH })]);
    const after = first(path(falling, 1, { jumps: [{ at: 0, logReturn: -0.01 }] })).kappa[0];
    const weight = 2 ** (-1 / 60);
    expect(after).toBeCloseTo(Math.sqrt(v0 / (weight * v0 + (1 - weight) * 1e-4)), 12);
  });
});

describe('venue-specific orders, by hand', () => {
  // 50 at 1,000 and 990, 30 at 980, 100 at 970, then deep. A long of 100 fires at 980; its bankruptcy price 931 is 5 % below.
  const bids = [[1_000, 50], [990, 50], [980, 30], [970, 100], [960, 1_000]] as const;
  const hyperliquid = dynamicMarket(market(bids), {
    longs: longs([980, 100, 931]),
    margin: { partial: { kind: 'fraction', step: ratio(0.2), minNotionalUsd: 50_000, cooldownSeconds: 30, backstopShare: ratio(2 / 3) }, liquidationFee: 0, surplus: 'trader', maintenanceRate: 0.05, workOffHalfLife: Infinity },
  });

  it('Hyperliquid: 20 % first, and within 30 s all that is left', () => {
    // 101 sold in second 0: one lot at 980, which fires. 100 x 980 > 50,000: 20 go in second 1, at 980. What 80 keep: bankruptcy 931 - 49 x 20 / 80 = 918.75, and 5 % above it 967.1.
    const made = path(system([hyperliquid]), 15, { orders: [sale(0, 101), sale(5, 10), sale(10, 100)] });
    // Second 5 takes 9 at 980 and 1 at 970: above 968. Second 10 takes the other 99 and 1 at 960: fires, 10 s after the first order.
    expect(fills(made, 'book')).toEqual([[1, 20, 980], [11, 80, 960]]);
    const { accounts, longs: totals } = first(made);
    expect(totals).toEqual({ firedLots: 100, filledLots: 100, takenOverLots: 0, adlLots: 0, openLots: 0 });
    // The trader has what the book paid; the fund has neither gain nor loss.
    expect([accounts.positions.cash, accounts.fund.cash]).toEqual([20 * 980 + 80 * 960, 0]);
    // The bankruptcy tick of the rest is floor(918.75).
    expect(made.fills.find((f) => f.second === 11 && f.liquidated !== undefined)?.liquidated).toEqual({ side: 'long', bankruptcyTick: 918, whole: true });
  });

  it('Hyperliquid: after the cooldown it is 20 % again, of what is large still', () => {
    const made = path(system([hyperliquid]), 45, { orders: [sale(0, 101), sale(5, 10), sale(40, 100)] });
    // 80 x 960 = 76,800 > 50,000: 16 of 80. Bankruptcy of the 64 left: 918 - (960 - 918) x 16 / 64 = 907.5, trigger 955.3: not reached.
    expect(fills(made, 'book')).toEqual([[1, 20, 980], [41, 16, 960]]);
    // A position below the bound goes whole at once.
    const little = { ...hyperliquid, longs: longs([980, 40, 931]) };
    expect(fills(path(system([little]), 5, { orders: [sale(0, 101)] }), 'book')).toEqual([[1, 29, 980], [1, 11, 970]]);
  });

  it('Hyperliquid: below two thirds of the requirement the vault has it, at the bankruptcy price', () => {
    // Equity is 2/3 x 5 % of the value at 931 / (1 - 1/30) = 963.1: the mark falls to 950 at once.
    const gap = { ...hyperliquid, bids: ladder([[1_000, 50], [950, 1_000]]) };
    const made = path(system([gap]), 5, { orders: [sale(0, 51)] });
    // Not the 20 alone: the vault takes the position.
    expect(fills(made, 'takeover')).toEqual([[0, 100, 931]]);
    const { accounts, longs: totals } = first(made);
    expect(totals).toEqual({ firedLots: 100, filledLots: 0, takenOverLots: 100, adlLots: 0, openLots: 0 });
    expect(accounts.fund).toEqual({ cash: -100 * 931, lots: 100 });
  });

  it('a staircase: the second step fires sooner when the first was executed badly', () => {
    // 40 at 980, then 60 at 960 with bankruptcy price 912, if the first 40 are sold at 980. They are sold at 970: 10 x 40 / 60 = 6.67 less for each of the rest.
    const position = positionBook([{ entryTick: 1_000, tranches: [{ tick: 980, lots: 40, bankruptcyTick: 931 }, { tick: 960, lots: 60, bankruptcyTick: 912 }] }], 'long');
    const of = dynamicMarket(market([[1_000, 50], [980, 1], [970, 41], [965, 1_000]]), { longs: position, margin: { ...hyperliquid.margin, partial: { kind: 'tiers', step: 1, fromTier: 2 } } });
    const made = path(system([of]), 6, { orders: [sale(0, 51), sale(3, 2)] });
    // Bankruptcy 931 - (970 - 931) x 40 / 60 = 905; trigger 905 x 960 / 912 = 952.6 and not 960: the tranche had assumed 898.3 of it.
    expect(fills(made, 'book')).toEqual([[1, 40, 970]]);
    const deeper = path(system([{ ...of, bids: ladder([[1_000, 50], [980, 1], [970, 41], [950, 1_000]]) }]), 8, { orders: [sale(0, 51), sale(3, 2)] });
    expect(fills(deeper, 'book')).toEqual([[1, 40, 970], [4, 60, 950]]);
    expect(deeper.fills.find((f) => f.second === 4 && f.liquidated !== undefined)?.liquidated?.bankruptcyTick).toBe(905);
  });

  it('limit at the bankruptcy price: what the book does not pay goes to the fund, which holds it', () => {
    const of = dynamicMarket({ ...market([[100, 5], [99, 3], [98, 2], [90, 10]], [[101, 9]]), liquidationOrder: 'limitAtBankruptcy' }, { longs: longs([99, 9, 95]) });
    const made = path(system([of]), 4, { orders: [sale(0, 6)] });
    // 5 at 100 and 1 at 99 fire 9. Second 1: 2 at 99, 2 at 98; the next bid is below 95.
    expect(fills(made, 'book')).toEqual([[1, 2, 99], [1, 2, 98]]);
    expect(fills(made, 'takeover')).toEqual([[1, 5, 95]]);
    const { accounts, endTick, fundEquity } = first(made);
    // Surplus (99 - 95) x 2 + (98 - 95) x 2 = 14; five lots for 95 each; at the mark of 98 they are worth 3 more apiece.
    expect([accounts.fund, endTick, fundEquity]).toEqual([{ cash: 14 - 5 * 95, lots: 5 }, 98, 14 + 5 * 3]);
    // A market order takes all nine from the book: 2, 2 and 5 at 90, for which the fund pays 25.
    const bold = path(system([{ ...of, liquidationOrder: 'market' }]), 4, { orders: [sale(0, 6)] });
    expect([fills(bold, 'book'), first(bold).accounts.fund.cash, first(bold).endTick]).toEqual([[[1, 2, 99], [1, 2, 98], [1, 5, 90]], 14 - 25, 90]);
  });

  it('the fee is taken from what is left and never from the fund', () => {
    const of = dynamicMarket(market([[100, 5], [99, 3], [98, 100]], [[101, 9]]), { longs: longs([99, 2, 95], [98, 2, 98]), margin: { ...hyperliquid.margin, partial: { kind: 'none' }, liquidationFee: 0.01, surplus: 'fund' } });
    const { accounts } = first(path(system([of]), 5, { orders: [sale(0, 6), sale(3, 20)] }));
    // 2 at 99: 8 left of which 1.98 is the fee; 2 at 98 with bankruptcy 98: nothing left, no fee.
    expect(accounts.fees.cash).toBeCloseTo(1.98, 12);
    expect(accounts.fund.cash).toBeCloseTo(8 - 1.98, 12);
  });
});

describe('fund, deleveraging and hedges, by hand', () => {
  const perp = dynamicMarket({ ...market([[100, 5], [99, 1], [90, 50]], [[101, 9]]), liquidationOrder: 'limitAtBankruptcy' }, {
    longs: longs([99, 9, 98]), shorts: shorts([120, 6, 121, 110], [104, 10, 105, 100]), adl: { trigger: 'fundEmpty', rank: 'profit', price: 'bankruptcy' },
  });

  it('an empty fund: what is left goes to the winners by profit, at the bankruptcy price; hedgers sell psi elsewhere and makers withdraw', () => {
    const spot = dynamicMarket({ ...market([[100, 50]], [[101, 9]]), id: 'spot', kind: 'spot' });
    const thin = { ...perp, depth: { ...STATIC_DEPTH, adlWithdrawal: 0.5 } };
    const made = path(system([thin, spot], { adlHedges: [{ from: 0, to: 1, share: 0.5 }] }), 4, { orders: [sale(0, 7)] });
    // Second 0 ends at 90 and fires 9 at 98: in second 1 no bid pays 98, and taking over would cost 9 x 8 = 72 that the fund has not.
    const { longs: totals, accounts, kappa, firstAdlSecond } = first(made);
    expect([fills(made, 'adl'), totals.adlLots, firstAdlSecond]).toEqual([[[0, 9, 98]], 9, 0]);
    expect([accounts.winners, accounts.fund.cash]).toEqual([{ cash: -9 * 98, lots: 9 }, 0]);
    expect(defined(made.markets[1], 'spot').accounts.hedgers).toEqual({ cash: 4 * 100, lots: -4 });
    // 9 of 16 winning lots were hit; a little of that is back after a second: kappa = 1 - 0.5 x 9/16 x 2^(-1/1,200).
    expect(kappa[1]).toBeCloseTo(1 - (0.5 * 9 * 2 ** (-1 / 1_200)) / 16, 12);
  });

  it('a fund that can pay takes over, and nobody is deleveraged', () => {
    const of = system([perp]);
    const made = path(of, 4, { orders: [sale(0, 7)] }, { fund: insuranceFund(1_000) });
    expect([fills(made, 'adl'), fills(made, 'takeover')]).toEqual([[], [[1, 9, 98]]]);
    expect(first(made).fundEquity).toBe(1_000 + 9 * (90 - 98));
  });

  it('the winner with the higher profit is first, and its position is gone from the triggers', () => {
    const of = system([perp]);
    // After 9 lots were closed, 6 of the first and 3 of the second short, a squeeze to 130 fires the 7 that are left.
    const made = path(of, 12, { orders: [sale(0, 7), { market: 0, side: 'buy', at: 5, lots: 100, overSeconds: 1 }] });
    expect(first(made).shorts.firedLots).toBe(0);
    const high = { ...perp, asks: ladder([[101, 1], [130, 1e3]]) };
    expect(first(path(system([high]), 12, { orders: [sale(0, 7), { market: 0, side: 'buy', at: 5, lots: 100, overSeconds: 1 }] })).shorts.firedLots).toBe(7);
    // Another rule, passed in: nobody is closed, the fund has it all.
    const nobody: DynamicPolicy = { ...NO_POLICY, allocate: (_, lots) => ({ fills: [], remaining: lots }) };
    const spared = path(system([high]), 12, { orders: [sale(0, 7), { market: 0, side: 'buy', at: 5, lots: 100, overSeconds: 1 }] }, {}, nobody);
    expect([first(spared).shorts.firedLots, fills(spared, 'adl'), fills(spared, 'takeover')[0]]).toEqual([16, [], [1, 9, 98]]);
  });

  it('a fund works its inventory off', () => {
    const patient = { ...perp, margin: { ...perp.margin, workOffHalfLife: 1 } };
    const made = path(system([patient]), 12, { orders: [sale(0, 7)] }, { fund: insuranceFund(1_000) });
    // Half a second: 9 -> 5 of 9 ordered, then 2, 1, 1 (always up), all sold at 90.
    expect(first(made).accounts.fund).toEqual({ cash: 1_000 - 9 * 98 + 9 * 90, lots: 0 });
  });
});

describe('capital, collateral, funding, carry and policy, by hand', () => {
  it('collateral that arrives before the sale saves the position, after it does not', () => {
    const of = system([dynamicMarket(market([[100, 5], [99, 3], [98, 20]], [[101, 9]]), { longs: longs([99, 9, 95]) })]);
    const rescue = (at: number): DynamicPath => path(of, 10, { orders: [sale(5, 6)], rescues: [{ market: 0, side: 'long', at, fromTick: 90, toTick: 99, share: 1, shiftTicks: 20 }] });
    expect([first(rescue(4)).longs.firedLots, first(rescue(4)).endTick]).toEqual([0, 99]);
    expect([first(rescue(5)).longs.firedLots, first(rescue(5)).endTick]).toEqual([9, 98]);
    // Half of it: floor(4.5) = 4 lots are saved.
    const half = path(of, 10, { orders: [sale(5, 6)], rescues: [{ market: 0, side: 'long', at: 4, fromTick: 90, toTick: 99, share: 0.5, shiftTicks: 20 }] });
    expect(first(half).longs.firedLots).toBe(5);
    // A staircase is not split: it moves whole from one half on. Otherwise its first 4 fire; sold at 98.5, they take the rest to 92.2 x 98 / 94 = 96.1.
    const stepped = { ...defined(of.markets[0], 'market'), longs: positionBook([{ entryTick: 100, tranches: [{ tick: 99, lots: 4, bankruptcyTick: 95 }, { tick: 98, lots: 5, bankruptcyTick: 94 }] }], 'long') };
    const saved = (share: number): number => first(path(system([stepped]), 10, { orders: [sale(5, 6)], rescues: [{ market: 0, side: 'long', at: 4, fromTick: 99, toTick: 99, share, shiftTicks: 20 }] })).longs.firedLots;
    expect([saved(0.5), saved(0.4)]).toEqual([0, 4]);
    // 196 more of collateral for 10 base units of a long at 2 %: 196 / (10 x 0.98) = 20.
    expect(rescueShift(196, 10, 'long', 0.02, 1)).toBe(20);
    expect(rescueShift(204, 10, 'short', 0.02, 0.5)).toBe(40);
  });

  it('arbitrage capital that arrives in time stops the fall', () => {
    const cheap = dynamicMarket(market([[1_000, 10], [990, 10], [980, 10], [970, 10], [960, 1_000]], [[1_001, 10]]), { longs: longs([970, 500, 900]) });
    const other = dynamicMarket({ ...market([[1_000, 10_000]]), id: 'other' });
    const edge = { from: 0, to: 1, capacityQty: 0, slopeQtyPerLog: 5_000, costLog: 0.001, releaseHalfLife: Infinity };
    const made = (at: number | null): DynamicPath => path(system([cheap, other], { edges: [edge] }), 60, {
      orders: [{ market: 0, side: 'sell', at: 10, lots: 35, overSeconds: 35 }], arrivals: at === null ? [] : [{ edge: 0, at, qty: 1_000 }],
    });
    expect(first(made(null)).longs.firedLots).toBe(500);
    expect(first(made(5)).longs.firedLots).toBe(0);
    expect(first(made(45)).longs.firedLots).toBe(500);
    // What is bought in one market is sold in the other.
    const [bought, sold] = made(5).markets.map(({ accounts }) => accounts.arbitrage.lots);
    expect(bought).toBeGreaterThan(0);
    expect(sold).toBe(-(bought ?? NaN));
  });

  it('capital in use comes back with its half-life', () => {
    const low = dynamicMarket(market([[900, 10]], [[901, 1e6]]));
    const high = dynamicMarket({ ...market([[1_000, 1e6]]), id: 'high' });
    const edge = { from: 0, to: 1, capacityQty: 100, slopeQtyPerLog: 1e6, costLog: 0, releaseHalfLife: 10 };
    // 100 at once, then what comes back: the gap stays, so that 100 x (1 - 2^(-1/10)) = 6.7 more a second.
    const { accounts } = defined(path(system([low, high], { edges: [edge] }), 12, {}).markets[1], 'high');
    expect(-accounts.arbitrage.lots).toBeGreaterThan(150);
    expect(-accounts.arbitrage.lots).toBeLessThanOrEqual(100 + Math.ceil(11 * 100 * (1 - 2 ** -0.1)));
  });

  it('funding moves triggers towards longs when longs pay', () => {
    const spot = dynamicMarket({ ...market([[10_000, 100]], [[10_001, 1]]), id: 'spot' });
    const made = (longTick: number): MarketPath => first(path(system([dynamicMarket(market([[20_000, 1e4]], [[20_001, 1]]), {
      longs: longs([longTick, 5, 19_000]), index: { rule: { method: 'weightedMean', weights: {}, equalOfTwo: false, monotone: true }, markets: [1], weights: [1] },
      funding: { rule: { formula: 'dampedPremium', clamp: ratio(0), interest: ratio(0), periodHours: 8, scaling: 'wholeRate', average: 'equal' }, period: 10 },
    }), spot]), 12, {}));
    // A premium of 1 for 10 of 28,800 s: 3.47e-4, and 6.94 ticks at 20,000; over 0.98 the triggers rise by 7.
    expect(made(19_993).fundingRate).toBeCloseTo(10 / 28_800, 15);
    expect([made(19_993).longs.firedLots, made(19_992).longs.firedLots]).toEqual([5, 0]);
  });

  it('carry is unwound beyond its stop, both legs', () => {
    const of = system([dynamicMarket(market([[1_000, 5], [900, 1e4]], [[1_001, 1e4]])), dynamicMarket({ ...market([[1_000, 1e4]]), id: 'spot' })], { carries: [{ perp: 0, spot: 1, lots: 20, stopBasis: 0.05, marginLog: Infinity, unwindSeconds: 4 }] });
    const legs = (orders: Scenario['orders']): unknown => path(of, 12, { orders }).markets.map(({ accounts }) => accounts.carry.lots);
    expect(legs([sale(0, 5)])).toEqual([0, 0]);
    // 10 % below spot: 20 bought back here and 20 sold there, 5 a second, while it stays there.
    expect(legs([sale(0, 5_000)])).toEqual([20, -20]);
  });

  it('a buffer period holds orders, and makers may have them at the mark', () => {
    const of = system([dynamicMarket(market([[100, 5], [99, 3], [98, 20]], [[101, 9]]), { longs: longs([99, 9, 95]) })]);
    const made = (policy: Partial<DynamicPolicy>): DynamicPath => path(of, 20, { orders: [sale(0, 6)] }, {}, { ...NO_POLICY, ...policy });
    expect(fills(made({}), 'book')[0]?.[0]).toBe(1);
    expect(fills(made({ bufferSeconds: 10 }), 'book')[0]?.[0]).toBe(11);
    const bid = made({ bufferSeconds: 10, bufferBid: ({ heldLots }) => Math.min(heldLots, 2) });
    // 2 in each of seconds 0 to 3, and the last.
    expect(fills(bid, 'buffer')).toEqual([[0, 2, 99], [1, 2, 99], [2, 2, 99], [3, 2, 99], [4, 1, 99]]);
    expect(first(bid).endTick).toBe(99);
    // A surcharge that closes positions out beforehand is a function of them.
    expect(first(made({ reshape: (positions, _, side) => (side === 'long' ? { ...positions, lots: positions.lots.map((q) => Math.floor(q / 3)) } : positions) })).longs.firedLots).toBe(3);
  });

  it('an inverse contract: money is in coin', () => {
    const of = dynamicMarket(cascadeMarket({ id: 'i', kind: 'inverse', tickSize: 0.5, lotSize: 1, contractSize: 100, bids: ladder([[100, 5], [50, 100]]), asks: ladder([[101, 5]]) }), { longs: longs([60, 10, 40]) });
    const { accounts, unit } = first(path(system([of]), 4, { orders: [sale(0, 6)] }));
    // One unit is 100 / 0.5 coin: 10 contracts closed at 50 ticks instead of 40: 10 x (1/40 - 1/50) x 200 = 10 coin.
    expect(unit).toBe(200);
    expect(accounts.fund.cash * unit).toBeCloseTo(10, 12);
  });

  it('crashes on what is not lawful', () => {
    const of = system([dynamicMarket(market([[100, 5]], [[101, 1]]))]);
    expect(() => path(of, 10, { orders: [{ ...sale(0, 1), lots: 0.5 }] })).toThrow('whole lots');
    expect(() => path(of, 10, { orders: [sale(0, 1, 4)] })).toThrow('whole lots');
    expect(() => path(of, 10, { arrivals: [{ edge: 3, at: 1, qty: 1 }] })).toThrow('edge 3');
    expect(() => simulate(of, { markets: [] }, scenario(1), NO_POLICY, createRng(1))).toThrow('a state for each market');
    expect(() => path(system([dynamicMarket(market([[100, 5]], [[99, 1]]))]), 1, {})).toThrow('best bid');
    const windowed = { ...dynamicMarket(market([[100, 5]], [[101, 1]])), liquidationOrder: 'limitAtBankruptcy' as const };
    expect(() => path(system([windowed]), 1, { clearing: { kind: 'fixedPoint', side: 'sell' } })).toThrow('fixed point');
    expect(marketAtRest(windowed).kappa).toBe(1);
  });
});
