import { assert, defined } from '../../core/index.ts';

/** A severity as a function of a point of factors; finite everywhere. The same point always gives the same value. */
export type Severity = (z: Float64Array) => number;

/** A point of least norm, at least locally, at which the severity reaches a level. */
export interface DesignPoint {
  readonly z: readonly number[];
  /** Its norm, the reliability index: the first-order estimate of the probability beyond it is Phi(-beta). */
  readonly beta: number;
}

/** Where and how long to look. */
export interface DesignSearch {
  /** Nothing farther out than this is looked at; Phi(-8) = 6e-16. */
  readonly maxRadius: number;
  /** Evaluations at the most: what is under way ends, nothing new is begun. */
  readonly maxEvaluations: number;
}

/** Relative tolerance of a radius, and the angle (radians) over which radii are compared: the error of a direction is about their ratio. */
const [radiusTolerance, probeAngle] = [1e-3, 0.1];
/** A direction that turns by less than this, or a radius that falls by less (relative), has come to rest. */
const atRest = 2e-3;
const maxSteps = 20;
/** Points closer than this are one. */
const sameWithin = 1;
/** A start whose radius is at least this share of what the boundaries found so far already imply shows nothing new. */
const explainedShare = 0.9;

/**
 * The design points z* = argmin |z| subject to severity >= level (first-order reliability method), nearest first; the origin itself when the level is reached
 * there, none when no ray that is tried reaches it. The boundary is met along rays from the origin, and its normal comes from finite differences of
 * radii: a step is that of Hasofer-Lind and Rackwitz-Fiessler, in one for a plane, and needs a severity to cross the level only, not a derivative, which
 * a cascade does not have where it jumps. Starts: the steepest direction, both ends of every axis, and
 * `starts`; a start that lies on a boundary already found is left out. About 50 evaluations a step in 8 dimensions.
 */
export function findDesignPoints(severity: Severity, level: number, dimension: number, search: DesignSearch, starts: readonly (readonly number[])[] = []): readonly DesignPoint[] {
  const rays = createRays(severity, level, dimension, search);
  if (rays.value(0, unitOf(dimension, 0, 1)) >= level) return [{ z: new Array<number>(dimension).fill(0), beta: 0 }];
  const found: DesignPoint[] = [];
  for (const start of [steepest(rays, dimension), ...axes(dimension), ...starts.map((u) => normalised(Float64Array.from(u)))]) {
    if (start === undefined || rays.isSpent()) continue;
    const reach = Math.min(search.maxRadius, explainedShare * impliedRadius(found, start));
    if (rays.value(reach, start) < level) continue;
    const point = descend(rays, start, rays.radius(start, reach));
    const twin = found.findIndex(({ z }) => distance(z, point.z) < sameWithin);
    if (twin < 0) found.push(point);
    else if (point.beta < defined(found[twin], 'point').beta) found[twin] = point;
  }
  return found.sort((a, b) => a.beta - b.beta);
}

interface Rays {
  /** Severity at `radius` along the unit vector `u`. */
  value(radius: number, u: Float64Array): number;
  /** A radius at which the severity comes to reach the level along `u`, looked for around `near`, too large by at most the tolerance; infinite when there is none. */
  radius(u: Float64Array, near: number): number;
  readonly maxRadius: number;
  isSpent(): boolean;
}

