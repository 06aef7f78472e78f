import { z } from 'zod';
import { inputStatus, unit, unsettled } from './common.ts';
import { clusterFactsShape, concentration } from './holders.ts';
import { mostProducers, votingShape } from './producers.ts';

/** Features of the address model (models/address-risk), the names of its reasons. */
export const addressFeatureName = z.enum([
  'size-over-adv', 'size-over-depth', 'size-over-threshold', 'predicted-impact', 'supply-share', 'float-share', 'deposit-propensity', 'fan-in', 'fan-out', 'dormancy', 'age', 'deposits-week',
  'venues-week', 'issuer', 'unlock-near', 'unlock-size', 'hour-liquidity', 'funding', 'reproduction', 'concentration', 'counterparties', 'otc-discount',
]);
export type AddressFeatureName = z.infer<typeof addressFeatureName>;

/** One reason of a score: what was measured (in the feature's unit, null where it is not known) and what it adds to the log odds. */
export const addressReason = z.object({ feature: addressFeatureName, value: z.number().nullable(), logOdds: z.number() }).readonly();
export type AddressReason = z.infer<typeof addressReason>;

/** How likely what an owner could sell is followed by a fall within a day, with its reasons, the weightiest first. */
export const addressRisk = z
  .object({ probability: z.number().min(0).max(1), /** What it is for a transfer of which nothing is known. */ baseRate: z.number().min(0).max(1), reasons: z.array(addressReason).max(8).readonly(), /** What calibrating added to the log odds of all reasons; absent where the model has no calibration. */ calibration: z.number().optional(), model: z.string() })
  .readonly();
export type AddressRisk = z.infer<typeof addressRisk>;

/** Deposits of one owner to exchanges over the last day and week, measured against the float and the ignition threshold. */
export const clusterDeposits = z
  .object({
    cluster: z.string(), label: z.string().nullable(), addressCount: z.number().int().positive(),
    /** How sure it is that these addresses are one owner's, 0 to 1: 1 for an address that stands for itself. */
    confidence: unit.ratio.optional(),
    /** Of `told` the day has told deposits alone; the week, and the facts of the owner that `risk` rests on, are as holders' state has them, with those that still wait. */
    dayUnits: z.number().nonnegative(), dayUsd: unit.usd.nullable(), weekUnits: z.number().nonnegative(), weekUsd: unit.usd.nullable(),
    /** Of the effective float, 0 up; null where it is not known. */
    dayFloatShare: unit.ratio.nullable(), weekFloatShare: unit.ratio.nullable(),
    /** Dollars of the day over the ignition threshold; null where there is none. */
    ofThreshold: unit.ratio.nullable(),
    risk: addressRisk.nullable(),
    /** What it bought over the counter as the config says, and how far below the market, 0 to 1; absent where nothing is known of it. */
    otc: z.object({ units: z.number().positive(), discount: unit.ratio }).readonly().optional(),
    /** Of the deposits of the day. */
    unsettled: unsettled.optional(),
  })
  .readonly();
export type ClusterDeposits = z.infer<typeof clusterDeposits>;

/** One date at which units become free. */
export const unlockDate = z.object({ at: unit.epochMs, units: z.number().positive(), usd: unit.usd.nullable(), /** Of average daily volume. */ ofVolume: unit.ratio.nullable(), what: z.string().max(64) }).readonly();
export type UnlockDate = z.infer<typeof unlockDate>;

/** What is scheduled to come to market by a horizon: units that are expected to be sold over a tenth of the volume of that time. */
export const unlockOverhang = z.object({ days: z.number().positive(), units: z.number().nonnegative(), overhang: unit.ratio.nullable() }).readonly();
export type UnlockOverhang = z.infer<typeof unlockOverhang>;

/** Who holds the asset and who could sell: one of the parts of a score that are told now and then, and readers keep. */
export const addressesScore = z
  .object({
    status: inputStatus,
    /** As of this block's time. */
    at: unit.epochMs, holders: z.number().int().nonnegative(), complete: z.boolean(),
    supplyUnits: z.number().nonnegative(), effectiveFloatUnits: z.number().nonnegative(),
    concentration: concentration.nullable(),
    /** The largest, at most 24, each with its risk where a transfer of its holdings to exchanges can be measured. */
    clusters: z.array(clusterFactsShape.extend({ usd: unit.usd.nullable(), risk: addressRisk.nullable() }).readonly()).max(24).readonly(),
    /** Units deposited to exchanges by day of UTC, oldest first, at most 30. */
    flows: z.array(z.object({ day: unit.epochMs, units: z.number().nonnegative(), issuerUnits: z.number().nonnegative(), usd: unit.usd.nullable() }).readonly()).max(31).readonly(),
    unlocks: z.array(unlockDate).max(24).readonly(), overhang: z.array(unlockOverhang).max(4).readonly(),
    /** The last retroactive look, while it is not a week old. */
    review: z
      .object({
        at: unit.epochMs, chain: unit.chain, changeCount: z.number().int().positive(), changes: z.array(z.object({ address: z.string(), from: z.string().nullable(), to: z.string().nullable() }).readonly()).max(8).readonly(),
        days: z.array(z.object({ day: unit.epochMs, depositsBefore: z.number(), depositsAfter: z.number(), issuerBefore: z.number(), issuerAfter: z.number() }).readonly()).max(31).readonly(),
      })
      .readonly()
      .nullable(),
  })
  .readonly();
