import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, type Rng } from '../core/index.ts';
import { fitWeights, type ExposureData } from './expectation-maximisation.ts';

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function poisson(mean: number, rng: Rng): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * rng.normal()));
  let n = 0;
  for (let p = rng.next(); p > Math.exp(-mean); p *= rng.next()) n++;
  return n;
}

/**
 * What would be liquidated in each minute had all openings been of leverage l (distance 1/l, both sides), on a random walk that never falls by a third: openings at the close, closed by their owners at an even hazard.
 */
function exposuresOf(leverages: readonly number[], minutes: number, rng: Rng): Float64Array {
  const step = 0.001;
  const width = 4_000;
  const hazard = 1 / 600;
  const out = new Float64Array(minutes * leverages.length);
  const prices = new Float64Array(minutes);
  for (let i = 1; i < minutes; i++) {
    // Back towards the start when far from it, so that 5 times is crossed and 3 times never is.
    const pull = Math.abs(prices[i - 1] ?? 0) > 0.13 ? -0.02 * (prices[i - 1] ?? 0) : 0;
    prices[i] = (prices[i - 1] ?? 0) + pull + 0.003 * rng.normal();
  }
  for (const [k, leverage] of leverages.entries()) {
    for (const sign of [1, -1]) {
      const held = new Float64Array(width);
      let scale = 1;
      let top = -1;
      const distance = Math.round((sign === 1 ? -Math.log(1 - 1 / leverage) : Math.log(1 + 1 / leverage)) / step);
      for (let i = 0; i < minutes; i++) {
        const at = (width >> 1) + Math.round((sign * (prices[i] ?? 0)) / step);
        for (let b = at + distance; b <= top; b++) {
          out[i * leverages.length + k] = (out[i * leverages.length + k] ?? 0) + (held[b] ?? 0) * scale;
          held[b] = 0;
        }
        top = Math.min(top, at + distance - 1);
        scale *= Math.exp(-hazard);
        held[at] = (held[at] ?? 0) + (0.5 + rng.next()) / scale;
        top = Math.max(top, at);
      }
    }
  }
  return out;
}

describe('fitWeights', () => {
  it('identifies what was crossed and nothing else: 20,000 minutes, nine leverages, 60 % reported', () => {
    const leverages = [3, 5, 10, 20, 25, 50, 75, 100, 125];
    const truth = [0.08, 0.12, 0.2, 0.15, 0.1, 0.15, 0.05, 0.1, 0.05];
    const rng = createRng(2).fork('identifiability');
    const minutes = 20_000;
    const exposures = exposuresOf(leverages, minutes, rng).map((x) => 12 * x);
    const counts = Float64Array.from({ length: minutes }, (_, i) => poisson(0.6 * truth.reduce((mean, w, k) => mean + w * (exposures[i * 9 + k] ?? 0), 0), rng));
    const data: ExposureData = { counts, exposures, weights: new Float64Array(minutes).fill(1), classes: 9, stray: 1e-9 };
    const start = new Float64Array(9).fill(1 / 9);

    // Nothing is known of what is reported: the weights' sum is it, and what was never crossed is missing from it.
    const free = fitWeights(data, { counts: new Float64Array(9), reporting: null }, start, 300);
    expect(free.exposure[0]).toBe(0);
    expect(free.weights[0]).toBe(0);
    for (let k = 1; k < 9; k++) expect(Math.abs((free.weights[k] ?? 0) / 0.6 - (truth[k] ?? 0))).toBeLessThanOrEqual(0.023);
    expect(sum(free.weights)).toBeCloseTo(0.6 * (1 - 0.08), 2);

    // What is reported is known and a weak prior given: the rest of the sum is with what no price crossed, and is never 0.
    const prior = new Float64Array(9).fill(10 / 9);
    const known = fitWeights(data, { counts: prior, reporting: 0.6 }, start, 300);
    expect(sum(known.weights)).toBeCloseTo(1, 12);
    expect(known.weights[0]).toBeGreaterThan(0.06);
    expect(known.weights[0]).toBeLessThan(0.1);
  });

  const cases = fc.record({ seed: fc.integer({ min: 0, max: 1e6 }), classes: fc.integer({ min: 1, max: 8 }), intervals: fc.integer({ min: 1, max: 40 }), concentration: fc.constantFrom(0.5, 10, 200), reporting: fc.constantFrom(null, 1, 0.3) });
  it('never lowers the objective, and its weights sum to 1 where the reported share is known', () => {
    fc.assert(fc.property(cases, ({ seed, classes, intervals, concentration, reporting }) => {
      const rng = createRng(seed);
      const exposures = Float64Array.from({ length: intervals * classes }, () => (rng.chance(0.5) ? 0 : 20 * rng.next()));
      const data: ExposureData = { counts: Float64Array.from({ length: intervals }, () => rng.int(10)), exposures, weights: Float64Array.from({ length: intervals }, () => rng.next()), classes, stray: 0.01 };
      const { objective, weights } = fitWeights(data, { counts: new Float64Array(classes).fill(reporting === null ? 0 : concentration / classes), reporting }, new Float64Array(classes).fill(1 / classes), 60);
      for (let i = 1; i < objective.length; i++) expect(objective[i]).toBeGreaterThanOrEqual((objective[i - 1] ?? 0) - 1e-8 * (1 + Math.abs(objective[i] ?? 0)));
      expect(weights.every((w) => w >= 0 && Number.isFinite(w))).toBe(true);
      if (reporting !== null) expect(sum(weights)).toBeCloseTo(1, 9);
    }), { numRuns: 150 });
  });

  it('is the prior where nothing was crossed', () => {
    const data: ExposureData = { counts: new Float64Array(5), exposures: new Float64Array(15), weights: new Float64Array(5).fill(1), classes: 3, stray: 0.1 };
    const { weights } = fitWeights(data, { counts: Float64Array.of(6, 3, 1), reporting: 1 }, new Float64Array(3).fill(1 / 3), 50);
    expect([...weights].map((w) => Number(w.toFixed(9)))).toEqual([0.6, 0.3, 0.1]);
  });
});
