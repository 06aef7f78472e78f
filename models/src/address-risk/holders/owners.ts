import { kindOf, categoryOf } from '../labels/categories.ts';
import { unionClusters, type AddressLink, type Cluster } from '../labels/clusters.ts';
import { ownerLabel } from '../labels/registry.ts';
import { countOf } from './counterparties.ts';
import type { HolderRecord } from './holder-record.ts';
import { venueIn, type HolderState } from './holder-state.ts';

/** What is said of addresses. */
export interface HolderLabels {
  /** The label of an address that counts, also where it is not sure enough to be acted on. */
  readonly lookup: (address: string, at: number) => { readonly label: string; readonly confidence: number; readonly disputed: boolean } | undefined;
  /** The label, where it is sure enough. */
  readonly labelOf: (address: string, at: number) => string | undefined;
  /** Addresses that were said to be of one owner. */
  readonly links: readonly AddressLink[];
}

/** Who is taken for one owner at a time. */
export interface Owners {
  /** The owner of an address: its label, else the address that stands for those linked with it. */
  clusterOf(address: string): string;
  /** The addresses of an owner and why they are one, where more is known than a lone address. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** The exchange whose address it is, by label or because it only ever forwards there. */
  venueOf(address: string): string | undefined;
  /** What an address is by its own label or its owner's: `exchange`, `bridge`, `issuer`; undefined where nothing is known. */
  categoryOf(address: string): string | undefined;
}

/** A funder of more different addresses than this hands out to strangers: an exchange, an airdrop. [A] */
const MOST_FUNDED = 16;
/** Whoever is funded by one that funds few is the funder's. [A] */
const COMMON_FUNDER = 0.6;
/** An exchange gives each customer a deposit address of his own, so whoever sends there is that customer (Victor 2020, "Address clustering heuristics for Ethereum"). One that hears from more than a few is none. [A] */
const DEPOSIT_ADDRESS = 0.7;
const MOST_DEPOSITORS = 4;

/** The exchange of a label; undefined where it is of another category. */
export function venueLabel(label: string | undefined): string | undefined {
  return label !== undefined && categoryOf(label) === 'exchange' ? label : undefined;
}

/** Puts addresses together by labels, by links that were given, by common funders and by deposit addresses, as of `at`. Takes one pass over all addresses. */
export function ownersOf(state: HolderState, labels: HolderLabels, at: number): Owners {
  const venues = new Map<string, string | undefined>();
  const venueOf = (address: string): string | undefined => {
    if (!venues.has(address)) venues.set(address, venueIn((one) => state.get(one), (one) => venueLabel(labels.labelOf(one, at)), address, at));
    return venues.get(address);
  };
  const ownerOf = (address: string): string | undefined => ownerLabel(labels.labelOf(address, at));
  const labelled: string[] = [];
  const depositAddresses = new Set<string>();
  const funded = new Map<string, string[]>();
  for (const [address, record] of state.entries()) {
    if (ownerOf(address) !== undefined) labelled.push(address);
    else if (labels.labelOf(address, at) === undefined && venueOf(address) !== undefined) depositAddresses.add(address);
    else if (record.funder !== '') append(funded, record.funder, address);
  }
  const links = [...labels.links, ...funderLinks(state, funded, (address) => labels.labelOf(address, at) !== undefined || venueOf(address) !== undefined), ...depositLinks(state, depositAddresses, venueOf)];
  const joined = unionClusters({ addresses: labelled, ownerOf, confidenceOf: (address) => labels.lookup(address, at)?.confidence ?? 0, links });
  const categories = new Map<string, string | undefined>();
  const find = (address: string): string | undefined => {
    const own = labels.labelOf(address, at);
    if (own !== undefined && kindOf(own) === 'owner') return categoryOf(own);
    if (depositAddresses.has(address)) return 'exchange';
    const owner = joined.clusters.get(joined.clusterOf(address))?.label;
    return owner === undefined ? undefined : categoryOf(owner);
  };
  return {
    clusters: joined.clusters, clusterOf: (address) => joined.clusterOf(address), venueOf,
    categoryOf: (address) => {
      if (!categories.has(address)) categories.set(address, find(address));
      return categories.get(address);
    },
  };
}

function funderLinks(state: HolderState, funded: ReadonlyMap<string, readonly string[]>, isKnown: (address: string) => boolean): readonly AddressLink[] {
  return [...funded].flatMap(([funder, addresses]) => {
    const record = state.get(funder);
    if (record === undefined || addresses.length < 2 || countOf(record.sentTo) > MOST_FUNDED || isKnown(funder)) return [];
    return addresses.map((address): AddressLink => ({ a: funder, b: address, code: 'common-funder', confidence: COMMON_FUNDER, by: funder }));
  });
}

/** Who first sent to a deposit address, and who did of late. */
function depositLinks(state: HolderState, depositAddresses: ReadonlySet<string>, venueOf: (address: string) => string | undefined): readonly AddressLink[] {
  const senders = new Map<string, Set<string>>();
  const note = (to: string, from: string): void => {
    if (!depositAddresses.has(to) || venueOf(from) !== undefined) return;
    const known = senders.get(to) ?? new Set();
    known.add(from);
    senders.set(to, known);
  };
  for (const address of depositAddresses) note(address, state.get(address)?.funder ?? '');
  for (const { from, to } of state.recent()) note(to, from);
  return [...senders].flatMap(([address, from]) => {
    if (from.size > MOST_DEPOSITORS || countOf(state.get(address)?.receivedFrom ?? '') > MOST_DEPOSITORS) return [];
    return [...from].filter((sender) => sender !== '').map((sender): AddressLink => ({ a: sender, b: address, code: 'deposit-address', confidence: DEPOSIT_ADDRESS, by: venueOf(address) ?? address }));
  });
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Categories of the issuer's own: what it and its treasury hold was never sold. */
const ISSUER = new Set(['issuer', 'treasury']);

/** Whether a category is the issuer's. */
export function isIssuer(category: string | undefined): boolean {
  return category !== undefined && ISSUER.has(category);
}

/** Each step away from the issuer halves how near an address is to it. [A] */
const NEARNESS = 0.5;
const MOST_STEPS = 3;

/** How near an address is to the issuer, 0 to 1: 1 for its own, a half for what one of these first funded, a quarter for what that funded. Exchanges and others that are labelled pass nothing on. */
export function issuerNearness(state: HolderState, owners: Owners, address: string): number {
  let nearness = 1;
  let here: string | undefined = address;
  for (let step = 0; step <= MOST_STEPS && here !== undefined && here !== ''; step++) {
    const category = owners.categoryOf(here);
    if (isIssuer(category)) return nearness;
    if (category !== undefined) return 0;
    const record: HolderRecord | undefined = state.get(here);
    here = record?.funder;
    nearness *= NEARNESS;
  }
  return 0;
}
