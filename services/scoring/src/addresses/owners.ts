import { mostClusterAddresses, type ClusterFacts, type HoldersMessage } from '@breakwater/contracts';
import type { EpochMs, Ratio, SourceId } from '@breakwater/models/core';
import { epochMs, ratio } from '@breakwater/models/core';
import type { ChainHolders } from './holder-memory.ts';

/** Who holds an asset over all its chains. */
export interface Holdings {
  /** The chains it is put together from, in order of their ids. */
  readonly chains: readonly ChainHolders[];
  /** As of the oldest of their blocks. */
  readonly at: EpochMs;
  readonly complete: boolean;
  readonly holders: number;
  readonly supplyUnits: number;
  /** The effective float where all is known, else the float that the config names. */
  readonly floatUnits: number;
  /** Whether these say something of the whole: from a beginning that is not known, without a word of the config, they are of what moved since. */
  readonly isSupplyKnown: boolean;
  /** Of the chain with most units: how units on several are spread over one owner is not known of all owners. */
  readonly concentration: HoldersMessage['concentration'];
  /** Owners that are known, by their cluster. */
  readonly owners: ReadonlyMap<string, ClusterFacts>;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const share = (units: number, of: number): ReturnType<typeof ratio> => ratio(of > 0 ? Math.min(1, units / of) : 0);
const lesser = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.min(a, b));
const greater = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.max(a, b));

/** The worse of two that are known. */
function tainted(a: Ratio | null, b: Ratio | null): Pick<ClusterFacts, 'taintedShare'> {
  const worse = greater(a, b);
  return worse === null ? {} : { taintedShare: ratio(worse) };
}

/** One owner of addresses on two chains: units add up; of what does not add up the busier chain's counts, and of how sure it is the lesser. */
function joined(a: ClusterFacts, b: ClusterFacts): ClusterFacts {
  const addresses = [...new Set([...a.addresses, ...b.addresses])];
  return {
    ...a, label: a.label ?? b.label, confidence: ratio(Math.min(a.confidence, b.confidence)), disputed: a.disputed || b.disputed,
    // Addresses of two chains may be the same ones, as far as nobody names them.
    addressCount: Math.max(a.addressCount, b.addressCount, addresses.length), addresses: addresses.slice(0, mostClusterAddresses), links: [...a.links, ...b.links].slice(0, 8),
    units: a.units + b.units, depositsDayUnits: a.depositsDayUnits + b.depositsDayUnits, depositsWeekUnits: a.depositsWeekUnits + b.depositsWeekUnits, venuesWeek: [...new Set([...a.venuesWeek, ...b.venuesWeek])].slice(0, 16),
    depositPropensity: ratio(Math.max(a.depositPropensity, b.depositPropensity)), fanIn: Math.max(a.fanIn, b.fanIn), fanOut: Math.max(a.fanOut, b.fanOut),
    dormancyDays: lesser(a.dormancyDays, b.dormancyDays), ageDays: greater(a.ageDays, b.ageDays), issuerScore: ratio(Math.max(a.issuerScore, b.issuerScore)), ...tainted(a.taintedShare ?? null, b.taintedShare ?? null),
  };
}

/**
 * What the chains of an asset say together; undefined while none has spoken. What bridges hold is on another chain as well, and counts once: as much of it is left out as the smaller chains have [A]. `only` are the chains that
 * carry a token of it now, `named` the units in circulation as the config says: they count once over all chains while one does not know all of its own. O(clusters).
 */
export function holdingsOf(all: readonly ChainHolders[], only: readonly SourceId[] | undefined, named?: number): Holdings | undefined {
  const chains = only === undefined ? all : all.filter(({ message }) => (only as readonly string[]).includes(message.chain));
  const [largest, ...smaller] = chains.map(({ message }) => message).sort((a, b) => b.supplyUnits - a.supplyUnits || (a.chain < b.chain ? -1 : 1));
  if (largest === undefined) return undefined;
  const messages = [largest, ...smaller];
  const twice = Math.min(sum(messages.map(({ apart }) => apart.bridges)), sum(smaller.map(({ supplyUnits }) => supplyUnits)));
  const complete = messages.every((m) => m.complete);
  const float = complete || named === undefined || !(named > 0) ? undefined : named;
  const [supplyUnits, floatUnits] = float === undefined ? [sum(messages.map((m) => m.supplyUnits)) - twice, Math.max(0, sum(messages.map((m) => m.effectiveFloatUnits)) - twice)] : [Math.max(float, largest.supplyUnits), float];
  const owners = new Map<string, ClusterFacts>();
  for (const { clusters } of messages) {
    for (const facts of clusters) {
      const held = owners.get(facts.cluster);
      owners.set(facts.cluster, held === undefined ? facts : joined(held, facts));
    }
  }
  if (smaller.length > 0 || float !== undefined) for (const [cluster, facts] of owners) owners.set(cluster, { ...facts, supplyShare: share(facts.units, supplyUnits), floatShare: share(facts.units, floatUnits) });
  return {
    chains, at: epochMs(Math.min(...messages.map(({ eventTime }) => eventTime))), complete, holders: sum(messages.map(({ holders }) => holders)), supplyUnits, floatUnits,
    isSupplyKnown: complete || float !== undefined, concentration: largest.concentration, owners,
  };
}
