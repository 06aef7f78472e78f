import { z } from 'zod';
import { inputReading, inputStatus, priceEstimate, ratioEstimate, stamp, unit, unsettled, usdEstimate } from './common.ts';
import { liquidationMap } from './liquidation-map.ts';
import { responseCurve } from './response.ts';
import { addressesScore, clusterDeposits, reserveScore, settlementScore } from './address-score.ts';
import { tailScore } from './tail.ts';

/** What forced selling would do to one market taken alone (own book, own price as mark). Null figures: nothing ignites, or not measurable; `inputs` says which. */
export const marketScore = z
  .object({
    instrument: unit.instrument, venue: unit.venue, status: inputStatus,
    /** Best bid in US dollars for one unit of the asset. */
    price: unit.price.nullable(),
    /** Usable bids within 2 % of the best, US dollars. */
    depth2pctUsd: unit.usd.nullable(), openInterestUsd: unit.usd.nullable(),
    ignitionUsd: usdEstimate.nullable(), landingPrice: priceEstimate.nullable(), amplification: ratioEstimate.nullable(),
    /** Liquidation density over depth density within 1 % of the best; forced sales feed themselves at 1. */
    gainNow: unit.ratio.nullable(),
    /** Share of the fall to the landing price that rests on extended, not seen, depth; 0 to 1. */
    extendedShare: unit.ratio.nullable(),
  })
  .readonly();
export type MarketScore = z.infer<typeof marketScore>;

/** How forced sales of one market of an asset breed forced sales in the others, to first order around the present prices. */
export const networkScore = z
  .object({
    /** Dollars forced for each forced dollar, in the leading mode over all markets: forced selling dies out below 1 and feeds itself from 1 on. */
    reproduction: ratioEstimate,
    markets: z
      .array(
        z.object({
          instrument: unit.instrument, venue: unit.venue,
          /** Share of the leading mode that lives in this market, 0 to 1; all add up to 1, or to 0 where nothing is bred. */
          share: unit.ratio,
          /** Dollars forced anywhere for each dollar sold here. */
          reproduction: unit.ratio,
          /** US dollars of positions here that a fall of 10 % would liquidate. */
          triggerUsd: unit.usd,
        }).readonly(),
      )
      .readonly(),
    /** Dollars forced in `to` for each dollar sold in `from`, where there are any; markets of `markets` by place. */
    links: z.array(z.object({ from: z.number().int().nonnegative(), to: z.number().int().nonnegative(), reproduction: unit.ratio }).readonly()).readonly(),
  })
  .readonly();
export type NetworkScore = z.infer<typeof networkScore>;

/** A transfer measured against the ignition threshold. */
export const depositReading = z
  .object({ chain: unit.chain, tx: z.string(), logIndex: z.number().int(), to: z.string(), toLabel: z.string(), fromLabel: z.string().optional(), units: z.number(), usd: unit.usd.nullable(), eventTime: unit.epochMs, state: z.string() })
  .readonly();
export type DepositReading = z.infer<typeof depositReading>;

/** Deposits to labelled exchange addresses over a window that ends at the score's event time. Reverted transfers are not in it. */
export const depositWindow = z.object({ windowSeconds: z.number(), units: z.number(), usd: unit.usd.nullable(), count: z.number().int(), unsettled: unsettled.optional() }).readonly();

/** Deposits to exchanges up to a score's event time. */
export const depositFigures = z
  .object({
    horizon: depositWindow, day: depositWindow, issuerDay: depositWindow, largest: depositReading.nullable(),
    /** The largest of the last 24 h, at most 24, newest last. */
    recent: z.array(depositReading).readonly().optional(),
    /** Owners that deposited in the last day, the most first, at most 4; absent while nothing is known of who holds the asset. */
    clusters: z.array(clusterDeposits).max(4).readonly().optional(),
  })
  .readonly();
export type DepositFigures = z.infer<typeof depositFigures>;

/**
 * Liquidations of an asset's derivative markets in the last hour. Some venues publish one order in a second and market: the total behind them is then inferred
 * from how many seconds had one, with its 5-95 % band, and where every second of a minute had one, or only the largest is shown, it is no more than a lower bound.
 */
export const liquidationSummary = z
  .object({
    /** How much of the hour was listened to, seconds. */
    windowSeconds: z.number().nonnegative(),
    /** What was published, US dollars. */
    observedUsd: unit.usd,
    /** All that was liquidated, US dollars; `exact` only where every market publishes all. `high` is null where there is a lower bound alone. */
    total: z.object({ value: unit.usd, low: unit.usd, high: unit.usd.nullable(), status: inputStatus }).readonly(),
    /** Share of the published amount that closed long positions; null where nothing was published. */
    longShare: unit.ratio.nullable(),
    /** Derivative markets that are not in it: their venue publishes no liquidations, or their quote currency has no rate. */
    undisclosed: z.array(unit.instrument).readonly(),
  })
  .readonly();
