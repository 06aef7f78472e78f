import { plainText } from '@breakwater/charts';
import type { AddressesScore, ClusterDeposits, ClusterLink, ScoreMessage } from '@breakwater/contracts';
import { clusterName, formatShare, formatUnits, formatUsd } from '@breakwater/contracts';
import { momentText, shortHash } from './text.ts';

/** One of the largest owners of a score. */
export type Owner = AddressesScore['clusters'][number];

/** What a score knows of an owner: what it holds, and what it sent to exchanges of late; either may be missing. */
export interface OwnerFacts {
  readonly cluster: string;
  readonly held: Owner | undefined;
  readonly deposits: ClusterDeposits | undefined;
}

/** What a score knows of an owner; undefined where it names none of this name. */
export function ownerOf(score: Pick<ScoreMessage, 'addresses' | 'deposits'>, cluster: string): OwnerFacts | undefined {
  const held = score.addresses?.clusters.find((one) => one.cluster === cluster);
  const deposits = score.deposits.clusters?.find((one) => one.cluster === cluster);
  return held === undefined && deposits === undefined ? undefined : { cluster, held, deposits };
}

/** An owner's name for people, without what would reorder a line: labels come from outside. */
export function ownerText(cluster: string): string {
  const name = plainText(clusterName(cluster)).trim();
  return name === '' ? 'without a name' : name;
}

/** Text from outside in one direction, cut to what a table holds. */
export function outsideText(text: string, most: number = 96): string {
  const plain = Array.from(plainText(text).trim());
  return plain.length <= most ? plain.join('') : `${plain.slice(0, most - 1).join('')}…`;
}

/** Tokens with their value: `1.2 m OM ($6.7 m)`. */
export function amountText(units: number, usd: number | null, asset: string): string {
  return `${formatUnits(units)} ${asset}${usd === null ? '' : ` (${formatUsd(usd)})`}`;
}

/** How many addresses an owner has: `1 address`, `17 addresses`. */
export function addressCountText(count: number): string {
  return count === 1 ? '1 address' : `${String(count)} addresses`;
}

/** A share that is not nothing is not written as nothing: 0.0003 -> `under 0.1 %`. */
export function partText(share: number): string {
  return share > 0 && share < 5e-4 ? 'under 0.1 %' : formatShare(share);
}

/** How sure a label is: `label 90 % sure`; of an owner without one nothing is claimed. */
export function sureText({ label, confidence }: Pick<Owner, 'label' | 'confidence'>): string {
  return label === null ? 'no label' : `label ${formatShare(confidence)} sure`;
}

/** The largest first, and what they sent to exchanges as of the score, which may be later than the block their holdings are of. */
export function largestFirst({ addresses, deposits }: Pick<ScoreMessage, 'addresses' | 'deposits'>): readonly Owner[] {
  const sent = new Map((deposits.clusters ?? []).map((one) => [one.cluster, one]));
  return [...(addresses?.clusters ?? [])].sort((a, b) => b.units - a.units).map((owner) => {
    const own = sent.get(owner.cluster);
    return own === undefined ? owner : { ...owner, depositsDayUnits: own.dayUnits, depositsWeekUnits: own.weekUnits };
  });
}

/** Of when it is who holds an asset. While its chain is heard what moved since would be told within minutes: its age is then no fault. */
export function asOfText({ status, at }: Pick<AddressesScore, 'status' | 'at'>, now: number | null): string {
  return status === 'stale' || status === 'missing' ? `as of ${momentText(at, now)}` : `as of the last movement told, ${momentText(at, now)}`;
}

/** Which deposits a list names: a score has the largest alone where there are many. */
export function listedText(listed: number, all: number): string {
  return all > listed ? `the ${String(listed)} largest of ${String(all)}, newest first` : 'newest first';
}

/** Why addresses are taken for one owner, as a sentence. */
export function linkText({ code, confidence, addresses, by }: ClusterLink): string {
  const count = addressCountText(addresses);
  const who = outsideText(by, 64);
  const why: Readonly<Record<ClusterLink['code'], string>> = {
    // What joins labelled addresses is that label; an account of a list may name the list instead.
    label: by.includes(':') ? `labelled ${who}` : `named so by ${who}`, 'common-funder': `first funded by ${who}`, 'deposit-address': `deposit addresses that are emptied to ${who}`, 'vesting-contract': `vesting contract ${who}`, 'multisig-owner': `same keys as the multisig ${who}`,
    committee: `joined by the committee, ${who}`,
  };
  return `${count} ${why[code]}; by itself ${formatShare(confidence)} sure`;
}

/** A probability as people read one: 0.034 -> `3.4 %`, 0.00002 -> `1 in 50,000`, 0 -> `none`. */
export function chanceText(probability: number): string {
  if (!(probability > 0)) return 'none';
  if (probability >= 0.001) return formatShare(probability);
  const count = 1 / probability;
  return count > 1e12 ? 'under 1 in 1,000 bn' : `1 in ${Number(count.toPrecision(2)).toLocaleString('en-US')}`;
}

/** A chain's id short enough for a table: the hash of a genesis block is cut to its ends. */
export function chainText(chain: string): string {
  const plain = outsideText(chain, 64);
  const colon = plain.indexOf(':');
  return colon < 0 ? plain : `${plain.slice(0, colon)}:${shortHash(plain.slice(colon + 1))}`;
}

/** Kinds of ledgers in words; one that is not known is told as it is named. */
const ledgers: ReadonlyMap<string, string> = new Map([
  ['internal', 'within the exchange'], ['channel', 'payment channel'], ['l1-pos', 'proof of stake, credited once final'], ['btc', 'proof of work, credited after confirmations'], ['sidechain', 'sidechain with its own validators'], ['zk-rollup', 'rollup with validity proofs'],
  ['optimistic-rollup', 'rollup with a challenge period'], ['plasma', 'Plasma, by its exit'], ['dag', 'ledger of mutual approvals (DAG)'], ['exchange-withdrawal', 'withdrawal from an exchange'],
]);

/** The kind of a ledger in words. */
export function ledgerText(settlement: string): string {
  return ledgers.get(settlement) ?? outsideText(settlement, 40);
}
