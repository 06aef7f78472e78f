import { describe, expect, it } from '@jest/globals';
import { ratio } from '../core/index.ts';
import { clipToMedian, indexPrice, inverseSquareMean, lastPriceProtected, median, weightedMean, weightedMedian, type IndexPrice, type IndexSource } from './index-price.ts';
import type { IndexRule } from './venue-rules.ts';
import { BINANCE, BINANCE_INDEX_BEFORE, BITGET, BYBIT, DERIBIT, HYPERLIQUID, OKX } from './venues/index.ts';

const sources = (...prices: readonly number[]): IndexSource[] => prices.map((price, i) => ({ name: `s${i}`, price, weight: 1 }));
function indexOf(rule: IndexRule, given: readonly IndexSource[], before?: readonly string[]): IndexPrice {
  const result = indexPrice(rule, given, before);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
}

describe('averages', () => {
  it('by hand', () => {
    expect(weightedMean([10, 10.1, 9.9], [0.5, 0.3, 0.2])).toBeCloseTo(10.01, 12);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(weightedMedian([1, 2, 10], [1, 1, 3])).toBe(10);
    expect(weightedMedian([1, 2, 10], [2, 2, 3])).toBe(2);
    // Half of the weight on each side: between the two, as for equal weights.
    expect(weightedMedian([1, 2, 4, 8], [3, 1, 2, 2])).toBe(3);
    expect(weightedMedian([5, 7], [1, 1])).toBe(median([5, 7]));
    expect(weightedMedian([], [])).toBeNaN();
    // Distances 1, 1, 2 from the mean of 101: weights 1, 1, 1/4.
    expect(inverseSquareMean([100, 100, 103], [1, 1, 1])).toBeCloseTo((100 + 100 + 103 / 4) / 2.25, 12);
    expect(inverseSquareMean([99, 100, 101], [1, 1, 1])).toBe(100);
  });

  it('clip to the median of all or of the others, which differ when the outlier is in the middle of nothing', () => {
    expect(clipToMedian([100, 101, 120], 0.005, 'all')).toEqual([100.495, 101, 101.505]);
    // Others of 120: 100.5; of 101: 110; of 100: 110.5.
    expect(clipToMedian([100, 101, 120], 0.02, 'others').map((p) => Math.round(p * 1e6) / 1e6)).toEqual([108.29, 107.8, 102.51]);
    expect(clipToMedian([100, 200], 0.02, 'all')).toEqual([100, 200]);
  });
});

describe('index by venue', () => {
  it('Deribit Index Prices: 100 at 25 %, 101 at 50 %, 120 at 25 % are 100.495, 101 and 101.505 before they are joined', () => {
    const given = [{ name: 'a', price: 100, weight: 0.25 }, { name: 'b', price: 101, weight: 0.5 }, { name: 'c', price: 120, weight: 0.25 }];
    expect(indexOf(DERIBIT.index, given).price).toBeCloseTo(100.495 / 4 + 101 / 2 + 101.505 / 4, 12);
  });

  it('Binance P2P index page: 20,000 at +7 % counts 20,600, at -6 % 19,400', () => {
    expect(indexOf(BINANCE.index, sources(20_000, 20_000, 21_400)).price).toBeCloseTo((40_000 + 20_600) / 3, 9);
    expect(indexOf(BINANCE.index, sources(20_000, 20_000, 18_800)).price).toBeCloseTo((40_000 + 19_400) / 3, 9);
    expect(indexOf(BINANCE.index, [...sources(20_000, 20_100), { name: 'old', price: 30_000, weight: 1, ageSeconds: 301 }]).used).toEqual(['s0', 's1']);
  });

  it('Binance 547ba481: one source more than 5 % off weighs nothing, several make the index the median', () => {
    expect(indexOf(BINANCE_INDEX_BEFORE, sources(100, 102, 106.2, 100))).toEqual({ price: (100 + 102 + 100) / 3, used: ['s0', 's1', 's3'], excluded: ['s2'] });
    expect(indexOf(BINANCE_INDEX_BEFORE, sources(100, 100, 100, 110, 90, 101)).price).toBe(100);
  });

  it('OKX i-spot-index-prices: preset weights from three sources, the same for two, the only one of one', () => {
    const [a, b, c] = [{ name: 'a', price: 100, weight: 3 }, { name: 'b', price: 101, weight: 1 }, { name: 'c', price: 100.5, weight: 1 }];
    expect(indexOf(OKX.index, [a, b, c]).price).toBeCloseTo((300 + 101 + 100.5) / 5, 12);
    expect(indexOf(OKX.index, [a, b]).price).toBe(100.5);
    expect(indexOf(OKX.index, [b]).price).toBe(101);
  });

  it('Bitget 12560603824105: out beyond 5 %, back only within 2 %', () => {
    expect(indexOf(BITGET.index, sources(100, 100, 105.1)).excluded).toEqual(['s2']);
    expect(indexOf(BITGET.index, sources(100, 100, 104)).excluded).toEqual([]);
    expect(indexOf(BITGET.index, sources(100, 100, 104), ['s2']).excluded).toEqual(['s2']);
    expect(indexOf(BITGET.index, sources(100, 100, 101.9), ['s2']).excluded).toEqual([]);
  });

  it('Hyperliquid oracle: median weighted 3, 2, 2, 1, ...; unknown venues weigh nothing', () => {
    const given = [['binance', 100], ['okx', 101], ['bybit', 99], ['kraken', 98], ['unknown', 1]].map(([name, price]) => ({ name: String(name), price: Number(price) }));
    expect(indexOf(HYPERLIQUID.index, given)).toMatchObject({ price: 100, used: ['binance', 'okx', 'bybit', 'kraken'] });
  });

  it('has none without a live source, and the last price then stands in within its band', () => {
    for (const none of [[], [{ name: 'a', price: 0 }], [{ name: 'a', price: NaN }], [{ name: 'a', price: 1, weight: 0 }], [{ name: 'a', price: 1, weight: 1, ageSeconds: 61 }]]) {
      expect(indexPrice(BYBIT.index, none)).toEqual({ ok: false, error: { kind: 'index-price.no-source' } });
    }
    expect([lastPriceProtected(110, 100), lastPriceProtected(99, 100), lastPriceProtected(50, 100, 0.1)]).toEqual([103, 99, 90]);
    // Everybody deviates from a median between two camps: it is all there is.
    expect(indexOf({ ...BITGET.index, exclude: { beyond: ratio(0.01), readmitWithin: ratio(0.01), severalToMedian: false } }, sources(90, 110)).price).toBe(100);
  });
});
