import { describe, expect, it } from '@jest/globals';
import { createRng } from '../core/index.ts';
import { arrivalPlan, consumeBridge, deployableCapital, sentThrough } from './capital.ts';
import { settlementClasses, settlementClassNames } from './classes.ts';
import { createDelay, type DelayLaw } from './delay-law.ts';
import { diffusiveHit, rescueBeforePassage, rescueBeforeSamples } from './rescue-odds.ts';
import { createSettlement, figuresOf, pathLaw, settlementProblems, termsOf } from './settlement.ts';

const minute = 60;
const hour = 3_600;
const day = 86_400;

describe('rescue: help before the price is there', () => {
  it('diffusive check, a fall of 5 % at 150 % volatility: 12.8 min 4e-12, 60 min .00141, 3 h .0663, 6.4 d .816, 7 d .825', () => {
    const hit = (seconds: number): number => diffusiveHit(0.05, seconds, { volatility: 1.5 });
    expect(Math.round(hit(12.8 * minute) * 1e12)).toBe(4);
    expect(hit(hour)).toBeCloseTo(0.00141, 5);
    expect(hit(3 * hour)).toBeCloseTo(0.0663, 4);
    expect(hit(6.4 * day)).toBeCloseTo(0.816, 3);
    expect(hit(7 * day)).toBeCloseTo(0.825, 3);
    expect(hit(Infinity)).toBe(1);
    expect(hit(0)).toBe(0);
  });

  it('what a diffusion calls certain, a path with jumps does not: sized by it alone, help of 13 min would never be late', () => {
    const { fast } = createSettlement({ class: 'l1-pos' });
    const calm = rescueBeforePassage(fast, (t) => diffusiveHit(0.05, t, { volatility: 1.5 }));
    expect(calm.probability).toBeGreaterThan(0.99);
    // A cascade that is there after 30 s to 5 min in nine of ten paths.
    const paths = [30, 60, 90, 120, 150, 180, 220, 260, 300, Infinity];
    const cascade = rescueBeforeSamples(fast, paths);
    expect(cascade.probability).toBeCloseTo(0.1, 6);
    expect(rescueBeforeSamples(createSettlement({ class: 'internal' }).fast, paths).probability).toBe(1);
    expect(rescueBeforeSamples(createDelay({ kind: 'never' }), [Infinity]).probability).toBe(0);
  });

  it('the odds by slices agree with simulation, and with the closed form of two exponentials', () => {
    const delay = createDelay({ kind: 'exponential', mean: 600 });
    const { probability, error } = rescueBeforePassage(delay, (t) => -Math.expm1(-t / 1_200));
    // P(L < T) = mean T / (mean L + mean T).
    expect(Math.abs(probability - 2 / 3)).toBeLessThan(error);
    expect(Math.abs(probability - 2 / 3)).toBeLessThan(1e-3);
    const rng = createRng(3);
    const samples = Array.from({ length: 4_000 }, () => -1_200 * Math.log1p(-rng.next()));
    const drawn = rescueBeforeSamples(delay, samples);
    expect(Math.abs(drawn.probability - 2 / 3)).toBeLessThan(4 * drawn.error);
  });
});

