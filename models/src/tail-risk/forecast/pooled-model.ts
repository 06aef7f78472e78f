import { type marketFeatures, type ownFeatures } from './range-state.ts';

/** Coefficients of the two scales, each fitted to the tail it is used for. */
export interface TailCoefficients {
  /** Of the scale of the 99 % VaR. */
  readonly valueAtRisk: ArrayLike<number>;
  /** Of the scale of the 97.5 % VaR and shortfall. */
  readonly shortfall: ArrayLike<number>;
}

/** The law of losses in units of a scale, over all markets: `losses[i]` is not exceeded with probability `lawProbabilities[i]`. Gains are negative. */
export type PooledLaw = readonly number[];

/** One fit for every market. */
export interface PooledModel {
  /** For a market with all others beside it: `ownFeatures`, then `marketFeatures`. Null where that was not fitted. */
  readonly together: TailCoefficients | null;
  /** For a market alone: `ownFeatures`. Null where that was not fitted. */
  readonly alone: TailCoefficients | null;
  /** Laws of losses in units of the two scales, for markets with little history. */
  readonly laws: { readonly valueAtRisk: PooledLaw; readonly shortfall: PooledLaw };
}

const lower = [0.00025, 0.0005, 0.001, 0.0015, 0.0025, 0.004, 0.006, 0.01, 0.015, 0.025, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4] as const;
/** Where pooled laws are known; between them they go straight. */
export const lawProbabilities: readonly number[] = [...lower, 0.5, ...lower.map((p) => Number((1 - p).toPrecision(12))).reverse()];

/** A law's sample of `n` equal parts, the middle of each, ascending. */
export function sampleOf(law: PooledLaw, n: number): Float64Array {
  let k = 0;
  return Float64Array.from({ length: n }, (_, i) => {
    const p = (i + 0.5) / n;
    while (k + 2 < lawProbabilities.length && (lawProbabilities[k + 1] ?? 1) < p) k++;
    const [p0 = 0, p1 = 1, x0 = 0, x1 = 0] = [lawProbabilities[k], lawProbabilities[k + 1], law[k], law[k + 1]];
    return x0 + Math.max(0, Math.min(1, (p - p0) / (p1 - p0))) * (x1 - x0);
  });
}

/** The law of a sample of losses in units of a scale (at least one; sorted in place). */
export function lawOf(losses: Float64Array): PooledLaw {
  losses.sort();
  return lawProbabilities.map((p) => {
    const at = Math.max(0, Math.min(losses.length - 1, p * (losses.length + 1) - 1));
    const k = Math.floor(at);
    const from = losses[k] ?? NaN;
    return from + (at - k) * ((losses[Math.min(losses.length - 1, k + 1)] ?? NaN) - from);
  });
}

/** Where a fit begins: a scale that follows the long-run volatility, and half of what the last bars say. */
export function startOf(features: readonly (typeof ownFeatures[number] | typeof marketFeatures[number])[]): readonly number[] {
  const known: Readonly<Record<string, number>> = { constant: -6, level: 0.5, range3: 0.15, range12: 0.15 };
  return features.map((name) => known[name] ?? 0);
}
