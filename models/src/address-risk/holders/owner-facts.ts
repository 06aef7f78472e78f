import { categoryOf } from '../labels/categories.ts';
import { PIECE, sortSteps, type Steps } from '../steps.ts';
import { countOf, NOBODY, together } from './counterparties.ts';
import { lastSentBefore, UNKNOWN, type HolderRecord } from './holder-record.ts';
import type { HolderState } from './holder-state.ts';
import type { HolderOwner, OwnerDeposits, ViewSettings } from './owner-types.ts';
import { isIssuer, issuerNearness, type HolderLabels, type Owners } from './owners.ts';
import { nothingReceived, receive, taintedShare, type Received } from './tainted.ts';

/** What an owner is measured against. */
export interface FactsContext {
  readonly state: HolderState;
  readonly labels: HolderLabels;
  readonly owners: Owners;
  /** What each named owner received of late; absent where that is nothing. */
  readonly received: ReadonlyMap<string, Received>;
  readonly settings: Pick<ViewSettings, 'at' | 'perUnit' | 'mostAddresses'>;
  readonly supplyUnits: number;
  readonly effectiveFloatUnits: number;
  /** Share of all transfers out that went to exchanges. */
  readonly meanPropensity: number;
}

const DAY_MS = 86_400_000;
/** Transfers that an address of which nothing is known counts for, at the mean of all, in its propensity to deposit. [A] */
const PRIOR_TRANSFERS = 10;
/** Exchanges named of one owner. */
const MOST_VENUES = 16;
const MOST_LINKS = 8;

/** What is known of one owner who holds `units`, in pieces: the labelled addresses of an exchange are thousands. */
export function* ownerFacts(context: FactsContext, name: string, units: number, deposits: OwnerDeposits | undefined): Steps<HolderOwner> {
  const { owners, settings: { at, perUnit, mostAddresses } } = context;
  const cluster = owners.clusters.get(name);
  const { members, sums } = yield* addUp(context, cluster?.addresses ?? [name], deposits);
  const label = cluster?.label ?? (members.length === 1 ? context.labels.labelOf(name, at) : undefined) ?? null;
  const links = cluster?.links ?? [];
  const sure = label === null ? (links.length === 0 ? 0 : cluster?.weakest ?? 0) : sums.confidence.get(label) ?? 0;
  const share = (of: number): number => (of > 0 ? Math.min(1, units / of) : 0);
  return {
    cluster: name, label, confidence: sure, disputed: sums.disputed,
    addressCount: Math.max(1, members.length), addresses: members.slice(0, mostAddresses), links: links.slice(0, MOST_LINKS).map(({ code, confidence, addresses, by }) => ({ code, confidence, addresses, by })),
    units, supplyShare: share(context.supplyUnits), floatShare: share(context.effectiveFloatUnits),
    depositsDayUnits: Number(deposits?.day ?? 0n) / perUnit, depositsWeekUnits: Number(deposits?.week ?? 0n) / perUnit,
    venuesWeek: [...(deposits?.venues ?? [])].sort(([x, a], [y, b]) => descending(a, b) || (x < y ? -1 : 1)).slice(0, MOST_VENUES).map(([venue]) => venue),
    depositPropensity: (context.meanPropensity * PRIOR_TRANSFERS + sums.deposits) / (PRIOR_TRANSFERS + sums.out),
    fanIn: countOf(sums.receivedFrom), fanOut: countOf(sums.sentTo),
    dormancyDays: members.length === 0 || sums.sent === UNKNOWN ? null : (at - sums.sent) / DAY_MS, ageDays: members.length === 0 || sums.since === UNKNOWN ? null : Math.max(0, (at - sums.since) / DAY_MS),
    issuerScore: label !== null && isIssuer(categoryOf(label)) ? 1 : sums.nearness, taintedShare: taintedShare(context.received.get(name), sums.funded),
  };
}

/** Sums over an owner's addresses. */
interface Sums {
  out: number;
  deposits: number;
  /** The last time that any sent something before the day of the look, and the first time that any was met; `UNKNOWN` where it is not known of one. */
  sent: number;
  since: number;
  receivedFrom: string;
  sentTo: string;
  nearness: number;
  disputed: boolean;
  /** Its addresses by whom each was first funded, one for each. */
  readonly funded: Received;
  /** How sure each label is that one of them has, at most. */
  readonly confidence: Map<string, number>;
}

/** The addresses that the state holds, those with most sent to exchanges within the week first, then by what they hold, and the sums over them. */
function* addUp({ state, labels, owners, settings: { at } }: FactsContext, addresses: readonly string[], deposits: OwnerDeposits | undefined): Steps<{ readonly members: readonly string[]; readonly sums: Sums }> {
  const sums: Sums = { out: 0, deposits: 0, sent: UNKNOWN, since: Infinity, receivedFrom: NOBODY, sentTo: NOBODY, nearness: 0, disputed: false, funded: nothingReceived(), confidence: new Map() };
  const members: (readonly [address: string, balance: bigint, sent: bigint])[] = [];
  for (const [i, address] of addresses.entries()) {
    if ((i + 1) % COSTLY_PIECE === 0) yield;
    const record = state.get(address);
    if (record === undefined) continue;
    members.push([address, record.balance, deposits?.senders.get(address) ?? 0n]);
    addRecord(sums, record, at);
    if (record.funder !== '' && owners.clusterOf(record.funder) !== owners.clusterOf(address)) receive(sums.funded, record.funder, 1, labels, at);
    sums.nearness = Math.max(sums.nearness, issuerNearness(state, owners, address));
    const said = labels.lookup(address, at);
    if (said === undefined) continue;
    sums.disputed ||= said.disputed;
    sums.confidence.set(said.label, Math.max(sums.confidence.get(said.label) ?? 0, said.confidence));
  }
  const sorted = yield* sortSteps(members, ([x, a, mostA], [y, b, mostB]) => descending(mostA, mostB) || descending(a, b) || (x < y ? -1 : 1));
  return { members: sorted.map(([address]) => address), sums };
}

/** An owner's address costs more than others: its label, its way to the issuer and whom it met. */
const COSTLY_PIECE = PIECE / 4;

function addRecord(sums: Sums, record: HolderRecord, at: number): void {
  sums.out += record.out;
  sums.deposits += record.deposits;
  sums.sent = Math.max(sums.sent, lastSentBefore(record, at));
  // One that was there before the first block makes the owner as old as nobody knows.
  sums.since = record.since === UNKNOWN || sums.since === UNKNOWN ? UNKNOWN : Math.min(sums.since, record.since);
  sums.receivedFrom = together(sums.receivedFrom, record.receivedFrom);
  sums.sentTo = together(sums.sentTo, record.sentTo);
}

const descending = (a: bigint, b: bigint): number => (b > a ? 1 : b < a ? -1 : 0);