describe('laws of delays', () => {
  const laws: readonly (readonly [string, DelayLaw])[] = [
    ['fixed', { kind: 'fixed', seconds: 40 }], ['uniform', { kind: 'uniform', from: 10, to: 70 }], ['exponential', { kind: 'exponential', mean: 50 }], ['gamma', { kind: 'gamma', stages: 6, stageMean: 600 }],
    ['hypoexponential', { kind: 'hypoexponential', means: [30, 400] }], ['lognormal', { kind: 'lognormal', median: 300, p95: 1_800 }], ['pareto', { kind: 'pareto', from: 1_500, shape: 1.5 }],
    ['mixture', { kind: 'mixture', parts: [{ weight: 0.7, law: { kind: 'uniform', from: 0, to: 10 } }, { weight: 0.3, law: { kind: 'exponential', mean: 100 } }] }],
    ['sum', { kind: 'sum', parts: [{ kind: 'gamma', stages: 3, stageMean: 600 }, { kind: 'lognormal', median: 30, p95: 180 }, { kind: 'fixed', seconds: 60 }] }],
  ];

  it.each(laws)('%s: quantiles invert the distribution, and samples follow it', (_, law) => {
    const delay = createDelay(law);
    for (const p of [0.05, 0.3, 0.5, 0.8, 0.95]) {
      const t = delay.quantile(p);
      expect(delay.cdf(t * (1 + 1e-6))).toBeGreaterThanOrEqual(p - 1e-6);
      expect(delay.cdf(t * (1 - 1e-6))).toBeLessThanOrEqual(law.kind === 'fixed' ? 1 : p + 1e-5);
    }
    const rng = createRng(9);
    const samples = Array.from({ length: 4_000 }, () => delay.sample(rng)).sort((a, b) => a - b);
    // Kolmogorov and Smirnov: 1.95 / sqrt(n) is passed once in a thousand times.
    const far = Math.max(...samples.map((t, i) => (law.kind === 'fixed' ? 0 : Math.abs(delay.cdf(t) - (i + 0.5) / samples.length))));
    expect(far).toBeLessThan(1.95 / Math.sqrt(samples.length) + delay.error);
  });

  it('a sum is within its stated error of the closed form, and far closer where laws are smooth', () => {
    const [sum, exact] = [createDelay({ kind: 'sum', parts: [{ kind: 'exponential', mean: 30 }, { kind: 'exponential', mean: 400 }] }), createDelay({ kind: 'hypoexponential', means: [30, 400] })];
    const off = Math.max(...Array.from({ length: 200 }, (_, i) => Math.abs(sum.cdf(i * 10) - exact.cdf(i * 10))));
    expect(off).toBeLessThan(sum.error);
    expect(off).toBeLessThan(5e-4);
    expect(sum.error).toBe(2 / 256);
    const nearly = createDelay({ kind: 'hypoexponential', means: [50, 50 + 1e-6] });
    expect(nearly.cdf(100)).toBeCloseTo(createDelay({ kind: 'gamma', stages: 2, stageMean: 50 }).cdf(100), 7);
  });

  it('gamma: Gamma(k, 600) of Bitcoin by the Poisson law, far out in both tails', () => {
    // P(Gamma(6) <= x) = 1 - e^-x (1 + ... + x^5/5!).
    const six = createDelay({ kind: 'gamma', stages: 6, stageMean: 600 });
    const poisson = (x: number): number => 1 - Math.exp(-x) * [0, 1, 2, 3, 4, 5].reduce((sum, i) => sum + x ** i / ([1, 1, 2, 6, 24, 120][i] ?? NaN), 0);
    for (const x of [1, 3, 6, 9, 12]) expect(six.cdf(600 * x)).toBeCloseTo(poisson(x), 12);
    expect(six.cdf(0.06)).toBeCloseTo(0, 15);
    expect(six.cdf(0.6) / (1e-3 ** 6 / 720)).toBeCloseTo(1, 2);
    expect(six.cdf(1e9)).toBe(1);
    expect(createDelay({ kind: 'gamma', stages: 10_000, stageMean: 1 }).cdf(10_000)).toBeCloseTo(0.5013, 3);
    expect(createDelay({ kind: 'gamma', stages: 1, stageMean: 600 }).quantile(0.5)).toBeCloseTo(600 * Math.LN2, 4);
  });

  it('what never ends keeps its mass from the distribution', () => {
    const half = createDelay({ kind: 'mixture', parts: [{ weight: 0.5, law: { kind: 'fixed', seconds: 10 } }, { weight: 0.5, law: { kind: 'never' } }] });
    expect([half.cdf(9), half.cdf(10), half.cdf(Infinity), half.quantile(0.4), half.quantile(0.6)]).toEqual([0, 0.5, 0.5, expect.closeTo(10, 6), Infinity]);
    const path = createDelay(pathLaw({ kind: 'exponential', mean: 10 }, { kind: 'mixture', parts: [{ weight: 0.8, law: { kind: 'exponential', mean: 5 } }, { weight: 0.2, law: { kind: 'never' } }] }));
    expect(path.cdf(1e6)).toBeCloseTo(0.8, 2);
    expect(path.quantile(0.95)).toBe(Infinity);
  });

  it('refuses what is no law', () => {
    for (const law of [{ kind: 'fixed', seconds: -1 }, { kind: 'uniform', from: 5, to: 5 }, { kind: 'exponential', mean: 0 }, { kind: 'gamma', stages: 1.5, stageMean: 1 }, { kind: 'lognormal', median: 10, p95: 9 }, { kind: 'mixture', parts: [{ weight: 0.5, law: { kind: 'never' } }] }] satisfies readonly DelayLaw[]) {
      expect(() => createDelay(law)).toThrow();
    }
  });
});

