import { assert, assertNever, normalCdf, normalQuantile } from '../core/index.ts';
import { sumOfTwo } from './delay-sum.ts';
import type { Delay } from './delay.ts';

/**
 * A law of delays in seconds, as data. `gamma` is of a whole number of stages (blocks, confirmations); `hypoexponential` two stages of different means, one after the other; `lognormal` by its median and
 * its 95 % point; `pareto` begins at `from` and has tail index `shape`; `mixture` takes one of its parts with their weights (which add up to 1); `never` does not end; `sum` is of independent parts.
 */
export type DelayLaw =
  | { readonly kind: 'fixed'; readonly seconds: number }
  | { readonly kind: 'uniform'; readonly from: number; readonly to: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'gamma'; readonly stages: number; readonly stageMean: number }
  | { readonly kind: 'hypoexponential'; readonly means: readonly [number, number] }
  | { readonly kind: 'lognormal'; readonly median: number; readonly p95: number }
  | { readonly kind: 'pareto'; readonly from: number; readonly shape: number }
  | { readonly kind: 'mixture'; readonly parts: readonly { readonly weight: number; readonly law: DelayLaw }[] }
  | { readonly kind: 'never' }
  | { readonly kind: 'sum'; readonly parts: readonly DelayLaw[] };

/** A law ready for use; crashes when it is not lawful. Closed forms, but for sums, which are computed once (`delay-sum.ts`, some 10 ms for each part after the first). */
export function createDelay(law: DelayLaw): Delay {
  switch (law.kind) {
    case 'fixed':
      assertTime(law.seconds);
      return { sample: () => law.seconds, cdf: (t) => (t >= law.seconds ? 1 : 0), quantile: () => law.seconds, error: 0 };
    case 'uniform': return uniform(law.from, law.to);
    case 'exponential': return exponential(law.mean);
    case 'gamma': return gamma(law.stages, law.stageMean);
    case 'hypoexponential': return hypoexponential(...law.means);
    case 'lognormal': return lognormal(law.median, law.p95);
    case 'pareto': return pareto(law.from, law.shape);
    case 'mixture': return mixture(law.parts);
    case 'never': return { sample: () => Infinity, cdf: () => 0, quantile: (p) => (p > 0 ? Infinity : 0), error: 0 };
    case 'sum': return sum(law.parts);
    default: return assertNever(law);
  }
}

function assertTime(seconds: number): void {
  assert(seconds >= 0 && seconds < Infinity, `a delay is finite and not negative, got ${seconds}`);
}

function assertPositive(value: number): void {
  assert(value > 0 && value < Infinity, `a delay is finite and above 0, got ${value}`);
}

function uniform(from: number, to: number): Delay {
  assertTime(from);
  assert(to > from && to < Infinity, `a uniform delay ends after it begins, got ${from} to ${to}`);
  return { sample: (rng) => from + (to - from) * rng.next(), cdf: (t) => Math.min(1, Math.max(0, (t - from) / (to - from))), quantile: (p) => from + (to - from) * p, error: 0 };
}

function exponential(mean: number): Delay {
  assertPositive(mean);
  return { sample: (rng) => -mean * Math.log1p(-rng.next()), cdf: (t) => (t > 0 ? -Math.expm1(-t / mean) : 0), quantile: (p) => (p >= 1 ? Infinity : -mean * Math.log1p(-p)), error: 0 };
}

function gamma(stages: number, stageMean: number): Delay {
  assertPositive(stageMean);
  assert(Number.isSafeInteger(stages) && stages >= 1 && stages <= 100_000, `a gamma delay has 1 to 100,000 stages, got ${stages}`);
  let logFactorial = 0;
  for (let i = 2; i < stages; i++) logFactorial += Math.log(i);
  const cdf = (t: number): number => erlangCdf(stages, t / stageMean, logFactorial);
  return {
    cdf, quantile: (p) => invert(cdf, p, stages * stageMean), error: 0,
    sample: (rng) => {
      let seconds = 0;
      for (let i = 0; i < stages; i++) seconds -= stageMean * Math.log1p(-rng.next());
      return seconds;
    },
  };
}

/** P(sum of `stages` standard exponentials <= x): 1 - e^-x (1 + x + x^2/2! + ...), from the larger end so that large x neither overflow nor cancel; `logFactorial` is ln (stages - 1)!. O(sqrt(stages)). */
function erlangCdf(stages: number, x: number, logFactorial: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return 1;
  // The term of the Poisson law at `stages` - 1, the last one needed.
  const logTerm = (stages - 1) * Math.log(x) - x - logFactorial;
  if (x < stages) {
    // The upper tail of the Poisson law is the small one: sum it upwards.
    let term = Math.exp(logTerm) * (x / stages);
    let total = 0;
    for (let i = stages; term > total * 1e-17 && term > 0; i++, term *= x / i) total += term;
    return Math.min(1, total);
  }
  let term = Math.exp(logTerm);
  let total = 0;
  for (let i = stages - 1; i >= 0 && (term > total * 1e-17 || total === 0); term *= i / x, i--) {
    total += term;
    if (term === 0) break;
  }
  return Math.max(0, 1 - total);
}

