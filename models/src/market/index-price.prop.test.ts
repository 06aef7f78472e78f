import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { indexPrice, lastPriceProtected, type IndexSource } from './index-price.ts';
import type { IndexRule } from './venue-rules.ts';
import { ALL_VENUE_RULES, BINANCE_INDEX_BEFORE, BYBIT_INDEX_BEFORE } from './venues/index.ts';

const rules: readonly IndexRule[] = [...ALL_VENUE_RULES.map((r) => r.index), BINANCE_INDEX_BEFORE, BYBIT_INDEX_BEFORE];
const names = ['binance', 'okx', 'bybit', 'kraken', 'kucoin', 'gate'];
/** Prices within some 15 % of each other, so that clips and exclusions bite. */
const prices = fc.array(fc.integer({ min: 9_200, max: 10_800 }), { minLength: 1, maxLength: 6 });
const sourcesOf = (values: readonly number[]): readonly IndexSource[] => values.map((value, i) => ({ name: names[i] ?? '', price: value / 100, weight: 1 + (i % 3) }));
function priceOf(rule: IndexRule, values: readonly number[]): number {
  const result = indexPrice(rule, sourcesOf(values));
  if (!result.ok) throw new Error(result.error.kind);
  return result.value.price;
}

describe('index prices, laws', () => {
  const raised = fc.tuple(prices, fc.nat(5), fc.integer({ min: 1, max: 1_500 })).map(([values, at, by]) => ({ values, more: values.map((v, i) => (i === at % values.length ? v + by : v)) }));

  it('no source price that rises lowers an index that is called monotone', () => {
    fc.assert(fc.property(fc.constantFrom(...rules.filter((r) => r.monotone)), raised, (rule, { values, more }) => {
      expect(priceOf(rule, more)).toBeGreaterThanOrEqual(priceOf(rule, values) * (1 - 1e-12));
    }), { numRuns: 2_000 });
  });

  it('one that is not called so has a source whose rise lowers it', () => {
    for (const rule of rules.filter((r) => !r.monotone)) {
      const counterexample = fc.check(fc.property(raised, ({ values, more }) => priceOf(rule, more) >= priceOf(rule, values) * (1 - 1e-9)), { numRuns: 5_000, seed: 7 });
      expect(counterexample.failed).toBe(true);
    }
    // By hand: at 105 a source counts, at 105.2 it is left out.
    const excluding = rules.filter((r) => r.exclude !== undefined);
    expect(excluding.length).toBe(3);
    for (const rule of excluding) expect(priceOf(rule, [10_000, 10_000, 10_500])).toBeGreaterThan(priceOf(rule, [10_000, 10_000, 10_520]));
  });

  it('lies between the lowest and the highest source, scales with them, and does not depend on their order', () => {
    fc.assert(fc.property(fc.constantFrom(...rules), prices, (rule, values) => {
      const price = priceOf(rule, values);
      const clip = 1 + (rule.clip?.within ?? 0);
      expect(price).toBeGreaterThanOrEqual((Math.min(...values) / 100 / clip) * (1 - 1e-9));
      expect(price).toBeLessThanOrEqual((Math.max(...values) / 100) * clip * (1 + 1e-9));
      expect(priceOf(rule, values.map((v) => 2 * v))).toBeCloseTo(2 * price, 8);
      const reversed = indexPrice(rule, [...sourcesOf(values)].reverse());
      expect(reversed.ok ? reversed.value.price : NaN).toBeCloseTo(price, 9);
    }), { numRuns: 1_000 });
  });

  it('the protected last price is non-decreasing in both', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), fc.nat(1e5), (last, anchor, more) => {
      expect(lastPriceProtected(last + more, anchor)).toBeGreaterThanOrEqual(lastPriceProtected(last, anchor));
      expect(lastPriceProtected(last, anchor + more)).toBeGreaterThanOrEqual(lastPriceProtected(last, anchor));
    }));
  });
});
