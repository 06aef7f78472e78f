import { defined } from '@breakwater/models/core';
import { liquidationRun } from './liquidation-run.ts';
import { inferThroughFeed } from './replayed-feed.ts';

/** How often totals that were inferred through a venue's feed lie in their bands. */
export interface LiquidationsFigures {
  /** Runs through sampled feeds (Binance and OKX in turn), how many of them are covered, and their share. */
  readonly runs: number;
  readonly covered: number;
  readonly coverage: number;
  /** Runs whose windows were too full for an upper end: their totals are lower bounds, and they are covered where the truth is not less. */
  readonly unbounded: number;
  /** Of those with liquidations: median of the inferred total over the true one, and of what was published over it. */
  readonly medianRatio: number;
  readonly medianPublished: number;
  /** Runs through the complete feed of Bybit, one in ten, and how many of their totals are exact. They are not in the coverage. */
  readonly complete: number;
  readonly exact: number;
}

/** Plays `runs` hours of known positions, number i with seed `seed` + i, through sampled feeds. About 50 ms a run. */
export function benchLiquidations(seed: number, runs: number, done: (runs: number) => void = () => undefined): LiquidationsFigures {
  let covered = 0;
  let unbounded = 0;
  let complete = 0;
  let exact = 0;
  const ratios: number[] = [];
  const published: number[] = [];
  for (let i = 0; i < runs; i++) {
    const venue = i % 2 === 0 ? 'binance' : 'okx';
    const run = liquidationRun(venue, seed + i);
    const { total } = inferThroughFeed(venue, run);
    if (total.low <= run.totalLots + slack && run.totalLots <= (total.high ?? Infinity) + slack) covered++;
    if (total.high === null) unbounded++;
    if (run.totalLots > 0) {
      ratios.push(total.total / run.totalLots);
      published.push(total.observed / run.totalLots);
    }
    if (i % 10 === 0) {
      complete++;
      const whole = liquidationRun('bybit', seed + i);
      if (Math.abs(inferThroughFeed('bybit', whole).total.total - whole.totalLots) < slack) exact++;
    }
    done(i + 1);
  }
  return { runs, covered, coverage: covered / runs, unbounded, medianRatio: median(ratios), medianPublished: median(published), complete, exact };
}

const slack = 1e-6;

function median(values: number[]): number {
  return values.length === 0 ? NaN : Number(defined(values.sort((a, b) => a - b)[values.length >> 1], 'value').toPrecision(3));
}
