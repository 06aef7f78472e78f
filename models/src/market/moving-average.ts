import { assert } from '../core/index.ts';

/**
 * The two averages that mark prices use, as plain data and folds: nothing here holds a timer, so a state can be stored, replayed and compared.
 */

/** An average of the last `slots` samples taken every `everyMs`: a ring that is full once it has seen them all. Times are milliseconds of event time. */
export interface SampledAverage {
  readonly slots: number;
  readonly everyMs: number;
  /** The ring: sample of slot k at k mod `slots`; NaN where none was taken yet. */
  readonly values: readonly number[];
  /** Number of the last slot sampled (time / everyMs, floored); undefined before the first. */
  readonly lastSlot?: number;
}

/** An empty average over `windowSeconds` sampled every `sampleSeconds`; the window must hold a whole number >= 1 of samples. */
export function sampledAverage(windowSeconds: number, sampleSeconds: number): SampledAverage {
  const slots = windowSeconds / sampleSeconds;
  assert(Number.isInteger(slots) && slots >= 1, `a window of ${windowSeconds} s holds no whole number of samples of ${sampleSeconds} s`);
  return { slots, everyMs: sampleSeconds * 1000, values: new Array<number>(slots).fill(NaN) };
}

/**
 * The average with the value seen at `atMs`. The first value in a slot is its sample; slots that passed without one repeat the last sample. A value of
 * an earlier slot, or one that is not finite, changes nothing. O(slots).
 */
export function withSample(average: SampledAverage, atMs: number, value: number): SampledAverage {
  const slot = Math.floor(atMs / average.everyMs);
  const { lastSlot, slots } = average;
  if (!Number.isFinite(value) || (lastSlot !== undefined && slot <= lastSlot)) return average;
  const values = [...average.values];
  if (lastSlot !== undefined) {
    const held = values[lastSlot % slots] ?? NaN;
    for (let missed = Math.max(lastSlot + 1, slot - slots + 1); missed < slot; missed++) values[missed % slots] = held;
  }
  values[slot % slots] = value;
  return { ...average, values, lastSlot: slot };
}

/** The mean of the samples taken so far, at most the last `slots`; undefined before the first. O(slots). */
export function averageOf(average: SampledAverage): number | undefined {
  const taken = average.values.filter((v) => !Number.isNaN(v));
  return taken.length === 0 ? undefined : taken.reduce((sum, v) => sum + v, 0) / taken.length;
}

/**
 * An exponential average with gaps, in Hyperliquid's form: num <- num e^(-t / tau) + x t and den <- den e^(-t / tau) + t for a sample x after t
 * seconds, the average being num / den (hyperliquid.gitbook.io, robust-price-indices, read 2026-11-27).
 */
export interface ExponentialAverage {
  readonly tauSeconds: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly atMs?: number;
}

/** An exponential average of time constant `tauSeconds` > 0 without a sample. */
export function exponentialAverage(tauSeconds: number): ExponentialAverage {
  assert(tauSeconds > 0, 'a time constant is > 0');
  return { tauSeconds, numerator: 0, denominator: 0 };
}

/** Seconds the very first sample counts for; any number gives the same average after it, and little after a time constant. */
const FIRST_SAMPLE_SECONDS = 3;

/** The average with a sample taken at `atMs`. A sample that is not later than the last, or not finite, changes nothing. */
export function withEmaSample(average: ExponentialAverage, atMs: number, sample: number): ExponentialAverage {
  const seconds = average.atMs === undefined ? FIRST_SAMPLE_SECONDS : (atMs - average.atMs) / 1000;
  if (!(seconds > 0) || !Number.isFinite(sample)) return average;
  const kept = average.atMs === undefined ? 0 : Math.exp(-seconds / average.tauSeconds);
  return { ...average, numerator: average.numerator * kept + sample * seconds, denominator: average.denominator * kept + seconds, atMs };
}

/** The average; undefined before the first sample. */
export function emaOf(average: ExponentialAverage): number | undefined {
  return average.denominator > 0 ? average.numerator / average.denominator : undefined;
}
