import { assert, assertNever } from '../../core/index.ts';

/**
 * The distribution of a size by its upper tail: the size that is exceeded with a given probability. `function` is any such function, non-increasing in
 * the probability; the other kinds are plain data and can be sent to another thread.
 */
export type TailQuantile =
  | { readonly kind: 'pareto'; readonly scale: number; readonly shape: number }
  | { readonly kind: 'table'; readonly logSurvivals: readonly number[]; readonly values: readonly number[] }
  | { readonly kind: 'function'; readonly of: (survival: number) => number };

/**
 * Generalised Pareto sizes from 0: exceeded with probability (1 + shape x / scale)^(-1/shape). `scale` > 0; `shape` >= 0, 0 for the exponential distribution;
 * the mean is finite below 1.
 */
export function paretoQuantile(scale: number, shape: number): TailQuantile {
  assert(scale > 0 && scale < Infinity && shape >= 0 && shape < Infinity, 'a Pareto tail needs a scale > 0 and a shape >= 0');
  return { kind: 'pareto', scale, shape };
}

/** The Pareto tail of a shape that exceeds `value` (> 0) with probability `survival` (in (0, 1)). */
export function paretoThrough(value: number, survival: number, shape: number): TailQuantile {
  return paretoQuantile(value / standardPareto(survival, shape), shape);
}

/**
 * Any tail as data: `points` pairs of -log probability, equally spaced up to -log(1e-17), and value. Read back by straight lines between them, and
 * by the last one beyond. Crashes when `quantile` is not finite or falls as sizes get rarer.
 */
export function tabulateQuantile(quantile: (survival: number) => number, points: number = 1_000): TailQuantile {
  const logSurvivals = Array.from({ length: points }, (_, i) => (17 * Math.LN10 * i) / (points - 1));
  const values = logSurvivals.map((x) => quantile(Math.min(1 - 2 ** -53, Math.exp(-x))));
  assert(values.every((value, i) => Number.isFinite(value) && value >= (values[i - 1] ?? -Infinity)), 'a tail quantile is finite and does not fall as sizes get rarer');
  return { kind: 'table', logSurvivals, values };
}

/** The size exceeded with probability `survival`, in (0, 1]. Cost O(log points) for a table. */
export function sizeAt(quantile: TailQuantile, survival: number): number {
  switch (quantile.kind) {
    case 'pareto':
      return Math.max(0, quantile.scale * standardPareto(survival, quantile.shape));
    case 'function':
      return quantile.of(survival);
    case 'table':
      return readTable(quantile.logSurvivals, quantile.values, -Math.log(survival));
    default:
      return assertNever(quantile);
  }
}

function standardPareto(survival: number, shape: number): number {
  // expm1 and not a power: exact as the shape goes to 0.
  return shape === 0 ? -Math.log(survival) : Math.expm1(-shape * Math.log(survival)) / shape;
}

function readTable(xs: readonly number[], ys: readonly number[], x: number): number {
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? Infinity) <= x) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [xs[low] ?? 0, xs[high] ?? 0, ys[low] ?? 0, ys[high] ?? 0];
  return x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