describe('classes of ledgers', () => {
  it('the medians and ends of the table, without the exchange\'s own part', () => {
    const bare = { creditMedianSeconds: 0.01, creditP95Seconds: 0.02 };
    const of = (name: Parameters<typeof termsOf>[0], figures = {}): ReturnType<typeof createSettlement> => createSettlement({ class: name, figures: { ...bare, ...figures } });
    expect(createSettlement({ class: 'internal' }).fast.quantile(1)).toBeLessThanOrEqual(5);
    expect(createSettlement({ class: 'channel' }).fast.quantile(0)).toBeGreaterThanOrEqual(2);
    expect(createSettlement({ class: 'channel' }).slow?.quantile(0.5)).toBeCloseTo(145 * 600, -4);
    const l1 = of('l1-pos').fast;
    expect(l1.quantile(0.01) / minute).toBeGreaterThan(12.8);
    expect(l1.quantile(0.95) / minute).toBeLessThan(19.4);
    expect(of('btc', { confirmations: 6 }).fast.quantile(0.5) / 600).toBeCloseTo(5.67, 1);
    expect(of('zk-rollup').slow?.quantile(0.5)).toBeCloseTo(4 * hour, -2);
    expect(of('zk-rollup', { executionDelaySeconds: 21 * hour }).slow?.quantile(0.5)).toBeCloseTo(22 * hour, -2);
    expect((of('optimistic-rollup').slow?.quantile(0.5) ?? 0) / day).toBeCloseTo(6.4, 1);
    expect(of('optimistic-rollup').fast.quantile(0.999)).toBeLessThan(901);
    expect(of('plasma').fast.quantile(0.5) / day).toBeCloseTo(10.5, 1);
  });

  it('finality that stalls has a heavy tail: one wait in 640 meets a stall, and five of six of those are 45 minutes or longer', () => {
    // A stall of 4,500 s in the mean or one that begins in a wait of 1,152 s, 0.001 an hour: 0.00157. Drawn two million times, 0.846 of waits with one pass 45 min, and 0.000107 of those without: 0.001435 of all.
    const late = 1 - createSettlement({ class: 'l1-pos' }).fast.cdf(45 * minute);
    expect(late).toBeGreaterThan(0.001435 * 0.97);
    expect(late).toBeLessThan(0.001435 * 1.03);
    const without = 1 - createSettlement({ class: 'l1-pos', figures: { stallPerHour: 0 } }).fast.cdf(45 * minute);
    expect(late - without).toBeGreaterThan(0.00157 * 0.846 * 0.97);
    expect(late - without).toBeLessThan(0.00157 * 0.846 * 1.03);
  });

  it('a mass exit makes Plasma longer by its queue, and a suspension an exchange by hours', () => {
    const [calm, rush] = [0, 1e9].map((queuedUsd) => createSettlement({ class: 'plasma', figures: { queuedUsd } }).fast.quantile(0.5));
    expect((rush ?? 0) - (calm ?? 0)).toBeCloseTo(1e9 / 2_000, 0);
    const exchange = createSettlement({ class: 'exchange-withdrawal' });
    expect(exchange.haltProbability).toBe(0.2);
    expect(exchange.slow?.quantile(0.5)).toBeGreaterThan(5 * hour);
  });

  it('every class can be made, has a source for each figure, and says what is wrong with one', () => {
    for (const name of settlementClassNames) {
      const made = createSettlement({ class: name });
      expect(made.fast.quantile(0.5)).toBeLessThanOrEqual(made.fast.quantile(0.95));
      if (made.slow !== null) expect(made.slow.quantile(0.5)).toBeGreaterThan(made.fast.quantile(0.5));
      for (const p of [made.revertProbability, made.revertProbabilityAtCredit, made.haltProbability]) expect(p >= 0 && p <= 1).toBe(true);
      for (const [figure, { value, min, max, source }] of Object.entries(termsOf(name).parameters)) {
        expect(source.length).toBeGreaterThan(3 - 1);
        expect({ figure, problems: settlementProblems({ class: name, figures: { [figure]: value, } }) }).toEqual({ figure, problems: [] });
        expect(settlementProblems({ class: name, figures: { [figure]: max * 2 + 1 } })).toHaveLength(1);
        expect(settlementProblems({ class: name, figures: { [figure]: min - 1 } })).toHaveLength(1);
        expect(settlementProblems({ class: name, figures: { [figure]: NaN } })).toHaveLength(1);
      }
    }
    expect(Object.keys(settlementClasses)).toHaveLength(10);
    expect(settlementProblems({ class: 'btc', figures: { confirmations: 1.5, depth: 3 } })).toHaveLength(2);
    expect(figuresOf({ class: 'btc', figures: { confirmations: 6 } })).toMatchObject({ confirmations: 6, blockSeconds: 600 });
  });
});

