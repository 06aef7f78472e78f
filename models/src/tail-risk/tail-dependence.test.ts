import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { downsideBeta, studentAbove, studentTailDependence, tailDependence, type TailDependence } from './tail-dependence.ts';

interface Pairs {
  readonly x: number[];
  readonly y: number[];
}

/** Pairs of correlation rho: normal, or Student's t of some degrees, which share one chi-square. */
function pairs(seed: number, n: number, rho: number, degrees?: number): Pairs {
  const rng = createRng(seed);
  const [x, y]: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    const z = rng.normal();
    const w = rho * z + Math.sqrt(1 - rho * rho) * rng.normal();
    let squares = 0;
    for (let k = 0; k < (degrees ?? 0); k++) squares += rng.normal() ** 2;
    const scale = degrees === undefined ? 1 : Math.sqrt(squares / degrees);
    x.push(z / scale);
    y.push(w / scale);
  }
  return { x, y };
}

const dependence = (x: ArrayLike<number>, y: ArrayLike<number>, level?: number): TailDependence => {
  const found = tailDependence(x, y, level);
  if (found === undefined) throw new Error('nothing beyond');
  return found;
};

describe('chi', () => {
  it('is one for losses that move as one, 1 - u for independent ones, and nothing for opposite ones', () => {
    const { x, y } = pairs(1, 20_000, 0);
    expect(tailDependence(x, x)).toMatchObject({ chi: 1, chiBar: 1, error: 0, together: 1_000 });
    const apart = dependence(x, y);
    expect(Math.abs(apart.chi - 0.05)).toBeLessThan(4 * apart.error);
    expect(Math.abs(apart.chiBar)).toBeLessThan(0.1);
    expect(tailDependence(x, x.map((v) => -v))).toMatchObject({ chi: 0, chiBar: -1 });
  });

  it('counts by hand', () => {
    const first = Array.from({ length: 20 }, (_, i) => i);
    const second = first.map((i) => (i === 19 ? 0.5 : i));
    // The two largest of each: 18, 19 and 17, 18.
    expect(tailDependence(first, second, 0.9)).toEqual({
      chi: 0.5, chiBar: (2 * Math.log(0.1)) / Math.log(0.05) - 1, error: expect.closeTo(Math.sqrt(0.125), 12), chiBarError: expect.closeTo(((2 * Math.log(10)) / Math.log(20) ** 2) * Math.sqrt(0.95), 12), together: 1,
    });
  });

  it('of a Student copula stays, of a normal pair fades', () => {
    const student = pairs(2, 40_000, 0.5, 4);
    const normal = pairs(3, 40_000, 0.5);
    const far = dependence(student.x, student.y, 0.995);
    expect(Math.abs(far.chi - studentTailDependence(0.5, 4))).toBeLessThan(0.05 + 3 * far.error);
    expect(dependence(normal.x, normal.y, 0.995).chi).toBeLessThan(0.2);
    expect(dependence(normal.x, normal.y, 0.995).chiBar).toBeCloseTo(0.5, 0);
  });

  it('and chi-bar are within two standard errors of what they estimate about 19 times in 20', () => {
    // P(both of a normal pair of correlation 0.5 are beyond their 95 % points) = 0.012189 (the integral of its density).
    const both = 0.0121893;
    let [chi, chiBar] = [0, 0];
    const runs = 150;
    for (let seed = 0; seed < runs; seed++) {
      const { x, y } = pairs(100 + seed, 3_000, 0.5);
      const found = dependence(x, y);
      if (Math.abs(found.chi - both / 0.05) < 2 * found.error) chi++;
      if (Math.abs(found.chiBar - ((2 * Math.log(0.05)) / Math.log(both) - 1)) < 2 * found.chiBarError) chiBar++;
    }
    for (const within of [chi, chiBar]) expect(within / runs).toBeGreaterThan(0.9);
  });

  it('sees nothing in series that mostly rest and are independent: what ties is not beyond', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { x, y } = pairs(300 + seed, 3_000, 0);
      // One tick with a probability of 0.03: a twentieth cannot be filled but by ties, which the order of time would fill alike on both sides.
      const [a, b] = [x, y].map((values) => values.map((v) => (v > 1.88 ? 1 : 0))) as [number[], number[]];
      const found = dependence(a, b);
      expect(Math.abs(found.chi - 0.03)).toBeLessThan(0.06);
      expect(Math.abs(found.chiBar)).toBeLessThan(0.35);
    }
    expect(tailDependence(new Array<number>(50).fill(0), Array.from({ length: 50 }, (_, i) => i))).toBeUndefined();
  });
});

describe("Student's copula", () => {
  it('McNeil, Frey and Embrechts 2005, table 5.1', () => {
    const table = [[2, [0.06, 0.18, 0.39, 0.72]], [4, [0.01, 0.08, 0.25, 0.63]], [10, [0, 0.01, 0.08, 0.46]]] as const;
    for (const [degrees, row] of table) expect([-0.5, 0, 0.5, 0.9].map((rho) => Math.round(100 * studentTailDependence(rho, degrees)) / 100)).toEqual(row);
  });

  it('rests on the distribution as tables print it', () => {
    // Upper 2.5 % points.
    for (const [degrees, x] of [[1, 12.7062], [2, 4.30265], [3, 3.18245], [4, 2.77645], [10, 2.22814]] as const) expect(studentAbove(x, degrees)).toBeCloseTo(0.025, 6);
    expect(studentAbove(0, 3)).toBe(0.5);
  });
});

describe('the downside beta', () => {
  it('is the slope of what the asset loses when the market falls', () => {
    const { x, y } = pairs(5, 5_000, 0);
    expect(downsideBeta(x.map((market, i) => 1.7 * market + 0.1 * (y[i] ?? NaN)), x)).toBeCloseTo(1.7, 1);
    // Twice as much in falls as in rises.
    expect(downsideBeta(x.map((market) => (market > 0 ? 2 : 1) * market), x)).toBeCloseTo(2, 12);
    expect(downsideBeta(x, x.map(() => 0))).toBe(0);
  });
});
