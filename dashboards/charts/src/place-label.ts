import { priceAfter, type Step } from './steps.ts';

/** A curve that a label should not cover. */
export interface Obstacle {
  readonly steps: readonly Step[];
  readonly bestPrice: number;
}

/** Places tried for a label: more would move it by less than a line. */
const tries = 24;
/** Sales at which each curve is looked at along the label. */
const looks = 8;

/** A place for a label. */
export interface Place {
  readonly price: number;
  /** Distance in price to the nearest curve. */
  readonly room: number;
}

/**
 * The height, in price, at which a label that begins at a sale of `from` and ends at `to` is farthest from every curve, between `low` and `high`.
 * Of places equally good the one nearest to `near` is taken.
 */
export function freePrice(obstacles: readonly Obstacle[], from: number, to: number, low: number, high: number, near: number): Place {
  const spans = obstacles.map(({ steps, bestPrice }) => {
    const prices: number[] = [];
    for (let i = 0; i <= looks; i++) {
      const price = priceAfter(steps, bestPrice, from + ((to - from) * i) / looks + (i === 0 ? (to - from) * 1e-6 : 0));
      if (price !== undefined) prices.push(price);
    }
    return { min: Math.min(...prices), max: Math.max(...prices) };
  });
  let best: Place = { price: near, room: -Infinity };
  let bestScore = -Infinity;
  for (let i = 0; i <= tries; i++) {
    const price = low + ((high - low) * i) / tries;
    const rooms = spans.map(({ min, max }) => (price < min ? min - price : price > max ? price - max : 0));
    const room = Math.min(high - low, ...rooms);
    const score = room - Math.abs(price - near) * 1e-3;
    if (score > bestScore) [best, bestScore] = [{ price, room }, score];
  }
  return best;
}
