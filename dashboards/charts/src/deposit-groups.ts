import type { Deposit } from './timeline-figures.ts';

/** Deposits so near to one another that they are drawn as one. */
export interface DepositGroup {
  /** Where it stands, milliseconds since the epoch: the mean time of its deposits, by amount where there are amounts. */
  readonly time: number;
  /** Sum of the amounts that are known; undefined where none is. */
  readonly usd: number | undefined;
  /** In order of time, at least one. */
  readonly deposits: readonly Deposit[];
}

/**
 * Joins deposits, given in order of time, from left to right: one that stands less than `apart` (ms, > 0) behind the group before it joins that group. A group
 * only moves to the right while it grows and stays once the next has begun, so groups end up at least `apart` from one another. O(deposits).
 */
export function groupDeposits(deposits: readonly Deposit[], apart: number): readonly DepositGroup[] {
  const groups: DepositGroup[] = [];
  for (const deposit of deposits) {
    const last = groups.at(-1);
    if (last === undefined || deposit.time - last.time >= apart) groups.push(grouped([deposit]));
    else groups[groups.length - 1] = joined(last, deposit);
  }
  return groups;
}

function grouped(deposits: readonly [Deposit]): DepositGroup {
  return { time: deposits[0].time, usd: deposits[0].usd, deposits };
}

function joined({ time, usd, deposits }: DepositGroup, next: Deposit): DepositGroup {
  const [before, added] = [usd ?? 0, next.usd ?? 0];
  // Without amounts every deposit counts alike.
  const share = before + added > 0 ? added / (before + added) : 1 / (deposits.length + 1);
  return { time: time + (next.time - time) * share, usd: usd === undefined && next.usd === undefined ? undefined : before + added, deposits: [...deposits, next] };
}