function createRays(severity: Severity, level: number, dimension: number, { maxRadius, maxEvaluations }: DesignSearch): Rays {
  const point = new Float64Array(dimension);
  let evaluations = 0;
  const value = (radius: number, u: Float64Array): number => {
    for (let j = 0; j < dimension; j++) point[j] = radius * (u[j] ?? 0);
    evaluations++;
    const y = severity(point);
    assert(Number.isFinite(y), `a severity is a finite number, got ${y}`);
    return y;
  };
  /** Narrows [low, high], whose ends are below the level and not, by the secant where it halves the range soon enough and by halving otherwise. */
  const narrow = (u: Float64Array, from: readonly [number, number], to: readonly [number, number]): number => {
    let [[low, below], [high, above]] = [from, to];
    let slow = false;
    while (high - low > radiusTolerance * high) {
      const secant = below < level && above > below ? low + ((level - below) / (above - below)) * (high - low) : (low + high) / 2;
      // A little beyond the root of the secant, so that the upper end moves too.
      const middle = slow ? (low + high) / 2 : Math.min(high - 0.1 * radiusTolerance * high, Math.max(low + 0.1 * radiusTolerance * high, secant + 0.3 * radiusTolerance * high));
      const width = high - low;
      const y = value(middle, u);
      if (y >= level) [high, above] = [middle, y];
      else [low, below] = [middle, y];
      slow = high - low > width / 2;
    }
    return high;
  };
  return {
    value, maxRadius,
    radius: (u, near) => {
      let low: readonly [number, number] = [0, -Infinity];
      let high: readonly [number, number] | undefined;
      for (let reach = near * 1.1; high === undefined; reach = Math.min(maxRadius, reach * 1.3)) {
        const y = value(reach, u);
        if (y >= level) high = [reach, y];
        else if (reach >= maxRadius) return Infinity;
        else low = [reach, y];
      }
      for (let reach = near * 0.9; low[0] === 0 && reach > 0; reach = reach > 1e-3 ? reach / 1.4 : 0) {
        const y = value(reach, u);
        if (y >= level) high = [reach, y];
        else low = [reach, y];
      }
      return narrow(u, low, high);
    },
    isSpent: () => evaluations >= maxEvaluations,
  };
}

/** Goes from a boundary point to one of locally least norm. */
function descend(rays: Rays, start: Float64Array, startRadius: number): DesignPoint {
  let [u, radius] = [start, startRadius];
  for (let step = 0; step < maxSteps && !rays.isSpent(); step++) {
    const target = normalOf(rays, u, radius);
    if (distance(target, u) < atRest) break;
    let moved = false;
    // Half as far, and half again, where the boundary bends away.
    for (let share = 1; share > 0.1 && !moved; share /= 2) {
      const next = normalised(u.map((x, j) => x + share * ((target[j] ?? 0) - x)));
      const nextRadius = rays.radius(next, radius);
      if (!(nextRadius < radius * (1 - atRest))) continue;
      [u, radius, moved] = [next, nextRadius, true];
    }
    if (!moved) break;
  }
  return { z: Array.from(u, (x) => radius * x), beta: radius };
}

/**
 * The unit normal of the boundary where it meets the ray `u` at `radius`. Of a plane n.x = beta each ray v meets, n.v / |v| is beta over its radius, so
 * differences of |v| / radius over neighbouring rays are n / beta: exact for a plane at any angle. A ray that does not meet it counts as meeting it at the
 * end of the search.
 */
function normalOf(rays: Rays, u: Float64Array, radius: number): Float64Array {
  return normalised(u.map((x, j) => {
    // To the side of the axis that the ray is not on, so that the neighbour is as far as meant.
    const side = x > 0 ? -probeAngle : probeAngle;
    const near = u.map((y, k) => (k === j ? y + side : y));
    const norm = lengthOf(near);
    return (norm / Math.min(rays.maxRadius, rays.radius(near.map((y) => y / norm), radius)) - 1 / radius) / side;
  }));
}

/** The direction of the severity's central differences over +-2; undefined where it is flat. */
function steepest(rays: Rays, dimension: number): Float64Array | undefined {
  const slope = Float64Array.from({ length: dimension }, (_, j) => rays.value(2, unitOf(dimension, j, 1)) - rays.value(2, unitOf(dimension, j, -1)));
  return slope.some((x) => x !== 0) ? normalised(slope) : undefined;
}

/** The radius along `u` of the nearest plane through a design point at right angles to it. */
function impliedRadius(found: readonly DesignPoint[], u: Float64Array): number {
  return found.reduce((least, { z, beta }) => {
    const cosine = z.reduce((sum, x, j) => sum + x * (u[j] ?? 0), 0) / beta;
    return cosine > 0 ? Math.min(least, beta / cosine) : least;
  }, Infinity);
}

function axes(dimension: number): Float64Array[] {
  return Array.from({ length: 2 * dimension }, (_, k) => unitOf(dimension, k >> 1, k % 2 === 0 ? 1 : -1));
}

function unitOf(dimension: number, axis: number, sign: 1 | -1): Float64Array {
  return Float64Array.from({ length: dimension }, (_, j) => (j === axis ? sign : 0));
}

function normalised(v: Float64Array): Float64Array {
  const norm = lengthOf(v);
  return v.map((x) => x / norm);
}

function lengthOf(v: Float64Array): number {
  return Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += ((a[j] ?? 0) - (b[j] ?? 0)) ** 2;
  return Math.sqrt(sum);
}
