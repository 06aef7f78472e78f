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
/**
 * Whoever is funded by one that funds few, and by nobody else, is the funder's. [A] Two steps of it, or one and a shared deposit address (below), are less sure than a half: links of funders go one step, and
 * from addresses that are nobody's by such a link themselves.
 */
const COMMON_FUNDER = 0.6;
/** An exchange gives each customer a deposit address of his own, so whoever sends there is that customer (Victor 2020, "Address clustering heuristics for Ethereum"). Senders count by what they sent, since anybody can send a little to anybody: those with a real share, where they are few and nearly all came from them. [A] */
const DEPOSIT_ADDRESS = 0.7;
const MOST_DEPOSITORS = 4;
const DEPOSITOR_SHARE = 0.1;
/** The most that all others may have sent to a deposit address together: where it is more, many use it. [A] */
const OTHERS_SHARE = 0.1;

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
  const isKnown = (address: string): boolean => labels.labelOf(address, at) !== undefined || venueOf(address) !== undefined;
  const depositors = depositorsOf(state, depositAddresses, venueOf);
  const links = [...labels.links, ...funderLinks(state, funded, depositors, isKnown), ...depositLinks(depositors, venueOf)];
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

/** Funders and whom they alone funded. Whoever shares a deposit address with others than these is theirs, which is the surer link. */
function funderLinks(state: HolderState, funded: ReadonlyMap<string, readonly string[]>, depositors: ReadonlyMap<string, readonly string[]>, isKnown: (address: string) => boolean): readonly AddressLink[] {
  const few = new Map<string, boolean>();
  const isFew = (funder: string): boolean => {
    const said = few.get(funder);
    if (said !== undefined) return said;
    const record = state.get(funder);
    const is = record !== undefined && (funded.get(funder)?.length ?? 0) >= 2 && countOf(record.sentTo) <= MOST_FUNDED && !isKnown(funder);
    few.set(funder, is);
    return is;
  };
  const isFunded = (address: string): boolean => {
    const record = state.get(address);
    return record !== undefined && record.funder !== '' && isFew(record.funder) && countOf(record.receivedFrom) === 1;
  };
  const partners = new Map<string, string[]>();
  for (const senders of depositors.values()) for (const one of senders) for (const other of senders) if (one !== other) append(partners, one, other);
  return [...funded].flatMap(([funder, addresses]) => {
    if (!isFew(funder) || isFunded(funder)) return [];
    const own = new Set(addresses.filter(isFunded)).add(funder);
    const children = addresses.filter((address) => own.has(address) && (partners.get(address) ?? []).every((other) => own.has(other)));
    return children.length < 2 ? [] : children.map((address): AddressLink => ({ a: funder, b: address, code: 'common-funder', confidence: COMMON_FUNDER, by: funder }));
  });
}

/** Whose each deposit address is: who sent there of late with a real share; of which nothing is kept, the one who ever did. */
function depositorsOf(state: HolderState, depositAddresses: ReadonlySet<string>, venueOf: (address: string) => string | undefined): ReadonlyMap<string, readonly string[]> {
  const received = new Map<string, Map<string, number>>();
  for (const { from, to, amount } of state.recent()) {
    if (!depositAddresses.has(to)) continue;
    const senders = received.get(to) ?? new Map<string, number>();
    senders.set(from, (senders.get(from) ?? 0) + Number(amount));
    received.set(to, senders);
  }
  const depositors = new Map<string, readonly string[]>();
  for (const address of depositAddresses) {
    const record = state.get(address);
    const senders = received.get(address) ?? new Map<string, number>(record !== undefined && record.funder !== '' && countOf(record.receivedFrom) === 1 ? [[record.funder, 1]] : []);
    const total = [...senders.values()].reduce((sum, amount) => sum + amount, 0);
    const real = [...senders].filter(([from, amount]) => venueOf(from) === undefined && amount >= DEPOSITOR_SHARE * total);
    // What exchanges sent there is not from many.
    const others = [...senders].reduce((rest, [from, amount]) => rest + (venueOf(from) === undefined && amount < DEPOSITOR_SHARE * total ? amount : 0), 0);
    if (real.length > 0 && real.length <= MOST_DEPOSITORS && others <= OTHERS_SHARE * total) depositors.set(address, real.map(([from]) => from));
  }
  return depositors;
}

function depositLinks(depositors: ReadonlyMap<string, readonly string[]>, venueOf: (address: string) => string | undefined): readonly AddressLink[] {
  return [...depositors].flatMap(([address, senders]) => senders.map((sender): AddressLink => ({ a: sender, b: address, code: 'deposit-address', confidence: DEPOSIT_ADDRESS, by: venueOf(address) ?? address })));
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
