import { z } from 'zod';
import { inputReading, priceEstimate, ratioEstimate, stamp, unit, usdEstimate } from './common.ts';
import { responseCurve } from './response.ts';
import { depositReading } from './score.ts';

/** How bad, in rising order. */
export const severity = z.enum(['watch', 'warning', 'critical']);
export type Severity = z.infer<typeof severity>;
/** Where a warning is in its life. `retracted` means that what set it off turned out to be wrong. */
export const warningState = z.enum(['firing', 'acknowledged', 'resolved', 'retracted', 'expired']);
export type WarningState = z.infer<typeof warningState>;
/** What a warning is about. */
export const warningKind = z.enum(['cascade.ignition', 'ignition.drop', 'deposits.issuer', 'depth.drop', 'deposits.cluster', 'reserve.floor', 'reserve.mint', 'reserve.unlock', 'reserve.below']);
export type WarningKind = z.infer<typeof warningKind>;

/** A reason, as data: `wording` turns it into a sentence. */
export const reason = z.discriminatedUnion('code', [
  z.object({ code: z.literal('depth-fell'), share: unit.ratio, sinceMs: z.number() }),
  z.object({ code: z.literal('forced-share'), share: unit.ratio, belowPrice: unit.price }),
  z.object({ code: z.literal('amplification'), amplification: unit.ratio }),
  z.object({ code: z.literal('deposits'), usd: unit.usd, windowSeconds: z.number(), count: z.number().int() }),
  z.object({ code: z.literal('issuer-deposits'), floatShare: unit.ratio, usd: unit.usd.nullable() }),
  /** An owner of addresses and what it sent to exchanges in the last day; shares are of the effective float, `ofThreshold` of the ignition threshold. */
  z.object({ code: z.literal('cluster-deposits'), cluster: z.string(), addressCount: z.number().int(), dayUsd: unit.usd.nullable(), weekUsd: unit.usd.nullable(), dayFloatShare: unit.ratio.nullable(), weekFloatShare: unit.ratio.nullable(), ofThreshold: unit.ratio.nullable() }),
  /** How likely such deposits are followed by a fall within a day, against what is usual, with what weighs most. */
  z.object({ code: z.literal('address-risk'), cluster: z.string(), probability: unit.ratio, baseRate: unit.ratio, features: z.array(z.string()).max(4).readonly() }),
  /** What an owner that deposited had bought over the counter, and how far below the market, 0 to 1. */
  z.object({ code: z.literal('otc-bought'), cluster: z.string(), units: z.number().positive(), discount: unit.ratio }),
  /** The floor of a reserve in its currency, and in US dollars where there is a rate. */
  z.object({ code: z.literal('floor-fell'), currency: z.string(), from: z.number(), to: z.number(), sinceMs: z.number() }),
  z.object({ code: z.literal('reserve-mint'), units: z.number(), currency: z.string(), floorBefore: z.number(), floorAfter: z.number(), tx: z.string() }),
  z.object({ code: z.literal('liquidity-unlock'), at: unit.epochMs }),
  z.object({ code: z.literal('below-floor'), price: unit.price, floorUsd: unit.usd }),
  /** What the owner may still do: mint so many units, which would bring the floor down to this. */
  z.object({ code: z.literal('owner-may-mint'), units: z.number(), worstFloorUsd: unit.usd.nullable() }),
  z.object({ code: z.literal('threshold-fell'), from: unit.usd, to: unit.usd, sinceMs: z.number() }),
  z.object({ code: z.literal('ignited-at-zero') }),
  z.object({ code: z.literal('reverted-transfer'), tx: z.string(), usd: unit.usd.nullable() }),
  /** Deposits that set it off are not final: the least settled of them. */
  z.object({ code: z.literal('not-final'), state: z.enum(['included', 'safe']), undone: unit.ratio }),
  /** Inputs that were read before and are not now: the figures of this revision are of what is left. */
  z.object({ code: z.literal('inputs-dropped'), names: z.array(z.string()).readonly() }),
  /** The asset was taken out of the config: nothing more will be known of it. Only in state `expired`. */
  z.object({ code: z.literal('not-watched') }),
]);
export type Reason = z.infer<typeof reason>;

/**
 * One revision of a warning. The id never changes; every change of state or severity is a new revision, counted from 1.
 * Compared between runs: id, revision, state, severity, event time and figures.
 */
export const warningMessage = z
  .object({
    kind: z.literal('warning'), ...stamp, id: unit.warningId, revision: z.number().int().positive(), state: warningState, severity, warning: warningKind, asset: unit.asset,
    /** Event time of the first revision. */
    onset: unit.epochMs, horizonSeconds: z.number().positive(),
    price: priceEstimate.nullable(), ignitionUsd: usdEstimate.nullable(), landingPrice: priceEstimate.nullable(), amplification: ratioEstimate.nullable(),
    trigger: depositReading.nullable(), depositsUsd: unit.usd.nullable(),
    reasons: z.array(reason).readonly(), inputs: z.array(inputReading).readonly(),
    venues: z.array(z.object({ venue: unit.venue, ignitionUsd: unit.usd.nullable(), status: z.string(), /** Dollars forced anywhere for each dollar sold here: the highest of the venue's markets. */ reproduction: unit.ratio.optional() }).readonly()).readonly(),
    /** Reproduction number of the asset's markets at this revision. */
    reproduction: ratioEstimate.nullable().optional(),
    /** The response curve at this revision, for its picture; never compared between runs. */
    response: responseCurve.nullable().optional(),
    /** Who acknowledged it, the name of a token; only in state `acknowledged`. */
    acknowledgedBy: z.string().optional(),
    /** What they said with it; only with `acknowledgedBy`. */
    acknowledgedNote: z.string().max(500).optional(),
    modelVersion: z.string(), inputHash: z.string(),
  })
  .readonly();
export type WarningMessage = z.infer<typeof warningMessage>;
