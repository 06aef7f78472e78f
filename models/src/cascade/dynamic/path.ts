import type { PositionSide } from '../../market/index.ts';

/**
 * Who can gain or lose in a market. `positions` are the liquidated traders, `winners` those that auto-deleveraging closes, `makers` the book, `fees` the venue.
 */
export const ACCOUNTS = ['exogenous', 'hedgers', 'arbitrage', 'carry', 'fund', 'positions', 'makers', 'winners', 'fees'] as const;
/** One of them. */
export type Account = (typeof ACCOUNTS)[number];

/** What one account got (> 0) or gave in a fill: money and lots. */
export interface Posting {
  readonly account: Account;
  readonly cash: number;
  readonly lots: number;
}

/**
 * One fill: of the book, of two orders crossing, of makers bidding for held orders, of winners by deleveraging, or the fund taking a position over. The cash and the
 * lots of its postings add up to 0. A liquidated side and its bankruptcy tick are there when a position is closed.
 */
export interface Fill {
  readonly second: number;
  readonly market: number;
  readonly kind: 'book' | 'cross' | 'buffer' | 'adl' | 'takeover';
  readonly lots: number;
  readonly tick: number;
  readonly liquidated?: { readonly side: PositionSide; readonly bankruptcyTick: number; readonly whole: boolean };
  readonly postings: readonly Posting[];
}

/** What became of the positions of one side, lots: fired = filled + taken over + deleveraged + still open as orders. */
export interface LiquidationTotals {
  readonly firedLots: number;
  readonly filledLots: number;
  readonly takenOverLots: number;
  readonly adlLots: number;
  readonly openLots: number;
}

/** Cash and lots of an account. */
export interface AccountTotals {
  readonly cash: number;
  readonly lots: number;
}

/** One market's path. Samples are taken at the end of second k x sampleSeconds - 1 for k = 1, 2, ... */
export interface MarketPath {
  readonly id: string;
  readonly ticks: Int32Array;
  /** The mark to the nearest tick. */
  readonly markTicks: Int32Array;
  readonly displacement: Float64Array;
  readonly kappa: Float64Array;
  /** Lots of both sides whose liquidation has fired so far. */
  readonly liquidatedLots: Float64Array;
  readonly startTick: number;
  readonly endTick: number;
  /** Of the ends of all seconds. */
  readonly lowestTick: number;
  readonly highestTick: number;
  readonly longs: LiquidationTotals;
  readonly shorts: LiquidationTotals;
  /** Orders of the accounts (liquidations apart) for which the book ended. */
  readonly unfilledSellLots: number;
  readonly unfilledBuyLots: number;
  /** In units of `unit`. */
  readonly accounts: Readonly<Record<Account, AccountTotals>>;
  /** The fund's equity at the last mark, in units of `unit`. */
  readonly fundEquity: number;
  /** What one unit of cash is: quote currency (linear, spot: lotSize x tickSize) or coin (inverse: lotSize x contractSize / tickSize). */
  readonly unit: number;
  readonly firstLiquidationSecond: number | null;
  readonly firstAdlSecond: number | null;
  /** The funding rate last paid. */
  readonly fundingRate: number;
}

/** What a simulation gives: plain data, the same bytes for the same arguments. */
export interface DynamicPath {
  readonly seconds: number;
  readonly sampleSeconds: number;
  readonly markets: readonly MarketPath[];
  /** Empty unless the scenario records fills. */
  readonly fills: readonly Fill[];
}
