import { assert, createStream, normalQuantile } from '../core/index.ts';
import { potQuantile, type PotTail } from './gpd.ts';

/** Which part of the distribution of an innovation each path draws at each step: made once, used for every asset and moment, so that figures move only when the market does. */
export interface HorizonPlan {
  readonly paths: number;
  readonly steps: number;
  /** Step by step: for each path one of `paths` equal parts of (0, 1). */
  readonly strata: Uint16Array;
}

/** Orders tried for each step; the one whose draws are least correlated with the steps before is kept, so that the variance of a sum of steps is right to some thousandths. */
const TRIES = 16;

/**
 * Plans `paths` (even, 2 to 65,536) paths of `steps` bars: at each step every one of `paths` equal parts of the distribution is drawn exactly once (Latin hypercube; McKay, Beckman and Conover 1979,
 * Technometrics 21(2)), in an order of its own, and path i is the mirror image of path i + paths / 2 (antithetic). Seeded: the same arguments give the same plan. O(paths steps), about a tenth of a second for 4,096 by 12.
 */
export function planHorizon({ seed, paths = 4_096, steps }: { readonly seed: number; readonly paths?: number; readonly steps: number }): HorizonPlan {
  assert(Number.isInteger(paths / 2) && paths >= 2 && paths <= 65_536 && Number.isInteger(steps) && steps >= 1, `an even number of paths up to 65,536 and at least one step, got ${paths} and ${steps}`);
  const half = paths / 2;
  const scores = Float64Array.from({ length: paths }, (_, k) => normalQuantile((k + 0.5) / paths));
  const order = createStream(seed, 'order');
  const sums = new Float64Array(half);
  const strata = new Uint16Array(paths * steps);
  for (let step = 0; step < steps; step++) {
    let best: { readonly drawn: Uint16Array; readonly correlation: number } | undefined;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const drawn = shuffled(half, (i) => order.uniform(step * TRIES + attempt, i));
      const correlation = Math.abs(drawn.reduce((sum, stratum, i) => sum + (scores[stratum] ?? 0) * (sums[i] ?? 0), 0));
      if (best === undefined || correlation < best.correlation) best = { drawn, correlation };
      // The first step has none before it.
      if (correlation === 0) break;
    }
    best?.drawn.forEach((stratum, i) => {
      strata[step * paths + i] = stratum;
      strata[step * paths + half + i] = paths - 1 - stratum;
      sums[i] = (sums[i] ?? 0) + (scores[stratum] ?? 0);
    });
  }
  return { paths, steps, strata };
}

/** One of each pair of opposite parts of 2 half, in random order (Fisher and Yates). */
function shuffled(half: number, uniform: (i: number) => number): Uint16Array {
  const drawn = Uint16Array.from({ length: half }, (_, i) => (uniform(i) < 0.5 ? i : 2 * half - 1 - i));
  for (let i = half - 1; i > 0; i--) {
    const j = Math.floor(uniform(half + i) * (i + 1));
    [drawn[i], drawn[j]] = [drawn[j] ?? 0, drawn[i] ?? 0];
  }
  return drawn;
}

/** How returns go on from now: r = mean + sigma z, with z from a pool. */
export interface HorizonModel {
  /** Standard deviation forecast for the next bar, in log-returns, >= 0. */
  readonly sigma: number;
  /** Expected log-return of a bar (default 0). */
  readonly mean?: number;
  /** The standard deviation that volatility goes back to; default `sigma`, so that it is expected to stay. */
  readonly longRun?: number;
  /** Share of the distance to it, in variance, that is left a bar later, 0 to 1: alpha + beta of a GARCH(1,1). */
  readonly persistence: number;
  /** Share of that persistence that follows the last squared return and not the last variance, 0 to 1: alpha / (alpha + beta). 0 keeps volatility from reacting. */
  readonly news: number;
  /** Standardised innovations of the past (return over its forecast spread; falls are negative), finite, ascending, at least one. */
  readonly innovations: ArrayLike<number>;
  /** The tail of falls (of -z): innovations rarer than its share are drawn from it and not from the pool. */
  readonly tail?: PotTail;
}

/**
 * How volatility goes on where it is not fitted: about the medians of AR-GARCH fits to five-minute returns of a dozen coins in April 2025 (0.974 and 0.110). With them, as with the fits themselves, 63 of 6,636 hours lost more
 * than their value at risk at 99 %; with innovations that are independent and of one size it were 96.
 */
export const fiveMinuteDynamics: Pick<HorizonModel, 'persistence' | 'news'> = { persistence: 0.97, news: 0.1 };

/**
 * Losses over the plan's steps, one for each path, equally likely: shares of the price now, 1 - exp(sum of returns), so below 1 whatever the tail, and negative for gains. Filtered historical simulation
 * (Barone-Adesi, Giannopoulos and Vosper 1999, Journal of Futures Markets 19(5)) with the pool's ranks joined by straight lines (Weibull, i / (n + 1)) and, where given, a generalised Pareto
 * tail (McNeil and Frey 2000, Journal of Empirical Finance 7). Variance follows v' = L + persistence ((1 - news) v + news v z^2 / mean z^2 - L). O(paths steps): about a nanosecond or ten each.
 */
export function horizonLosses(plan: HorizonPlan, model: HorizonModel): Float64Array {
  const { sigma, mean = 0, persistence, news } = model;
  assert(sigma >= 0 && sigma < Infinity && persistence >= 0 && persistence <= 1 && news >= 0 && news <= 1, `a spread from 0 on and shares, got ${sigma}, ${persistence} and ${news}`);
  const draws = innovationsOf(plan.paths, model);
  const meanSquare = draws.reduce((sum, z) => sum + z * z, 0) / draws.length;
  const base = (model.longRun ?? sigma) ** 2 * (1 - persistence);
  const kept = persistence * (1 - news);
  const reacting = meanSquare > 0 ? (persistence * news) / meanSquare : 0;
  const sums = new Float64Array(plan.paths);
  const variances = new Float64Array(plan.paths).fill(sigma * sigma);
  for (let step = 0; step < plan.steps; step++) {
    const from = step * plan.paths;
    for (let i = 0; i < plan.paths; i++) {
      const z = draws[plan.strata[from + i] ?? 0] ?? 0;
      const variance = variances[i] ?? 0;
      sums[i] = (sums[i] ?? 0) + mean + Math.sqrt(variance) * z;
      variances[i] = base + kept * variance + reacting * variance * z * z;
    }
  }
  return sums.map((sum) => -Math.expm1(sum));
}

/** The innovation in the middle of each part of the distribution, ascending. */
function innovationsOf(parts: number, { innovations, tail }: HorizonModel): Float64Array {
  const n = innovations.length;
  assert(n > 0 && Array.prototype.every.call(innovations, Number.isFinite), 'a pool of finite innovations');
  return Float64Array.from({ length: parts }, (_, k) => {
    const p = (k + 0.5) / parts;
    if (tail !== undefined && p < tail.share) return -potQuantile(tail, p);
    const rank = Math.min(n - 1, Math.max(0, p * (n + 1) - 1));
    const below = Math.floor(rank);
    const [a, b] = [innovations[below] ?? NaN, innovations[Math.min(n - 1, below + 1)] ?? NaN];
    return a + (b - a) * (rank - below);
  });
}
