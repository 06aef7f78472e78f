import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ladderFromLevels, quantiseLadder, totalLots, wholeNumber } from './ladder.ts';

const grid = { tickSize: 0.01, lotSize: 0.1, side: 'bid' } as const;

describe('ladderFromLevels', () => {
  it('reads pairs, flat lists and column lists alike', () => {
    const pairs = ladderFromLevels([[1.23, 4.5], [1.2, 0.3]], grid);
    expect(pairs).toEqual({ ok: true, value: { ticks: Int32Array.of(123, 120), lots: Float64Array.of(45, 3) } });
    expect(ladderFromLevels([1.23, 4.5, 1.2, 0.3], grid)).toEqual(pairs);
    expect(ladderFromLevels({ prices: [1.23, 1.2], qtys: [4.5, 0.3] }, grid)).toEqual(pairs);
  });

  it('names the first bad level', () => {
    expect(ladderFromLevels([[1.235, 1]], grid)).toEqual({ ok: false, error: { kind: 'ladder.price-off-grid', index: 0, value: 1.235 } });
    expect(ladderFromLevels([[1.23, 1], [1.22, 0.15]], grid)).toEqual({ ok: false, error: { kind: 'ladder.qty-off-grid', index: 1, value: 0.15 } });
    expect(ladderFromLevels([[1.22, 1], [1.23, 1]], grid)).toEqual({ ok: false, error: { kind: 'ladder.not-best-first', index: 1, value: 1.23 } });
    expect(ladderFromLevels([[1.23, 1], [1.22, 1]], { ...grid, side: 'ask' })).toMatchObject({ ok: false, error: { kind: 'ladder.not-best-first' } });
    expect(ladderFromLevels([[0, 1]], grid)).toMatchObject({ ok: false, error: { kind: 'ladder.out-of-range' } });
    expect(ladderFromLevels([1.2, 1, 1.1], grid)).toMatchObject({ ok: false, error: { kind: 'ladder.length' } });
    expect(ladderFromLevels([[NaN, 1]], grid)).toMatchObject({ ok: false, error: { kind: 'ladder.price-off-grid' } });
  });

  it('takes a whole number within 1e-6, relative above 1e9', () => {
    expect(wholeNumber(5 + 9e-7)).toBe(5);
    expect(wholeNumber(5 + 2e-6)).toBeNull();
    expect(wholeNumber(1e12 + 5e-4)).toBe(1e12);
    expect(wholeNumber(Infinity)).toBeNull();
  });
});

describe('quantiseLadder', () => {
  it('floors bids, ceils asks, gathers and floors lots', () => {
    expect(quantiseLadder([[1.239, 0.07], [1.23, 0.08], [1.211, 0.09]], grid)).toEqual({ ticks: Int32Array.of(123), lots: Float64Array.of(1) });
    expect(quantiseLadder([[1.231, 1], [1.24, 1]], { ...grid, side: 'ask' })).toEqual({ ticks: Int32Array.of(124), lots: Float64Array.of(20) });
  });

  it('orders what comes unordered and leaves out what is no level', () => {
    expect(quantiseLadder([1.1, 1, 1.2, 1, NaN, 1, 1.05, 0, -1, 3, 1.1, 1], grid)).toEqual({ ticks: Int32Array.of(120, 110), lots: Float64Array.of(10, 20) });
  });

  it('on the grid it is the identity, off it it never adds depth at or above any price', () => {
    const levels = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 1000 })), { maxLength: 40 })
      .map((rows) => [...new Map(rows)].sort((a, b) => b[0] - a[0]));
    fc.assert(fc.property(levels, fc.integer({ min: 1, max: 50 }), (rows, coarse) => {
      const quoted = rows.map(([t, l]): [number, number] => [t * 0.01, l * 0.1]);
      const exact = ladderFromLevels(quoted, grid);
      expect(exact).toEqual({ ok: true, value: quantiseLadder(quoted, grid) });
      const rough = quantiseLadder(quoted, { ...grid, tickSize: 0.01 * coarse });
      for (const t of [1, 100, 1000, 3000]) {
        const depth = rows.reduce((sum, [tick, l]) => (tick >= t * coarse ? sum + l : sum), 0);
        const kept = rough.lots.reduce((sum, l, i) => ((rough.ticks[i] ?? 0) >= t ? sum + l : sum), 0);
        expect(kept).toBeLessThanOrEqual(depth);
      }
      expect(totalLots(rough)).toBeLessThanOrEqual(rows.reduce((sum, [, l]) => sum + l, 0));
    }));
  });
});
