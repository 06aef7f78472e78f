import { crudeProposal, drawFrom, scenarioDraws, weightOf } from './proposal.ts';
import type { Severity } from './design-point.ts';

/** Rounds, evaluations a round, and the share of a round that is taken as its best. */
export interface CrossEntropySearch {
  readonly rounds: number;
  readonly evaluations: number;
  readonly elite: number;
}

/** Where the search came to. */
export interface CrossEntropyMean {
  readonly mean: readonly number[];
  /** Whether the last round was aimed at the level itself. */
  readonly reached: boolean;
}

/**
 * The mean of N(mean, I) nearest, in cross-entropy, to N(0, I) given severity >= level: rounds of draws around the mean so far, each aimed at the `elite`
 * best of them or at the level itself once that many reach it, and the weighted mean of those that reach it as the next (de Boer, Kroese, Mannor and
 * Rubinstein 2005, "A tutorial on the cross-entropy method"). For a severity that no ray from the origin finds. rounds x evaluations evaluations.
 */
export function crossEntropyMean(severity: Severity, level: number, dimension: number, search: CrossEntropySearch, seed: number): CrossEntropyMean {
  const draws = scenarioDraws(seed, Array.from({ length: dimension }, (_, j) => String(j)), 'cross-entropy');
  const z = new Float64Array(dimension);
  const severities = new Float64Array(search.evaluations);
  let mean: readonly number[] = new Array<number>(dimension).fill(0);
  let reached = false;
  for (let round = 0; round < search.rounds; round++) {
    const proposal = { components: crudeProposal(dimension).components.map((component) => ({ ...component, mean })) };
    const first = round * search.evaluations;
    for (let i = 0; i < search.evaluations; i++) {
      drawFrom(proposal, draws, first + i, z);
      severities[i] = severity(z);
    }
    const best = severities.toSorted()[Math.ceil((1 - search.elite) * search.evaluations) - 1] ?? level;
    reached = best >= level;
    const aim = Math.min(best, level);
    let total = 0;
    const sums = new Array<number>(dimension).fill(0);
    for (let i = 0; i < search.evaluations; i++) {
      if ((severities[i] ?? -Infinity) < aim) continue;
      drawFrom(proposal, draws, first + i, z);
      const weight = weightOf(proposal, z);
      total += weight;
      for (let j = 0; j < dimension; j++) sums[j] = (sums[j] ?? 0) + weight * (z[j] ?? 0);
    }
    mean = sums.map((sum) => sum / total);
  }
  return { mean, reached };
}
