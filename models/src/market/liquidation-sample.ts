import { assert, z95 } from '../core/index.ts';

/**
 * Totals of liquidations where a venue publishes at most one order in a window. With Poisson arrivals of mean mu in a window the share of
 * windows with an order is 1 - exp(-mu), so mu = -ln(1 - share) and the total is mu x windows x mean size. Forced orders come in bursts, and the
 * curve bends: pooled over an hour a burst of two minutes would count for far too little. So each short block of windows is estimated by itself.
 */

/** What a venue published of one market in one stretch of time with about the same pace of orders (a minute). */
export interface LiquidationBlock {
  /** Windows in the block, whole, > 0; where the venue publishes every order it says nothing. */
  readonly windows: number;
  /** Orders published. */
  readonly count: number;
  /** Sum of their sizes and of the squares, in any unit of quantity or money. */
  readonly volume: number;
  readonly squares: number;
}

/** How a venue chooses what it publishes: everything, or one order a window: the last one (its size is one drawn at random) or the largest one. */
export type LiquidationSampling = 'complete' | 'last' | 'largest';

/** A total with its 5-95 % band, in the unit of the blocks' volumes. `observed <= low <= total`, and `total <= high` where there is one. */
export interface LiquidationTotal {
  /**
   * `exact`: all orders were published. `estimated`: drawn from a sample. `lower-bound`: not less than this and perhaps far more, because every
   * window of a block had an order or because the largest of a window says nothing of the others; `total` is then the bound, and there is no `high`.
   */
  readonly kind: 'exact' | 'estimated' | 'lower-bound';
  readonly total: number;
  readonly low: number;
  readonly high: number | null;
  /** What was published. */
  readonly observed: number;
}

/** A block's own mean size counts against that of all blocks as if this many orders of the common mean had been seen in it [A]. */
const shrinkTo = 10;

interface Unseen { readonly mean: number; readonly variance: number }

/** Orders in a non-empty window beyond the published one: mean and variance of N - 1 given N >= 1 for N Poisson of mean `mu`. */
function beyondFirst(mu: number): Unseen {
  const p = -Math.expm1(-mu);
  const mean = mu / p;
  return { mean: mean - 1, variance: Math.max(0, mean * (1 + mu) - mean * mean) };
}

/**
 * Mean orders in a window from `count` non-empty ones of `windows`: -ln(1 - count / windows) less its bias. Over a block of 60 windows the logarithm is
 * too large by share / (2 windows (1 - share)) on average, which over an hour would be a tenth of what is unseen; the sum of 1/j for j from
 * windows - count + 1 to windows is the same to second order without it.
 */
function meanOrders(windows: number, count: number): number {
  let sum = 0;
  for (let j = Math.floor(windows) - count + 1; j <= windows; j++) sum += 1 / j;
  return sum;
}

/**
 * Orders of a block that were not published. Two sources of doubt: chance in the non-empty windows, and mu itself, by the delta method with
 * Var(share) = share (1 - share) / windows, hence Var(mu) = share / (windows (1 - share)). The two are independent: which windows are
 * non-empty says nothing of how many orders those hold.
 */
function unseenOf(windows: number, count: number): Unseen {
  const share = count / windows;
  const mu = meanOrders(windows, count);
  const each = beyondFirst(mu);
  const slope = (share - mu * (1 - share)) / (share * share);
  // Near saturation the conditional mean and the formula differ by the bias taken off: the formula stands.
  return { mean: Math.max(0, windows * mu - count), variance: count * each.variance + (count * slope) ** 2 * (share / (windows * (1 - share))) };
}

/** A block whose every window had an order: mu is not less than the one under which that happens in one of twenty blocks (the exact binomial bound). */
function saturatedUnseen(windows: number): number {
  const share = 0.05 ** (1 / windows);
  return windows * Math.max(0, -Math.log1p(-share) - 1);
}

/**
 * The total of a market's liquidations over the time of its blocks. The band is of the orders that really were, not of their expectation: what was
 * published is certain, what was not is log-normal with the mean and variance of (orders not seen) x (mean size). In simulations with 60
 * windows a block and exponential or log-normal sizes it holds the true total 85-95 % of the time; where next to nothing is unseen, more often. Orders of one window that are one position cut in pieces break the Poisson assumption: the total is then too low.
 * O(blocks).
 */
