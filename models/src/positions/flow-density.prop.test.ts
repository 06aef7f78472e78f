import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../core/index.ts';
import { classDistances, openingPrior } from './class-grid.ts';
import { columnOf, emptyDensity, remix, rescale, seedDensity, stepDensity, totalOf, type FlowTerms, type SignedMinute } from './flow-density.ts';
import { DEFAULT_FLOWS } from './inference-settings.ts';

const distances = classDistances(24, 0.003, 0.95);
const logStep = 0.0025;

function termsOf(flow: number): FlowTerms {
  const own = DEFAULT_FLOWS[flow % DEFAULT_FLOWS.length];
  if (own === undefined) throw new Error('a flow');
  return { flow: own, logStep, distances, offsets: distances.map((d) => (d === Infinity ? d : Math.max(1, Math.round(d / logStep)))), buckets: 1024 };
}

/** Minutes of a market that jumps, dries up and comes back. */
function minutesOf(seed: number, count: number): readonly SignedMinute[] {
  const rng = createRng(seed);
  let price = 0;
  let openInterest = 1_000;
  return Array.from({ length: count }, () => {
    const open = price;
    price += (rng.chance(0.05) ? 0.2 : 0.003) * rng.normal();
    const previousOpenInterest = openInterest;
    openInterest *= Math.exp((rng.chance(0.05) ? 1 : 0.01) * rng.normal());
    const volume = rng.chance(0.1) ? 0 : openInterest * 0.05 * rng.next() ** 3 * (rng.chance(0.02) ? 200 : 1);
    return { low: Math.min(open, price) - 0.002 * rng.next(), high: Math.max(open, price) + 0.002 * rng.next(), close: price, openInterest, previousOpenInterest, volume };
  });
}

describe('the density of one side', () => {
  it('is the open interest, exactly, after every step, whatever happens; long and short alike', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 5 }), (seed, flow) => {
      const terms = termsOf(flow);
      const weights = openingPrior(distances, 'long');
      const sides = [1, -1].map((sign) => ({ sign, density: emptyDensity(terms, 0) }));
      const crossed = new Float64Array(distances.length);
      for (const { density } of sides) seedDensity(density, terms, weights, 0, 1_000);
      for (const minute of minutesOf(seed, 40)) {
        for (const { sign, density } of sides) {
          const own = sign === 1 ? minute : { ...minute, low: -minute.high, high: -minute.low, close: -minute.close };
          stepDensity(density, terms, weights, own, crossed);
          expect(Math.abs(totalOf(density) / minute.openInterest - 1)).toBeLessThan(1e-9);
          expect(crossed.every((x) => x >= 0 && Number.isFinite(x))).toBe(true);
          expect(crossed.at(-1)).toBe(0);
        }
      }
      for (const { density } of sides) {
        // What is kept as the mix is the mix, and other weights leave the sum what it is.
        const before = totalOf(density);
        remix(density, weights);
        expect(totalOf(density) / before).toBeCloseTo(1, 9);
        remix(density, openingPrior(distances, 'short'));
        rescale(density, 500);
        expect(totalOf(density)).toBeCloseTo(500, 6);
      }
    }), { numRuns: 8 });
  });

  it('holds nothing of a class beyond where the price has been', () => {
    const terms = termsOf(2);
    const weights = openingPrior(distances, 'long');
    const density = emptyDensity(terms, 0);
    const crossed = new Float64Array(distances.length);
    seedDensity(density, terms, weights, 0, 1_000);
    const fall: SignedMinute = { low: -0.1, high: 0, close: -0.02, openInterest: 900, previousOpenInterest: 1_000, volume: 150 };
    stepDensity(density, terms, weights, fall, crossed);
    for (let k = 0; k + 1 < distances.length; k++) {
      // A class at distance d opened above -0.1 + d was liquidated by the low; what was opened in the minute itself is alive only where the close has not crossed it.
      const above = Math.ceil((-0.02 + (distances[k] ?? 0)) / logStep) + 1 - density.base;
      for (let g = 0; g < terms.flow.groups.length; g++) expect([...columnOf(density, g, k).subarray(Math.max(0, above))].every((x) => x === 0)).toBe(true);
    }
    // The nearer the class, the larger the share of it that a fall of a tenth liquidates.
    expect(crossed[0]).toBeGreaterThan(0);
    expect(crossed[10]).toBeGreaterThan(crossed[18] ?? 0);
  });

  it('opens what the open interest gains and nothing more where the volume is no larger', () => {
    const terms = termsOf(0);
    const weights = openingPrior(distances, 'long');
    const density = emptyDensity(terms, 0);
    const crossed = new Float64Array(distances.length);
    seedDensity(density, terms, weights, 0, 1_000);
    // Far above everything that is there, so that what is opened is alone.
    stepDensity(density, terms, weights, { low: 0.6, high: 0.6, close: 0.6, openInterest: 1_100, previousOpenInterest: 1_000, volume: 100 }, crossed);
    const bucket = Math.round(0.6 / logStep) - density.base;
    const opened = density.mixed.reduce((sum, row, g) => sum + (row[bucket] ?? 0) * (density.alive[g]?.[bucket] ?? 0), 0);
    expect(opened).toBeCloseTo(100, 0);
  });
});
