import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, type Rng } from '../../core/index.ts';
import { branchingDisagrees, countsInWindows, evenEdges, fitHawkes, fitHawkesChoosing, groupTimes, hawkesLogLikelihood, pieceOf, quickBranching, simulateHawkes, type HawkesEvents, type HawkesFit, type HawkesModel, type HawkesProblem } from './index.ts';
import type { Result } from '../../core/index.ts';

const over = (seconds: number, mu: number, n: number, decay = 1): HawkesModel => ({ edges: [0, seconds], baseline: [[mu]], branching: [[n]], decay });
const value = (fit: Result<HawkesFit, HawkesProblem>): HawkesFit => {
  if (!fit.ok) throw new Error(fit.error);
  return fit.value;
};
const two = (seconds: number): HawkesModel => ({ edges: [0, seconds], baseline: [[0.5], [0.3]], branching: [[0.3, 0.2], [0.25, 0.4]], decay: 0.5 });
/** The log-likelihood from its definition: every pair of events. */
const byPairs = ({ edges, baseline, branching, decay }: HawkesModel, { times, kinds }: Required<Pick<HawkesEvents, 'times' | 'kinds'>>): number => {
  const end = edges.at(-1) ?? NaN;
  let sum = 0;
  for (let i = 0; i < times.length; i++) {
    const [t, v] = [times[i] ?? NaN, kinds[i] ?? NaN];
    const piece = edges.findLastIndex((edge, k) => edge <= t && k < edges.length - 1);
    let rate = baseline[v]?.[piece] ?? NaN;
    for (let j = 0; j < i; j++) rate += (branching[v]?.[kinds[j] ?? NaN] ?? NaN) * decay * Math.exp(-decay * (t - (times[j] ?? NaN)));
    sum += Math.log(rate);
    for (const row of branching) sum -= (row[v] ?? NaN) * (1 - Math.exp(-decay * (end - t)));
  }
  for (const rates of baseline) rates.forEach((rate, k) => void (sum -= rate * ((edges[k + 1] ?? NaN) - (edges[k] ?? NaN))));
  return sum;
};

describe('the quick estimate (Hardiman and Bouchaud 2014)', () => {
  it('mu = 1, n = 0.7: a rate of 3.333 and 0.696 in a seeded simulation', () => {
    const seconds = 20_000;
    const { times } = simulateHawkes(over(seconds, 1, 0.7), createRng(1));
    // The count of a long window has variance rate / (1 - n)^2 a second.
    expect(Math.abs(times.length / seconds - 1 / 0.3)).toBeLessThan(3 * Math.sqrt(1 / 0.3 ** 3 / seconds));
    expect(quickBranching(countsInWindows(times, 0, seconds, 100))).toBeCloseTo(0.696, 2);
  });

  it('is 1 - sqrt(mean / variance), and 0 for what varies like a Poisson process', () => {
    expect(quickBranching([2, 6, 10, 6])).toBeCloseTo(1 - Math.sqrt(6 / (32 / 3)), 12);
    expect(quickBranching([5, 5, 5])).toBe(0);
    expect(() => quickBranching([0, 0])).toThrow('one event');
    expect([...countsInWindows([0, 0.5, 1, 2.5, 9], 0, 3.5, 1)]).toEqual([2, 1, 1]);
  });
});

describe('the likelihood', () => {
  it('by recursion is that of all pairs, with two kinds and three pieces', () => {
    const model: HawkesModel = { ...two(120), edges: [0, 30, 50, 120], baseline: [[0.5, 1, 0.2], [0.3, 0.1, 0.6]] };
    const events = simulateHawkes(model, createRng(3));
    expect(events.times.length).toBeGreaterThan(100);
    expect(hawkesLogLikelihood(model, events)).toBeCloseTo(byPairs(model, events), 8);
  });

  it('of a Poisson process is its own', () => {
    expect(hawkesLogLikelihood(over(10, 2, 0), { times: [1, 2, 3] })).toBeCloseTo(3 * Math.log(2) - 20, 12);
    expect(hawkesLogLikelihood(over(10, 0, 0.5), { times: [1, 2] })).toBe(-Infinity);
  });

  it('finds its piece', () => expect([0, 9.9, 10, 25, 30].map((t) => pieceOf([0, 10, 20, 30], t))).toEqual([0, 0, 1, 2, 2]));
});

