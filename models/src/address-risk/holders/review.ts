import type { HolderState } from './holder-state.ts';
import { isIssuer, ownerSteps, type HolderLabels } from './owners.ts';
import { categoryOf } from '../labels/categories.ts';
import { allSteps, PIECE, sortSteps, whileSame, type Steps } from '../steps.ts';

/** A day of UTC as it was known and as it is known now, smallest units of the token. */
export interface ReviewDay {
  /** Its beginning, milliseconds. */
  readonly day: number;
  readonly depositsBefore: bigint;
  readonly depositsAfter: bigint;
  readonly issuerBefore: bigint;
  readonly issuerAfter: bigint;
}

/** What other labels say of the last 30 days. */
export interface LabelReview {
  /** Oldest first; days with deposits, by either. */
  readonly days: readonly ReviewDay[];
  /** Owners whose deposits differ, the largest difference first. */
  readonly owners: readonly { readonly cluster: string; readonly before: bigint; readonly after: bigint }[];
}

const DAY_MS = 86_400_000;
/** Days that are looked back on, besides today. */
const REVIEW_DAYS = 30;

interface Side {
  readonly deposits: Map<number, bigint>;
  readonly issuer: Map<number, bigint>;
  readonly owners: Map<string, bigint>;
}

/** Deposits to exchanges of the last 30 days and today, by day and by owner, as two sets of labels tell them at `at`. Of transfers that are kept: what a state left out is in neither. */
export function reviewLabels(state: HolderState, before: HolderLabels, after: HolderLabels, at: number): LabelReview {
  return allSteps(reviewSteps(state, before, after, at));
}

/** `reviewLabels` in pieces; throws where the state changes between them. */
export function reviewSteps(state: HolderState, before: HolderLabels, after: HolderLabels, at: number): Steps<LabelReview> {
  return whileSame(() => state.revision(), reviewIn(state, before, after, at));
}

function* reviewIn(state: HolderState, before: HolderLabels, after: HolderLabels, at: number): Steps<LabelReview> {
  const was = yield* sideOf(state, before, at);
  const is = yield* sideOf(state, after, at);
  const days = [...new Set([...was.deposits.keys(), ...is.deposits.keys()])].sort((x, y) => x - y);
  const owners = [...new Set([...was.owners.keys(), ...is.owners.keys()])].map((cluster) => ({ cluster, before: was.owners.get(cluster) ?? 0n, after: is.owners.get(cluster) ?? 0n })).filter((owner) => owner.before !== owner.after);
  const size = ({ before: x, after: y }: { readonly before: bigint; readonly after: bigint }): bigint => (x > y ? x - y : y - x);
  return {
    days: days.map((day) => ({ day: day * DAY_MS, depositsBefore: was.deposits.get(day) ?? 0n, depositsAfter: is.deposits.get(day) ?? 0n, issuerBefore: was.issuer.get(day) ?? 0n, issuerAfter: is.issuer.get(day) ?? 0n })),
    owners: yield* sortSteps(owners, (x, y) => (size(y) > size(x) ? 1 : size(y) < size(x) ? -1 : x.cluster < y.cluster ? -1 : 1)),
  };
}

function* sideOf(state: HolderState, labels: HolderLabels, at: number): Steps<Side> {
  const owners = yield* ownerSteps(state, labels, at);
  const side: Side = { deposits: new Map(), issuer: new Map(), owners: new Map() };
  const first = Math.floor(at / DAY_MS) - REVIEW_DAYS;
  let done = 0;
  for (const transfer of state.recent()) {
    if (++done % PIECE === 0) yield;
    const day = Math.floor(transfer.at / DAY_MS);
    if (day < first || owners.venueOf(transfer.to) === undefined || owners.venueOf(transfer.from) !== undefined) continue;
    const cluster = owners.clusterOf(transfer.from);
    add(side.deposits, day, transfer.amount);
    add(side.owners, cluster, transfer.amount);
    const label = owners.clusters.get(cluster)?.label;
    if (label !== undefined && isIssuer(categoryOf(label))) add(side.issuer, day, transfer.amount);
  }
  return side;
}

function add<K>(sums: Map<K, bigint>, key: K, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
