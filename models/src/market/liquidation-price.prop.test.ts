import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bankruptcyFromLiquidation, bankruptcyPrice, equityAt, liquidationPrice, requirementAt, type MarginRules, type PositionTerms } from './liquidation-price.ts';
import { marginTiers } from './tiers.ts';

const rows = fc.array(fc.tuple(fc.double({ min: 1.05, max: 20, noNaN: true }), fc.double({ min: 1.05, max: 2.5, noNaN: true })), { maxLength: 8 })
  .map((steps) => {
    const table: [number, number][] = [[0, 0.004]];
    for (const [grow, worse] of steps) {
      const [from, rate] = table.at(-1) ?? [0, 0.004];
      table.push([from === 0 ? 1000 * grow : from * grow, Math.min(rate * worse, 0.4 + table.length / 100)]);
    }
    return table.filter(([, rate], i) => i === 0 || rate > (table[i - 1]?.[1] ?? 0));
  });
const switches = { contract: fc.constantFrom('linear' as const, 'inverse' as const), mmBasis: fc.constantFrom('mark' as const, 'entry' as const), closeFee: fc.constantFrom(0, 0.0006) };
const marginal = fc.record({ ...switches, tiers: rows.map((r) => marginTiers(r)), tierUnit: fc.constantFrom('notional' as const, 'size' as const) });
const whole = fc.record({ ...switches, mmBasis: fc.constant('mark' as const), tiers: rows.map((r) => marginTiers(r, 'whole')) });
const position = fc.record({
  side: fc.constantFrom('long' as const, 'short' as const), entryPrice: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
  value: fc.double({ min: 1, max: 1e7, noNaN: true }), leverage: fc.double({ min: 1.2, max: 60, noNaN: true }),
});
function termsOf(rules: MarginRules, { side, entryPrice, value, leverage }: { side: 'long' | 'short'; entryPrice: number; value: number; leverage: number }): PositionTerms {
  return { side, entryPrice, size: rules.contract === 'linear' ? value / entryPrice : value * entryPrice, margin: value / leverage };
}
/** A price far from entry scales the rounding error of equity with the notional there. */
function scaleOf(rules: MarginRules, terms: PositionTerms, price: number): number {
  return rules.contract === 'linear' ? terms.size * Math.max(price, terms.entryPrice) : terms.size / Math.min(price, terms.entryPrice);
}

describe('liquidation price, laws', () => {
  it('equity equals the requirement there: margin ratio 1', () => {
    let found = 0;
    fc.assert(fc.property(marginal, position, (rules, drawn) => {
      const terms = termsOf(rules, drawn);
      const result = liquidationPrice(rules, terms);
      if (!result.ok) return result.error.kind === 'liquidation-price.never';
      found++;
      const { price } = result.value;
      return Math.abs(equityAt(rules.contract, terms, price) - requirementAt(rules, terms, price)) <= 1e-9 * scaleOf(rules, terms, price);
    }), { numRuns: 1000 });
    expect(found).toBeGreaterThan(300);
  });

  it('with tables that jump the position is covered up to it and not beyond it', () => {
    fc.assert(fc.property(whole, position, (rules, drawn) => {
      const terms = termsOf(rules, drawn);
      const healthy = (price: number): boolean => equityAt(rules.contract, terms, price) > requirementAt(rules, terms, price) - 1e-9 * scaleOf(rules, terms, price);
      const result = liquidationPrice(rules, terms);
      if (!result.ok || !healthy(terms.entryPrice)) return;
      const { price } = result.value;
      const sign = terms.side === 'long' ? 1 : -1;
      // Every point on the way from entry to just before it, among them every bound.
      for (let i = 0; i <= 50; i++) expect(healthy(terms.entryPrice + ((price * (1 + sign * 1e-9) - terms.entryPrice) * i) / 50)).toBe(true);
      expect(healthy(price * (1 - sign * 1e-6))).toBe(false);
    }));
  });

  it('a larger margin never brings it closer, and it lies between entry and bankruptcy', () => {
    fc.assert(fc.property(marginal, position, fc.double({ min: 1, max: 3, noNaN: true }), (rules, drawn, more) => {
      const terms = termsOf(rules, drawn);
      const [small, large] = [liquidationPrice(rules, terms), liquidationPrice(rules, { ...terms, margin: terms.margin * more })];
      if (!small.ok) {
        expect(large.ok).toBe(false);
        return;
      }
      const sign = terms.side === 'long' ? 1 : -1;
      if (large.ok) expect(sign * large.value.price).toBeLessThanOrEqual(sign * small.value.price + 1e-9 * small.value.price);
      const bankruptcy = bankruptcyPrice(rules.contract, terms);
      if (bankruptcy.ok) expect(sign * bankruptcy.value).toBeLessThanOrEqual(sign * small.value.price + 1e-9 * small.value.price);
    }), { numRuns: 500 });
  });

  it('the bankruptcy price follows from it alone, with maintenance at the mark', () => {
    fc.assert(fc.property(marginal, position, (drawnRules, drawn) => {
      const rules: MarginRules = { ...drawnRules, mmBasis: 'mark' };
      const terms = termsOf(rules, drawn);
      const [liquidation, bankruptcy] = [liquidationPrice(rules, terms), bankruptcyPrice(rules.contract, terms)];
      if (!liquidation.ok || !bankruptcy.ok) return;
      const derived = bankruptcyFromLiquidation(rules, terms.side, terms.size, liquidation.value);
      // Equity is a difference of like numbers when leverage is low: relative to the prices it is made of.
      expect(Math.abs((derived ?? 0) - bankruptcy.value)).toBeLessThanOrEqual(1e-8 * Math.max(bankruptcy.value, terms.entryPrice) * Math.max(1, bankruptcy.value / terms.entryPrice));
    }), { numRuns: 500 });
  });
});
