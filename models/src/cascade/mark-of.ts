import { assertNever } from '../core/index.ts';
import type { MarkRule } from './network-system.ts';

/** Half the weight, less this share of it: a tie that float64 rounds the wrong way still counts as half. */
const halfSlack = 1e-12;
/** The band around the median that `clip2` clips to. */
const clipBand = 0.02;

/**
 * The mark from the prices of its sources (quote currency, > 0) and their weights (> 0), lists of equal length. Each rule is non-decreasing in every
 * price. `sign` is 1 for a sale: the median is the highest price whose weight together with that of all higher ones is at least half the total; -1 for
 * a purchase: counted from the lowest. O(k^2) for the k sources of a mark, which are few.
 */
export function markOf(rule: MarkRule, prices: ArrayLike<number>, weights: ArrayLike<number>, sign: 1 | -1): number {
  switch (rule) {
    case 'mean':
      return meanOf(prices, weights, 0, Infinity);
    case 'median':
      return medianOf(prices, weights, sign);
    case 'clip2': {
      const median = medianOf(prices, weights, sign);
      return meanOf(prices, weights, (1 - clipBand) * median, (1 + clipBand) * median);
    }
    default:
      return assertNever(rule);
  }
}

/** Rounds the tick of a mark that arithmetic left just beside a whole number to it (the stress contract). */
const tickSlack = 1e-6;

/** The mark in ticks of `tickSize`, rounded away from the best price: down for a sale, up for a purchase. */
export function markTickOf(rule: MarkRule, prices: ArrayLike<number>, weights: ArrayLike<number>, tickSize: number, sign: 1 | -1): number {
  return sign * Math.floor((sign * markOf(rule, prices, weights, sign)) / tickSize + tickSlack);
}

function meanOf(prices: ArrayLike<number>, weights: ArrayLike<number>, low: number, high: number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < prices.length; i++) {
    const weight = weights[i] ?? 0;
    sum += weight * Math.min(high, Math.max(low, prices[i] ?? 0));
    total += weight;
  }
  return sum / total;
}

function medianOf(prices: ArrayLike<number>, weights: ArrayLike<number>, sign: 1 | -1): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] ?? 0;
  const half = (total / 2) * (1 - 2 * halfSlack);
  let found = Number.NaN;
  for (let i = 0; i < prices.length; i++) {
    const price = prices[i] ?? 0;
    if (sign * price <= sign * found) continue;
    let weight = 0;
    for (let j = 0; j < prices.length; j++) if (sign * (prices[j] ?? 0) >= sign * price) weight += weights[j] ?? 0;
    if (weight >= half) found = price;
  }
  return found;
}
