import { assert, createRng, defined, type Rng } from '../../core/index.ts';
import { claimedBound, type ClaimedTerms } from './theory.ts';
import { createTipPool, type ApprovalRule, type TipCounts, type TipNetwork } from './tip-pool.ts';

/** The rules that are looked at: the paper's own, where each message gives two approvals and needs two, and two that differ in one number. */
export type ComparedRule = 'paper' | 'unapproved' | 'surplus';
/** What they are. */
export const comparedRules: Readonly<Record<ComparedRule, ApprovalRule>> = { paper: { supplied: 2, required: 2 }, unapproved: { supplied: 2, required: 1 }, surplus: { supplied: 3, required: 2 } };

/** A case of the claim: who sees whom how late, its terms, and the steps at which tips are counted. */
export interface ClaimCase {
  readonly network: TipNetwork;
  readonly terms: ClaimedTerms;
  readonly at: readonly number[];
}

/** The case looked at: three nodes that issue one message a step each, seen by the others one or two steps later. */
export const claimCase: ClaimCase = {
  network: { delays: [[0, 1, 2], [1, 0, 2], [2, 2, 0]] }, terms: { messagesPerStep: 3, maxDelay: 2, r0: 3 }, at: [250, 500, 1_000, 2_000, 3_000, 4_000],
};

/** Tips of a ledger in which every node issues one message a step, after each of the steps `at` (rising). */
export function tipsOverSteps(rule: ApprovalRule, network: TipNetwork, at: readonly number[], rng: Rng): readonly TipCounts[] {
  const last = at.at(-1) ?? 0;
  const nodes = network.delays.length;
  const pool = createTipPool(rule, network, Math.max(1, last * nodes), rng);
  const wanted = new Set(at);
  const counts: TipCounts[] = [];
  for (let step = 1; step <= last; step++) {
    for (let node = 0; node < nodes; node++) pool.issue(node, step);
    if (wanted.has(step)) counts.push(pool.counts());
  }
  return counts;
}

/** Mean tips of a ledger with Poisson arrivals (> 0 a second), all seen `delay` seconds later, over the last three quarters of `seconds`: what `stableTips` is of. O(arrivals x seconds). */
export function meanTips(rule: ApprovalRule, arrivals: number, delay: number, seconds: number, rng: Rng): number {
  const most = Math.ceil(arrivals * seconds + 8 * Math.sqrt(arrivals * seconds) + 16);
  const pool = createTipPool(rule, { delays: [[delay]] }, most, rng);
  const start = seconds / 4;
  let area = 0;
  let time = 0;
  for (;;) {
    const next = time - Math.log1p(-rng.next()) / arrivals;
    area += pool.tips() * Math.max(0, Math.min(next, seconds) - Math.max(time, start));
    if (next >= seconds) return area / (seconds - start);
    time = next;
    pool.issue(0, time);
  }
}

/** How tips of one rule came out: means over runs, with their standard errors, at the steps of `claimCase.at`. */
export interface RuleOutcome {
  readonly rule: ApprovalRule;
  readonly tips: readonly { readonly step: number; readonly mean: number; readonly standardError: number }[];
  /** The exponent a of tips ~ steps^a between the first and the last step looked at: 1/2 for a square root, 0 for a bounded number. */
  readonly growth: number;
  /** Runs in which required x (messages there at the start) + waste accounts for every approval that is missing: all of them, or the count is wrong. */
  readonly conserved: number;
}

/** The claim held against its own model, and two rules beside it. */
export interface ClaimReport {
  readonly runs: number;
  readonly seed: number;
  readonly claimedBound: number;
  /** The first of the steps looked at from which on the mean is above the claimed bound; null where it never is. */
  readonly failsFromStep: number | null;
  readonly rules: Readonly<Record<ComparedRule, RuleOutcome>>;
}

/** Plays the claim's case `runs` times for each rule. A function of its arguments; about 20 ms a run. */
export function reportClaim(runs: number, seed: number): ClaimReport {
  assert(Number.isSafeInteger(runs) && runs >= 2 && runs <= 10_000, `2 to 10,000 runs, got ${runs}`);
  const rng = createRng(seed);
  const outcome = (name: ComparedRule): RuleOutcome => {
    const rule = comparedRules[name];
    const all = Array.from({ length: runs }, (_, run) => tipsOverSteps(rule, claimCase.network, claimCase.at, rng.fork(`${name}:${run}`)));
    const tips = claimCase.at.map((step, k) => {
      const values = all.map((counts) => defined(counts[k], 'counts').tips);
      const mean = values.reduce((sum, x) => sum + x, 0) / runs;
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (runs - 1);
      return { step, mean, standardError: Math.sqrt(variance / runs) };
    });
    const [first, last] = [defined(tips[0], 'tips'), defined(tips.at(-1), 'tips')];
    const isConserved = ({ messages, missing, wasted }: TipCounts): boolean => missing === rule.required * messages - rule.supplied * (messages - 1) + wasted;
    return { rule, tips, growth: Math.log(last.mean / first.mean) / Math.log(last.step / first.step), conserved: all.filter((counts) => counts.every(isConserved)).length };
  };
  const rules = { paper: outcome('paper'), unapproved: outcome('unapproved'), surplus: outcome('surplus') };
  const bound = claimedBound(claimCase.terms);
  const lastBelow = rules.paper.tips.findLastIndex(({ mean }) => mean <= bound);
  return { runs, seed, claimedBound: bound, rules, failsFromStep: rules.paper.tips[lastBelow + 1]?.step ?? null };
}
