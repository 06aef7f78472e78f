import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, totalLots, type Ladder } from '../market/index.ts';
import { extendDepth, extendedShareOfMove, outerDensity, TAIL_FACTORS } from './extend-depth.ts';

/** `perLog` lots per unit of log-price on levels `step` apart in log-price. */
function evenBook(best: number, levels: number, step: number, perLog: number, side: 'bid' | 'ask'): Ladder {
  const sign = side === 'bid' ? -1 : 1;
  return {
    ticks: Int32Array.from({ length: levels }, (_, i) => Math.round(best * Math.exp(sign * i * step))),
    lots: new Float64Array(levels).fill(perLog * step),
  };
}

describe('extendDepth', () => {
  it('an even book goes on at its own density times the tail factor, down to 2 % of the best', () => {
    // 1,000,000 lots per log-price, 101 levels 0.0001 apart: known to ln = 0.01, extended to ln 50 = 3.912.
    const book = evenBook(100_000_000, 101, 0.0001, 1_000_000, 'bid');
    expect(outerDensity(book) / 1_000_000).toBeCloseTo(1, 3);
    for (const factor of Object.values(TAIL_FACTORS)) {
      const { ladder, extendedFrom } = extendDepth(book, 'bid', { tailFactor: factor });
      expect(extendedFrom).toBe(101);
      expect(ladder.ticks.length).toBe(101 + Math.floor((Math.log(50) - 0.01) / 0.005));
      const added = totalLots(ladder) - totalLots(book);
      expect(added / (factor * 1_000_000 * (Math.log(50) - 0.01))).toBeCloseTo(1, 2);
      expect(at(ladder.ticks, ladder.ticks.length - 1)).toBeGreaterThanOrEqual(2_000_000);
    }
  });

  it('walls in the outer half, or a crowd at the best price, do not speak for the outer half', () => {
    const book = evenBook(100_000_000, 128, 0.0001, 1_000_000, 'ask');
    for (const i of [90, 94, 98]) book.lots[i] = 1e9;
    for (let i = 0; i < 20; i++) book.lots[i] = 1e7;
    expect(outerDensity(book) / 1_000_000).toBeCloseTo(1, 2);
  });

  it('by hand: two levels, one group, lots waiting until a whole one is due', () => {
    // Outer half is the second level: 10 lots over ln(1000/900) = 0.10536, density 94.91; x 0.5 x 0.05 = 2.373 a step.
    const { ladder } = extendDepth({ ticks: Int32Array.of(1000, 900), lots: Float64Array.of(4, 10) }, 'bid', { tailFactor: 0.5, untilFraction: 0.75, logStep: 0.05 });
    // ln(900/750) = 0.1823: three steps, at 900 e^-0.05 = 856.1, 814.35, 774.6; 2.373, 4.746, 7.118 in all.
    expect(ladder).toEqual({ ticks: Int32Array.of(1000, 900, 856, 814, 774), lots: Float64Array.of(4, 10, 2, 2, 3) });
  });

  it('adds nothing to a book without a density', () => {
    const one = { ticks: Int32Array.of(5), lots: Float64Array.of(3) };
    expect(extendDepth(one, 'bid', { tailFactor: 1 })).toEqual({ ladder: one, extendedFrom: 1 });
  });

  it('stays a ladder: strictly ordered, known levels untouched, more tail never less depth', () => {
    const books = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 500 })), { minLength: 2, maxLength: 60 });
    fc.assert(fc.property(books, fc.constantFrom('bid' as const, 'ask' as const), (rows, side) => {
      const sign = side === 'bid' ? -1 : 1;
      let tick = 4000;
      const book = { ticks: Int32Array.from(rows, ([gap]) => (tick += sign * gap)), lots: Float64Array.from(rows, ([, lots]) => lots) };
      const depths = [0, 0.1, 0.5, 1].map((tailFactor) => {
        const { ladder, extendedFrom } = extendDepth(book, side, { tailFactor, logStep: 0.01 });
        expect(ladder.ticks.slice(0, extendedFrom)).toEqual(book.ticks);
        expect(ladder.ticks.every((t, i) => i === 0 || sign * t > sign * at(ladder.ticks, i - 1))).toBe(true);
        return totalLots(ladder);
      });
      expect([...depths].sort((a, b) => a - b)).toEqual(depths);
    }));
  });
});

describe('extendedShareOfMove', () => {
  it('is the part of the move beyond the last known level', () => {
    expect(extendedShareOfMove(100, 90, 60)).toBe(0.75);
    expect(extendedShareOfMove(100, 90, 95)).toBe(0);
    expect(extendedShareOfMove(100, 90, 100)).toBe(0);
    expect(extendedShareOfMove(100, 110, 120)).toBe(0.5);
  });
});
