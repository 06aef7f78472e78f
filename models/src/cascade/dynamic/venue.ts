import { assert } from '../../core/index.ts';
import { at, type AdlRule } from '../../market/index.ts';
import { createBook, type Direction, type DynamicBook } from './book-walk.ts';
import { perSecond, type DepthDynamics } from './depth-multiplier.ts';
import type { DynamicMarketState } from './dynamic-state.ts';
import type { DynamicMarket } from './dynamic-system.ts';
import { createFundWatch, type FundWatch } from './fund-watch.ts';
import type { PriceBoard } from './index-source.ts';
import { createLedger, FUND, TRADERS, worth, type Ledger, type Recorder } from './ledger.ts';
import { createLiquidationSide, type LiquidationSide } from './liquidation-side.ts';
import { createMarker, type Marker } from './marker.ts';
import type { DynamicPolicy } from './policy.ts';

/** One market while a simulation runs. */
export interface Venue {
  readonly m: number;
  readonly market: DynamicMarket;
  readonly book: DynamicBook;
  readonly marker: Marker;
  readonly ledger: Ledger;
  readonly long: LiquidationSide;
  readonly short: LiquidationSide;
  readonly watch: FundWatch | null;
  readonly rule: AdlRule;
  /** Of the market, here so that all venues are one shape. */
  readonly tickSize: number;
  readonly returnBeta: number;
  readonly depth: DepthDynamics;
  readonly paysFunding: boolean;
  readonly weighsLater: boolean;
  /** Lots that accounts have ordered and not got: sells at 2 x account, buys beside them, and both sums. */
  readonly pending: Float64Array;
  pendingSells: number;
  pendingBuys: number;
  logFundamental: number;
  /** Log-price (fundamental and displacement) when the variance was last brought up to date. */
  lastLog: number;
  variance: number;
  adlHit: number;
  /** What a second leaves of a displacement, closes of kappa's gap and of deleveraged makers' absence, and sells of the fund's inventory. */
  readonly keep: number;
  readonly regrowth: number;
  readonly workOff: number;
  previousMark: number;
  /** Premiums of the period, weighed, and how many; seconds until the next payment; the rate last paid. */
  premiumSum: number;
  premiumWeight: number;
  premiums: number;
  untilFunding: number;
  fundingRate: number;
  firstLiquidation: number;
  firstAdl: number;
  readonly startTick: number;
  lowest: number;
  highest: number;
}

/** What one unit of a market's cash is, in quote currency or coin. */
export function cashUnit({ kind, lotSize, tickSize, contractSize }: DynamicMarket): number {
  return kind === 'inverse' ? (lotSize * contractSize) / tickSize : lotSize * tickSize;
}

/** A book of a market in a state. */
export function bookOf(market: DynamicMarket, state: DynamicMarketState): DynamicBook {
  return createBook(market.bids, market.asks, state.kappa, Math.exp(state.logFundamental), state.displacement, state.touch === 'bid' ? -1 : 1);
}

/** Market `m` at the start of a run. Prices of all markets are on the board already. */
export function createVenue(market: DynamicMarket, state: DynamicMarketState, m: number, book: DynamicBook, board: PriceBoard, policy: DynamicPolicy, recorder: Recorder): Venue {
  assert(market.kind !== 'inverse' || market.margin.partial.kind !== 'fraction', 'cutting by a fraction is for linear contracts');
  const inverse = market.kind === 'inverse';
  const ledger = createLedger(m, inverse, recorder);
  const unit = cashUnit(market);
  ledger.cash[FUND] = (state.fund.cash - state.fund.cost) / unit;
  ledger.lots[FUND] = Math.round(state.fund.inventory / market.lotSize);
  const reshape = policy.reshape ?? ((positions) => positions);
  return {
    m, market, book, ledger, marker: createMarker(market, m, board), rule: market.adl, tickSize: market.tickSize, returnBeta: market.returnBeta, depth: { ...market.depth },
    paysFunding: market.funding !== null, weighsLater: market.funding?.rule.average === 'timeWeighted',
    long: createLiquidationSide(market, reshape(market.longs, market, 'long'), 'long', ledger),
    short: createLiquidationSide(market, reshape(market.shorts, market, 'short'), 'short', ledger),
    watch: createFundWatch(market.adl, state.fundHistory, unit),
    pending: new Float64Array(2 * TRADERS), pendingSells: 0, pendingBuys: 0,
    logFundamental: state.logFundamental, lastLog: state.logFundamental + state.displacement, variance: state.variance, adlHit: state.adlHit,
    keep: Math.exp(-market.depth.resilience), regrowth: perSecond(market.depth.recoveryHalfLife), workOff: perSecond(market.margin.workOffHalfLife),
    previousMark: book.tick, premiumSum: 0, premiumWeight: 0, premiums: 0, untilFunding: state.untilFunding, fundingRate: state.fundingRate,
    firstLiquidation: -1, firstAdl: -1, startTick: book.tick, lowest: book.tick, highest: book.tick,
  };
}

/** Orders `lots` >= 0 for an account, executed in the next second. */
export function place(v: Venue, account: number, direction: Direction, lots: number): void {
  const i = 2 * account + (direction === 1 ? 1 : 0);
  v.pending[i] = at(v.pending, i) + lots;
  if (direction === 1) v.pendingBuys += lots;
  else v.pendingSells += lots;
}

/** The fund's equity at a mark of `tick`, with what it has not yet taken over. */
export function equityOfFund({ ledger, long, short }: Venue, tick: number): number {
  const price = worth(ledger.inverse, tick);
  let equity = at(ledger.cash, FUND) + at(ledger.lots, FUND) * price;
  if (long.expired.length > 0) for (const { row, lots } of long.expired) equity += lots * (price - worth(ledger.inverse, at(long.limit, row)));
  if (short.expired.length > 0) for (const { row, lots } of short.expired) equity -= lots * (price - worth(ledger.inverse, at(short.limit, row)));
  return equity;
}
