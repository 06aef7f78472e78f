import { categoryOf } from '../labels/categories.ts';
import type { ClusterLinkFact } from '../labels/clusters.ts';
import { concentrationOf, effectiveFloat, type HeldConcentration } from './concentration.ts';
import { countOf, NOBODY, together } from './counterparties.ts';
import { lastSentBefore, UNKNOWN, type HolderRecord } from './holder-record.ts';
import type { HolderState } from './holder-state.ts';
import { isIssuer, issuerNearness, ownersOf, type HolderLabels, type Owners } from './owners.ts';

/** What is known of one owner. Amounts are token units, times since are days. */
export interface HolderOwner {
  readonly cluster: string;
  readonly label: string | null;
  /** How sure the label is, or, without one, the weakest link without which it would fall apart; 0 where there is neither. */
  readonly confidence: number;
  readonly disputed: boolean;
  readonly addressCount: number;
  /** Those with most sent to exchanges within a week, by whom the next deposit is known, then the largest holders. */
  readonly addresses: readonly string[];
  readonly links: readonly Omit<ClusterLinkFact, 'weakest'>[];
  readonly units: number;
  readonly supplyShare: number;
  readonly floatShare: number;
  readonly depositsDayUnits: number;
  readonly depositsWeekUnits: number;
  readonly venuesWeek: readonly string[];
  readonly depositPropensity: number;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly dormancyDays: number | null;
  readonly ageDays: number | null;
  readonly issuerScore: number;
}

/** Who holds a token at a moment. Amounts are token units. */
export interface HolderView {
  readonly holders: number;
  readonly isComplete: boolean;
  readonly supplyUnits: number;
  readonly effectiveFloatUnits: number;
  readonly apart: { readonly exchanges: number; readonly bridges: number; readonly locked: number; readonly burnt: number; readonly issuer: number; readonly dormant: number };
  readonly concentration: HeldConcentration | undefined;
  /** Those with most sent to exchanges within a week, then those that hold most. */
  readonly owners: readonly HolderOwner[];
  /** Who was taken for whom. */
  readonly who: Owners;
}

/** What a view is made with. */
export interface ViewSettings {
  readonly at: number;
  /** Smallest units in one unit of the asset. */
  readonly perUnit: number;
  /** Part of the dormant that does not count for the effective float, 0 to 1. */
  readonly dormantWeight: number;
  /** Units in circulation as somebody says, for a state that does not know the supply. */
  readonly knownSupply?: number | undefined;
  /** Most owners and most addresses of an owner that are named. */
  readonly mostOwners: number;
  readonly mostAddresses: number;
}

const DAY_MS = 86_400_000;
/** What has not moved for so long is dormant. */
const DORMANT_MS = 365 * DAY_MS;
/** Transfers that an address of which nothing is known counts for, at the mean of all, in its propensity to deposit. [A] */
const PRIOR_TRANSFERS = 10;
/** What no owner can sell, or belongs to many. */
const NOT_AN_OWNERS = new Set(['exchange', 'bridge', 'burn', 'locked']);
/** Of the owners that are named, most that are of these. [A] */
const MOST_OF_THESE = 8;
/** Exchanges named of one owner. */
const MOST_VENUES = 16;
const MOST_LINKS = 8;

interface Deposits {
  day: bigint;
  week: bigint;
  venues: Map<string, bigint>;
  /** Of the week, by the address that sent it. */
  senders: Map<string, bigint>;
}

