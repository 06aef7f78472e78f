import type { ResponseStep } from '@breakwater/contracts';
import { drawable } from './scale.ts';

/** A point of a chart: x, y. */
export type Point = readonly [number, number];

/** A step as plain numbers that can be drawn. */
export interface Step {
  readonly saleUsd: number;
  readonly price: number;
}

/** The steps of a curve that can be drawn, in rising order of sale. O(n log n). */
export function drawableSteps(steps: readonly ResponseStep[]): readonly Step[] {
  return steps
    .filter(({ saleUsd, price }) => drawable(saleUsd) !== undefined && saleUsd >= 0 && drawable(price) !== undefined)
    .map(({ saleUsd, price }) => ({ saleUsd, price }))
    .sort((a, b) => a.saleUsd - b.saleUsd);
}

/**
 * The price after a net sale of `saleUsd`, >= 0: that of the first step that reaches so far; the best price now for no sale at all, unless the
 * first step is already there. Undefined beyond the last step: it ends below what is known. O(log n).
 */
export function priceAfter(steps: readonly Step[], bestPrice: number, saleUsd: number): number | undefined {
  let [from, to] = [0, steps.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((steps[middle]?.saleUsd ?? Infinity) >= saleUsd) to = middle;
    else from = middle + 1;
  }
  const step = steps[from];
  if (saleUsd <= 0 && (step === undefined || step.saleUsd > 0)) return bestPrice;
  return step?.price;
}

/** The corners of a step curve from no sale to `maxUsd`, to be drawn with steps that turn at the start: each price holds from the sale before up to its own. */
export function cornersOf(steps: readonly Step[], bestPrice: number, maxUsd: number): readonly Point[] {
  const points: Point[] = [[0, bestPrice]];
  for (const { saleUsd, price } of steps) {
    points.push([Math.min(saleUsd, maxUsd), price]);
    if (saleUsd >= maxUsd) break;
  }
  return points;
}

/** A band between two step curves on one grid of sales: the lower edge, and how far the upper one is above it. */
export interface Band {
  readonly low: readonly Point[];
  readonly height: readonly Point[];
}

/**
 * The band between a lower and an upper step curve up to `maxUsd`. Where the lower one has ended its price is anywhere below, so the band reaches
 * down to `floor`; it ends where the upper one ends. O((n + m) log (n + m)).
 */
export function bandOf(lower: readonly Step[], upper: readonly Step[], bestPrice: number, maxUsd: number, floor: number): Band {
  const end = Math.min(maxUsd, upper.at(-1)?.saleUsd ?? 0);
  const grid = [...new Set([0, ...[...lower, ...upper].map(({ saleUsd }) => saleUsd).filter((sale) => sale < end), end])].sort((a, b) => a - b);
  const low: Point[] = [[0, bestPrice]];
  const height: Point[] = [[0, 0]];
  for (const sale of grid) {
    const a = priceAfter(lower, bestPrice, sale) ?? floor;
    const b = priceAfter(upper, bestPrice, sale) ?? a;
    low.push([sale, Math.min(a, b)]);
    height.push([sale, Math.abs(b - a)]);
  }
  return { low, height };
}
