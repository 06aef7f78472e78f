import { fisslerZiegel } from '../es-backtest.ts';
import { barMs, forecastTails, type Candle, type TailForecast } from '../forecast/types.ts';
import { candleAt, type Universe } from '../forecast/universe.ts';
import { tallyOf, type Outcomes } from './tally.ts';

/** How forecasts are tested: the protocol. */
export interface Protocol {
  /** Returns of a market before its first forecast counts. */
  readonly start: number;
  /** Bars from one fit to the next. */
  readonly refit: number;
}

/** A week to begin with, a fit a day. */
export const protocol: Protocol = { start: 2_000, refit: 288 };

/** A model at work on one market: what it says of the next bar after each, null while it cannot. */
export type MarketModel = (candle: Candle) => TailForecast | null;

/** Forecasts and outcomes, and the begin of each bar that was forecast, milliseconds. */
export interface MarketRun extends Outcomes {
  readonly at: readonly number[];
}

/** Runs a model over market `k`. A forecast counts once `start` returns were seen, and where the bar it is of follows directly. O(bars) steps of the model. */
export function runMarket(universe: Universe, k: number, model: MarketModel, { start }: Pick<Protocol, 'start'>): MarketRun {
  const run = { losses: [] as number[], valuesAtRisk: [] as number[], shortfallQuantiles: [] as number[], shortfalls: [] as number[], at: [] as number[] };
  let returns = 0;
  let before: Candle | null = null;
  let said: TailForecast | null = null;
  for (let i = universe.starts[k] ?? 0; i < (universe.starts[k + 1] ?? 0); i++) {
    const candle = candleAt(universe, i);
    if (before !== null && candle.t === before.t + barMs) {
      if (said !== null && returns >= start) {
        run.losses.push(-Math.log(candle.close / before.close));
        run.valuesAtRisk.push(said.valueAtRisk);
        run.shortfallQuantiles.push(said.shortfallQuantile);
        run.shortfalls.push(said.expectedShortfall);
        run.at.push(candle.t);
      }
      returns++;
    }
    said = model(candle);
    before = candle;
  }
  return run;
}

/** Milliseconds of a day. */
const DAY = 86_400_000;

/** Days (UTC) that a universe's bars are on: the first and how many. */
export interface DaySpan {
  /** Days since 1970. */
  readonly first: number;
  readonly count: number;
}

/** The days of a grid of moments, ascending. */
export function daysOf(grid: ArrayLike<number>): DaySpan {
  const first = Math.floor((grid[0] ?? NaN) / DAY);
  return { first, count: Math.floor((grid[grid.length - 1] ?? NaN) / DAY) - first + 1 };
}

/** A market's tallies, a day each, and the score of every forecast beside its time. */
export function judgeRun(run: MarketRun, days: DaySpan): { readonly tallies: Float64Array; readonly scores: Float64Array } {
  const scores = fisslerZiegel({ losses: run.losses, vars: run.shortfallQuantiles, shortfalls: run.shortfalls }, forecastTails.shortfall);
  return { tallies: tallyOf(run, run.at.map((t) => Math.floor(t / DAY) - days.first), days.count), scores };
}