export type LiquidationSummary = z.infer<typeof liquidationSummary>;

/**
 * A second opinion on the reproduction number: how many liquidations each liquidation seems to set off, fitted to the liquidations that were published (a self-exciting
 * point process). `disagreement`: the two differ by more than 0.3 and their bands do not touch, so that one of the models is wrong.
 */
export const hawkesScore = z.object({ branching: ratioEstimate, events: z.number().int().nonnegative(), disagreement: z.boolean() }).readonly();
export type HawkesScore = z.infer<typeof hawkesScore>;

/**
 * How close one asset is to a liquidation cascade at one event time. The asset's figures come from all its markets at their live
 * dollar rates, joined by arbitrage and marks; `markets` has each market alone.
 */
export const scoreMessage = z
  .object({
    kind: z.literal('score'), ...stamp, asset: unit.asset,
    /** The window over which deposits and net selling are added up and compared with the threshold, seconds. */
    horizonSeconds: z.number().positive(),
    /** Depth-weighted mean of the markets' best bids, US dollars. */
    price: priceEstimate.nullable(),
    ignitionUsd: usdEstimate.nullable(), landingPrice: priceEstimate.nullable(), amplification: ratioEstimate.nullable(),
    /** True when the asset falls by the ignition gap with no sale at all. */
    ignitedAtZero: z.boolean(),
    depth2pctUsd: unit.usd.nullable(), openInterestUsd: unit.usd.nullable(), extendedShare: unit.ratio.nullable(),
    /** US dollars of open positions liquidated by a fall to the landing price, over open interest; 0 to 1. */
    forcedShare: unit.ratio.nullable(),
    deposits: depositFigures,
    /** The same of those alone on which a warning may rest by now, without `recent`: the others wait, as they may still be undone (`alerting.costs`), and their horizon counts from when they may be told of. Absent where that is all the same. */
    told: z.object({ deposits: depositFigures, issuerFloatShare: unit.ratio.nullable() }).readonly().optional(),
    /** How the price answers a sale of any size; null where there is no price. */
    response: responseCurve.nullable().optional(),
    /** Which market ignites which; null where no market has both a book and positions. */
    network: networkScore.nullable().optional(),
    /** What was liquidated in the last hour; null where no market is a derivative. Not among the inputs of the other figures. */
    liquidations: liquidationSummary.nullable().optional(),
    /** How much the asset may lose; null while too little of its price is known, absent from scores between two whole multiples of `shapeSeriesEveryMs`. */
    tail: tailScore.nullable().optional(),
    /** Where positions are liquidated; null where no market has positions, absent as `tail` is. */
    liquidationMap: liquidationMap.nullable().optional(),
    /** What published liquidations say of the reproduction number; null while there are too few, absent as `tail` is. */
    hawkes: hawkesScore.nullable().optional(),
    /** Who holds the asset and could sell; null while no chain was read for it, absent as `tail` is. */
    addresses: addressesScore.nullable().optional(),
    /** The floor under the asset, where it has a redeemable reserve that is watched; null while it was not read. */
    reserve: reserveScore.nullable().optional(),
    /** How long help takes; absent as `tail` is. */
    settlement: settlementScore.nullable().optional(),
    /** Deposits that counted before and were undone by a reorganisation since the previous score of the asset; absent means none. */
    reverted: z.array(z.object({ tx: z.string(), logIndex: z.number().int(), usd: unit.usd.nullable() }).readonly()).readonly().optional(),
    /** Shares of supply in circulation, where the config gives the float: issuer deposits of the last 24 h over float. */
    issuerFloatShare: unit.ratio.nullable(),
    /** The same figures at earlier times, for comparison; null when there is no history yet. */
    earlier: z.object({ ignitionUsdDayAgo: unit.usd.nullable(), depth2pctUsdDayHigh: unit.usd.nullable(), priceHourAgo: unit.price.nullable() }).readonly(),
    markets: z.array(marketScore).readonly(), inputs: z.array(inputReading).readonly(),
    modelVersion: z.string(),
    /** `sha256:` of the canonical inputs this score was computed from. */
    inputHash: z.string(),
  })
  .readonly();
export type ScoreMessage = z.infer<typeof scoreMessage>;
