import { assert, normalCdf } from '../core/index.ts';
import type { Delay } from './delay.ts';
import { YEAR_SECONDS } from './year.ts';

/** How a price moves when it moves without jumps: annual volatility (1.5 is 150 %) and annual drift of the price (0: a fair game). */
export interface Diffusion {
  readonly volatility: number;
  readonly drift?: number;
}

/**
 * The probability that a geometric Brownian price has fallen by `drop` (in (0, 1)) at some moment within `seconds` (Infinity: ever): Phi((b - nT)/s) + e^{2nb/v^2} Phi((b + nT)/s) with b = ln(1 - drop), n = drift - v^2 / 2.
 * Never size rescue logic with it alone: at short delays only jumps and cascades reach a liquidation price, and it knows neither (`rescueProbability` of hit times does).
 */
export function diffusiveHit(drop: number, seconds: number, { volatility, drift = 0 }: Diffusion): number {
  assert(drop > 0 && drop < 1 && volatility > 0, `a fall between 0 and 1 under volatility above 0, got ${drop} and ${volatility}`);
  if (seconds <= 0) return 0;
  const b = Math.log(1 - drop);
  const n = drift - (volatility * volatility) / 2;
  const reflected = Math.exp((2 * n * b) / (volatility * volatility));
  if (seconds === Infinity) return n <= 0 ? 1 : reflected;
  const years = seconds / YEAR_SECONDS;
  const s = volatility * Math.sqrt(years);
  return Math.min(1, normalCdf((b - n * years) / s) + reflected * normalCdf((b + n * years) / s));
}

/** How likely help arrives in time, with what the figure may be off by. */
export interface RescueOdds {
  readonly probability: number;
  /** Bound of the numerical error, or a standard error where hit times are samples. */
  readonly error: number;
}

const slices = 1_024;

/**
 * P(L < T) of a delay L and an independent first passage T with P(T <= t) = `hit(t)` (rising; its limit may be below 1, and what never ends is no help): the mean of 1 - hit over the middles of 1,024 equal slices of L,
 * off by at most one slice.
 */
export function rescueBeforePassage(delay: Delay, hit: (seconds: number) => number): RescueOdds {
  let total = 0;
  for (let i = 0; i < slices; i++) {
    const arrival = delay.quantile((i + 0.5) / slices);
    if (arrival === Infinity) break;
    total += 1 - hit(arrival);
  }
  return { probability: total / slices, error: delay.error + 1 / slices };
}

/**
 * P(L < T) with T as samples in seconds (Infinity: the path never got there), as paths with jumps or of the cascade engine give them, each of equal weight. Help that arrives at the very moment is too late.
 */
export function rescueBeforeSamples(delay: Delay, hitTimes: readonly number[]): RescueOdds {
  assert(hitTimes.length > 0 && hitTimes.every((t) => t >= 0), 'hit times are there and not negative');
  const values = hitTimes.map((t) => (t <= 0 ? 0 : t === Infinity ? delay.cdf(Infinity) : Math.min(delay.cdf(t), delay.cdf(t * (1 - 1e-12)))));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.length < 2 ? 0 : values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { probability: mean, error: delay.error + Math.sqrt(variance / values.length) };
}