describe('capital on its way', () => {
  it('K(t) = K0 + sum of K_c F_c(t - t_e)(1 - halt); a plan of n parts is within half a part of it', () => {
    const delay = createDelay({ kind: 'lognormal', median: 300, p95: 1_800 });
    const onTheWay = [{ amount: 1_000, sentAt: 60, delay, halt: 0 }, { amount: 400, sentAt: 0, delay: createDelay({ kind: 'fixed', seconds: 5 }), halt: 0.25 }];
    expect(deployableCapital(10, onTheWay, 4)).toBe(10);
    expect(deployableCapital(10, onTheWay, 5)).toBe(310);
    expect(deployableCapital(10, onTheWay, 360)).toBeCloseTo(10 + 500 + 300, 9);
    const plan = arrivalPlan(delay, 50);
    for (const t of [0, 100, 300, 900, 5_000]) {
      const arrived = (1_000 / 50) * plan.delays.filter((d) => d <= t).length;
      expect(Math.abs(arrived - 1_000 * delay.cdf(t))).toBeLessThanOrEqual(10 + 1e-9);
    }
  });

  it('who asks a bridge first is served first, what is full sends the rest the slow way, and what is paid back serves later ones', () => {
    const requests = [{ at: 10, amount: 60 }, { at: 0, amount: 70 }, { at: 10, amount: 10 }, { at: 100, amount: 50 }];
    expect(consumeBridge({ capacity: 100, refillPerSecond: 0 }, requests)).toEqual([30, 70, 0, 0]);
    expect(consumeBridge({ capacity: 100, refillPerSecond: 1 }, requests)).toEqual([40, 70, 0, 50]);
    expect(consumeBridge({ capacity: 0, refillPerSecond: 0 }, requests)).toEqual([0, 0, 0, 0]);
    expect(() => consumeBridge({ capacity: -1, refillPerSecond: 0 }, requests)).toThrow();
  });

  it('what is ready at one place shares its fast way, the first first; what does not fit takes the slow way, or stays where there is none', () => {
    const [fast, slow] = [createDelay({ kind: 'fixed', seconds: 600 }), createDelay({ kind: 'fixed', seconds: 7_200 })];
    const rollup = { fast, fastCapacityUsd: 100, slow, haltProbability: 0.2 };
    const sent = sentThrough([{ amount: 70, via: 'a', settlement: rollup }, { amount: 80, via: 'a', settlement: rollup }, { amount: 500, via: 'b', settlement: { ...rollup, slow: null } }, { amount: 9, via: 'c', settlement: { ...rollup, fastCapacityUsd: null } }, { amount: 5, via: 'a', settlement: rollup }]);
    expect(sent.map(({ amount, delay }) => [amount, delay === fast ? 'fast' : 'slow'])).toEqual([[70, 'fast'], [30, 'fast'], [50, 'slow'], [100, 'fast'], [9, 'fast'], [5, 'slow']]);
    expect(deployableCapital(0, sent, 900)).toBeCloseTo(0.8 * 209, 9);
    expect(deployableCapital(0, sent, 86_400)).toBeCloseTo(0.8 * 264, 9);
    expect(sentThrough([])).toEqual([]);
  });

  it('a bridge never lets through more than its capacity and what came back, in 500 random queues', () => {
    const rng = createRng(4);
    for (let run = 0; run < 500; run++) {
      const bridge = { capacity: rng.int(1_000), refillPerSecond: rng.pick([0, 0.5, 3]) };
      const requests = Array.from({ length: 1 + rng.int(12) }, () => ({ at: rng.int(300), amount: rng.int(400) }));
      const passed = consumeBridge(bridge, requests);
      for (const [i, amount] of passed.entries()) expect(amount).toBeLessThanOrEqual(requests[i]?.amount ?? 0);
      const [first, last] = [Math.min(...requests.map((r) => r.at)), Math.max(...requests.map((r) => r.at))];
      expect(passed.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(bridge.capacity + bridge.refillPerSecond * (last - first) + 1e-9);
    }
  });
});
