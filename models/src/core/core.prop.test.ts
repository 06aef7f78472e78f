import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssertionError, baseQty, bps, createRng, elapsed, epochMs, durationMs, hash32, isPrice, isQty, lots, notional, plus, price, qty, quoteAmount, ratio, ticks, toUsd, usd, usdRate } from './index.ts';

const draw = (seed: number, n: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => rng.next());
};

describe('createRng', () => {
  it('the same seed gives the same numbers, another seed others, all in [0, 1)', () => {
    fc.assert(fc.property(fc.integer(), (seed) => {
      const numbers = draw(seed, 50);
      expect(draw(seed, 50)).toEqual(numbers);
      expect(draw(seed + 1, 50)).not.toEqual(numbers);
      expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
    }));
  });

  it('is uniform over 16 cells and serial pairs over 4 x 4, for several seeds (chi-square, 15 degrees, below the 1e-6 point 56.5)', () => {
    for (const seed of [0, 1, 2, 12_345, 0xffffffff]) {
      const numbers = draw(seed, 32_000);
      const cells = new Float64Array(16);
      const pairs = new Float64Array(16);
      numbers.forEach((x, i) => {
        const cell = Math.floor(x * 16);
        cells[cell] = (cells[cell] ?? 0) + 1;
        if (i % 2 === 0) return;
        const pair = Math.floor((numbers[i - 1] ?? 0) * 4) * 4 + Math.floor(x * 4);
        pairs[pair] = (pairs[pair] ?? 0) + 1;
      });
      const chi = (counts: Float64Array, expected: number): number => counts.reduce((s, c) => s + (c - expected) ** 2 / expected, 0);
      expect(chi(cells, 2000)).toBeLessThan(56.5);
      expect(chi(pairs, 1000)).toBeLessThan(56.5);
    }
  });

  it('a fork depends on seed and label only, and drawing from it never shifts its parent', () => {
    fc.assert(fc.property(fc.integer(), fc.string(), fc.nat(20), (seed, label, before) => {
      const parent = createRng(seed);
      for (let i = 0; i < before; i++) parent.next();
      const forked = parent.fork(label).next();
      expect(forked).toBe(createRng(seed).fork(label).next());
      const plain = createRng(seed);
      for (let i = 0; i < before; i++) plain.next();
      expect(parent.next()).toBe(plain.next());
    }));
  });

  it('forks of different labels are uncorrelated', () => {
    const n = 20_000;
    const a = createRng(5).fork('a');
    const b = createRng(5).fork('b');
    let product = 0;
    for (let i = 0; i < n; i++) product += (a.next() - 0.5) * (b.next() - 0.5);
    // Each product has variance 1/144.
    expect(Math.abs(product / n)).toBeLessThan(4 / 12 / Math.sqrt(n));
  });

  it('int, pick, chance and normal follow their laws', () => {
    const rng = createRng(11);
    const n = 20_000;
    let normal = 0;
    let square = 0;
    let hits = 0;
    const counts = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = rng.normal();
      normal += z / n;
      square += (z * z) / n;
      if (rng.chance(0.2)) hits++;
      const k = rng.int(3);
      counts[k] = (counts[k] ?? NaN) + 1;
    }
    expect(Math.abs(normal)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(hits / n - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / n));
    for (const count of counts) expect(Math.abs(count / n - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / n));
    expect(['x', 'y']).toContain(rng.pick(['x', 'y']));
    expect(() => rng.pick([])).toThrow('empty');
  });

  it('hash32 is FNV-1a: the published values of "" and "a"', () => {
    expect(hash32('')).toBe(0x811c9dc5);
    expect(hash32('a')).toBe(0xe40c292c);
  });
});

describe('units', () => {
  const bad = fc.constantFrom(NaN, Infinity, -Infinity);
  it('no constructor lets NaN or an infinity through', () => {
    fc.assert(fc.property(bad, fc.constantFrom<(x: number) => number>(price, qty, baseQty, quoteAmount, usdRate, usd, bps, ratio, epochMs, durationMs, ticks, lots), (x, make) => {
      expect(() => make(x)).toThrow(AssertionError);
    }));
  });

  it('keeps the value, and the sign rules', () => {
    fc.assert(fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      expect(price(x)).toBe(x);
      expect(usdRate(x)).toBe(x);
      expect(quoteAmount(-x)).toBe(-x);
      expect([x, -x, 0].map(isPrice)).toEqual([true, false, false]);
      expect([x, -x, 0].map(isQty)).toEqual([true, false, true]);
      for (const make of [price, qty, baseQty, usdRate, epochMs, durationMs, lots]) expect(() => make(-x)).toThrow(AssertionError);
    }));
    expect(() => price(0)).toThrow(AssertionError);
    expect(() => lots(0.5)).toThrow(AssertionError);
    expect(() => ticks(2 ** 53)).toThrow(AssertionError);
    expect(ticks(-3)).toBe(-3);
  });

  it('products: 2.5 x 4 quote at 0.5 dollars is 5 dollars; an overflow crashes', () => {
    expect(toUsd(notional(price(2.5), baseQty(4)), usdRate(0.5))).toBe(5);
    expect(() => notional(price(1e200), baseQty(1e200))).toThrow(AssertionError);
  });

  it('elapsed undoes plus and never goes below 0', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (t, span) => {
      const later = plus(epochMs(t), durationMs(span));
      expect(elapsed(epochMs(t), later)).toBe(span);
      expect(elapsed(later, epochMs(t))).toBe(0);
    }));
  });
});
