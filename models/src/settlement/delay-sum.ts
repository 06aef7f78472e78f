import { at } from '../market/index.ts';
import type { Delay } from './delay.ts';

/** Slices of equal probability; the first and the last are cut again and again by halves, so that rare delays are not lost. */
const slices = 256;
const tailCuts = 10;

/** Ends of the slices, from 0 to 1. */
const ends: Float64Array = Float64Array.from([
  0, ...Array.from({ length: tailCuts }, (_, i) => 2 ** (i - tailCuts) / slices), ...Array.from({ length: slices - 1 }, (_, i) => (i + 1) / slices), ...Array.from({ length: tailCuts }, (_, i) => 1 - 2 ** (-i - 1) / slices), 1,
]);

/** A distribution as points (t, F(t)), both rising, with a line between two. */
interface Table {
  readonly times: Float64Array;
  readonly chances: Float64Array;
  /** F at infinity. */
  readonly limit: number;
}

/**
 * The sum of two independent delays: F(t) = sum over slices of the other's probability of their weight x F1(t - s) at the middle s of each, kept as a table with a line between points. As F1 is monotone, the ends of the slices
 * bracket the true value by the heaviest slice, 1/256, and the table is as fine: the error is at most 2/256 more than that of the parts. Where laws are smooth it is below 5e-4.
 */
export function sumOfTwo(first: Delay, second: Delay): Delay {
  // The narrower of the two is cut: its slices are the shorter times.
  const width = (delay: Delay): number => delay.quantile(0.75) - delay.quantile(0.25);
  const [one, other] = width(first) >= width(second) ? [first, second] : [second, first];
  const nodes = Array.from({ length: ends.length - 1 }, (_, i) => ({ delay: other.quantile((at(ends, i) + at(ends, i + 1)) / 2), weight: at(ends, i + 1) - at(ends, i) })).filter(({ delay }) => delay < Infinity);
  const table = tableOf(one, other, (t) => {
    let total = 0;
    for (const { delay, weight } of nodes) {
      if (delay > t) break;
      total += weight * one.cdf(t - delay);
    }
    return Math.min(1, total);
  });
  return { cdf: (t) => chanceAt(table, t), quantile: (p) => timeOf(table, p), sample: (rng) => first.sample(rng) + second.sample(rng), error: one.error + other.error + 2 / slices };
}

/** Points at the sums of equal quantiles, which reach from one end to the other, and between them wherever two are more than a slice apart. */
function tableOf(one: Delay, other: Delay, cdf: (t: number) => number): Table {
  const start = one.quantile(0) + other.quantile(0);
  const points: { readonly t: number; readonly p: number }[] = [{ t: start, p: cdf(start) }];
  const add = (t: number, p: number, depth: number): void => {
    const last = points.at(-1) ?? { t: 0, p: 0 };
    if (p - last.p > 1 / slices && depth < 24 && t - last.t > 1e-9 * t) {
      const middle = (last.t + t) / 2;
      add(middle, cdf(middle), depth + 1);
      add(t, p, depth + 1);
    } else if (t > last.t) points.push({ t, p: Math.max(p, last.p) });
  };
  for (const p of ends) {
    const t = one.quantile(p) + other.quantile(p);
    if (t < Infinity) add(t, cdf(t), 0);
  }
  // Where some of it never ends the sums of equal quantiles stop short.
  const limit = one.cdf(Infinity) * other.cdf(Infinity);
  for (let i = 0, t = 2 * (points.at(-1)?.t ?? 0); i < 60 && t > 0 && (points.at(-1)?.p ?? 1) < limit - 1e-6; i++, t *= 2) add(t, cdf(t), 0);
  return { times: Float64Array.from(points, ({ t }) => t), chances: Float64Array.from(points, ({ p }) => p), limit };
}

/** The first place in a rising list whose value is at least `x`; its length where there is none. */
function firstAtLeast(list: Float64Array, x: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(list, middle) >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}

function chanceAt({ times, chances, limit }: Table, t: number): number {
  if (t === Infinity) return limit;
  const i = firstAtLeast(times, t);
  if (i === times.length) return at(chances, i - 1);
  if (at(times, i) === t) return at(chances, i);
  return i === 0 ? 0 : between(t, at(times, i - 1), at(times, i), at(chances, i - 1), at(chances, i));
}

function timeOf({ times, chances }: Table, p: number): number {
  if (p <= 0) return at(times, 0);
  const i = firstAtLeast(chances, p);
  if (i === times.length) return Infinity;
  return i === 0 ? at(times, 0) : between(p, at(chances, i - 1), at(chances, i), at(times, i - 1), at(times, i));
}

function between(x: number, fromX: number, toX: number, from: number, to: number): number {
  return from + ((to - from) * (x - fromX)) / (toX - fromX);
}
