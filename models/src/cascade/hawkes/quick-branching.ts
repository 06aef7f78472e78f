import { assert } from '../../core/index.ts';

/**
 * Branching ratio from counts in equal windows that are long against the kernel: 1 - sqrt(mean / variance), 0 when they vary no more than a Poisson process does. Source: Hardiman and Bouchaud 2014,
 * "Branching-ratio approximation for the self-exciting Hawkes process", Physical Review E 90. A baseline that changes is read as branching: use it as a quick look and `fitHawkes` for a figure. At
 * least two windows, and one event. O(windows).
 */
export function quickBranching(counts: ArrayLike<number>): number {
  const n = counts.length;
  let [mean, squares] = [0, 0];
  for (let i = 0; i < n; i++) mean += (counts[i] ?? NaN) / n;
  assert(n >= 2 && mean > 0, 'at least two windows and one event');
  for (let i = 0; i < n; i++) squares += ((counts[i] ?? NaN) - mean) ** 2;
  const variance = squares / (n - 1);
  return variance <= mean ? 0 : 1 - Math.sqrt(mean / variance);
}

/** Events in each whole window of `seconds` from `from` to `to`. O(events). */
export function countsInWindows(times: ArrayLike<number>, from: number, to: number, seconds: number): Int32Array {
  assert(seconds > 0 && to >= from, 'windows with a length');
  const counts = new Int32Array(Math.floor((to - from) / seconds));
  for (let i = 0; i < times.length; i++) {
    const window = Math.floor(((times[i] ?? NaN) - from) / seconds);
    if (window >= 0 && window < counts.length) counts[window] = (counts[window] ?? 0) + 1;
  }
  return counts;
}
