import type { AddressFeatureName } from '../messages/address-score.ts';
import type { Audience } from './audience.ts';

/** Deposits of one owner, already written as text; null where a figure is not known. */
export interface ClusterDepositFacts {
  readonly owner: string;
  readonly addresses: number;
  readonly usd: string | null;
  /** Of the effective float, in a day and in a week. */
  readonly dayShare: string | null;
  readonly weekShare: string | null;
  /** Deposits of the day over the ignition threshold, as a factor. */
  readonly ofThreshold: string | null;
}

/** What is said of owners of addresses and of reserves. */
export interface AddressPhrases {
  /** One sentence: who moved how much, against the float and the threshold. */
  readonly clusterMoved: (audience: Audience, facts: ClusterDepositFacts) => string;
  /** The issuer's cluster as the one who moved something. */
  readonly issuerCluster: (audience: Audience, owner: string) => string;
  readonly whyCluster: (audience: Audience, facts: ClusterDepositFacts) => string;
  /** What an owner bought over the counter, and how far below the market. */
  readonly whyOtc: (owner: string, units: string, discount: string) => string;
  readonly whyRisk: (owner: string, probability: string, baseRate: string, features: readonly string[]) => string;
  readonly feature: Readonly<Record<AddressFeatureName, string>>;
  /** `move` is the change of the floor, where there was one before. */
  readonly floorFell: (audience: Audience, from: string, to: string, ago: string, move: string | null) => string;
  readonly minted: (audience: Audience, units: string, from: string, to: string, move: string | null) => string;
  readonly unlockAhead: (audience: Audience, at: string, inTime: string | null) => string;
  readonly belowFloor: (audience: Audience, price: string, floor: string) => string;
  readonly whyFloorFell: (from: string, to: string, ago: string) => string;
  readonly whyMint: (units: string, from: string, to: string, tx: string) => string;
  readonly whyUnlock: (at: string) => string;
  readonly whyBelowFloor: (price: string, floor: string) => string;
  readonly whyOwnerMay: (units: string, floor: string | null) => string;
  /** A mint that set a warning off was undone by the chain. */
  readonly retractedMint: (tx: string | null) => string;
  readonly lineCluster: (owner: string, share: string | null, ofThreshold: string | null) => string;
  /** The issuer's cluster in a line. */
  readonly lineIssuerCluster: (owner: string) => string;
  readonly lineFloorFell: (from: string, to: string, move: string | null) => string;
  readonly lineMinted: (units: string) => string;
  readonly lineUnlock: (at: string) => string;
  readonly lineBelowFloor: (price: string, floor: string) => string;
  readonly lineRetractedMint: string;
}
