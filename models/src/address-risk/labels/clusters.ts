import { allSteps, PIECE, sortSteps, type Steps } from '../steps.ts';
import { groupBy, groupSteps } from './group.ts';

/** Why two addresses are taken for one owner's. */
export type LinkCode = 'label' | 'common-funder' | 'deposit-address' | 'vesting-contract' | 'multisig-owner' | 'committee';

/** Two addresses that somebody or something takes for one owner's. */
export interface AddressLink {
  readonly a: string;
  readonly b: string;
  readonly code: LinkCode;
  /** How sure that is by itself, above 0 to 1. */
  readonly confidence: number;
  /** What says so: a person's name, a funder's address. */
  readonly by: string;
  readonly reason?: string;
  /** When it was said, milliseconds. */
  readonly at?: number;
}

/** Links of one kind that hold a cluster together. */
export interface ClusterLinkFact {
  readonly code: LinkCode;
  /** Of the surest of them. */
  readonly confidence: number;
  /** Of the least sure of those without which the cluster would fall apart, `confidence` where it would not: never above it. */
  readonly weakest: number;
  /** How many addresses they join. */
  readonly addresses: number;
  /** Who says so: of the surest. */
  readonly by: string;
}

/** One owner's addresses. */
export interface Cluster {
  /** The owner's label, else the first of its addresses. */
  readonly cluster: string;
  readonly label: string | undefined;
  /** In order. */
  readonly addresses: readonly string[];
  readonly links: readonly ClusterLinkFact[];
  /** As sure as the weakest thing that holds it together: its least sure label, or the least sure link without which it would fall apart; above 0 to 1, and 1 where nothing is needed. */
  readonly weakest: number;
}

/** Links below this are not followed [A]: more likely wrong than right. */
const LINK_CONFIDENCE = 0.5;
/** Most kinds of links that are told of a cluster. */
const MOST_LINKS = 8;

/** What clusters are made of. */
export interface ClusterInput {
  /** Addresses that are to be in a cluster, besides those of links. */
  readonly addresses?: Iterable<string>;
  /** The label of an address's owner, where one is known and counts. */
  readonly ownerOf: (address: string) => string | undefined;
  /** How sure that label is; 1 by default. */
  readonly confidenceOf?: (address: string) => number;
  readonly links: readonly AddressLink[];
  /** Links that are less sure are not followed. */
  readonly minConfidence?: number;
}

/** Addresses put together by owner. */
export interface Clusters {
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Links that would have joined two owners with different labels: one of them is wrong, and labels count for more. */
  readonly refused: readonly AddressLink[];
  /** The cluster of an address; itself where nothing is known of it. */
  clusterOf(address: string): string;
}

/**
 * Puts addresses together: those with one owner's label, and those that links join, the surest links first, never two that are labelled differently. The result does not depend on the order of what is
 * given. Nearly linear in addresses and links.
 */
export function unionClusters(input: ClusterInput): Clusters {
  return allSteps(clusterSteps(input));
}

