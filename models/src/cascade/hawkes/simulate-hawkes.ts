import { assert, type Rng } from '../../core/index.ts';
import type { HawkesEvents, HawkesModel } from './hawkes-model.ts';

/** More descendants than this mean a model that runs away. */
const MOST_EVENTS = 10_000_000;

/**
 * Draws events of a model over its observation by its cluster representation (Hawkes and Oakes 1974, Journal of Applied Probability 11(3)): immigrants at the baseline's rate, and of every event a Poisson number of
 * offspring of each kind, each after an exponential time. Nothing comes in from before. O(events log events).
 */
export function simulateHawkes({ edges, baseline, branching, decay }: HawkesModel, rng: Rng): Required<Pick<HawkesEvents, 'times' | 'kinds'>> & { readonly times: Float64Array; readonly kinds: Int32Array } {
  const end = edges.at(-1) ?? NaN;
  const events: { readonly t: number; readonly kind: number }[] = [];
  baseline.forEach((rates, kind) => rates.forEach((rate, k) => {
    const to = edges[k + 1] ?? NaN;
    for (let t = (edges[k] ?? NaN) + exponential(rng, rate); t < to; t += exponential(rng, rate)) events.push({ t, kind });
  }));
  // The list grows as it is walked: each event's offspring are put at its end.
  for (let i = 0; i < events.length; i++) {
    const parent = events[i];
    if (parent === undefined) break;
    branching.forEach((row, kind) => {
      // Offspring of one kind as the points of a unit Poisson process on [0, n).
      const mean = row[parent.kind] ?? 0;
      for (let x = exponential(rng, 1); x < mean; x += exponential(rng, 1)) {
        const t = parent.t + exponential(rng, decay);
        if (t < end) events.push({ t, kind });
      }
    });
    assert(events.length < MOST_EVENTS, 'a simulation that ends');
  }
  events.sort((a, b) => a.t - b.t);
  return { times: Float64Array.from(events, ({ t }) => t), kinds: Int32Array.from(events, ({ kind }) => kind) };
}

/** Infinite at a rate of 0. */
function exponential(rng: Rng, rate: number): number {
  return -Math.log(1 - rng.next()) / rate;
}
