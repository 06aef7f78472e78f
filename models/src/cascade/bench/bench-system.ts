import { type Rng } from '../../core/index.ts';
import { triggersFromRows } from '../../market/index.ts';
import { cascadeMarket, type CascadeMarket } from '../cascade-market.ts';
import type { NetworkSystem } from '../network-system.ts';

/**
 * A market for measuring: `levels` bids on as many ticks below a best price twice as high, so that the lowest is at half of it, and `buckets` of long positions spread evenly over them; forced lots
 * are `pressure` of all lots bid. The same stream gives the same market.
 */
export function benchMarket(rng: Rng, id: string, levels: number, buckets: number, pressure: number): CascadeMarket {
  const best = 2 * levels;
  const bids = { ticks: new Int32Array(levels), lots: new Float64Array(levels) };
  let total = 0;
  for (let i = 0; i < levels; i++) {
    bids.ticks[i] = best - i;
    const lots = 50 + rng.int(100);
    bids.lots[i] = lots;
    total += lots;
  }
  const mean = (pressure * total) / Math.max(1, buckets);
  const rows = Array.from({ length: buckets }, (_, k): readonly [number, number, number] => {
    const tick = best - 1 - Math.floor((k * levels) / Math.max(1, buckets));
    return [tick, Math.max(1, Math.round(mean * (0.5 + rng.next()))), Math.max(1, tick - Math.floor(levels / 50))];
  });
  return cascadeMarket({ id, kind: 'linear', tickSize: 1 / (2 * levels), lotSize: 1, bids, asks: { ticks: Int32Array.of(best + 1), lots: Float64Array.of(1) }, longTriggers: triggersFromRows(rows, 'long') });
}

/**
 * A system for measuring: `count` such markets in a ring, each joined by arbitrage with its two neighbours on either side (four in all, both ways), its mark the mean of its own price and
 * theirs. The shocks take every market down through more than half of its levels.
 */
export function benchSystem(rng: Rng, count: number, levels: number, buckets: number): { readonly system: NetworkSystem; readonly shocks: readonly number[] } {
  const markets = Array.from({ length: count }, (_, m) => benchMarket(rng, `m${m}`, levels, buckets, 0.3));
  const steps = count > 4 ? [-2, -1, 1, 2] : count > 2 ? [-1, 1] : count === 2 ? [1] : [];
  const near = (m: number): readonly number[] => steps.map((step) => (m + step + count) % count);
  return {
    system: {
      side: 'sell', markets, hedges: [],
      edges: markets.flatMap((_, from) => near(from).map((to) => ({ from, to, capacityQty: 20 * levels, slopeQtyPerLog: 400 * levels, costLog: 0.001 }))),
      marks: markets.map((_, m) => (steps.length === 0 ? null : { rule: 'mean', markets: [m, ...near(m)], weights: [4, ...steps.map(() => 1)] })),
    },
    // About 100 lots a level are bid and 30 forced: a sale of 45 a level ends beyond the middle.
    shocks: markets.map(() => 45 * levels),
  };
}
