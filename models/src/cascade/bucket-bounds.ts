import { assert } from '../core/index.ts';
import { at, type PositionSide, type Triggers } from '../market/index.ts';

/** `pessimistic` fires early, `optimistic` late. */
export type Bound = 'pessimistic' | 'optimistic';

/**
 * Gathers triggers into buckets of `width` ticks (whole, >= 1), rounding to the bucket edge that fires first
 * (`pessimistic`) or last (`optimistic`). As the outcome is monotone in every trigger, solving with each brackets the
 * exact answer of market orders: p_pess <= p <= p_opt for a sale, the mirror for a purchase. Within a bucket the
 * bankruptcy tick farthest along is kept for `pessimistic`, the nearest for `optimistic`. O(triggers).
 */
export function bucketTriggers(triggers: Triggers, side: PositionSide, width: number, bound: Bound): Triggers {
  assert(Number.isSafeInteger(width) && width >= 1, `a bucket is a whole number of ticks, got ${width}`);
  const n = triggers.ticks.length;
  const ticks = new Int32Array(n);
  const lots = new Float64Array(n);
  const bankruptcyTicks = new Int32Array(n);
  const up = (side === 'long') === (bound === 'pessimistic');
  let count = 0;
  for (let i = 0; i < n; i++) {
    const tick = at(triggers.ticks, i);
    const edge = up ? Math.ceil(tick / width) * width : Math.floor(tick / width) * width;
    const bankruptcy = at(triggers.bankruptcyTicks, i);
    if (count > 0 && at(ticks, count - 1) === edge) {
      const kept = at(bankruptcyTicks, count - 1);
      lots[count - 1] = at(lots, count - 1) + at(triggers.lots, i);
      bankruptcyTicks[count - 1] = up ? Math.min(kept, bankruptcy) : Math.max(kept, bankruptcy);
      continue;
    }
    ticks[count] = edge;
    lots[count] = at(triggers.lots, i);
    bankruptcyTicks[count++] = bankruptcy;
  }
  return { ticks: ticks.slice(0, count), lots: lots.slice(0, count), bankruptcyTicks: bankruptcyTicks.slice(0, count) };
}
