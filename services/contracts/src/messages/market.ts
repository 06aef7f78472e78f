import { z } from 'zod';
import { marketStamp, stamp, unit } from './common.ts';

/** How an instrument's quantity is counted: `spot` and `linear` in base units (after `contractSize`), `inverse` in contracts of `contractSize` quote units. */
export const instrumentKind = z.enum(['spot', 'linear', 'inverse']);
/** How an instrument's quantity is counted. */
export type InstrumentKind = z.infer<typeof instrumentKind>;

/**
 * The definition of a market, from the venue's instrument list; published before any data of that market and again when it changes.
 * One unit of `Qty` on this market is `contractSize` base units (spot, linear) or `contractSize` quote units (inverse);
 * one base unit of the venue is `multiplier` units of the asset (1000 for `1000PEPE`), and its price is for `multiplier` units.
 */
export const instrumentMessage = z
  .object({
    kind: z.literal('instrument'), ...marketStamp,
    venue: unit.venue, symbol: z.string(), marketKind: instrumentKind,
    base: unit.currency, quote: unit.currency, settle: unit.currency,
    tickSize: z.number().positive(), lotSize: z.number().positive(), contractSize: z.number().positive(), multiplier: z.number().positive(),
    maxLeverage: z.number().positive().optional(),
  })
  .readonly();
export type InstrumentMessage = z.infer<typeof instrumentMessage>;

/** Levels as alternating price and quantity, best first: `[p0, q0, p1, q1, ...]`. In an update quantity 0 removes the level. */
const levels = z.array(z.number().nonnegative()).readonly();

/**
 * A change of an order book, already checked by the venue's own synchronisation rule. With `snapshot` it replaces every level,
 * otherwise each level replaces the one of the same price. Quantities are absolute, in the instrument's unit.
 */
export const bookMessage = z.object({ kind: z.literal('book'), ...marketStamp, snapshot: z.boolean(), bids: levels, asks: levels }).readonly();
export type BookMessage = z.infer<typeof bookMessage>;

/** A polled snapshot deeper than the live channel; only its levels beyond the live book's last level are used, with its age. */
export const deepBookMessage = z
  .object({
    kind: z.literal('book.deep'), ...marketStamp, bids: levels, asks: levels,
    /** How coarse the snapshot is, 0 (or absent) finest: a coarser layer is used only below the last level of the finer ones. */
    layer: z.number().int().nonnegative().optional(),
  })
  .readonly();
export type DeepBookMessage = z.infer<typeof deepBookMessage>;

/** A trade. `side` is the aggressor's. */
export const tradeMessage = z
  .object({ kind: z.literal('trade'), ...marketStamp, id: z.string().optional(), price: unit.price, qty: unit.qty, side: z.enum(['buy', 'sell']) })
  .readonly();
export type TradeMessage = z.infer<typeof tradeMessage>;

/** State of a market's ticker and derivative figures. An absent field means unchanged or not in this frame, never zero. */
export const tickerMessage = z
  .object({
    kind: z.literal('ticker'), ...marketStamp,
    last: unit.price.optional(), mark: unit.price.optional(), index: unit.price.optional(),
    /** Of one side, in the instrument's unit. */
    openInterest: unit.qty.optional(),
    /** Per funding period, as a ratio of notional; positive means longs pay. */
    fundingRate: unit.ratio.optional(), nextFundingRate: unit.ratio.optional(), fundingTime: unit.epochMs.optional(),
  })
  .readonly();
export type TickerMessage = z.infer<typeof tickerMessage>;

/**
 * A forced order. `side` is the order's: `sell` closes a long. `disclosure` says whether the venue publishes all of them
 * (`complete`) or at most one in a window (`sampled`: totals are lower bounds).
 */
export const liquidationMessage = z
  .object({ kind: z.literal('liquidation'), ...marketStamp, price: unit.price, qty: unit.qty, side: z.enum(['buy', 'sell']), disclosure: z.enum(['complete', 'sampled']) })
  .readonly();
export type LiquidationMessage = z.infer<typeof liquidationMessage>;

/**
 * A token transfer on a chain. `amount` is the raw integer in a decimal string, `units` the same in token units (float64, analytics only).
 * A reorganisation publishes the same key (`chain`, `tx`, `logIndex`) again with state `reverted`. One that was only `seen` waits to be mined: it is in no
 * block (`blockHash` is empty, `block` the next height), its `logIndex` is a guess, and it promises nothing. An ERC-721 transfer is one unit of `tokenId`.
 */
export const transferMessage = z
  .object({
    kind: z.literal('transfer'), ...stamp, asset: unit.asset, chain: unit.chain, token: z.string(),
    from: z.string(), to: z.string(), amount: z.string().regex(/^\d+$/), units: z.number().nonnegative(),
    block: z.number().int().nonnegative(), blockHash: z.string(), tx: z.string(), logIndex: z.number().int().nonnegative(),
    state: z.enum(['seen', 'included', 'safe', 'final', 'reverted']),
    /** The id of what was moved, in a decimal string, where each unit has its own. */
    tokenId: z.string().regex(/^\d+$/).optional(),
    /** Who the addresses belong to, where a label says so: `exchange:okx`, `issuer:mantra`. */
    fromLabel: z.string().optional(), toLabel: z.string().optional(),
  })
  .readonly();
export type TransferMessage = z.infer<typeof transferMessage>;

/**
 * A position of one account in a market, where a venue shows the positions of accounts. `qty` is signed, above zero for a long, in the instrument's unit; 0 says that the account
 * has no position there (any more), and the other figures are then null. `eventTime` is the moment the venue says it of, and one that did not change is said again each time it is read.
 */
export const accountPositionMessage = z
  .object({
    kind: z.literal('account.position'), ...marketStamp,
    /** The account's address: `0x` and 40 hexadecimal digits in lower case. */
    account: z.string().regex(/^0x[0-9a-f]{40}$/),
    qty: z.number(), entryPrice: unit.price.nullable(),
    /** Margin held for the position, quote currency. */
    marginUsed: z.number().nullable(),
    /** Whether the position stands on its own margin alone or on everything in the account. */
    leverage: z.enum(['cross', 'isolated']).nullable(),
    /** The mark at which the venue closes it, everything else in the account unchanged, as the venue says; null when no price would. */
    liquidationPrice: unit.price.nullable(),
  })
  .readonly();
export type AccountPositionMessage = z.infer<typeof accountPositionMessage>;

/**
 * A decision of scoring: the tick at `eventTime` waits no longer for sources that lag. It stands in the log that carries `asset`, for every asset of that log, so that whoever reads
 * the log again decides the same at the same place.
 */
export const tickDueMessage = z.object({ kind: z.literal('tick.due'), ...stamp, asset: unit.asset }).readonly();
export type TickDueMessage = z.infer<typeof tickDueMessage>;
