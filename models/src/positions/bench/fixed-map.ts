import type { PositionSide } from '../../market/index.ts';
import type { ObservedMinute } from '../inference-types.ts';

/** Leverages that public liquidation heatmaps put on every trade (Coinglass's "10x, 25x, 50x, 100x"), each with the same weight. */
const fixedDistances = [1 / 10, 1 / 25, 1 / 50, 1 / 100];
const width = 0.001;

/**
 * The map of such a heatmap: each minute's volume is opened at its close by both sides at four leverages alike, and what the mark crosses is wiped off. Weight by log-price; only the shape means anything.
 */
export function fixedMap(minutes: readonly ObservedMinute[]): Readonly<Record<PositionSide, readonly { readonly trigger: number; readonly size: number }[]>> {
  const held = { long: new Map<number, number>(), short: new Map<number, number>() };
  for (const { low, high, close, volume } of minutes) {
    for (const bucket of [...held.long.keys()]) if (bucket * width >= Math.log(low)) held.long.delete(bucket);
    for (const bucket of [...held.short.keys()]) if (bucket * width <= Math.log(high)) held.short.delete(bucket);
    for (const distance of fixedDistances) {
      for (const side of ['long', 'short'] as const) {
        const bucket = Math.round((Math.log(close) + (side === 'long' ? Math.log1p(-distance) : Math.log1p(distance))) / width);
        held[side].set(bucket, (held[side].get(bucket) ?? 0) + volume / fixedDistances.length);
      }
    }
  }
  const list = (side: PositionSide) => [...held[side]].map(([bucket, size]) => ({ trigger: bucket * width, size }));
  return { long: list('long'), short: list('short') };
}
