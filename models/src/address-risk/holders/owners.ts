import { kindOf, categoryOf } from '../labels/categories.ts';
import { clusterSteps, type AddressLink, type Cluster } from '../labels/clusters.ts';
import { ownerLabel } from '../labels/registry.ts';
import { allSteps, PIECE, whileSame, type Steps } from '../steps.ts';
import { countOf } from './counterparties.ts';
import type { HolderRecord } from './holder-record.ts';
import { forwardsTo, type HolderState } from './holder-state.ts';

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
  /** Whether of an address that the state holds nothing is known: it stands for itself, and is of no category. For loops over all of them: it is the quickest question. */
  isStranger(address: string): boolean;
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
  return allSteps(ownerSteps(state, labels, at));
}

/** `ownersOf` in pieces; throws where the state changes between them. */
export function ownerSteps(state: HolderState, labels: HolderLabels, at: number): Steps<Owners> {
  return whileSame(() => state.revision(), ownersIn(state, labels, at));
}

/** What is said of an address itself; there is none where nothing is. */
interface Said {
  readonly label: string | undefined;
  readonly venue: string | undefined;
}

function* ownersIn(state: HolderState, labels: HolderLabels, at: number): Steps<Owners> {
  const { said, labelled, depositAddresses, funded } = yield* sightsOf(state, labels, at);
  // Of addresses that the state does not hold only labels say something.
  const elsewhere = new Map<string, Said>();
  const saidOf = (address: string): Said | undefined => {
    const known = said.get(address) ?? elsewhere.get(address);
    if (known !== undefined || state.get(address) !== undefined) return known;
    const label = labels.labelOf(address, at);
    elsewhere.set(address, { label, venue: venueLabel(label) });
    return elsewhere.get(address);
  };
  const venueOf = (address: string): string | undefined => saidOf(address)?.venue;
  const isKnown = (address: string): boolean => {
    const one = saidOf(address);
    return one?.label !== undefined || one?.venue !== undefined;
  };
  const depositors = yield* depositorsOf(state, depositAddresses, venueOf);
  const links = [...labels.links, ...(yield* funderLinks(state, funded, depositors, isKnown)), ...depositLinks(depositors, venueOf)];
  const ownerOf = (address: string): string | undefined => ownerLabel(saidOf(address)?.label);
  const joined = yield* clusterSteps({ addresses: labelled, ownerOf, confidenceOf: (address) => labels.lookup(address, at)?.confidence ?? 0, links });
  const clusterAt = new Map<string, Cluster>();
  let done = 0;
  for (const cluster of joined.clusters.values()) {
    for (const address of cluster.addresses) {
      clusterAt.set(address, cluster);
      if (++done % PIECE === 0) yield;
    }
  }
  return {
    clusters: joined.clusters, venueOf, isStranger: (address) => !clusterAt.has(address) && !said.has(address),
    clusterOf: (address) => clusterAt.get(address)?.cluster ?? ownerOf(address) ?? address,
    categoryOf: (address) => {
      const own = saidOf(address)?.label;
      if (own !== undefined && kindOf(own) === 'owner') return categoryOf(own);
      if (depositAddresses.has(address)) return 'exchange';
      const owner = clusterAt.get(address)?.label;
      return owner === undefined ? undefined : categoryOf(owner);
    },
  };
}

/** Who was funded by one address, of those who are nobody's by a label. */
interface Funded {
  /** How many there are, and those of them who had nothing from anybody else. */
  count: number;
  readonly alone: string[];
}

/** One look at every address. */
interface Sights {
  readonly said: ReadonlyMap<string, Said>;
  readonly labelled: readonly string[];
  readonly depositAddresses: ReadonlySet<string>;
  readonly funded: ReadonlyMap<string, Funded>;
}

function* sightsOf(state: HolderState, labels: HolderLabels, at: number): Steps<Sights> {
  const said = new Map<string, Said>();
  const labelled: string[] = [];
  const depositAddresses = new Set<string>();
  const funded = new Map<string, Funded>();
  const venueBy = (address: string): string | undefined => venueLabel(labels.labelOf(address, at));
  let done = 0;
  for (const [address, record] of state.entries()) {
    if (++done % PIECE === 0) yield;
    const label = labels.labelOf(address, at);
    const venue = venueLabel(label) ?? forwardsTo(record, venueBy, at);
    if (label !== undefined || venue !== undefined) said.set(address, { label, venue });
    if (ownerLabel(label) !== undefined) labelled.push(address);
    else if (label === undefined && venue !== undefined) depositAddresses.add(address);
    else if (record.funder !== '' && record.funder !== address) {
      let whom = funded.get(record.funder);
      if (whom === undefined) funded.set(record.funder, (whom = { count: 0, alone: [] }));
      whom.count++;
      if (countOf(record.receivedFrom) === 1) whom.alone.push(address);
    }
  }
  return { said, labelled, depositAddresses, funded };
}

/** Funders and whom they alone funded. Whoever shares a deposit address with others than these is theirs, which is the surer link. */
function* funderLinks(state: HolderState, funded: ReadonlyMap<string, Funded>, depositors: ReadonlyMap<string, readonly string[]>, isKnown: (address: string) => boolean): Steps<readonly AddressLink[]> {
  const few = new Map<string, boolean>();
  const isFew = (funder: string): boolean => {
    const before = few.get(funder);
    if (before !== undefined) return before;
    const record = (funded.get(funder)?.count ?? 0) < 2 ? undefined : state.get(funder);
    const is = record !== undefined && countOf(record.sentTo) <= MOST_FUNDED && !isKnown(funder);
    few.set(funder, is);
    return is;
  };
  const isFunded = (address: string): boolean => {
    const record = state.get(address);
    return record !== undefined && record.funder !== '' && countOf(record.receivedFrom) === 1 && isFew(record.funder);
  };
  const partners = new Map<string, string[]>();
  for (const senders of depositors.values()) for (const one of senders) for (const other of senders) if (one !== other) append(partners, one, other);
  const links: AddressLink[] = [];
  let done = 0;
  for (const [funder, { alone }] of funded) {
    if (++done % PIECE === 0) yield;
    if (alone.length < 2 || !isFew(funder) || isFunded(funder)) continue;
    const own = new Set(alone).add(funder);
    const children = alone.filter((address) => (partners.get(address) ?? []).every((other) => own.has(other)));
    if (children.length >= 2) for (const address of children) links.push({ a: funder, b: address, code: 'common-funder', confidence: COMMON_FUNDER, by: funder });
  }
  return links;
}

/** Whose each deposit address is: who sent there of late with a real share; of which nothing is kept, the one who ever did. */
function* depositorsOf(state: HolderState, depositAddresses: ReadonlySet<string>, venueOf: (address: string) => string | undefined): Steps<ReadonlyMap<string, readonly string[]>> {
  const received = new Map<string, Map<string, number>>();
  let done = 0;
  for (const { from, to, amount } of depositAddresses.size === 0 ? [] : state.recent()) {
    if (++done % PIECE === 0) yield;
    if (!depositAddresses.has(to)) continue;
    const senders = received.get(to) ?? new Map<string, number>();
    senders.set(from, (senders.get(from) ?? 0) + Number(amount));
    received.set(to, senders);
  }
  const depositors = new Map<string, readonly string[]>();
  for (const address of depositAddresses) {
    if (++done % PIECE === 0) yield;
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