export type AddressesScore = z.infer<typeof addressesScore>;

/** The floor under a redeemable token. */
export const reserveScore = z
  .object({
    status: inputStatus, chain: unit.chain, currency: unit.currency,
    /** Units of the vault's currency for one token, and US dollars; null while its rate is not known. */
    floor: z.number().nonnegative(), floorUsd: unit.usd.nullable(),
    /** The floor less what custody of the vault's currency may cost: a market below it is below what redeeming pays. Absent of a score of an earlier version. */
    trustedFloorUsd: unit.usd.nullable().optional(),
    /** What a redeemer who fears the way to settlement pays: below the floor. */
    effectiveFloorUsd: unit.usd.nullable(),
    /** The floor if the owner mints up to the cap; null where nobody can. */
    worstFloorUsd: unit.usd.nullable(),
    /** Price over floor less 1. */
    premium: unit.ratio.nullable(),
    vault: z.number().nonnegative(), supply: z.number().nonnegative(), cap: z.number().nonnegative().nullable(),
    owner: z.string().nullable(), liquidityLockedUntil: unit.epochMs.nullable(),
    /** The floor a day ago, in the vault's currency. */
    floorDayAgo: z.number().nonnegative().nullable(),
    /** Tokens minted in the last day, also by mints that are too many to be named. Absent of a score of an earlier version. */
    mintedDay: z.number().nonnegative().optional(),
    /** Those of them that nothing came in for, so that the floor fell. Absent of a score of an earlier version. */
    unbackedDay: z.number().nonnegative().optional(),
    /** The last events, newest last, at most 16, of them eight kept for mints; reverted ones are gone. */
    events: z
      .array(
        z.object({
          event: z.string(), amount: z.number().nonnegative(), account: z.string(), eventTime: unit.epochMs, tx: z.string(), logIndex: z.number().int(), state: z.string(),
          /** Of a mint: whether what came in paid for it, so that the floor is no lower, and the floor before and after its transaction, in the vault's currency, where those are known. Absent of other events. */
          backed: z.boolean().optional(), /** By which share of it a mint lowered the floor, what came in for it being counted, 0 to 1. */ lost: unit.ratio.optional(), floorBefore: z.number().nonnegative().optional(), floorAfter: z.number().nonnegative().optional(),
        }).readonly(),
      )
      .max(16)
      .readonly(),
    /** Events that counted before and were undone since the last score of the asset. */
    reverted: z.array(z.object({ tx: z.string(), logIndex: z.number().int(), event: z.string() }).readonly()).max(16).readonly().optional(),
  })
  .readonly();
export type ReserveScore = z.infer<typeof reserveScore>;

/** Who makes the blocks of a chain that elects its producers: how few could stop it or rule it. */
export const producersScore = z
  .object({
    chain: unit.chain,
    /** When it was read, by the chain's clock. */
    at: unit.epochMs,
    candidates: z.number().int().nonnegative(), complete: z.boolean(), scheduled: z.number().int().positive(),
    /** How votes are spread over all candidates, and over those that make blocks; null where nobody has a vote. */
    votes: votingShape.nullable(), scheduledVotes: votingShape.nullable(), scheduledShare: unit.ratio,
    top: z.array(z.object({ producer: z.string(), share: unit.ratio, scheduled: z.boolean() }).readonly()).max(mostProducers).readonly(),
  })
  .readonly();
export type ProducersScore = z.infer<typeof producersScore>;

/** What capital that was declared to help could do, were all of it to set out now. */
export const rescueScore = z
  .object({
    declaredUsd: unit.usd,
    /** What of it is expected to be usable so many seconds later, US dollars. */
    deployable: z.array(z.object({ seconds: z.number().positive(), usd: unit.usd }).readonly()).max(4).readonly(),
    /** Of so many paces of the sale of the threshold, in how many the price comes to its landing price, without that capital and while it buys as it arrives; null where nothing ignites. */
    landings: z.object({ paces: z.number().int().positive(), without: z.number().int().nonnegative(), with: z.number().int().nonnegative() }).readonly().nullable(),
  })
  .readonly();
export type RescueScore = z.infer<typeof rescueScore>;

/** How long it takes from a chain to an exchange, and what that means for help. */
export const settlementScore = z
  .object({
    chains: z
      .array(
        z.object({
          chain: unit.chain, settlement: z.string(),
          /** Until capital sent now can be used at the far venue, seconds: median and 95 %. */
          medianSeconds: z.number().nonnegative(), p95Seconds: z.number().nonnegative(),
          /** What fits through the fast way at once, US dollars; null where it is not limited. */
          fastCapacityUsd: unit.usd.nullable(),
          /** How likely a transfer that is in a block now is undone, by the chain's rule. */
          revertProbability: z.number().min(0).max(1),
          /** How likely help sent now arrives before the price is at the landing price, were the sale of the threshold to begin now; null where nothing ignites. */
          rescueProbability: z.number().min(0).max(1).nullable(),
        }).readonly(),
      )
      .max(16)
      .readonly(),
    /** Capital that was declared to help; absent where none was. */
    rescue: rescueScore.optional(),
    /** Of the chains that elect who makes their blocks, by chain; absent while none was read. */
    producers: z.array(producersScore).max(16).readonly().optional(),
  })
  .readonly();
export type SettlementScore = z.infer<typeof settlementScore>;