function hypoexponential(first: number, second: number): Delay {
  assertPositive(first);
  assertPositive(second);
  const [short, long] = [Math.min(first, second), Math.max(first, second)];
  if (long - short < 1e-6 * long) return gamma(2, (long + short) / 2);
  // 1 - (long e^{-t/long} - short e^{-t/short}) / (long - short).
  const cdf = (t: number): number => (t > 0 ? Math.min(1, Math.max(0, 1 - (long * Math.exp(-t / long) - short * Math.exp(-t / short)) / (long - short))) : 0);
  return { cdf, quantile: (p) => invert(cdf, p, long + short), sample: (rng) => -first * Math.log1p(-rng.next()) - second * Math.log1p(-rng.next()), error: 0 };
}

function lognormal(median: number, p95: number): Delay {
  assertPositive(median);
  assert(p95 > median && p95 < Infinity, `the 95 % point ${p95} is above the median ${median}`);
  const [mu, sigma] = [Math.log(median), Math.log(p95 / median) / normalQuantile(0.95)];
  return {
    sample: (rng) => Math.exp(mu + sigma * rng.normal()), cdf: (t) => (t === Infinity ? 1 : t > 0 ? normalCdf((Math.log(t) - mu) / sigma) : 0),
    quantile: (p) => (p <= 0 ? 0 : p >= 1 ? Infinity : Math.exp(mu + sigma * normalQuantile(p))), error: 0,
  };
}

function pareto(from: number, shape: number): Delay {
  assertPositive(from);
  assertPositive(shape);
  return {
    sample: (rng) => from * (1 - rng.next()) ** (-1 / shape), cdf: (t) => (t > from ? 1 - (from / t) ** shape : 0),
    quantile: (p) => (p >= 1 ? Infinity : from * (1 - p) ** (-1 / shape)), error: 0,
  };
}

function mixture(parts: readonly { readonly weight: number; readonly law: DelayLaw }[]): Delay {
  const total = parts.reduce((weights, { weight }) => weights + weight, 0);
  assert(parts.every(({ weight }) => weight >= 0) && Math.abs(total - 1) < 1e-9, `weights of a mixture add up to 1, got ${total}`);
  const delays = parts.filter(({ weight }) => weight > 0).map(({ weight, law }) => ({ weight, delay: createDelay(law) }));
  const cdf = (t: number): number => Math.min(1, delays.reduce((p, { weight, delay }) => p + weight * delay.cdf(t), 0));
  return {
    cdf, quantile: (p) => invert(cdf, p, 1), error: delays.reduce((error, { weight, delay }) => error + weight * delay.error, 0),
    sample: (rng) => {
      let left = rng.next();
      for (const { weight, delay } of delays) {
        left -= weight;
        if (left < 0) return delay.sample(rng);
      }
      return delays.at(-1)?.delay.sample(rng) ?? 0;
    },
  };
}

function sum(laws: readonly DelayLaw[]): Delay {
  assert(laws.length > 0, 'a sum has parts');
  const fixed = laws.reduce((total, law) => total + (law.kind === 'fixed' ? law.seconds : 0), 0);
  const [first, ...others] = laws.filter(({ kind }) => kind !== 'fixed').map(createDelay);
  return first === undefined ? createDelay({ kind: 'fixed', seconds: fixed }) : after(fixed, others.reduce(sumOfTwo, first));
}

/** The same delay, begun later. */
function after(seconds: number, delay: Delay): Delay {
  if (seconds === 0) return delay;
  return { sample: (rng) => seconds + delay.sample(rng), cdf: (t) => (t < seconds ? 0 : delay.cdf(t - seconds)), quantile: (p) => seconds + delay.quantile(p), error: delay.error };
}

/** The smallest t with cdf(t) >= p, by doubling from `start` and halving to 1e-9 of it. */
function invert(cdf: (t: number) => number, p: number, start: number): number {
  if (p <= 0 && cdf(0) >= 0) return 0;
  let high = start > 0 && start < Infinity ? start : 1;
  while (cdf(high) < p) {
    high *= 2;
    // Nothing settles in 30,000 years: the law never gets there.
    if (high > 1e12) return Infinity;
  }
  let low = 0;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (cdf(middle) >= p) high = middle;
    else low = middle;
  }
  return high;
}
