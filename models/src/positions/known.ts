import { assert } from '../core/index.ts';
import { maintenanceMargin, type MarginRules, type PositionSide } from '../market/index.ts';
import { bankruptcyTick, bucketTick, maxTick } from './bucketing.ts';
import type { InferredTriggers } from './inference-types.ts';
import type { PriorTriggers } from './prior-density.ts';

/** A position whose owner the venue names. */
export interface KnownPosition {
  readonly side: PositionSide;
  /** Size in lots, > 0. */
  readonly lots: number;
  /** The mark at which the venue closes it, quote per base, > 0; null when no price would. */
  readonly liquidationPrice: number | null;
}

/** How known positions become ticks and lots; prices and lots as in `PriorInput`. */
export interface KnownTerms {
  readonly side: PositionSide;
  /** Mark price, > 0. */
  readonly markPrice: number;
  readonly tickSize: number;
  /** Base units in one lot. */
  readonly lotSize: number;
  /** Width of a bucket in whole ticks, >= 1. */
  readonly bucketTicks: number;
  /** For the distance from liquidation to bankruptcy. */
  readonly rules: MarginRules;
}

/** Triggers of known positions: nothing of them is inferred, so every band is its centre. */
export interface KnownTriggers extends InferredTriggers {
  /** Lots whose liquidation price the mark has passed: closed by now, and in no bucket. */
  readonly passedLots: number;
}

/**
 * Exact triggers of one side from the positions of accounts. At its liquidation price a position's equity is its maintenance requirement m q p, so it is bankrupt at p (1 - s m), s the sign of
 * the side and m the rate at its own size, whatever margin it stands on. Buckets are rounded to the edge that fires first and hold whole lots; a position that the mark has passed is closed, and
 * is counted apart. Linear contracts (no venue shows positions of inverse ones). O(positions).
 */
export function knownTriggers(positions: readonly KnownPosition[], terms: KnownTerms): KnownTriggers {
  const { side, markPrice, tickSize, lotSize, bucketTicks, rules } = terms;
  assert(markPrice > 0 && tickSize > 0 && lotSize > 0 && bucketTicks >= 1, 'terms of known positions out of range');
  const sign = side === 'long' ? 1 : -1;
  const buckets = new Map<number, { lots: number; bankruptcy: number }>();
  let unreachable = 0;
  let passed = 0;
  for (const { side: own, lots, liquidationPrice: price } of positions) {
    if (own !== side || !(lots > 0)) continue;
    const tick = price === null ? 0 : bucketTick(price / tickSize, side, bucketTicks);
    if (price === null || tick < 1 || tick > maxTick) unreachable += lots;
    else if (sign * (price - markPrice) >= 0) passed += lots;
    else {
      const notional = lots * lotSize * price;
      const held = buckets.get(tick) ?? { lots: 0, bankruptcy: 0 };
      held.lots += lots;
      held.bankruptcy += lots * price * (1 - (sign * maintenanceMargin(rules.tiers, notional)) / notional);
      buckets.set(tick, held);
    }
  }
  const rows = [...buckets].filter(([, { lots }]) => Math.round(lots) > 0).sort(([a], [b]) => sign * (b - a));
  const lots = Float64Array.from(rows, ([, bucket]) => Math.round(bucket.lots));
  return {
    ticks: Int32Array.from(rows, ([tick]) => tick), lots, low: lots.slice(), high: lots.slice(),
    // Never before the bucket itself fires.
    bankruptcyTicks: Int32Array.from(rows, ([tick, bucket]) => Math.max(1, bankruptcyTick(bucket.bankruptcy / bucket.lots / tickSize, side, tick))),
    unreachableLots: Math.round(unreachable), excludedShare: 0, priorOnlyLots: new Float64Array(rows.length), passedLots: Math.round(passed),
  };
}

/**
 * Known and inferred positions of one side as one book: buckets of the same tick are added up, bands with them, and the bankruptcy price of a joint bucket is the mean by lots. What of `inferred` is
 * not told apart as resting on the prior alone is taken to rest on it. O(buckets).
 */
export function joinTriggers(known: KnownTriggers, inferred: PriorTriggers | InferredTriggers, side: PositionSide): InferredTriggers {
  interface Row { lots: number; low: number; high: number; bankruptcy: number; priorOnly: number }
  const rows = new Map<number, Row>();
  const add = (from: PriorTriggers, priorOnly: Float64Array): void => {
    from.ticks.forEach((tick, i) => {
      const row = rows.get(tick) ?? { lots: 0, low: 0, high: 0, bankruptcy: 0, priorOnly: 0 };
      const lots = from.lots[i] ?? 0;
      row.lots += lots;
      row.low += from.low[i] ?? 0;
      row.high += from.high[i] ?? 0;
      row.bankruptcy += lots * (from.bankruptcyTicks[i] ?? 0);
      row.priorOnly += priorOnly[i] ?? 0;
      rows.set(tick, row);
    });
  };
  add(known, known.priorOnlyLots);
  add(inferred, 'priorOnlyLots' in inferred ? inferred.priorOnlyLots : inferred.lots);
  const sorted = [...rows].sort(([a], [b]) => (side === 'long' ? b - a : a - b));
  const total = (of: PriorTriggers): number => of.lots.reduce((sum, lots) => sum + lots, of.unreachableLots);
  const [own, other] = [total(known), total(inferred)];
  return {
    ticks: Int32Array.from(sorted, ([tick]) => tick), lots: Float64Array.from(sorted, ([, row]) => row.lots),
    low: Float64Array.from(sorted, ([, row]) => row.low), high: Float64Array.from(sorted, ([, row]) => row.high),
    // A bucket may hold nothing at its centre and something at an end of its band.
    bankruptcyTicks: Int32Array.from(sorted, ([tick, row]) => (row.lots > 0 ? Math.round(row.bankruptcy / row.lots) : tick)),
    unreachableLots: known.unreachableLots + inferred.unreachableLots, excludedShare: own + other > 0 ? (inferred.excludedShare * other) / (own + other) : 0,
    priorOnlyLots: Float64Array.from(sorted, ([, row]) => row.priorOnly),
  };
}
