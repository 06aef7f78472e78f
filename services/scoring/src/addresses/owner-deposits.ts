import type { ClusterFacts, TransferMessage } from '@breakwater/contracts';
import { categoryOf, kindOf, namesAnOwner } from '@breakwater/models/address-risk';
import type { ChainHolders } from './holder-memory.ts';
import type { Holdings } from './owners.ts';

/** Most owners that a tick tells of. */
const mostOwners = 4;

/** What one owner deposited to exchanges. */
export interface OwnerDeposits {
  readonly cluster: string;
  readonly label: string | null;
  readonly addressCount: number;
  /** How sure it is that it is one owner, 0 to 1. */
  readonly confidence: number;
  readonly dayUnits: number;
  readonly weekUnits: number;
  /** What holders' state says of it; undefined where it is not among the largest. */
  readonly facts: ClusterFacts | undefined;
  /** The deposits of the day. */
  readonly transfers: readonly TransferMessage[];
}

/** Places through which the tokens of many pass: what leaves them is nobody's own. */
const passages: ReadonlySet<string> = new Set(['exchange', 'bridge', 'burn']);

/** Owners of whom no warning of one owner's deposits speaks by default: it is their trade, or, of the issuer, has a warning of its own, for which the one with most is enough. */
const last: ReadonlySet<string> = new Set(['market-maker', 'custody', 'issuer']);

/** Whether what an address with this label sends is one owner's decision. */
export function isOwner(label: string | null): boolean {
  return label === null || !(passages.has(categoryOf(label)) || (kindOf(label) === 'owner' && !namesAnOwner(label)));
}

/** Whom a transfer is from: whom holders' state takes the sender for, else whom its label names, else itself. */
function senderOf(t: TransferMessage, chain: ChainHolders | undefined): { readonly cluster: string; readonly label: string | null } {
  const facts = chain?.byAddress.get(t.from);
  if (facts !== undefined) return { cluster: facts.cluster, label: facts.label };
  const label = t.fromLabel ?? null;
  return { cluster: label !== null && namesAnOwner(label) ? label : t.from, label };
}

/** How sure it is that the addresses of an owner are one's: of one address there is no doubt, a label is as sure as it is, and links as the surest of them. */
function confidenceOf(facts: ClusterFacts | undefined, senders: number, label: string | null): number {
  if (facts === undefined) return senders === 1 || label !== null ? 1 : 0.5;
  if (facts.addressCount === 1) return 1;
  return Math.max(facts.label === null ? 0 : facts.confidence, ...facts.links.map(({ confidence }) => Number(confidence)));
}

interface Sum {
  label: string | null;
  dayUnits: number;
  /** Of them those that holders' state does not know yet. */
  sinceUnits: number;
  readonly senders: Set<string>;
  readonly transfers: TransferMessage[];
}

/**
 * The owners that deposited most in the last day, the most first, at most four; the issuer is among them when it deposited anything, and whose trade it is to deposit only where there is room. Units of the day are those of `day`, the
 * deposits as they are known at this moment; those of the week are what holders' state said last and what came since (of an owner it does not name, those of the day), so that they have deposits too that are not told yet. Places that belong to many are left out. O(deposits + clusters).
 */
export function ownerDeposits(day: readonly TransferMessage[], holdings: Holdings): readonly OwnerDeposits[] {
  const byChain = new Map(holdings.chains.map((chain) => [chain.message.chain, chain]));
  const sums = new Map<string, Sum>();
  for (const t of day) {
    const chain = byChain.get(t.chain);
    const { cluster, label } = senderOf(t, chain);
    if (!isOwner(label)) continue;
    const sum = sums.get(cluster) ?? { label, dayUnits: 0, sinceUnits: 0, senders: new Set<string>(), transfers: [] };
    sum.transfers.push(t);
    sum.dayUnits += t.units;
    if (chain === undefined || t.eventTime > chain.message.eventTime) sum.sinceUnits += t.units;
    sum.senders.add(t.from);
    sums.set(cluster, sum);
  }
  const all = [...sums].map(([cluster, { label, dayUnits, sinceUnits, senders, transfers }]): OwnerDeposits => {
    const facts = holdings.owners.get(cluster);
    return {
      cluster, label: facts?.label ?? label, addressCount: Math.max(facts?.addressCount ?? 0, senders.size), confidence: confidenceOf(facts, senders.size, label), dayUnits,
      weekUnits: Math.max(dayUnits, (facts?.depositsWeekUnits ?? 0) + sinceUnits), facts, transfers,
    };
  }).sort((a, b) => b.dayUnits - a.dayUnits || (a.cluster < b.cluster ? -1 : 1));
  const issuer = all.find(({ label }) => label?.startsWith('issuer:') === true);
  const others = all.filter((one) => one !== issuer);
  const isLast = ({ label }: OwnerDeposits): boolean => label !== null && last.has(categoryOf(label));
  const chosen = new Set([...(issuer === undefined ? [] : [issuer]), ...others.filter((one) => !isLast(one)), ...others.filter(isLast)].slice(0, mostOwners));
  return all.filter((one) => chosen.has(one));
}
