import type { AddressesScore, Concentration, Language, ScoreMessage } from '@breakwater/contracts';
import { clusterName } from '@breakwater/contracts';
import { addressWordsOf } from './address-words.ts';
import { labelText } from './escape.ts';
import { drawable } from './scale.ts';

/** What owners and flows to exchanges are drawn from; `holdersOfScore` makes one. */
export type HoldersInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'addresses'>;

/** The owners of a score. */
export function holdersOfScore({ asset, eventTime, addresses }: ScoreMessage): HoldersInput {
  return { asset, eventTime, addresses };
}

/** How an owner is counted. */
export type OwnerKind = 'owner' | 'issuer' | 'apart';

/** Categories of labels whose holdings are left out of concentration: nobody decides over them as an owner does. */
const apartCategories: ReadonlySet<string> = new Set(['exchange', 'bridge', 'burn', 'locked']);
/** From here on an owner counts as the issuer's own. [A] */
const issuerFrom = 0.5;

/** How an owner is counted, by its label and how near it is to the issuer. */
export function ownerKind({ cluster, label, issuerScore }: Pick<AddressesScore['clusters'][number], 'cluster' | 'label' | 'issuerScore'>): OwnerKind {
  const name = label ?? cluster;
  const category = name.includes(':') ? name.slice(0, name.indexOf(':')) : '';
  return apartCategories.has(category) ? 'apart' : category === 'issuer' || issuerScore >= issuerFrom ? 'issuer' : 'owner';
}

/** One owner as it is drawn. */
export interface HolderRow {
  readonly name: string;
  readonly kind: OwnerKind;
  /** Of the effective float, >= 0. */
  readonly share: number;
  readonly of: AddressesScore['clusters'][number];
}

/** Owners in plain numbers, all of them drawable. */
export interface HoldersDrawing {
  readonly addresses: AddressesScore;
  /** Those that are counted first, each by share, then what stands apart. */
  readonly rows: readonly HolderRow[];
  readonly concentration: Concentration | null;
  /** Share of supply that is no part of the effective float, 0 to 1. */
  readonly apartShare: number | undefined;
}

/** Why there are no owners, or their numbers. */
export type HoldersFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'holders' } & HoldersDrawing);

/** The numbers of who holds an asset, or why there are none. O(n log n). */
export function holdersFigures({ asset, addresses }: HoldersInput, language: Language): HoldersFigures {
  const words = addressWordsOf(language);
  if (addresses === undefined) return { kind: 'empty', why: words.noHolders(labelText(asset)) };
  if (addresses === null) return { kind: 'empty', why: words.noChain(labelText(asset)) };
  const rows = addresses.clusters
    .map((of): HolderRow => ({ name: labelText(clusterName(of.cluster)), kind: ownerKind(of), share: Math.max(0, drawable(of.floatShare) ?? 0), of }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => Number(a.kind === 'apart') - Number(b.kind === 'apart') || b.share - a.share);
  if (rows.length === 0) return { kind: 'empty', why: words.nobody(labelText(asset)) };
  const { supplyUnits, effectiveFloatUnits, concentration } = addresses;
  const apartShare = supplyUnits > 0 ? 1 - effectiveFloatUnits / supplyUnits : undefined;
  return { kind: 'holders', addresses, rows, concentration, apartShare: apartShare !== undefined && apartShare >= 0 && apartShare <= 1 ? apartShare : undefined };
}
