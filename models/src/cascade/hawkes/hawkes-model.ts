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
 * Times that a venue prints in whole steps of `resolution` seconds (ascending) spread evenly over their step: events that share a time would each look like the cause of the next. The order stays. O(n).
 */
export function spreadTies(times: ArrayLike<number>, resolution: number): Float64Array {
  assert(resolution >= 0, `a resolution from 0 on, got ${resolution}`);
  const spread = Float64Array.from(times);
  for (let i = 0; i < spread.length; ) {
    let end = i + 1;
    while (end < spread.length && spread[end] === spread[i]) end++;
    const from = spread[i] ?? NaN;
    for (let j = i; j < end && end - i > 1; j++) spread[j] = from + (resolution * (j - i + 0.5)) / (end - i);
    i = end;
  }
  // A step may reach into the next time when that is less than a resolution away.
  return spread.sort();
}

/** What both the likelihood and its slopes need of the past, in O(1) an event: sums over earlier events of each kind of exp(-beta age) and of age times that. */
export function createExcitation(kinds: number, decay: number): { readonly sums: Float64Array; readonly ages: Float64Array; advance(seconds: number): void; add(kind: number): void } {
  const sums = new Float64Array(kinds);
  const ages = new Float64Array(kinds);
  return {
    sums, ages,
    advance: (seconds) => {
      const left = Math.exp(-decay * seconds);
      for (let w = 0; w < kinds; w++) {
        ages[w] = left * ((ages[w] ?? 0) + seconds * (sums[w] ?? 0));
        sums[w] = left * (sums[w] ?? 0);
      }
    },
    add: (kind) => void (sums[kind] = (sums[kind] ?? 0) + 1),
  };
}

/**
 * Log-likelihood of events under a model, exactly, by Ogata's recursion (Ogata 1981, IEEE Transactions on Information Theory 27(1)): sum of log lambda at each event less the integral of lambda. -Infinity where an event
 * was impossible. Events lie between the first and the last edge. O(events kinds).
 */
export function hawkesLogLikelihood({ edges, baseline, branching, decay }: HawkesModel, { times, kinds }: HawkesEvents): number {
  const count = baseline.length;
  const end = edges.at(-1) ?? NaN;
  const past = createExcitation(count, decay);
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
    const within = -Math.expm1(-decay * (end - t));
    for (let v = 0; v < count; v++) value -= (branching[v]?.[kind] ?? 0) * within;
  }
  return value;
}