/** `unionClusters` in pieces. */
export function* clusterSteps({ addresses = [], ownerOf, confidenceOf = () => 1, links, minConfidence = LINK_CONFIDENCE }: ClusterInput): Steps<Clusters> {
  const parent = new Map<string, string>();
  const label = new Map<string, string>();
  const find = (address: string): string => {
    let root = address;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    for (let at = address; at !== root;) {
      const up = parent.get(at) ?? root;
      parent.set(at, root);
      at = up;
    }
    return root;
  };
  const add = (address: string): void => {
    if (parent.has(address)) return;
    parent.set(address, address);
    const owner = ownerOf(address);
    if (owner !== undefined) label.set(address, owner);
  };
  const join = (a: string, b: string): void => {
    const [first, second] = a < b ? [a, b] : [b, a];
    parent.set(second, first);
    const owner = label.get(first) ?? label.get(second);
    if (owner !== undefined) label.set(first, owner);
  };
  let done = 0;
  for (const address of addresses) {
    add(address);
    if (++done % PIECE === 0) yield;
  }
  const usable = yield* sortSteps(links.filter(({ confidence }) => confidence >= minConfidence), surestFirst);
  for (const { a, b } of usable) {
    add(a);
    add(b);
    if (++done % PIECE === 0) yield;
  }
  const labelled = new Map<string, string>();
  for (const address of yield* sortSteps([...label.keys()], compare)) {
    if (++done % PIECE === 0) yield;
    const owner = label.get(address) ?? '';
    const other = labelled.get(owner);
    if (other === undefined) labelled.set(owner, address);
    else join(find(other), find(address));
  }
  const refused: AddressLink[] = [];
  const followed: AddressLink[] = [];
  // The surest links go first: those that join something are a spanning tree whose least sure link no other choice of links could better.
  const needed = new Set<AddressLink>();
  for (const link of usable) {
    if (++done % PIECE === 0) yield;
    const [a, b] = [find(link.a), find(link.b)];
    const [ofA, ofB] = [label.get(a), label.get(b)];
    if (a !== b && ofA !== undefined && ofB !== undefined && ofA !== ofB) refused.push(link);
    else {
      followed.push(link);
      if (a === b) continue;
      needed.add(link);
      join(a, b);
    }
  }
  const members = yield* groupSteps(yield* sortSteps([...parent.keys()], compare), find);
  const linksOf = yield* groupSteps(followed, ({ a }) => find(a));
  const clusterAt = (root: string, inside: readonly string[]): Cluster => {
    const owner = label.get(root);
    const cluster = owner ?? inside[0] ?? root;
    const named = owner === undefined ? [] : inside.filter((address) => ownerOf(address) !== undefined);
    const sure = named.map(confidenceOf);
    const said: readonly ClusterLinkFact[] = owner === undefined ? [] : [{ code: 'label', confidence: greatest(sure), weakest: least(sure), addresses: named.length, by: owner }];
    const joined = linksOf.get(root) ?? [];
    const weakest = Math.min(least(sure), least(joined.filter((link) => needed.has(link)).map(({ confidence }) => confidence)));
    return { cluster, label: owner, addresses: inside, links: [...said, ...summed(joined, needed)].slice(0, MOST_LINKS), weakest };
  };
  const clusters = new Map<string, Cluster>();
  for (const [root, inside] of members) {
    const one = clusterAt(root, inside);
    clusters.set(one.cluster, one);
    done += inside.length;
    if (done % PIECE < inside.length) yield;
  }
  return {
    clusters, refused,
    clusterOf: (address) => {
      if (!parent.has(address)) return ownerOf(address) ?? address;
      const root = find(address);
      return label.get(root) ?? members.get(root)?.[0] ?? address;
    },
  };
}

function surestFirst(x: AddressLink, y: AddressLink): number {
  return y.confidence - x.confidence || compare(x.a < x.b ? x.a : x.b, y.a < y.b ? y.a : y.b) || compare(x.a < x.b ? x.b : x.a, y.a < y.b ? y.b : y.a) || compare(x.code, y.code) || compare(x.by, y.by);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Links by kind, those that join most first; of a kind the surest stands first already. */
function summed(links: readonly AddressLink[], needed: ReadonlySet<AddressLink>): readonly ClusterLinkFact[] {
  return [...groupBy(links, ({ code }) => code).values()]
    .flatMap((same): readonly ClusterLinkFact[] => {
      const [surest] = same;
      if (surest === undefined) return [];
      const weakest = Math.min(surest.confidence, least(same.filter((link) => needed.has(link)).map(({ confidence }) => confidence)));
      return [{ code: surest.code, confidence: surest.confidence, weakest, addresses: new Set(same.flatMap(({ a, b }) => [a, b])).size, by: surest.by }];
    })
    .sort((x, y) => y.addresses - x.addresses || compare(x.code, y.code));
}

/** The least of confidences, 1 of none; a list may be longer than a call takes arguments. */
function least(confidences: readonly number[]): number {
  return confidences.reduce((a, b) => Math.min(a, b), 1);
}

function greatest(confidences: readonly number[]): number {
  return confidences.reduce((a, b) => Math.max(a, b), 0);
}

/** Clusters of the addresses that given links join, for labels that differ from time to time. */
export interface LinkedClusters {
  /** The cluster of an address under labels, as sure as the weakest thing that holds it together; undefined when no link is of it. Takes time in the size of its own links alone. */
  clusterOf(address: string, labels: Pick<ClusterInput, 'ownerOf' | 'confidenceOf'>): (Pick<Cluster, 'cluster' | 'label' | 'links'> & { readonly confidence: number }) | undefined;
}

/** Prepares links that were given. */
export function createLinkedClusters(links: readonly AddressLink[]): LinkedClusters {
  const connected = unionClusters({ ownerOf: () => undefined, links });
  const parts = groupBy(links, ({ a }) => connected.clusterOf(a));
  const known = new Set(links.flatMap(({ a, b }) => [a, b]));
  return {
    clusterOf: (address, labels) => {
      if (!known.has(address)) return undefined;
      const found = unionClusters({ ...labels, links: parts.get(connected.clusterOf(address)) ?? [] });
      const cluster = found.clusters.get(found.clusterOf(address));
      return cluster === undefined ? undefined : { cluster: cluster.cluster, label: cluster.label, links: cluster.links, confidence: cluster.weakest };
    },
  };
}