/** The whole picture from a state and labels, as of `at`. About 10 microseconds for each address. */
export function holderView(state: HolderState, labels: HolderLabels, settings: ViewSettings): HolderView {
  const { at, perUnit } = settings;
  const owners = ownersOf(state, labels, at);
  const held = new Map<string, number>();
  const apart = { exchanges: 0, bridges: 0, locked: 0, burnt: 0, issuer: 0, dormant: 0 };
  for (const [address, { balance, moved }] of state.entries()) {
    if (balance <= 0n) continue;
    const units = Number(balance) / perUnit;
    const place = placeOf(owners.categoryOf(address), at - moved >= DORMANT_MS);
    if (place !== undefined) apart[place] += units;
    const cluster = owners.clusterOf(address);
    held.set(cluster, (held.get(cluster) ?? 0) + units);
  }
  const figures = state.figures();
  const positive = Number(figures.positive) / perUnit;
  const supplyUnits = figures.isComplete ? Number(figures.minted - figures.burnt) / perUnit : Math.max(positive, settings.knownSupply ?? 0);
  const effectiveFloatUnits = effectiveFloat({ ...apart, supply: supplyUnits, dormantWeight: settings.dormantWeight });
  const deposits = depositsOf(state, owners, at);
  const category = (cluster: string): string | undefined => owners.categoryOf(owners.clusters.get(cluster)?.addresses[0] ?? cluster);
  const [counted, others]: [Held[], Held[]] = [[], []];
  for (const one of held) (NOT_AN_OWNERS.has(category(one[0]) ?? '') ? others : counted).push(one);
  const named = chosen(counted, others, deposits, settings.mostOwners);
  const context: FactsContext = { state, labels, owners, settings, supplyUnits, effectiveFloatUnits, mean: figures.out > 0 ? figures.deposits / figures.out : 0 };
  return {
    holders: figures.holders, isComplete: figures.isComplete, supplyUnits, effectiveFloatUnits, apart,
    who: owners, concentration: concentrationOf(counted.map(([, units]) => units)),
    owners: named.map((cluster) => factsOf(context, cluster, held.get(cluster) ?? 0, deposits.get(cluster))),
  };
}

function placeOf(category: string | undefined, isDormant: boolean): keyof HolderView['apart'] | undefined {
  if (isIssuer(category)) return 'issuer';
  switch (category) {
    case 'exchange': return 'exchanges';
    case 'bridge': return 'bridges';
    case 'locked': return 'locked';
    case 'burn': return 'burnt';
    default: return isDormant ? 'dormant' : undefined;
  }
}

/** What each owner sent to exchanges within the last day and week; what moves between addresses of exchanges is none. */
function depositsOf(state: HolderState, owners: Owners, at: number): ReadonlyMap<string, Deposits> {
  const deposits = new Map<string, Deposits>();
  for (const transfer of state.recent()) {
    if (transfer.at <= at - 7 * DAY_MS || transfer.at > at) continue;
    const venue = owners.venueOf(transfer.to);
    if (venue === undefined || owners.venueOf(transfer.from) !== undefined) continue;
    const cluster = owners.clusterOf(transfer.from);
    const sum = deposits.get(cluster) ?? { day: 0n, week: 0n, venues: new Map<string, bigint>(), senders: new Map<string, bigint>() };
    sum.week += transfer.amount;
    if (transfer.at > at - DAY_MS) sum.day += transfer.amount;
    sum.venues.set(venue, (sum.venues.get(venue) ?? 0n) + transfer.amount);
    sum.senders.set(transfer.from, (sum.senders.get(transfer.from) ?? 0n) + transfer.amount);
    deposits.set(cluster, sum);
  }
  return deposits;
}

/** Units by owner. */
type Held = readonly [cluster: string, units: number];

/** Half of the places for those with most sent to exchanges, the rest for those that hold most, few of them `others`. */
function chosen(counted: readonly Held[], others: readonly Held[], deposits: ReadonlyMap<string, Deposits>, most: number): readonly string[] {
  const byName = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  const senders = [...deposits].sort(([x, a], [y, b]) => (b.week > a.week ? 1 : b.week < a.week ? -1 : byName(x, y))).slice(0, Math.floor(most / 2)).map(([cluster]) => cluster);
  const names = new Set(senders);
  const ofOthers = new Set(largest(others, 2 * most).filter(([cluster]) => !names.has(cluster)).sort(([x, a], [y, b]) => b - a || byName(x, y)).slice(0, MOST_OF_THESE).map(([cluster]) => cluster));
  // Senders are among the largest as often as not: twice as many are enough.
  const candidates = [...largest(counted, 2 * most), ...others.filter(([cluster]) => ofOthers.has(cluster))];
  for (const [cluster] of candidates.sort(([x, a], [y, b]) => b - a || byName(x, y))) {
    if (names.size >= most) break;
    names.add(cluster);
  }
  return [...names];
}

