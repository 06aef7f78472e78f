import { z } from 'zod';
import { stamp, unit } from './common.ts';

/** `[price, quantity]`, best first. Quantities in base units (linear, spot) or contracts (inverse). */
const level = z.tuple([z.number(), z.number()]).readonly();
/** `[trigger price, quantity, bankruptcy price]`. */
const trigger = z.tuple([z.number(), z.number(), z.number()]).readonly();

/** One market of a snapshot: book and positions in its own quote currency, as the engine took them, extended depth included. */
export const snapshotMarket = z
  .object({
    id: z.string(), kind: z.enum(['linear', 'inverse', 'spot']), tickSize: z.number().positive(), lotSize: z.number().positive(), contractSize: z.number().positive().optional(),
    bids: z.array(level).readonly(), asks: z.array(level).readonly(), longTriggers: z.array(trigger).readonly().optional(), shortTriggers: z.array(trigger).readonly().optional(),
    liquidationOrder: z.enum(['market', 'limitAtBankruptcy']).optional(),
    withdrawal: z.object({ kappaMin: z.number(), beta: z.number(), sigmaDaily: z.number() }).readonly().optional(),
  })
  .readonly();
export type SnapshotMarket = z.infer<typeof snapshotMarket>;

/** A market snapshot as a document: each market as the engine takes it, so that its own figures can be taken away and computed again; what joins the markets in live scores is not in it. Markets without a book on both sides are not in it. */
export const marketSnapshot = z
  .object({ asset: z.string(), asOf: z.string(), ignitionGap: z.number().optional(), markets: z.array(snapshotMarket).min(1).readonly() })
  .readonly();
export type MarketSnapshot = z.infer<typeof marketSnapshot>;

/** The latest snapshot of an asset under central assumptions; each replaces the one before. */
export const snapshotMessage = z
  .object({ kind: z.literal('snapshot'), ...stamp, asset: unit.asset, document: marketSnapshot, /** Of the score of the same moment. */ inputHash: z.string() })
  .readonly();
export type SnapshotMessage = z.infer<typeof snapshotMessage>;
