import { fundHistory, insuranceFund, type FundHistory, type InsuranceFund } from '../../market/index.ts';
import type { DynamicMarket, DynamicSystem } from './dynamic-system.ts';

/** Where a market is when a simulation starts: plain data. */
export interface DynamicMarketState {
  /** Log of the fundamental over the ladder's: 0 leaves the ladder where it is given. */
  readonly logFundamental: number;
  /** u, the log displacement from the middle of the ladder by what was executed: < 0 into the bids, > 0 into the asks. */
  readonly displacement: number;
  /** The side last traded at; the price of a market is the best level left there. A side without levels counts as the other one. */
  readonly touch: 'bid' | 'ask';
  /** Variance of one-second log-returns, >= 0. */
  readonly variance: number;
  /** Depth multiplier, in [0, 1]. */
  readonly kappa: number;
  /** Share of makers that auto-deleveraging has hit, in [0, 1]. */
  readonly adlHit: number;
  /** In quote currency (linear) or coin (inverse; cost is then minus the quantity over the bankruptcy price). */
  readonly fund: InsuranceFund;
  /** The fund's equity before the start; its time is milliseconds before 0. */
  readonly fundHistory: FundHistory;
  /** Seconds until funding is next paid, >= 1, and the rate last paid. */
  readonly untilFunding: number;
  readonly fundingRate: number;
}

/** A state of every market. */
export interface DynamicState {
  readonly markets: readonly DynamicMarketState[];
}

/** A market at rest: nothing executed yet, volatility at its reference, full depth, an empty fund without a past, a whole period until funding. */
export function marketAtRest(market: DynamicMarket, known: Partial<DynamicMarketState> = {}): DynamicMarketState {
  return {
    logFundamental: 0, displacement: 0, touch: 'bid', variance: market.depth.sigmaPerSecond ** 2, kappa: 1, adlHit: 0, fund: insuranceFund(0),
    fundHistory: fundHistory(), untilFunding: market.funding?.period ?? Number.MAX_SAFE_INTEGER, fundingRate: 0, ...known,
  };
}

/** Every market at rest, with the same `known`. */
export function systemAtRest(system: DynamicSystem, known: Partial<DynamicMarketState> = {}): DynamicState {
  return { markets: system.markets.map((market) => marketAtRest(market, known)) };
}
