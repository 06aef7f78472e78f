import { at, withFundEquity, type AdlRule, type FundHistory } from '../../market/index.ts';

/**
 * A fund's equity over the last eight hours, for the rules that look back: one value a slot, the last of it. What `withFundEquity` and `isAdlTriggered` of the market package
 * do, without allocation. All amounts in the market's unit of cash.
 */
export interface FundWatch {
  readonly byPeak: boolean;
  readonly threshold: number;
  readonly minDrop: number;
  readonly everyMs: number;
  /** Values of past slots, a ring: `count` of them, the oldest at `oldest`. */
  readonly past: Float64Array;
  oldest: number;
  count: number;
  /** The highest of the past, and their sum, oldest first. */
  peak: number;
  sum: number;
  slot: number;
  equity: number;
}

/** A watch over `history`, whose amounts are `unit` times the market's; null for rules that do not look back. */
export function createFundWatch(rule: AdlRule, history: FundHistory, unit: number): FundWatch | null {
  if (rule.trigger !== 'fundPeakDrawdown8h' && rule.trigger !== 'fundMeanDrawdown8h') return null;
  // Slots between the history's end and the start repeat its last value.
  const filled = withFundEquity(history, 0, 0).values.slice(0, -1);
  const past = new Float64Array(history.slots);
  past.set(filled.map((value) => value / unit));
  const watch: FundWatch = {
    byPeak: rule.trigger === 'fundPeakDrawdown8h', threshold: rule.threshold ?? 1, minDrop: (rule.minDropUsd ?? 0) / unit, everyMs: history.everyMs,
    past, oldest: 0, count: filled.length, peak: 0, sum: 0, slot: 0, equity: 0,
  };
  readPast(watch);
  return watch;
}

/** Takes in the equity at the end of a second; seconds come in order, from 0. O(1), O(slots) once a slot. */
export function seeFund(watch: FundWatch, second: number, equity: number): void {
  const slot = Math.floor((second * 1_000) / watch.everyMs);
  if (slot !== watch.slot) {
    const { past } = watch;
    // Of `slots` values one is the present slot's.
    if (watch.count === past.length - 1) {
      watch.oldest = (watch.oldest + 1) % past.length;
      watch.count--;
    }
    past[(watch.oldest + watch.count) % past.length] = watch.equity;
    watch.count++;
    watch.slot = slot;
    readPast(watch);
  }
  watch.equity = equity;
}

/** Whether the rule deleverages at the equity last seen. */
export function isFundDown({ equity, byPeak, peak, sum, count, threshold, minDrop }: FundWatch): boolean {
  if (equity <= 0) return true;
  if (byPeak) return equity <= Math.max(peak, equity) * (1 - threshold);
  const mean = (sum + equity) / (count + 1);
  return equity < mean - Math.max(threshold * mean, minDrop);
}

function readPast(watch: FundWatch): void {
  const { past, oldest, count } = watch;
  let [peak, sum] = [-Infinity, 0];
  for (let i = 0; i < count; i++) {
    const value = at(past, (oldest + i) % past.length);
    peak = Math.max(peak, value);
    sum += value;
  }
  watch.peak = peak;
  watch.sum = sum;
}
