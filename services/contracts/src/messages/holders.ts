import { z } from 'zod';
import { stamp, unit } from './common.ts';

/** Most clusters of holders that a message names, the ones with most at exchanges and most held first. */
export const mostClusters = 48;
/** Most addresses of a cluster that are named, those with most sent to exchanges within a week first, then the largest holders. */
export const mostClusterAddresses = 8;

/** Why addresses are taken for one owner, and how sure that is by itself, 0 to 1. `by` names what says so: a label's source, a funder's address. */
export const clusterLink = z
  .object({ code: z.enum(['label', 'common-funder', 'deposit-address', 'vesting-contract', 'multisig-owner', 'committee']), confidence: unit.ratio, addresses: z.number().int().positive(), by: z.string() })
  .readonly();
export type ClusterLink = z.infer<typeof clusterLink>;

/** What is known of one owner of addresses on a chain up to a block: everything from transfers and labels up to there, nothing from later. */
export const clusterFactsShape = z
  .object({
    /** The label of its owner (`issuer:mantra`), else the address that stands for it. */
    cluster: z.string().min(1).max(96),
    /** `<category>:<name>` where a label names the owner, with how sure that is, 0 to 1; a disputed one is less sure. */
    label: z.string().nullable(), confidence: unit.ratio, disputed: z.boolean(),
    addressCount: z.number().int().positive(), addresses: z.array(z.string()).max(mostClusterAddresses).readonly(),
    links: z.array(clusterLink).max(8).readonly(),
    /** What it holds, token units, and as a share of supply and of the effective float, 0 to 1. */
    units: z.number().nonnegative(), supplyShare: unit.ratio, floatShare: unit.ratio,
    /** What it sent to labelled exchanges, token units, and to how many of them. */
    depositsDayUnits: z.number().nonnegative(), depositsWeekUnits: z.number().nonnegative(), venuesWeek: z.array(z.string()).max(16).readonly(),
    /** Share of its transfers out that went to exchanges, shrunk towards the mean of all, 0 to 1. */
    depositPropensity: unit.ratio,
    /** Different counterparties it ever received from and sent to. */
    fanIn: z.number().int().nonnegative(), fanOut: z.number().int().nonnegative(),
    /** Since its last transfer out before the present day, and since its first transfer, days; null where it never sent, or was there before the first block that is known. */
    dormancyDays: z.number().nonnegative().nullable(), ageDays: z.number().nonnegative().nullable(),
    /** How near to the issuer, 0 to 1: 1 for its own labels, less for what it funded. */
    issuerScore: unit.ratio,
    /** Share of what it received that came from addresses labelled as mixers, sanctioned or thieves, 0 to 1; null or absent where nothing is known of whom it received from. */
    taintedShare: unit.ratio.nullable().optional(),
  });
/** What is known of one owner of addresses on a chain up to a block. */
export const clusterFacts = clusterFactsShape.readonly();
export type ClusterFacts = z.infer<typeof clusterFacts>;

/** How evenly a token is held, over owners; exchanges' omnibus addresses, bridges, burnt and locked units are left out. */
export const concentration = z
  .object({
    /** 0 for equal holders, to 1. */
    gini: unit.ratio,
    /** Sum of squared shares, 1/n to 1, and its inverse. */
    hhi: unit.ratio, effectiveHolders: z.number().positive(),
    /** Fewest owners with half of it. */
    nakamoto: z.number().int().positive(),
  })
  .readonly();
export type Concentration = z.infer<typeof concentration>;

/**
 * Who holds a token on a chain, after the block at `eventTime`; published when it changed, at most once in a while, and again after a reorganisation.
 * Units are token units of the asset.
 */
export const holdersMessage = z
  .object({
    kind: z.literal('holders'), ...stamp, asset: unit.asset, chain: unit.chain, block: z.number().int().nonnegative(), blockHash: z.string(),
    /** Whether every transfer since the first is known (or a snapshot of all holders was the beginning); otherwise what is said of holdings is of those that moved since. */
    complete: z.boolean(),
    holders: z.number().int().nonnegative(), supplyUnits: z.number().nonnegative(),
    /** Supply without what is locked, the issuer's, and a part of what has not moved for a year. */
    effectiveFloatUnits: z.number().nonnegative(),
    /** What stands apart, token units. */
    apart: z.object({ exchanges: z.number().nonnegative(), bridges: z.number().nonnegative(), locked: z.number().nonnegative(), burnt: z.number().nonnegative(), issuer: z.number().nonnegative(), dormant: z.number().nonnegative() }).readonly(),
    /** Null while nobody holds anything. */
    concentration: concentration.nullable(),
    clusters: z.array(clusterFacts).max(mostClusters).readonly(),
  })
  .readonly();
export type HoldersMessage = z.infer<typeof holdersMessage>;

/** Most days and changed addresses of a retroactive look. */
export const mostReviewDays = 31;

/**
 * What changed labels or clusters say of the last 30 days: deposits to exchanges by day as they were known and as they are known now. It fires nothing; it is there to be read.
 */
export const labelReviewMessage = z
  .object({
    kind: z.literal('label.review'), ...stamp, asset: unit.asset, chain: unit.chain,
    /** The changes, at most 64, and how many there were. */
    changes: z.array(z.object({ address: z.string(), from: z.string().nullable(), to: z.string().nullable() }).readonly()).max(64).readonly(), changeCount: z.number().int().positive(),
    /** Days of UTC, oldest first, token units: all deposits to exchanges, and those of the issuer. */
    days: z
      .array(z.object({ day: unit.epochMs, depositsBefore: z.number().nonnegative(), depositsAfter: z.number().nonnegative(), issuerBefore: z.number().nonnegative(), issuerAfter: z.number().nonnegative() }).readonly())
      .max(mostReviewDays)
      .readonly(),
    /** Owners whose deposits of these days changed, the largest change first, at most 16. */
    owners: z.array(z.object({ cluster: z.string(), before: z.number().nonnegative(), after: z.number().nonnegative() }).readonly()).max(16).readonly(),
  })
  .readonly();
export type LabelReviewMessage = z.infer<typeof labelReviewMessage>;
