import { assert, z95 } from '../core/index.ts';
import { bankruptcyPrice, liquidationPrice, type PositionSide, type Triggers, type VenueRules } from '../market/index.ts';
import { apportion, bankruptcyTick, bucketTick, maxTick } from './bucketing.ts';
import { cappedPrior, DEFAULT_LEVERAGE_PRIOR, PRIOR_CONCENTRATION, type LeveragePrior } from './leverage-prior.ts';

/** Triggers with the 5 % and 95 % points of each bucket's lots: low <= lots <= high. Bands are of each bucket by itself. */
export interface TriggerBook extends Triggers {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** A price at which positions were opened and its relative weight, e.g. traded volume; both > 0 (a weight may be 0). */
export interface EntryPrice {
  readonly price: number;
  readonly weight: number;
}

/** What is known of one market's open interest. */
export interface PriorInput {
  /** Open interest in lots, >= 0; rounded to whole lots. */
  readonly openInterestLots: number;
  /** Mark price, quote per base, > 0. */
  readonly markPrice: number;
  /** Quote currency per tick, > 0. */
  readonly tickSize: number;
  readonly side: PositionSide;
  readonly rules: VenueRules;
  /** Where positions were opened; all at the mark when absent or without weight. */
  readonly recentPrices?: readonly EntryPrice[];
  readonly leveragePrior?: LeveragePrior;
  /** Dirichlet concentration of the prior's weights, for the band. */
  readonly concentration?: number;
  /** Width of a bucket in ticks, whole, >= 1. */
  readonly bucketTicks: number;
  /** Notional of a typical position in the currency of the tier table, which picks its maintenance tier; default 10,000 [A]. */
  readonly typicalNotional?: number;
}

/** The first guess at hidden positions. `lots` of all triggers + `unreachableLots` = open interest, exactly. */
export interface PriorTriggers extends TriggerBook {
  /** Positions no positive price liquidates (unlevered longs), or all of them when the prior leaves none alive. */
  readonly unreachableLots: number;
  /** Share of the prior's weight, 0 to 1, that would have been liquidated before now and so was left out. */
  readonly excludedShare: number;
}

interface Bucket {
  share: number;
  /** Sum over classes of class weight x (share of the class in this bucket)^2: the spread when weights are uncertain. */
  square: number;
  bankruptcy: number;
}

/**
 * Spreads open interest over liquidation prices from where positions were opened and how leverage is spread. Each entry
 * price and leverage class gives a liquidation price by the venue's rules. A position that would already be liquidated at
 * the mark cannot be part of today's open interest: its weight goes to the classes that are alive, in proportion.
 * Buckets are rounded to the edge that fires first. The band takes the class weights to be Dirichlet with the given
 * concentration and each bucket's lots to be gamma with the mean and variance that follow (Wilson-Hilferty quantiles).
 * O(entries x classes).
 */
export function priorTriggers(input: PriorInput): PriorTriggers {
  const { side, concentration = PRIOR_CONCENTRATION } = input;
  assert(input.openInterestLots >= 0 && input.markPrice > 0 && input.bucketTicks >= 1, 'prior input out of range');
  const total = Math.round(input.openInterestLots);
  const { buckets, unreachable, alive } = spread(input);
  const rows = [...buckets].sort(([a], [b]) => (side === 'long' ? b - a : a - b));
  const shares = rows.map(([, bucket]) => bucket.share / alive);
  const counts = apportion(total, [...shares, alive > 0 ? unreachable / alive : 1]);
  const low = new Float64Array(rows.length);
  const high = new Float64Array(rows.length);
  rows.forEach(([, bucket], i) => {
    const mean = shares[i] ?? 0;
    const variance = Math.max(0, bucket.square / alive - mean * mean) / (concentration + 1);
    const lots = counts[i] ?? 0;
    low[i] = Math.min(lots, total * gammaQuantile(mean, variance, -z95));
    high[i] = Math.min(Math.max(total, lots), Math.max(lots, total * gammaQuantile(mean, variance, z95)));
  });
  return {
    ticks: Int32Array.from(rows, ([tick]) => tick),
    lots: Float64Array.from(counts.slice(0, rows.length)),
    bankruptcyTicks: Int32Array.from(rows, ([, b]) => bankruptcyTick(b.bankruptcy / b.share / input.tickSize, side)),
    low, high, unreachableLots: counts[rows.length] ?? 0, excludedShare: Math.max(0, 1 - alive),
  };
}

function spread(input: PriorInput): { buckets: Map<number, Bucket>; unreachable: number; alive: number } {
  const { side, markPrice, tickSize, rules, bucketTicks, typicalNotional = 10_000 } = input;
  const entries = entryWeights(input);
  const buckets = new Map<number, Bucket>();
  let unreachable = 0;
  let alive = 0;
  for (const { leverage, weight } of cappedPrior(input.leveragePrior ?? DEFAULT_LEVERAGE_PRIOR, rules.maxLeverage)) {
    const ofClass = new Map<number, { share: number; bankruptcy: number }>();
    for (const entry of entries) {
      const size = rules.contract === 'linear' ? typicalNotional / entry.price : typicalNotional * entry.price;
      const terms = { side, entryPrice: entry.price, size, margin: typicalNotional / leverage };
      const liquidation = liquidationPrice(rules, terms);
      const bankruptcy = bankruptcyPrice(rules.contract, terms);
      const tick = liquidation.ok ? bucketTick(liquidation.value.price / tickSize, side, bucketTicks) : 0;
      if (!liquidation.ok || tick < 1 || tick > maxTick) {
        unreachable += weight * entry.weight;
        alive += weight * entry.weight;
        continue;
      }
      if (side === 'long' ? liquidation.value.price >= markPrice : liquidation.value.price <= markPrice) continue;
      alive += weight * entry.weight;
      const cell = ofClass.get(tick) ?? { share: 0, bankruptcy: 0 };
      cell.share += entry.weight;
      // Without a bankruptcy price (a fully backed inverse short) equity never ends: the limit is the end of the grid.
      cell.bankruptcy += entry.weight * (bankruptcy.ok ? bankruptcy.value : side === 'long' ? tickSize : maxTick * tickSize);
      ofClass.set(tick, cell);
    }
    for (const [tick, cell] of ofClass) {
      const bucket = buckets.get(tick) ?? { share: 0, square: 0, bankruptcy: 0 };
      bucket.share += weight * cell.share;
      bucket.square += weight * cell.share * cell.share;
      bucket.bankruptcy += weight * cell.bankruptcy;
      buckets.set(tick, bucket);
    }
  }
  return { buckets, unreachable, alive };
}

function entryWeights(input: PriorInput): readonly EntryPrice[] {
  const given = (input.recentPrices ?? []).filter((e) => e.weight > 0 && e.price > 0);
  const total = given.reduce((sum, e) => sum + e.weight, 0);
  if (!(total > 0)) return [{ price: input.markPrice, weight: 1 }];
  // Weights that cannot move a lot would only leave buckets of share 0, or of a share too small to divide by.
  return given.map((e) => ({ price: e.price, weight: e.weight / total })).filter((e) => e.weight > 1e-15);
}

/** A quantile of the gamma distribution of the given mean and variance by Wilson and Hilferty (1931); the mean when the variance is 0. */
function gammaQuantile(mean: number, variance: number, z: number): number {
  if (variance <= 0 || mean <= 0) return mean;
  const shape = (mean * mean) / variance;
  return mean * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
}