describe('the simulation', () => {
  it('has the rate (I - n)^-1 mu, and counts that vary as branching says', () => {
    const seconds = 40_000;
    const { times, kinds } = simulateHawkes(two(seconds), createRng(4));
    // det(I - n) = 0.7 * 0.6 - 0.2 * 0.25.
    const rates = [(0.6 * 0.5 + 0.2 * 0.3) / 0.37, (0.25 * 0.5 + 0.7 * 0.3) / 0.37];
    for (const [kind, rate] of rates.entries()) expect(kinds.filter((k) => k === kind).length / seconds / rate).toBeCloseTo(1, 1);
    expect(times.every((t, i) => t >= (times[i - 1] ?? 0) && t < seconds)).toBe(true);
  });

  it('without branching is a Poisson process, piece by piece', () => {
    const { times } = simulateHawkes({ edges: [0, 500, 1_000], baseline: [[4, 1]], branching: [[0]], decay: 1 }, createRng(5));
    const early = times.filter((t) => t < 500).length;
    expect(Math.abs(early - 2_000)).toBeLessThan(4 * Math.sqrt(2_000));
    expect(Math.abs(times.length - early - 500)).toBeLessThan(4 * Math.sqrt(500));
  });
});

describe('fits', () => {
  it('find the branching ratio, and their band holds it about nine times in ten', () => {
    let [within, sum] = [0, 0];
    const runs = 60;
    for (let seed = 0; seed < runs; seed++) {
      const { ratio, converged } = value(fitHawkes({ ...simulateHawkes(over(500, 1, 0.6), createRng(100 + seed)), from: 0, to: 500 }));
      expect(converged).toBe(true);
      sum += ratio.value / runs;
      if (ratio.low <= 0.6 && 0.6 <= ratio.high) within++;
    }
    expect(Math.abs(sum - 0.6)).toBeLessThan(0.02);
    expect(within / runs).toBeGreaterThan(0.8);
    expect(within / runs).toBeLessThan(0.99);
  });

  it('are where the likelihood is highest', () => {
    const events = simulateHawkes(over(800, 1, 0.5, 2), createRng(7));
    const fit = value(fitHawkes({ ...events, from: 0, to: 800 }));
    expect(fit.logLikelihood).toBeGreaterThan(hawkesLogLikelihood(over(800, 1, 0.5, 2), events));
    for (const factor of [0.97, 1.03]) {
      expect(hawkesLogLikelihood({ ...fit, decay: fit.decay * factor }, events)).toBeLessThan(fit.logLikelihood + 1e-3);
      expect(hawkesLogLikelihood({ ...fit, branching: [[(fit.branching[0]?.[0] ?? NaN) * factor]] }, events)).toBeLessThan(fit.logLikelihood + 1e-3);
      expect(hawkesLogLikelihood({ ...fit, baseline: [[(fit.baseline[0]?.[0] ?? NaN) * factor]] }, events)).toBeLessThan(fit.logLikelihood + 1e-3);
    }
  });

  it('of two venues find the spectral radius 0.57913', () => {
    let within = 0;
    for (let seed = 0; seed < 20; seed++) {
      const fit = value(fitHawkes({ ...simulateHawkes(two(2_000), createRng(seed)), from: 0, to: 2_000, count: 2 }));
      if (fit.ratio.low <= 0.57913 && 0.57913 <= fit.ratio.high) within++;
      if (seed === 0) for (const [v, w, n] of [[0, 0, 0.3], [0, 1, 0.2], [1, 0, 0.25], [1, 1, 0.4]] as const) expect(Math.abs((fit.branching[v]?.[w] ?? NaN) - n)).toBeLessThan(0.15);
    }
    expect(within).toBeGreaterThanOrEqual(15);
  });

  it('do not read a busy hour as branching where the baseline may change, as a stiff baseline and the quick estimate do', () => {
    const seconds = 4 * 3_600;
    const model: HawkesModel = { edges: evenEdges(0, seconds, 8), baseline: [[0.02, 0.02, 0.5, 1.5, 0.5, 0.05, 0.02, 0.02]], branching: [[0.3]], decay: 0.5 };
    const events = simulateHawkes(model, createRng(1));
    const chosen = value(fitHawkesChoosing({ ...events, from: 0, to: seconds }));
    expect(chosen.edges).toHaveLength(9);
    expect(Math.abs(chosen.ratio.value - 0.3)).toBeLessThan(0.08);
    expect(value(fitHawkes({ ...events, from: 0, to: seconds })).ratio.value).toBeGreaterThan(0.9);
    expect(quickBranching(countsInWindows(events.times, 0, seconds, 300))).toBeGreaterThan(0.8);
  });

  it('see none in a Poisson process: the band reaches down to almost nothing', () => {
    for (let seed = 0; seed < 3; seed++) expect(value(fitHawkes({ ...simulateHawkes(over(1_000, 1, 0), createRng(seed)), from: 0, to: 1_000 })).ratio.low).toBeLessThan(0.1);
  });

  it('end in something finite whatever the times: bursts, ties and long silences', () => {
    const gap = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e-3, noNaN: true }), fc.double({ min: 0.1, max: 5, noNaN: true }), fc.double({ min: 1e3, max: 1e5, noNaN: true }));
    fc.assert(fc.property(fc.array(fc.tuple(gap, fc.integer({ min: 0, max: 1 })), { minLength: 50, maxLength: 120 }), fc.constantFrom(1, 2), fc.constantFrom(1, 4), (rows, count, pieces) => {
      let now = 0;
      const times = rows.map(([wait]) => (now += wait));
      const fit = value(fitHawkes({ times, kinds: rows.map(([, kind]) => (count === 1 ? 0 : kind)), count, pieces, from: 0, to: now + 1, maxSteps: 60 }));
      expect([fit.ratio.value, fit.ratio.low, fit.ratio.high, fit.logLikelihood, fit.decay].every(Number.isFinite)).toBe(true);
      expect(fit.ratio.low <= fit.ratio.value && fit.ratio.value <= fit.ratio.high).toBe(true);
    }), { numRuns: 40 });
  });

  it('refuse too few events, and events that are not in order', () => {
    expect(fitHawkes({ times: [1, 2], from: 0, to: 10 })).toMatchObject({ error: 'too-few' });
    expect(fitHawkesChoosing({ times: [1, 2], from: 0, to: 10 })).toMatchObject({ error: 'too-few' });
    expect(fitHawkes({ times: Array.from({ length: 60 }, (_, i) => 60 - i), from: 0, to: 100 })).toMatchObject({ error: 'out-of-order' });
    expect(fitHawkes({ times: Array.from({ length: 60 }, (_, i) => i), from: 0, to: 50 })).toMatchObject({ error: 'out-of-order' });
  });
});

