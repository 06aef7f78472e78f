import { assert } from '../../core/index.ts';

/**
 * A Hawkes process of one or several kinds of events that share one exponential kernel: kind v comes at the rate
 * lambda_v(t) = mu_v(t) + sum over events i before t of n_(v,kind i) beta exp(-beta (t - t_i)). Source: Hawkes 1971, Biometrika 58(1). An event of kind w sets off n_vw events of kind v on average.
 */
export interface HawkesModel {
  /** Where pieces of the baseline begin, seconds, ascending; the first is where observation begins and the last is where it ends, so there is one more than pieces. */
  readonly edges: readonly number[];
  /** mu: for each kind, events a second in each piece. It changes with the hour, so that a busy hour is not read as contagion. */
  readonly baseline: readonly (readonly number[])[];
  /** n: `branching[v][w]` events of kind v that one of kind w sets off on average, >= 0. */
  readonly branching: readonly (readonly number[])[];
  /** beta, by second, > 0: 1 / beta is the mean time from an event to one it sets off. */
  readonly decay: number;
}

/** Events in the order of time. */
export interface HawkesEvents {
  /** Seconds, not falling. */
  readonly times: ArrayLike<number>;
  /** The kind of each, 0 to kinds - 1; all 0 when not given. */
  readonly kinds?: ArrayLike<number>;
  /**
   * Seconds that a moment lasts (default 0): events that share a time are not each other's offspring, and their own come from half of it on, as from the middle of one moment to that of another. Times that differ are at least
   * so far apart (`groupTimes`).
   */
  readonly step?: number;
}

/** The piece that `t` is in: the last edge at or before it. Edges ascend; O(log pieces). */
export function pieceOf(edges: ArrayLike<number>, t: number): number {
  let [low, high] = [0, edges.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? NaN) <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Edges of `pieces` equal parts of an observation from `from` to `to`. */
export function evenEdges(from: number, to: number, pieces: number): readonly number[] {
  assert(to > from && Number.isInteger(pieces) && pieces >= 1, `an observation with an end after its start and at least one piece, got ${from}, ${to} and ${pieces}`);
  return Array.from({ length: pieces + 1 }, (_, i) => (i === pieces ? to : from + ((to - from) * i) / pieces));
}

/**
 * Moments of times (ascending, seconds): each begins with a time that is `resolution` or more after the moment before it began, and all that follow within that take its time. Venues print in whole steps, and one mark sets off orders some
 * milliseconds apart: they share a cause and are not each other's. Fit them with `step` = resolution. What truly follows within a
 * resolution is taken for the same cause: offspring that come after two of them on average lower a ratio of 0.7 to about 0.6. O(n).
 */
export function groupTimes(times: ArrayLike<number>, resolution: number): Float64Array {
  assert(resolution >= 0, `a resolution from 0 on, got ${resolution}`);
  let moment = -Infinity;
  // A step in float is short of itself by a rounding.
  const within = resolution * (1 - 1e-9);
  return Float64Array.from(times, (t) => (t - moment < within ? moment : (moment = t)));
}

/** Sums over earlier events of each kind of exp(-decay age) and of age times that, in O(kinds) an event. */
export interface Excitation {
  readonly sums: Float64Array;
  readonly ages: Float64Array;
  advance(seconds: number): void;
  add(kind: number): void;
}

/** What both the likelihood and its slopes need of the past. What is added counts from half a `step` later on, or from the next time that is later, and never at its own. */
export function createExcitation(kinds: number, decay: number, step: number = 0): Excitation {
  const sums = new Float64Array(kinds);
  const ages = new Float64Array(kinds);
  const waiting = new Float64Array(kinds);
  const pass = (seconds: number): void => {
    const left = Math.exp(-decay * seconds);
    for (let w = 0; w < kinds; w++) {
      ages[w] = left * ((ages[w] ?? 0) + seconds * (sums[w] ?? 0));
      sums[w] = left * (sums[w] ?? 0);
    }
  };
  return {
    sums, ages,
    advance: (seconds) => {
      if (!(seconds > 0)) return;
      const wait = Math.min(step / 2, seconds);
      if (wait > 0) pass(wait);
      for (let w = 0; w < kinds; w++) sums[w] = (sums[w] ?? 0) + (waiting[w] ?? 0);
      waiting.fill(0);
      pass(seconds - wait);
    },
    add: (kind) => void (waiting[kind] = (waiting[kind] ?? 0) + 1),
  };
}

/**
 * Log-likelihood of events under a model, exactly, by Ogata's recursion (Ogata 1981, IEEE Transactions on Information Theory 27(1)): sum of log lambda at each event less the integral of lambda. -Infinity where an event
 * was impossible. Events lie between the first and the last edge. O(events kinds).
 */
export function hawkesLogLikelihood({ edges, baseline, branching, decay }: HawkesModel, { times, kinds, step = 0 }: HawkesEvents): number {
  const count = baseline.length;
  const end = edges.at(-1) ?? NaN;
  const past = createExcitation(count, decay, step);
  let value = 0;
  for (const rates of baseline) rates.forEach((rate, k) => void (value -= rate * ((edges[k + 1] ?? NaN) - (edges[k] ?? NaN))));
  let now = edges[0] ?? NaN;
  for (let i = 0; i < times.length; i++) {
    const t = times[i] ?? NaN;
    const kind = kinds?.[i] ?? 0;
    past.advance(t - now);
    now = t;
    let rate = baseline[kind]?.[pieceOf(edges, t)] ?? NaN;
    for (let w = 0; w < count; w++) rate += (branching[kind]?.[w] ?? 0) * decay * (past.sums[w] ?? 0);
    value += Math.log(rate);
    past.add(kind);
    const within = -Math.expm1(-decay * Math.max(0, end - t - step / 2));
    for (let v = 0; v < count; v++) value -= (branching[v]?.[kind] ?? 0) * within;
  }
  return value;
}
