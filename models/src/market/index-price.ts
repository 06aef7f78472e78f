import { defined, err, ok, type Result } from '../core/index.ts';
import type { IndexRule } from './venue-rules.ts';

/** One source of an index: its price > 0, its weight (taken from the rule when absent), and how long ago it last changed. */
export interface IndexSource {
  readonly name: string;
  readonly price: number;
  readonly weight?: number;
  readonly ageSeconds?: number;
}

/** An index price, the sources it was made of, and those left out for deviating, to be passed in again so that they come back only when near enough. */
export interface IndexPrice {
  readonly price: number;
  readonly used: readonly string[];
  readonly excluded: readonly string[];
}

/** Why there is no index: no live source with a price > 0 is left. What a venue does then is `lastPriceProtected`. */
export type IndexPriceError = { readonly kind: 'index-price.no-source' };

/** Sum of weight x price over sum of weights; at least one weight > 0. Non-decreasing in every price. */
export function weightedMean(prices: readonly number[], weights: readonly number[]): number {
  let [sum, total] = [0, 0];
  prices.forEach((price, i) => {
    sum += price * (weights[i] ?? 0);
    total += weights[i] ?? 0;
  });
  return sum / total;
}

/** The middle price, or the mean of the two in the middle. Non-decreasing in every price. NaN for no price. O(n log n). */
export function median(prices: readonly number[]): number {
  const sorted = Float64Array.from(prices).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * The price with half of the weight on each side; where exactly half lies below a price, the mean of it and the one below, so that equal weights give
 * the median. Non-decreasing in every price. O(n log n). Weights >= 0, one of them > 0.
 */
export function weightedMedian(prices: readonly number[], weights: readonly number[]): number {
  const order = prices.map((price, i) => ({ price, weight: weights[i] ?? 0 })).filter((s) => s.weight > 0).sort((a, b) => a.price - b.price);
  const half = order.reduce((sum, s) => sum + s.weight, 0) / 2;
  let below = 0;
  for (let i = 0; i < order.length; i++) {
    const { price, weight } = defined(order[i], 'source');
    below += weight;
    // Weights are small whole numbers or shares: a share's rounding must not decide which side a source is on.
    if (Math.abs(below - half) <= 1e-12 * half) return (price + (order[i + 1]?.price ?? price)) / 2;
    if (below > half) return price;
  }
  return NaN;
}

/** Prices no farther than `within` from the median, of all prices or of the others; unchanged with fewer than 3. Non-decreasing in every price. O(n log n), O(n^2 log n) around the others. */
export function clipToMedian(prices: readonly number[], within: number, around: 'all' | 'others'): readonly number[] {
  if (prices.length < 3) return prices;
  const all = median(prices);
  return prices.map((price, i) => {
    const centre = around === 'all' ? all : median(prices.filter((_, j) => j !== i));
    return Math.min(Math.max(price, centre * (1 - within)), centre * (1 + within));
  });
}

/**
 * The mean with each source weighed by one over the square of its distance from the weighted mean, as Bybit's older index did; a source at the mean
 * takes all. Not monotone: a source that moves away loses its weight.
 */
export function inverseSquareMean(prices: readonly number[], weights: readonly number[]): number {
  const centre = weightedMean(prices, weights);
  if (prices.some((price) => price === centre)) return centre;
  return weightedMean(prices, prices.map((price) => 1 / (price - centre) ** 2));
}

/**
 * The index by a venue's rule. Stale sources and those without a price or weight go first; then deviants, by exclusion or by clipping; then what is left is
 * joined. `excludedBefore` are the names that the last call left out. Monotone in the prices for given live sources exactly when `rule.monotone` says so.
 */
export function indexPrice(rule: IndexRule, sources: readonly IndexSource[], excludedBefore: readonly string[] = []): Result<IndexPrice, IndexPriceError> {
  const weightOf = (s: IndexSource): number => s.weight ?? rule.weights[s.name] ?? (Object.keys(rule.weights).length === 0 ? 1 : 0);
  const live = sources.filter((s) => s.price > 0 && s.price < Infinity && weightOf(s) > 0 && !(rule.staleSeconds !== undefined && (s.ageSeconds ?? 0) > rule.staleSeconds));
  if (live.length === 0) return err({ kind: 'index-price.no-source' });
  const excluded = rule.exclude === undefined ? [] : deviants(live, rule.exclude, excludedBefore);
  const used = live.filter((s) => !excluded.includes(s.name));
  const names = used.map((s) => s.name);
  const middle = median(live.map((s) => s.price));
  if (used.length === 0 || (rule.exclude?.severalToMedian === true && excluded.length > 1)) return ok({ price: middle, used: live.map((s) => s.name), excluded });
  const weights = used.map((s) => (rule.equalOfTwo && used.length === 2 ? 1 : weightOf(s)));
  const raw = used.map((s) => s.price);
  const prices = rule.clip === undefined ? raw : clipToMedian(raw, rule.clip.within, rule.clip.around);
  return ok({ price: joined(rule.method, prices, weights), used: names, excluded });
}

/**
 * What several venues fall back to without a stable index: the contract's own last price, held within `band` of the last index they trust. Non-decreasing
 * in both. The band itself is not published; 3 % is assumed [A].
 */
export function lastPriceProtected(lastPrice: number, anchor: number, band: number = 0.03): number {
  return Math.min(Math.max(lastPrice, anchor * (1 - band)), anchor * (1 + band));
}

function joined(method: IndexRule['method'], prices: readonly number[], weights: readonly number[]): number {
  switch (method) {
    case 'weightedMean': return weightedMean(prices, weights);
    case 'weightedMedian': return weightedMedian(prices, weights);
    case 'inverseSquareSpread': return inverseSquareMean(prices, weights);
  }
}

function deviants(live: readonly IndexSource[], rule: NonNullable<IndexRule['exclude']>, before: readonly string[]): readonly string[] {
  const middle = median(live.map((s) => s.price));
  // On the bound itself is within it, whatever the rounding of the bound.
  const isOut = (s: IndexSource): boolean => Math.abs(s.price - middle) > middle * (before.includes(s.name) ? rule.readmitWithin : rule.beyond) * (1 + 1e-12);
  return live.filter(isOut).map((s) => s.name);
}