describe('bands of a chosen baseline', () => {
  const seconds = 7_200;
  const runs = 8;
  const swings = (pieces: number) => (rng: Rng): HawkesModel => ({ edges: evenEdges(0, seconds, pieces), baseline: [Array.from({ length: pieces }, () => 0.2 * Math.exp(0.9 * rng.normal() - 0.4))], branching: [[0.5]], decay: 0.2 });
  it.each([
    ['constant', (): HawkesModel => over(seconds, 0.2, 0.5, 0.2), 0.5], ['constant, most of them set off', (): HawkesModel => over(seconds, 0.06, 0.8, 0.2), 0.8],
    ['swinging in 24 pieces', swings(24), 0.5], ['swinging in 20 pieces, which is none of the choices', swings(20), 0.5],
  ] as const)('hold the truth where it is %s', (_, make, truth) => {
    let [within, sum] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      const rng = createRng(3_000 + seed);
      const { ratio, converged } = value(fitHawkesChoosing({ ...simulateHawkes(make(rng), rng), from: 0, to: seconds }));
      expect(converged && ratio.low <= ratio.value && ratio.value <= ratio.high).toBe(true);
      sum += ratio.value / runs;
      if (ratio.low <= truth && truth <= ratio.high) within++;
    }
    expect(within / runs).toBeGreaterThanOrEqual(0.75);
    expect(Math.abs(sum - truth)).toBeLessThan(0.1);
  });

  it('are said to have converged only if a fit did', () => {
    const events = simulateHawkes(over(seconds, 0.2, 0.5, 0.2), createRng(1));
    expect(value(fitHawkesChoosing({ ...events, from: 0, to: seconds, maxSteps: 6 })).converged).toBe(false);
  });
});

