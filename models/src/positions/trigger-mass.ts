import { at } from '../market/index.ts';
import { columnOf, type FlowDensity, type FlowTerms } from './flow-density.ts';

/** Where positions of one side would be liquidated, by class, had all openings been of that class. */
export interface TriggerMass {
  /** Bucket m of `byClass` is log-price (base + m) x logStep, sign of the side taken; buckets past the present price hold nothing. */
  readonly base: number;
  readonly byClass: readonly Float64Array[];
  /** Of the class that is never liquidated. */
  readonly never: number;
  /** Standard deviation of the log-prices positions were opened at. */
  readonly entrySpread: number;
  /** Width of a class over its distance. */
  readonly relativeWidth: number;
}

/**
 * Adds up the columns of a density by trigger bucket. A class stands for all distances about its own, half-way (in logarithm) to its neighbours, so each opening's triggers are spread evenly over that
 * range, as far as the present price has not crossed it. O(groups x classes x buckets).
 */
export function triggerMass(density: FlowDensity, { distances, logStep, buckets, flow }: FlowTerms, close: number): TriggerMass {
  const finite = distances.length - 1;
  const half = Math.sqrt(at(distances, 1) / at(distances, 0));
  const deepest = Math.ceil((at(distances, finite - 1) * half) / logStep) + 1;
  const base = density.base - deepest;
  // The first bucket the price has not crossed.
  const nearest = Math.ceil(close / logStep - 1e-9) - 1 - base;
  const byClass = Array.from({ length: finite }, (_, k) => {
    const steps = new Float64Array(buckets + deepest + 2);
    const [near, far] = [Math.max(1, Math.round(at(distances, k) / half / logStep)), Math.max(1, Math.round((at(distances, k) * half) / logStep))];
    for (let g = 0; g < flow.groups.length; g++) {
      const column = columnOf(density, g, k);
      const alive = density.alive[g];
      if (alive === undefined) continue;
      for (let b = density.first; b <= density.last; b++) {
        const x = at(column, b);
        if (x === 0) continue;
        const top = Math.min(b + deepest - near, nearest);
        const bottom = Math.min(b + deepest - far, top);
        const each = (x * at(alive, b)) / (top - bottom + 1);
        steps[bottom] = at(steps, bottom) + each;
        steps[top + 1] = at(steps, top + 1) - each;
      }
    }
    let sum = 0;
    for (let m = 0; m < steps.length; m++) {
      sum += at(steps, m);
      steps[m] = m > nearest ? 0 : Math.max(0, sum);
    }
    return steps;
  });
  let never = 0;
  let first = 0;
  let second = 0;
  for (let g = 0; g < flow.groups.length; g++) {
    const column = columnOf(density, g, finite);
    const alive = density.alive[g];
    if (alive === undefined) continue;
    for (let b = density.first; b <= density.last; b++) {
      const x = at(column, b) * at(alive, b);
      const from = (b + density.base) * logStep - close;
      never += x;
      first += x * from;
      second += x * from * from;
    }
  }
  const entrySpread = never > 0 ? Math.sqrt(Math.max(0, second / never - (first / never) ** 2)) : 0;
  return { base, byClass, never, entrySpread, relativeWidth: half - 1 / half };
}
