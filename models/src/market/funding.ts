import { err, ok, type Result } from '../core/index.ts';
import type { FundingRule } from './venue-rules.ts';

/** Why there is no impact price: the side of the book does not hold the notional. */
export type ImpactPriceError = { readonly kind: 'impact-price.thin-book' };

/**
 * The average price at which `notional` (quote currency, > 0) is executed against one side of the book of a linear contract or spot market: levels
 * `price, quantity, price, quantity, ...` best first. Bids give the impact bid, asks the impact ask. O(levels used).
 */
export function impactPrice(levels: readonly number[], notional: number): Result<number, ImpactPriceError> {
  let [left, quantity] = [notional, 0];
  for (let i = 0; i + 1 < levels.length && left > 0; i += 2) {
    const [price, qty] = [levels[i] ?? NaN, levels[i + 1] ?? NaN];
    const taken = Math.min(left, price * qty);
    quantity += taken / price;
    left -= taken;
  }
  return left > 0 ? err({ kind: 'impact-price.thin-book' }) : ok(notional / quantity);
}

/** The premium index [max(0, impact bid - index) - max(0, index - impact ask)] / index. */
export function premiumIndex(impactBid: number, impactAsk: number, index: number): number {
  return (Math.max(0, impactBid - index) - Math.max(0, index - impactAsk)) / index;
}

/** A period's premium: the mean of its samples in order, or the mean weighing the n-th with n, as the rule says; 0 without samples. */
export function averagePremium(rule: Pick<FundingRule, 'average'>, samples: readonly number[]): number {
  let [sum, total] = [0, 0];
  samples.forEach((premium, i) => {
    const weight = rule.average === 'timeWeighted' ? i + 1 : 1;
    sum += weight * premium;
    total += weight;
  });
  return total === 0 ? 0 : sum / total;
}

/** What one market sets of its own: the length of its period, and the most and least rate of a period. */
export interface FundingTerms {
  /** The rule's usual period when absent. */
  readonly periodHours?: number;
  readonly cap?: number;
  readonly floor?: number;
}

/**
 * The funding rate of one period from its average premium, longs paying when positive. Damped premium: P + clamp(I - P, -d, d), divided by 8 / N as a
 * whole (Binance, Gate, Bitget, Hyperliquid) or with I alone in proportion to N (Bybit, OKX, KuCoin). Dead band: max(d, P) + min(-d, P), for eight
 * hours, of which a shorter time is charged its share (Deribit). Cap and floor are the market's, else the rule's.
 */
export function fundingRate(rule: FundingRule, premium: number, terms: FundingTerms = {}): number {
  const share = (terms.periodHours ?? rule.periodHours) / 8;
  const damper: number = rule.clamp;
  const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
  const damped = (interest: number): number => premium + clamp(interest - premium, -damper, damper);
  const rate = rule.formula === 'deadBand'
    ? (Math.max(damper, premium) + Math.min(-damper, premium)) * share
    : rule.scaling === 'wholeRate' ? damped(rule.interest) * share : damped(rule.interest * share);
  const cap = terms.cap ?? rule.cap ?? Infinity;
  return clamp(rate, terms.floor ?? -cap, cap);
}
