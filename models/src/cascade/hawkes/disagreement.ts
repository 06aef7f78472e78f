import type { BranchingBand } from './fit-hawkes.ts';

/** Two figures for one thing that are further apart than this disagree (design, section 3.5). */
export const branchingTolerance = 0.3;

/**
 * Whether the branching ratio of the liquidations that happened and the engine's reproduction number disagree: their values differ by more than 0.3, and their bands do not touch. Then one of the two models
 * is wrong about the market, the positions or the depth, which is an alarm about the model and not about the market.
 */
export function branchingDisagrees(branching: BranchingBand, reproduction: BranchingBand): boolean {
  return Math.abs(branching.value - reproduction.value) > branchingTolerance && (branching.low > reproduction.high || branching.high < reproduction.low);
}
