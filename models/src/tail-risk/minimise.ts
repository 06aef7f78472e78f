/** A smooth function: its value at `x`, and its slope there written into `gradient`. Infinity or NaN where it is not defined. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

/** Where a search ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Whether the slope vanished, within the tolerance, before the steps ran out. */
  readonly converged: boolean;
  readonly steps: number;
}

/** Armijo's share of the promised decrease, and what a step shrinks by (the usual choices, e.g. Nocedal and Wright 2006, chapter 3). */
const DECREASE = 1e-4;
const SHRINK = 0.4;

/**
 * The lowest point near `start`: quasi-Newton steps after Broyden, Fletcher, Goldfarb and Shanno with backtracking. Ends when the largest slope is below `tolerance`, or nothing
 * lower is found. Source: Nocedal and Wright 2006, "Numerical Optimization", chapter 6. O(dimensions^2) a step beside the function.
 */
export function minimise(f: Smooth, start: ArrayLike<number>, options: { readonly tolerance?: number; readonly maxSteps?: number } = {}): Minimum {
  const { tolerance = 1e-7, maxSteps = 200 } = options;
  const n = start.length;
  let x: Float64Array = Float64Array.from(start);
  let slope: Float64Array = new Float64Array(n);
  let value = f(x, slope);
  let inverse = identity(n);
  let steep = true;
  for (let steps = 0; steps < maxSteps; steps++) {
    if (largest(slope) < tolerance) return { x, value, converged: true, steps };
    const direction = inverse.map((row) => -dot(row, slope));
    const promised = dot(direction, slope);
    const next = promised < 0 ? lower(f, x, value, direction, promised) : undefined;
    if (next === undefined) {
      // The curvature remembered may be wrong by now: once more along the slope itself.
      if (steep) return { x, value, converged: largest(slope) < 1e3 * tolerance, steps };
      inverse = identity(n);
      steep = true;
      continue;
    }
    const moved = next.x.map((a, i) => a - (x[i] ?? 0));
    const turned = next.slope.map((a, i) => a - (slope[i] ?? 0));
    inverse = updated(inverse, moved, turned, steep);
    steep = false;
    ({ x, value, slope } = next);
  }
  return { x, value, converged: false, steps: maxSteps };
}

function lower(f: Smooth, x: Float64Array, value: number, direction: readonly number[], promised: number): { readonly x: Float64Array; readonly value: number; readonly slope: Float64Array } | undefined {
  const slope = new Float64Array(x.length);
  for (let step = 1; step > 1e-12; step *= SHRINK) {
    const to = x.map((a, i) => a + step * (direction[i] ?? 0));
    const there = f(to, slope);
    if (there <= value + DECREASE * step * promised && slope.every(Number.isFinite)) return { x: to, value: there, slope };
  }
  return undefined;
}

function updated(inverse: readonly (readonly number[])[], moved: Float64Array, turned: Float64Array, first: boolean): readonly (readonly number[])[] {
  const curvature = dot(moved, turned);
  if (!(curvature > 1e-14 * Math.sqrt(dot(moved, moved) * dot(turned, turned)))) return inverse;
  // At first the unit matrix is put on the scale of the curvature just seen.
  const scale = first ? curvature / dot(turned, turned) : 1;
  const held = first ? inverse.map((row) => row.map((a) => a * scale)) : inverse;
  const image = held.map((row) => dot(row, turned));
  const factor = (1 + dot(image, turned) / curvature) / curvature;
  return held.map((row, i) => row.map((a, j) => a + factor * (moved[i] ?? 0) * (moved[j] ?? 0) - ((image[i] ?? 0) * (moved[j] ?? 0) + (moved[i] ?? 0) * (image[j] ?? 0)) / curvature));
}

function identity(n: number): readonly (readonly number[])[] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => Number(i === j)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function largest(x: Float64Array): number {
  return x.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
}
