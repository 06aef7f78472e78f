import { describe, expect, it } from '@jest/globals';
import { almgrenChrissVar, liquidationCost, optimalLiquidation, type Liquidation } from './almgren-chriss.ts';
import { baselHorizons, bookWalkCost, liquidityAdjustedVar, liquidityHorizonHours, liquidityHorizonShortfall, portfolioLiquidityShortfall } from './liquidity.ts';

describe('expected shortfall over liquidity horizons (MAR33.4)', () => {
  it('of 100, 80, 60, 40, 20 is 170.880', () => {
    expect(baselHorizons).toEqual([10, 20, 40, 60, 120]);
    expect(liquidityHorizonShortfall([100, 80, 60, 40, 20])).toBeCloseTo(170.88, 3);
  });

  it('of one position that takes LH is ES sqrt(LH / T)', () => {
    // 4.8 million at a tenth of 96 million a day: twelve hours.
    expect(liquidityHorizonHours(4.8e6, 96e6)).toBeCloseTo(12, 12);
    expect(liquidityHorizonHours(1, 96e6)).toBe(1);
    expect(portfolioLiquidityShortfall([{ positionUsd: 4.8e6, dailyVolumeUsd: 96e6 }], () => 3)).toBeCloseTo(3 * Math.sqrt(12), 12);
  });

  it('asks for those that last, horizon by horizon', () => {
    const asked: (readonly number[])[] = [];
    const positions = [{ positionUsd: 1, dailyVolumeUsd: 1e9 }, { positionUsd: 1e8, dailyVolumeUsd: 4.8e9 }, { positionUsd: 3e8, dailyVolumeUsd: 4.8e9 }];
    const found = portfolioLiquidityShortfall(positions, (members) => {
      asked.push(members);
      return members.length;
    });
    expect(asked).toEqual([[0, 1, 2], [1, 2], [2]]);
    // Horizons of 1, 5 and 15 hours.
    expect(found).toBeCloseTo(Math.sqrt(9 + 4 * 4 + 1 * 10), 12);
    expect(portfolioLiquidityShortfall([], () => 1)).toBe(0);
  });

  it('refuses horizons that do not rise', () => expect(() => liquidityHorizonShortfall([1, 1], [10, 10])).toThrow('rise'));
});

describe('liquidity-adjusted value at risk', () => {
  const bids = [[100, 5], [99, 10], [90, 20]] as const;

  it('adds half of the stressed spread (Bangia, Diebold, Schuermann and Stroughair 1999) and the walk of the book', () => {
    const { value, cost } = liquidityAdjustedVar(0.1, { mean: 0.002, deviation: 0.001, multiple: 4 }, 0.03);
    expect(cost).toEqual({ spread: expect.closeTo(0.003, 12), walk: 0.03 });
    expect(value).toBeCloseTo(0.133, 12);
  });

  it('walks the book by hand, also with half of it gone', () => {
    expect(bookWalkCost(bids, 5)).toEqual({ cost: 0, unfilled: 0 });
    expect(bookWalkCost(bids, 20)).toEqual({ cost: expect.closeTo(1 - (500 + 990 + 450) / 2_000, 12), unfilled: 0 });
    expect(bookWalkCost(bids, 20, (price) => (price < 95 ? 1 : 0.5))).toEqual({ cost: expect.closeTo(1 - (250 + 495 + 12.5 * 90) / 2_000, 12), unfilled: 0 });
  });

  it('says what the book did not take, and counts it at the last price', () => {
    expect(bookWalkCost(bids, 40)).toEqual({ cost: expect.closeTo(1 - (500 + 990 + 1_800 + 450) / 4_000, 12), unfilled: 5 });
    expect(() => bookWalkCost([], 1)).toThrow('bid');
    expect(() => bookWalkCost([[1, 1], [2, 1]], 2)).toThrow('best first');
  });
});

describe('Almgren and Chriss 2000', () => {
  const plan: Liquidation = { units: 1e6, time: 5, intervals: 5, sigma: 0.95, fixedCost: 0.0625, permanent: 2.5e-7, temporary: 2.5e-6 };
  const linear = [1e6, 8e5, 6e5, 4e5, 2e5, 0];

  it('equal parts cost 662,500 with variance 1.083e12', () => {
    const { expected, variance } = liquidationCost(plan, linear);
    expect(expected).toBeCloseTo(662_500, 6);
    expect(variance / 1e12).toBeCloseTo(1.083, 12);
    expect(optimalLiquidation(plan, 0).holdings).toEqual(linear.map((x) => expect.closeTo(x, 6)));
  });

  it('an aversion of 1e-6: rate 0.60708 a day, 1.647 days, the schedule and its cost', () => {
    const { rate, halfLife, holdings, expected, variance } = optimalLiquidation(plan, 1e-6);
    expect(rate).toBeCloseTo(0.60708, 5);
    expect(halfLife).toBeCloseTo(1.647, 3);
    expect(holdings.map(Math.round)).toEqual([1_000_000, 541_956, 289_854, 147_897, 62_142, 0]);
    expect(Math.round(expected)).toBe(911_227);
    expect(Math.round(Math.sqrt(variance))).toBe(603_431);
    expect(almgrenChrissVar({ holdings, expected, variance }, 1.645)).toBeCloseTo(expected + 1.645 * Math.sqrt(variance), 6);
  });

  it('no schedule near the optimal one is better', () => {
    const { holdings, expected, variance } = optimalLiquidation(plan, 1e-6);
    for (let k = 1; k < 5; k++) {
      for (const by of [1_000, -1_000]) {
        const other = liquidationCost(plan, holdings.map((x, i) => (i === k ? x + by : x)));
        expect(other.expected + 1e-6 * other.variance).toBeGreaterThan(expected + 1e-6 * variance);
      }
    }
  });
});
