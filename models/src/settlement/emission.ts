import { assert } from '../core/index.ts';
import { ethereumReorgs, rosenfeldReversal, shouldEmit, stakeReversal, type EmissionCosts } from './reversal.ts';
import { figureOf } from './settlement-class.ts';
import { figuresOf, termsOf, type SettlementSpec } from './settlement.ts';

/** How likely a transfer is undone from so long after its block on: until the next step, and the last step for good. Steps ascend, the first is at 0. */
export type ReversalCurve = readonly { readonly seconds: number; readonly probability: number }[];

/** Blocks on it that are told apart: a chain that asks for more confirmations has no step between these and its last. */
const mostSteps = 512;
/** What is rarer is the same as nothing until finality. */
const negligible = 1e-12;
/** The deepest race that is computed. */
const mostDepth = 10_000;

/** A step for each block on it, at its own first, until there are `blocks`. */
function byBlocks(blockSeconds: number, blocks: number, of: (depth: number) => number): ReversalCurve {
  const steps: { readonly seconds: number; readonly probability: number }[] = [];
  for (let depth = 1; depth < blocks && depth <= mostSteps; depth++) {
    const probability = of(depth);
    steps.push({ seconds: (depth - 1) * blockSeconds, probability });
    if (probability < negligible) break;
  }
  return steps;
}

/**
 * How likely a transfer in a block is undone, by its age. Proof of stake: what reorganisations of Ethereum took by depth, 0 once final; proof of work: Rosenfeld's race by confirmations, blocks at their mean time [A]. Every
 * other class has one figure for as long as it is not credited (`SettlementWays.revertProbability`): it has no law by which waiting would lower it. At most some milliseconds: make it once for a ledger.
 */
export function reversalCurve(spec: SettlementSpec): ReversalCurve {
  const figures = figuresOf(spec);
  const of = (name: string): number => figureOf(figures, name);
  if (spec.class === 'l1-pos') {
    const [slot, slots] = [of('slotSeconds'), of('finalFromSlots')];
    return [...byBlocks(slot, slots + 1, (depth) => stakeReversal('included', depth, ethereumReorgs, false)), { seconds: slots * slot, probability: 0 }];
  }
  if (spec.class === 'btc') {
    const [block, confirmations, attacker] = [of('blockSeconds'), of('confirmations'), of('attackerShare')];
    const last = rosenfeldReversal(attacker, Math.min(confirmations, mostDepth));
    return [...byBlocks(block, confirmations, (depth) => rosenfeldReversal(attacker, depth)), { seconds: (confirmations - 1) * block, probability: last }];
  }
  return [{ seconds: 0, probability: termsOf(spec.class).ways(figures).revertProbability }];
}

/** The probability at an age, seconds; what is younger than its block is as old as it. O(steps). */
export function reversalAt(curve: ReversalCurve, ageSeconds: number): number {
  assert(curve.length > 0, 'a curve has a first step');
  return curve.findLast(({ seconds }) => seconds <= ageSeconds)?.probability ?? curve[0]?.probability ?? 1;
}

/**
 * How old a transfer must be to be told of, seconds: the first step from which no later one is cheaper, by `shouldEmit` of what waiting until then would take off the odds. The rule P_rev x C_false <= C_delay x dt with dt up to
 * finality is the last of these comparisons; taken alone it tells of a transfer in the newest block whenever finality is far, though one block more may take most of the risk. O(steps^2): make it once.
 */
export function emissionWait(curve: ReversalCurve, costs: EmissionCosts): number {
  const now = curve.findIndex(({ seconds, probability }, i) => curve.slice(i + 1).every((later) => shouldEmit(Math.max(0, probability - later.probability), later.seconds - seconds, costs)));
  return curve[now]?.seconds ?? 0;
}
