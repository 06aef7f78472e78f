import { assert } from '../core/index.ts';

/** How far a transfer on a chain is from being undone. */
export type LedgerState = 'seen' | 'included' | 'safe' | 'final' | 'reverted';
/** How far a transfer on a rollup is: ordered by the sequencer, posted to the chain below, that chain's block final, proven (or past its challenge). */
export type RollupState = 'soft' | 'posted' | 'l1-final' | 'proven';

function assertRace(attacker: number, depth: number): void {
  assert(attacker >= 0 && attacker <= 1, `a share of hash rate is between 0 and 1, got ${attacker}`);
  assert(Number.isSafeInteger(depth) && depth >= 0 && depth <= 10_000, `a depth is a whole number of blocks, got ${depth}`);
}

/**
 * The probability that an attacker with share `attacker` of the hash rate ever overtakes `depth` blocks (Nakamoto 2008, section 11): the attacker's blocks meanwhile taken as a Poisson number of mean depth x q/p.
 * 1 from one half on. O(depth).
 */
export function nakamotoReversal(attacker: number, depth: number): number {
  assertRace(attacker, depth);
  const honest = 1 - attacker;
  if (attacker >= honest) return 1;
  if (attacker === 0) return depth === 0 ? 1 : 0;
  const mean = (depth * attacker) / honest;
  const ratio = attacker / honest;
  // P = sum over k <= depth of Poisson(k) ratio^(depth - k) + P(k > depth), all terms positive, so that small results keep their digits. In logarithms: e^-mean alone is 0 from a mean of 746 on.
  let logMass = -mean;
  let total = 0;
  for (let k = 0; k <= depth; k++) {
    if (k > 0) logMass += Math.log(mean / k);
    total += Math.exp(logMass) * ratio ** (depth - k);
  }
  for (let k = depth + 1; k < depth + 10_000; k++) {
    logMass += Math.log(mean / k);
    const mass = Math.exp(logMass);
    total += mass;
    if (mass <= total * 1e-17) break;
  }
  return Math.min(1, total);
}

/**
 * The same race exactly (Rosenfeld 2014, arXiv:1402.2009, section 3): the attacker's blocks while the others find `depth` are negative binomial: 1 - sum over m <= depth of C(m + n - 1, m) (p^n q^m - p^m q^n).
 * Written as a sum of positive terms. 1 from one half on. O(depth).
 */
export function rosenfeldReversal(attacker: number, depth: number): number {
  assertRace(attacker, depth);
  const honest = 1 - attacker;
  if (attacker >= honest) return 1;
  if (depth === 0) return 1;
  if (attacker === 0) return 0;
  // P(m > depth) + sum over m <= depth of P(m) (q/p)^(depth - m).
  let logMass = depth * Math.log(honest);
  let total = 0;
  const ratio = attacker / honest;
  for (let m = 0; m <= depth; m++) {
    if (m > 0) logMass += Math.log((attacker * (m + depth - 1)) / m);
    total += Math.exp(logMass) * ratio ** (depth - m);
  }
  for (let m = depth + 1; m < depth + 1_000_000; m++) {
    logMass += Math.log((attacker * (m + depth - 1)) / m);
    const mass = Math.exp(logMass);
    total += mass;
    if (mass <= total * 1e-17) break;
  }
  return Math.min(1, total);
}

/** What undoes blocks of a proof-of-stake chain: shares of blocks that are lost at depth 1 and at depth 2. */
export interface StakeReorgRates {
  readonly depth1: number;
  readonly depth2: number;
}

/**
 * Ethereum from the merge to August 2023: of about 2,370,000 blocks 1,406 were lost to reorganisations of depth 1 and 4 to such of depth 2, none deeper, all by late blocks and none by an attack
 * (https://ethresear.ch/t/the-second-slot-itch-statistical-analysis-of-reorgs/16333, read 2026-11).
 */
export const ethereumReorgs: StakeReorgRates = { depth1: 1_406 / 2_370_000, depth2: 4 / 2_370_000 };

/**
 * The probability that a transfer on a proof-of-stake chain is undone: by its state, the number of blocks on it (1: it is in the newest one) and whether finality stalls. 0 once final unless finality fails: then what an
 * equal depth without finality has, which is all that is left. A transfer that was only seen may never be in a block: 1, as no rule may rest on it.
 */
export function stakeReversal(state: LedgerState, depth: number, rates: StakeReorgRates, isFinalityStalled: boolean): number {
  assert(depth >= 0 && rates.depth1 >= 0 && rates.depth2 >= 0 && rates.depth1 <= 1 && rates.depth2 <= 1, 'rates of reorganisations are shares');
  if (state === 'seen' || state === 'reverted') return 1;
  if (state === 'final' && !isFinalityStalled) return 0;
  if (depth <= 1) return state === 'included' ? rates.depth1 + rates.depth2 : rates.depth2;
  // Deeper ones were not seen: each block more makes them rarer in the ratio of the two that were, an extrapolation [A].
  const ratio = rates.depth1 > 0 ? Math.min(1, rates.depth2 / rates.depth1) : 0;
  return rates.depth2 * ratio ** (depth - 2);
}

/** What the states of a rollup rest on. */
export interface RollupTrust {
  /** That the sequencer orders anew what it promised, before it is posted, in [0, 1] [A]. */
  readonly softReversal: number;
  /** That a posted batch is undone with the block of the chain below. */
  readonly baseReversal: number;
  /** That a state which is final on the chain below is found wrong before it is proven, in [0, 1] [A]. */
  readonly disputed: number;
}

/** The probability that a transfer on a rollup is undone, by its state: each state is spared what the ones before it risked. */
export function rollupReversal(state: RollupState, trust: RollupTrust): number {
  const risks = { proven: [], 'l1-final': [trust.disputed], posted: [trust.disputed, trust.baseReversal], soft: [trust.disputed, trust.baseReversal, trust.softReversal] } as const;
  return 1 - risks[state].reduce((kept: number, risk) => kept * (1 - risk), 1);
}

/** What it costs to be wrong and to be late, US dollars (any one unit will do). */
export interface EmissionCosts {
  /** Of a warning that turns out false. */
  readonly falseAlarm: number;
  /** Of every second a true warning comes later. */
  readonly delayPerSecond: number;
}

/**
 * Whether to tell of a transfer now rather than in `waitSeconds`, when it is less likely to be undone by `revertProbability` (by all of it where it no longer can be): yes where P_rev x C_false <= C_delay x dt. What was told
 * early is taken back if it is undone. `emissionWait` asks it of every moment to come.
 */
export function shouldEmit(revertProbability: number, waitSeconds: number, costs: EmissionCosts): boolean {
  assert(revertProbability >= 0 && revertProbability <= 1 && waitSeconds >= 0 && costs.falseAlarm >= 0 && costs.delayPerSecond >= 0, 'probabilities, times and costs are not negative');
  return revertProbability * costs.falseAlarm <= costs.delayPerSecond * waitSeconds;
}
