import { allSteps, ascendingSteps, PIECE, sortSteps, whileSame, type Steps } from '../steps.ts';
import { concentrationOfAscending, effectiveFloat, type HeldConcentration } from './concentration.ts';
import { ownerFacts } from './owner-facts.ts';
import type { HolderOwner, OwnerDeposits, ViewSettings } from './owner-types.ts';
import type { HolderState } from './holder-state.ts';
import { isIssuer, ownerSteps, type HolderLabels, type Owners } from './owners.ts';
import { receivedSteps } from './tainted.ts';

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

const DAY_MS = 86_400_000;
/** What has not moved for so long is dormant. */
const DORMANT_MS = 365 * DAY_MS;
/** What no owner can sell, or belongs to many. */
const NOT_AN_OWNERS = new Set(['exchange', 'bridge', 'burn', 'locked']);
/** Of the owners that are named, most that are of these. [A] */
const MOST_OF_THESE = 8;

/** The whole picture from a state and labels, as of `at`. A few microseconds for each address. */
export function holderView(state: HolderState, labels: HolderLabels, settings: ViewSettings): HolderView {
  return allSteps(holderViewSteps(state, labels, settings));
}

/** `holderView` in pieces of a few milliseconds; throws where the state changes between them. */
export function holderViewSteps(state: HolderState, labels: HolderLabels, settings: ViewSettings): Steps<HolderView> {
  return whileSame(() => state.revision(), viewIn(state, labels, settings));
}

function* viewIn(state: HolderState, labels: HolderLabels, settings: ViewSettings): Steps<HolderView> {
  const { at, perUnit } = settings;
  const owners = yield* ownerSteps(state, labels, at);
  const { apart, counted, others, unitsOf } = yield* holdingsOf(state, owners, settings);
  const figures = state.figures();
  const positive = Number(figures.positive) / perUnit;
  const supplyUnits = figures.isComplete ? Number(figures.minted - figures.burnt) / perUnit : Math.max(positive, settings.knownSupply ?? 0);
  const effectiveFloatUnits = effectiveFloat({ ...apart, supply: supplyUnits, dormantWeight: settings.dormantWeight });
  const deposits = yield* depositsOf(state, owners, at);
  const ascending = yield* ascendingSteps(Float64Array.from(counted.units));
  const concentration = concentrationOfAscending(ascending);
  if (ascending.length >= PIECE) yield;
  // Senders are among the largest as often as not: twice as many are enough.
  const largest = yield* atLeast(counted, ascending[ascending.length - 2 * settings.mostOwners] ?? 0);
  const named = yield* chosen(largest, others, deposits, settings.mostOwners);
  const received = yield* receivedSteps(state, labels, owners, new Set(named), at);
  const context = { state, labels, owners, received, settings, supplyUnits, effectiveFloatUnits, meanPropensity: figures.out > 0 ? figures.deposits / figures.out : 0 };
  const found: HolderOwner[] = [];
  for (const cluster of named) found.push(yield* ownerFacts(context, cluster, unitsOf(cluster), deposits.get(cluster)));
  return { holders: figures.holders, isComplete: figures.isComplete, supplyUnits, effectiveFloatUnits, apart, who: owners, concentration, owners: found };
}

/** Owners and what each holds, units, side by side: there are as many as addresses. */
interface Holdings {
  readonly names: string[];
  readonly units: number[];
}

/** What everybody holds. */
interface Held {
  readonly apart: Record<keyof HolderView['apart'], number>;
  /** Owners that could sell, and what no owner can sell or belongs to many. */
  readonly counted: Holdings;
  readonly others: Holdings;
  readonly unitsOf: (cluster: string) => number;
}

function* holdingsOf(state: HolderState, owners: Owners, { at, perUnit }: ViewSettings): Steps<Held> {
  const apart = { exchanges: 0, bridges: 0, locked: 0, burnt: 0, issuer: 0, dormant: 0 };
  const counted: Holdings = { names: [], units: [] };
  const others: Holdings = { names: [], units: [] };
  const together = new Map<string, number>();
  let done = 0;
  for (const [address, { balance, moved }] of state.entries()) {
    if (++done % PIECE === 0) yield;
    if (balance <= 0n) continue;
    const units = Number(balance) / perUnit;
    const isStranger = owners.isStranger(address);
    const place = placeOf(isStranger ? undefined : owners.categoryOf(address), at - moved >= DORMANT_MS);
    if (place !== undefined) apart[place] += units;
    if (isStranger) {
      counted.names.push(address);
      counted.units.push(units);
    } else {
      const cluster = owners.clusterOf(address);
      together.set(cluster, (together.get(cluster) ?? 0) + units);
    }
  }
  for (const [cluster, units] of together) {
    const list = NOT_AN_OWNERS.has(owners.categoryOf(owners.clusters.get(cluster)?.addresses[0] ?? cluster) ?? '') ? others : counted;
    list.names.push(cluster);
    list.units.push(units);
    if (++done % PIECE === 0) yield;
  }
  return { apart, counted, others, unitsOf: (cluster) => together.get(cluster) ?? Math.max(0, Number(state.get(cluster)?.balance ?? 0n) / perUnit) };
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
function* depositsOf(state: HolderState, owners: Owners, at: number): Steps<ReadonlyMap<string, OwnerDeposits>> {
  const deposits = new Map<string, OwnerDeposits>();
  let done = 0;
  for (const transfer of state.recent()) {
    if (++done % PIECE === 0) yield;
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
type HeldBy = readonly [cluster: string, units: number];

/** Half of the places for those with most sent to exchanges, the rest for those that hold most (`largest` has these among it), few of them `others`. */
function* chosen(largest: readonly HeldBy[], others: Holdings, deposits: ReadonlyMap<string, OwnerDeposits>, most: number): Steps<readonly string[]> {
  const byName = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  const bySize = ([x, a]: HeldBy, [y, b]: HeldBy): number => b - a || byName(x, y);
  const senders = yield* sortSteps([...deposits], ([x, a], [y, b]) => (b.week > a.week ? 1 : b.week < a.week ? -1 : byName(x, y)));
  const names = new Set(senders.slice(0, Math.floor(most / 2)).map(([cluster]) => cluster));
  const ofOthers = (yield* sortSteps(others.names.map((name, i): HeldBy => [name, others.units[i] ?? 0]), bySize)).filter(([cluster]) => !names.has(cluster)).slice(0, MOST_OF_THESE);
  for (const [cluster] of yield* sortSteps([...largest, ...ofOthers], bySize)) {
    if (names.size >= most) break;
    names.add(cluster);
  }
  return [...names];
}

/** Those that hold at least `bar`, in no order: to put all in order costs more than everything else. */
function* atLeast({ names, units }: Holdings, bar: number): Steps<readonly HeldBy[]> {
  const found: HeldBy[] = [];
  for (const [i, held] of units.entries()) {
    if (held >= bar) found.push([names[i] ?? '', held]);
    if ((i + 1) % PIECE === 0) yield;
  }
  return found;
}