/** Those that hold most, at least `most` of them, in no order: to put all in order costs more than everything else. */
function largest(held: readonly Held[], most: number): readonly Held[] {
  const sizes = Float64Array.from(held, ([, units]) => units).sort();
  const bar = sizes[sizes.length - most] ?? 0;
  return held.filter(([, units]) => units >= bar);
}

interface FactsContext {
  readonly state: HolderState;
  readonly labels: HolderLabels;
  readonly owners: Owners;
  readonly settings: ViewSettings;
  readonly supplyUnits: number;
  readonly effectiveFloatUnits: number;
  /** Share of all transfers out that went to exchanges. */
  readonly mean: number;
}

function factsOf(context: FactsContext, name: string, units: number, deposits: Deposits | undefined): HolderOwner {
  const { state, labels, owners, settings: { at, perUnit, mostAddresses } } = context;
  const cluster = owners.clusters.get(name);
  const members = (cluster?.addresses ?? [name]).flatMap((address): readonly (readonly [string, HolderRecord])[] => {
    const record = state.get(address);
    return record === undefined ? [] : [[address, record]];
  }).sort(([x, a], [y, b]) => descending(deposits?.senders.get(x) ?? 0n, deposits?.senders.get(y) ?? 0n) || descending(a.balance, b.balance) || (x < y ? -1 : 1));
  const records = members.map(([, record]) => record);
  const said = members.map(([address]) => labels.lookup(address, at)).filter((answer) => answer !== undefined);
  const label = cluster?.label ?? (members.length === 1 ? labels.labelOf(name, at) : undefined) ?? null;
  const links = cluster?.links ?? [];
  const sure = label === null ? (links.length === 0 ? 0 : cluster?.weakest ?? 0) : said.reduce((most, answer) => (answer.label === label ? Math.max(most, answer.confidence) : most), 0);
  const sent = Math.max(...records.map((record) => lastSentBefore(record, at)));
  const since = records.map((record) => record.since);
  const [out, toVenues] = [sum(records, ({ out }) => out), sum(records, ({ deposits }) => deposits)];
  const share = (of: number): number => (of > 0 ? Math.min(1, units / of) : 0);
  return {
    cluster: name, label, confidence: sure, disputed: said.some(({ disputed }) => disputed),
    addressCount: Math.max(1, members.length), addresses: members.slice(0, mostAddresses).map(([address]) => address), links: links.slice(0, MOST_LINKS).map(({ code, confidence, addresses, by }) => ({ code, confidence, addresses, by })),
    units, supplyShare: share(context.supplyUnits), floatShare: share(context.effectiveFloatUnits),
    depositsDayUnits: Number(deposits?.day ?? 0n) / perUnit, depositsWeekUnits: Number(deposits?.week ?? 0n) / perUnit,
    venuesWeek: [...(deposits?.venues ?? [])].sort(([x, a], [y, b]) => (b > a ? 1 : b < a ? -1 : x < y ? -1 : 1)).slice(0, MOST_VENUES).map(([venue]) => venue),
    depositPropensity: (context.mean * PRIOR_TRANSFERS + toVenues) / (PRIOR_TRANSFERS + out),
    fanIn: countOf(records.map(({ receivedFrom }) => receivedFrom).reduce(together, NOBODY)), fanOut: countOf(records.map(({ sentTo }) => sentTo).reduce(together, NOBODY)),
    dormancyDays: records.length === 0 || sent === UNKNOWN ? null : (at - sent) / DAY_MS, ageDays: records.length === 0 || since.includes(UNKNOWN) ? null : Math.max(0, (at - Math.min(...since)) / DAY_MS),
    issuerScore: label !== null && isIssuer(categoryOf(label)) ? 1 : Math.max(0, ...members.map(([address]) => issuerNearness(state, owners, address))),
  };
}

const descending = (a: bigint, b: bigint): number => (b > a ? 1 : b < a ? -1 : 0);

function sum(records: readonly HolderRecord[], of: (record: HolderRecord) => number): number {
  return records.reduce((total, record) => total + of(record), 0);
}