export function liquidationTotal(blocks: readonly LiquidationBlock[], sampling: LiquidationSampling): LiquidationTotal {
  let observed = 0;
  let count = 0;
  let squares = 0;
  for (const block of blocks) {
    assert(block.windows > 0 && block.count >= 0 && block.volume >= 0, 'a block has windows, and no negative count or volume');
    observed += block.volume;
    count += block.count;
    squares += block.squares;
  }
  if (sampling === 'complete') return { kind: 'exact', total: observed, low: observed, high: observed, observed };
  if (count === 0) return sampling === 'largest' ? { kind: 'lower-bound', total: 0, low: 0, high: null, observed } : { kind: 'estimated', total: 0, low: 0, high: 0, observed };
  // The largest order of a window is no random one: what is beside it cannot be told from it.
  if (sampling === 'largest') return { kind: 'lower-bound', total: observed, low: observed, high: null, observed };

  const common = observed / count;
  const sizeVariance = Math.max(0, squares / count - common * common);
  const estimates = blocks.flatMap(({ windows, count: n, volume }): Estimate[] => {
    if (n === 0) return [];
    const size = (volume + shrinkTo * common) / (n + shrinkTo);
    return [{ count: n, size, saturated: n >= windows, orders: n >= windows ? { mean: saturatedUnseen(windows), variance: 0 } : unseenOf(windows, n) }];
  });
  const open = estimates.filter((e) => !e.saturated);
  const unseen = open.reduce((sum, e) => sum + e.orders.mean * e.size, 0);
  const [low, high] = mayBeNothing(open) ? [0, logNormalBand(unseen, varianceOf(open, count, sizeVariance))[1]] : logNormalBand(unseen, varianceOf(open, count, sizeVariance));
  if (open.length < estimates.length) {
    const least = observed + low + estimates.reduce((sum, e) => sum + (e.saturated ? e.orders.mean * e.size : 0), 0);
    return { kind: 'lower-bound', total: least, low: least, high: null, observed };
  }
  return { kind: 'estimated', total: observed + unseen, low: observed + Math.min(low, unseen), high: observed + Math.max(high, unseen), observed };
}

/** A block's unseen orders and their mean size. */
interface Estimate {
  readonly count: number;
  readonly size: number;
  readonly saturated: boolean;
  readonly orders: Unseen;
}

/** Whether nothing at all may be unseen: with less than three orders expected there are none in more than one case of twenty. */
function mayBeNothing(estimates: readonly Estimate[]): boolean {
  return Math.exp(-estimates.reduce((sum, e) => sum + e.orders.mean, 0)) > 0.05;
}

/**
 * The variance of the unseen amount: the number of orders, the size of each, and the error of the mean sizes. The last one is shared by all blocks:
 * each size that was seen weighs in its own block's mean and, through the common one, in every other's.
 */
function varianceOf(estimates: readonly Estimate[], count: number, sizeVariance: number): number {
  const throughCommon = estimates.reduce((sum, e) => sum + (shrinkTo * e.orders.mean) / (e.count + shrinkTo), 0) / count;
  return estimates.reduce((sum, e) => {
    const weight = e.orders.mean / (e.count + shrinkTo) + throughCommon;
    return sum + e.size * e.size * e.orders.variance + e.orders.mean * sizeVariance + e.count * weight * weight * sizeVariance;
  }, 0);
}

/** The 5 and 95 % points of a log-normal amount with this mean and variance. */
function logNormalBand(mean: number, variance: number): readonly [low: number, high: number] {
  if (mean <= 0) return [0, 0];
  const spread = Math.log1p(variance / (mean * mean));
  const centre = Math.log(mean) - spread / 2;
  const reach = z95 * Math.sqrt(spread);
  return [Math.exp(centre - reach), Math.exp(centre + reach)];
}

/** How the venues publish liquidations: what `liquidationTotal` is to be told, and the length of a window where they publish a sample. */
export interface LiquidationPractice {
  readonly sampling: LiquidationSampling | 'none';
  readonly windowMs: number;
}

const sampled = (sampling: 'last' | 'largest'): LiquidationPractice => ({ sampling, windowMs: 1_000 });
const complete: LiquidationPractice = { sampling: 'complete', windowMs: 1_000 };
const none: LiquidationPractice = { sampling: 'none', windowMs: 1_000 };

/**
 * By venue, from their documentation of the liquidation streams, read 2026-11-27: Binance "only the latest one liquidation order within 1000ms"
 * (Liquidation-Order-Streams), OKX at most one a second a contract (liquidation-orders channel; which one it does not say, taken for the last [A]), Bitget the
 * largest of a second (Liquidation-Channel), Bybit all (all-liquidation), Gate, Deribit and Kraken all; Hyperliquid and KuCoin have no public stream.
 */
const practices: Readonly<Record<string, LiquidationPractice>> = {
  binance: sampled('last'), okx: sampled('last'), bitget: sampled('largest'), bybit: complete, gate: complete, deribit: complete, kraken: complete, hyperliquid: none, kucoin: none,
};

/** How a venue publishes liquidations; undefined where that is not known. */
export function liquidationPractice(venue: string): LiquidationPractice | undefined {
  return practices[venue];
}
