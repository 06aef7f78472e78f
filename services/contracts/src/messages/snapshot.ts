import { z } from 'zod';
import { stamp, unit } from './common.ts';

/** `[price, quantity]`, best first. Quantities in base units (linear, spot) or contracts (inverse). */
const level = z.tuple([z.number(), z.number()]).readonly();
/** `[trigger price, quantity, bankruptcy price]`. */
const trigger = z.tuple([z.number(), z.number(), z.number()]).readonly();

/**
 * One market of a snapshot: book and positions as the engine took them, extended depth included and makers' withdrawal taken off. Live ones are in US dollars and units of the asset, all on
 * one grid of prices and quantities, so that they can be joined.
 */
export const snapshotMarket = z
  .object({
    id: z.string(), kind: z.enum(['linear', 'inverse', 'spot']), tickSize: z.number().positive(), lotSize: z.number().positive(), contractSize: z.number().positive().optional(),
    bids: z.array(level).readonly(), asks: z.array(level).readonly(), longTriggers: z.array(trigger).readonly().optional(), shortTriggers: z.array(trigger).readonly().optional(),
    liquidationOrder: z.enum(['market', 'limitAtBankruptcy']).optional(),
    withdrawal: z.object({ kappaMin: z.number(), beta: z.number(), sigmaDaily: z.number() }).readonly().optional(),
  })
  .readonly();
export type SnapshotMarket = z.infer<typeof snapshotMarket>;

/** What is bought in one market and sold in another once their log-prices are further apart than the cost: up to the capacity, by the slope. */
const snapshotEdge = z.object({ from: z.string(), to: z.string(), capacityQty: z.number().nonnegative(), slopeQtyPerLog: z.number().nonnegative(), costLog: z.number().nonnegative() }).readonly();
/** The share of what is liquidated in one market that had its hedge in another, where it is unwound. */
const snapshotHedge = z.object({ from: z.string(), to: z.string(), share: z.number().min(0).max(1) }).readonly();
/** The mark price of a market as made from the prices of several, by id. */
const snapshotMark = z.object({ weights: z.record(z.string(), z.number().positive()).readonly(), rule: z.enum(['mean', 'median', 'clip2']) }).readonly();

/**
 * The markets of an asset and what joins them, as a document that the engine reads: taken away and computed again, it gives the threshold, the landing and the reproduction number of the score.
 * A market without a book is not in it by itself; its positions are with the market that has the deepest one.
 */
export const marketSnapshot = z
  .object({
    asset: z.string(), asOf: z.string(), ignitionGap: z.number().optional(), markets: z.array(snapshotMarket).min(1).readonly(),
    edges: z.array(snapshotEdge).readonly().optional(), hedges: z.array(snapshotHedge).readonly().optional(), marks: z.record(z.string(), snapshotMark).readonly().optional(),
  })
  .readonly();
export type MarketSnapshot = z.infer<typeof marketSnapshot>;

/** The latest snapshot of an asset under central assumptions; each replaces the one before. */
export const snapshotMessage = z
  .object({ kind: z.literal('snapshot'), ...stamp, asset: unit.asset, document: marketSnapshot, /** Of the score of the same moment. */ inputHash: z.string() })
  .readonly();
export type SnapshotMessage = z.infer<typeof snapshotMessage>;
