import type { ClusterLinkFact } from '../labels/clusters.ts';

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
  /** Share of what it received that came from addresses labelled as mixers, sanctioned or thieves, 0 to 1; null where nothing is known of whom it received from. */
  readonly taintedShare: number | null;
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

/** What one owner sent to exchanges, smallest units: within a day, within a week, of the week to each exchange and from each address. */
export interface OwnerDeposits {
  day: bigint;
  week: bigint;
  readonly venues: Map<string, bigint>;
  readonly senders: Map<string, bigint>;
}
