import { assert } from '../../core/index.ts';
import { at } from '../../market/index.ts';

/**
 * The averages of mark prices without allocation: `sampledAverage` (a ring) or `exponentialAverage` of the market package, sampled in every second that is a
 * multiple of `every`. At the start it has seen one value for ever.
 */
export interface WindowAverage {
  readonly every: number;
  /** Samples of the ring; empty for an exponential average. */
  readonly ring: Float64Array;
  /** Of the ring: the sum of its samples, whole numbers, so exact. */
  sum: number;
  /** Of the exponential average: what a sample leaves of the past, and the two sums. */
  readonly kept: number;
  numerator: number;
  denominator: number;
}

/** The mean of the last `window` seconds; a whole number of samples. */
export function ringAverage(window: number, every: number, start: number): WindowAverage {
  const slots = window / every;
  assert(Number.isInteger(slots) && slots >= 1, `a window of ${window} s holds no whole number of samples of ${every} s`);
  return { every, ring: new Float64Array(slots).fill(start), sum: start * slots, kept: 0, numerator: 0, denominator: 0 };
}

/** Hyperliquid's exponential average of time constant `tau` seconds. */
export function emaAverage(tau: number, every: number, start: number): WindowAverage {
  const kept = Math.exp(-every / tau);
  const denominator = every / (1 - kept);
  return { every, ring: new Float64Array(0), sum: 0, kept, numerator: start * denominator, denominator };
}

/** The average after the sample of a second, if it has one. O(1). */
export function averageAfter(average: WindowAverage, second: number, value: number): number {
  const { ring, every } = average;
  if (second % every === 0) {
    if (ring.length > 0) {
      const slot = (second / every) % ring.length;
      average.sum += value - at(ring, slot);
      ring[slot] = value;
    } else {
      average.numerator = average.numerator * average.kept + value * every;
      average.denominator = average.denominator * average.kept + every;
    }
  }
  return ring.length > 0 ? average.sum / ring.length : average.numerator / average.denominator;
}
