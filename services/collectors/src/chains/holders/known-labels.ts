import type { EpochMs } from '@breakwater/models/core';
import { ownerLabel, PIECE, unionClusters, type AddressLink, type HolderLabels, type LabelRegistry, type Steps } from '@breakwater/models/address-risk';
import type { LabelOf } from '../labels.ts';

/** What is said of addresses, from a registry or from a plain list, whose word counts in full. */
export function holderLabels(chain: string, labels: LabelOf, registry: LabelRegistry | undefined): HolderLabels {
  if (registry !== undefined) return { lookup: (address, at) => registry.lookup(address, chain, at), labelOf: (address, at) => registry.labelOf(address, chain, at), links: registry.links };
  const lookup = (address: string, at: number) => {
    const label = labels(address, at);
    return label === undefined ? undefined : { label, confidence: 1, disputed: false };
  };
  return { lookup, labelOf: labels, links: [] };
}

/** The same labels, as they are to be understood of one token. */
export function labelsAs(labels: HolderLabels, understood: (label: string | undefined) => string | undefined): HolderLabels {
  return {
    ...labels, labelOf: (address, at) => understood(labels.labelOf(address, at)),
    lookup: (address, at) => {
      const found = labels.lookup(address, at);
      return found === undefined ? undefined : { ...found, label: understood(found.label) ?? found.label };
    },
  };
}

/** Labels and links as they were when they were last looked at. */
export interface RememberedLabels {
  readonly labels: ReadonlyMap<string, string>;
  readonly links: readonly AddressLink[];
}

/** An address of which something else is known than was. */
export interface LabelChange {
  readonly address: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Remembered labels as labels. */
export function asLabels(remembered: RememberedLabels): HolderLabels {
  const lookup = (address: string) => {
    const label = remembered.labels.get(address);
    return label === undefined ? undefined : { label, confidence: 1, disputed: false };
  };
  return { lookup, labelOf: (address) => remembered.labels.get(address), links: remembered.links };
}

/** What labels and links say of addresses now, in pieces. */
export function* rememberLabels(addresses: Iterable<string>, labels: HolderLabels, at: EpochMs): Steps<RememberedLabels> {
  const known = new Map<string, string>();
  let done = 0;
  for (const address of addresses) {
    if (++done % PIECE === 0) yield;
    const label = labels.labelOf(address, at);
    if (label !== undefined) known.set(address, label);
  }
  return { labels: known, links: labels.links };
}

/** Addresses of which two memories say something else: another label, or, without one, another owner by links. In order. */
export function changesBetween(before: RememberedLabels, after: RememberedLabels): readonly LabelChange[] {
  const linked = [...before.links, ...after.links].flatMap(({ a, b }) => [a, b]);
  const [was, is] = [before, after].map(({ labels, links }) => unionClusters({ ownerOf: (address) => ownerLabel(labels.get(address)), links }));
  const said = ({ labels }: RememberedLabels, clusters: typeof was, address: string): string | null => {
    const cluster = clusters?.clusterOf(address) ?? address;
    return labels.get(address) ?? (cluster === address ? null : cluster);
  };
  return [...new Set([...before.labels.keys(), ...after.labels.keys(), ...linked])].sort()
    .map((address): LabelChange => ({ address, from: said(before, was, address), to: said(after, is, address) }))
    .filter(({ from, to }) => from !== to);
}

/** Remembered labels as text. */
export function writeLabels({ labels, links }: RememberedLabels): string {
  return JSON.stringify({ labels: [...labels], links });
}

/** Reads them back. Throws on a text that is none: it was written here. */
export function readLabels(text: string): RememberedLabels {
  const { labels, links } = JSON.parse(text) as { readonly labels: readonly (readonly [string, string])[]; readonly links: readonly AddressLink[] };
  return { labels: new Map(labels), links };
}
