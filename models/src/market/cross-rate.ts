import type { CurrencyCode, Price, Result, UsdRate } from '../core/index.ts';
import { err, isPrice, ok, price, usdRate } from '../core/index.ts';

/**
 * Dollars of a currency that no venue quotes in dollars: a spot market between it and a currency with a dollar rate of its own, times that rate.
 * A chain has these two links and never more.
 */

/** Currencies that a chain may go over, the one with the most sources of its own dollar rate first. The dollar's rate is 1. */
export const bridgeCurrencies: readonly string[] = ['USDT', 'USDC', 'USD'];

/** The two currencies of a spot market: its prices are units of `quote` for one `base`. */
export interface CurrencyPair {
  readonly base: CurrencyCode;
  readonly quote: CurrencyCode;
}

/** Units of `against` for one unit of `currency`: what it is sold for at once (`low`), the middle, and what it costs at once (`high`). `low <= price <= high`. */
export interface PairRate {
  readonly currency: CurrencyCode;
  readonly against: CurrencyCode;
  readonly price: Price;
  readonly low: Price;
  readonly high: Price;
}

/** Why a best bid and ask are no rate: a side is empty, they cross or touch, they are too far apart, or the result is outside what money can be worth. */
export type PairRateError = 'no-quote' | 'crossed-quote' | 'wide-quote' | 'out-of-range';

/** A spread above this share of the middle is no price [A]: markets between currencies show well under 0.01, and this leaves room for a depeg. */
const mostSpread = 0.05;
/** Least and most units of one currency for one of another: a bitcoin is some 1e5 dollars, a dong some 4e-5; beyond these it is a unit error or garbage [A]. */
const leastRate = 1e-9;
const mostRate = 1e9;

const isLawful = (rate: number): boolean => rate >= leastRate && rate <= mostRate;

/**
 * The rate of `currency`, one of the pair's two, from the market's best bid and ask (quote for one base, >= 0; 0 is an empty side). Where it is the
 * base the rate is the market's price; where it is the quote the rate is one over it, and what the bid was becomes the high end. Any number is
 * safe to give; NaN counts as an empty side.
 */
export function pairRate(pair: CurrencyPair, currency: CurrencyCode, bid: number, ask: number): Result<PairRate, PairRateError> {
  if (!isPrice(bid) || !isPrice(ask)) return err('no-quote');
  // No market rests with a bid at its ask: they would have traded.
  if (bid >= ask) return err('crossed-quote');
  const middle = bid + (ask - bid) / 2;
  if (ask - bid > mostSpread * middle) return err('wide-quote');
  const isBase = currency === pair.base;
  const [low, value, high] = isBase ? [bid, middle, ask] : [1 / ask, 1 / middle, 1 / bid];
  if (!isLawful(low) || !isLawful(value) || !isLawful(high)) return err('out-of-range');
  return ok({ currency, against: isBase ? pair.quote : pair.base, price: price(value), low: price(low), high: price(high) });
}

/** US dollars for one unit of a currency, with a band. `low <= usd <= high`. */
export interface UsdBand {
  readonly usd: UsdRate;
  readonly low: UsdRate;
  readonly high: UsdRate;
}

/**
 * The chain of two: dollars of a currency from its rate against another and that one's dollars (`leg`). The ends multiply, so the band has the
 * spread of the market and all that is not known of the leg. Undefined when a product is not a lawful rate.
 */
export function crossRate(rate: Pick<PairRate, 'price' | 'low' | 'high'>, leg: UsdBand): UsdBand | undefined {
  const [usd, low, high] = [rate.price * leg.usd, rate.low * leg.low, rate.high * leg.high];
  if (!isPrice(usd) || !isPrice(low) || !isPrice(high)) return undefined;
  return { usd: usdRate(usd), low: usdRate(low), high: usdRate(high) };
}
