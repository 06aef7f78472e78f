import type { PositionSide } from '../market/index.ts';

/** The largest tick of the grid. */
export const maxTick = 0x7fffffff;

/** Whole numbers in proportion to `shares` that sum to `total`: largest remainders first, ties to the earlier; all of it in the last one where no share is > 0. */
export function apportion(total: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((s, x) => s + x, 0);
  if (!(sum > 0)) return shares.map((_, i) => (i === shares.length - 1 ? total : 0));
  const exact = shares.map((x) => (total * x) / sum);
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((s, x) => s + x, 0);
  const byRemainder = exact.map((x, i) => ({ i, remainder: x - Math.floor(x) })).sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) counts[i] = (counts[i] ?? 0) + 1;
  return counts;
}

/** A price in ticks, rounded to the edge of its bucket of `width` ticks that fires first. */
export function bucketTick(ticks: number, side: PositionSide, width: number): number {
  const edge = side === 'long' ? Math.ceil(ticks / width - 1e-9) : Math.floor(ticks / width + 1e-9);
  return edge * width;
}

/** A bankruptcy price in ticks, rounded away from the price, and not before the trigger tick where that is given. */
export function bankruptcyTick(ticks: number, side: PositionSide, trigger?: number): number {
  const rounded = Math.min(maxTick, side === 'long' ? Math.floor(ticks + 1e-6) : Math.ceil(ticks - 1e-6));
  if (trigger === undefined) return rounded;
  return side === 'long' ? Math.min(rounded, trigger) : Math.max(rounded, trigger);
}