describe('events of one moment', () => {
  it('take its first time, in order, also where it ends between two steps', () => {
    expect([...groupTimes([1, 1, 1.2, 1.999, 2, 2.5, 4, 4], 1)]).toEqual([1, 1, 1, 1, 2, 2, 4, 4]);
    expect([...groupTimes([0.995, 0.999, 1.001, 1.994], 1)]).toEqual([0.995, 0.995, 0.995, 0.995]);
    expect([...groupTimes([0.1, 0.2, 0.1 + 0.2], 0.1)]).toEqual([0.1, 0.2, 0.1 + 0.2]);
    expect([...groupTimes([1, 1, 2], 0)]).toEqual([1, 1, 2]);
  });

  it('are not each other\'s cause: clusters of five a millisecond apart, and whole seconds', () => {
    const rng = createRng(6);
    const clusters = Array.from({ length: 200 }, () => 3_600 * rng.next()).sort((a, b) => a - b).flatMap((t) => [0, 1, 2, 3, 4].map((k) => t + k / 1_000)).sort((a, b) => a - b);
    const apart = value(fitHawkes({ times: groupTimes(clusters, 1), step: 1, from: 0, to: 3_601 }));
    expect(value(fitHawkes({ times: clusters, from: 0, to: 3_601 })).ratio.low).toBeGreaterThan(0.7);
    expect(apart.ratio.low).toBeLessThan(0.05);
    expect(apart.ratio.value).toBeLessThan(0.25);
    expect(apart.dispersion).toBeGreaterThan(4);
    const printed = simulateHawkes(over(1_000, 3, 0), createRng(9)).times.map(Math.floor);
    const poisson = value(fitHawkes({ times: groupTimes(printed, 1), step: 1, from: 0, to: 1_001 }));
    expect(poisson.ratio.low).toBeLessThan(0.15);
    expect(poisson.dispersion).toBeLessThan(1.5);
  });

  it('set off what comes after it: the ratio is that of batches of three, within its wider band in most runs', () => {
    const runs = 40;
    let [within, sum] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      const rng = createRng(50 + seed);
      const wait = (rate: number): number => -Math.log(1 - rng.next()) / rate;
      const moments: number[] = [];
      for (let t = wait(0.03); t < 7_200; t += wait(0.03)) moments.push(t);
      for (let i = 0; i < moments.length; i++) {
        // A moment is three orders, each of which sets off 0.2 moments, so 0.6 orders, some five seconds after it.
        for (let x = wait(1); x < 0.6; x += wait(1)) moments.push((moments[i] ?? NaN) + 1 + wait(0.2));
      }
      const times = moments.filter((t) => t < 7_200).sort((a, b) => a - b).flatMap((t) => [t, t + 0.001, t + 0.002]).sort((a, b) => a - b);
      const { ratio } = value(fitHawkes({ times: groupTimes(times, 1), step: 1, from: 0, to: 7_201 }));
      sum += ratio.value / runs;
      if (ratio.low <= 0.6 && 0.6 <= ratio.high) within++;
    }
    expect(Math.abs(sum - 0.6)).toBeLessThan(0.08);
    expect(within / runs).toBeGreaterThan(0.75);
  });
});

describe('disagreement with the engine', () => {
  const band = (at: number, half: number): { readonly value: number; readonly low: number; readonly high: number } => ({ value: at, low: at - half, high: at + half });
  it('wants a difference above 0.3 and bands that do not touch, either way', () => {
    expect(branchingDisagrees(band(0.9, 0.1), band(0.4, 0.1))).toBe(true);
    expect(branchingDisagrees(band(0.4, 0.1), band(0.9, 0.1))).toBe(true);
    expect(branchingDisagrees(band(0.9, 0.3), band(0.4, 0.3))).toBe(false);
    expect(branchingDisagrees(band(0.6, 0.01), band(0.4, 0.01))).toBe(false);
  });
});
