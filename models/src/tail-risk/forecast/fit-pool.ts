import { assert } from '../../core/index.ts';
import { createPooledFit, type PooledFit } from './pooled-fit.ts';
import type { PooledModel, TailCoefficients } from './pooled-model.ts';
import { startOf } from './pooled-model.ts';
import type { MarketMoment, RangeState } from './range-state.ts';
import { createRangeState, marketFeatures, marketMomentOf, ownFeatures, sidedFeatures } from './range-state.ts';
import { forecastTails } from './types.ts';
import { candleAt, gridOf, type Universe } from './universe.ts';

/** When a pool is fitted. */
export interface PoolSchedule {
  /** Bars of the grid before the first fit. */
  readonly start: number;
  /** Bars from one fit to the next. */
  readonly refit: number;
}

/** What a pool says over time. Survives structured cloning. */
export interface PoolHistory {
  /** Every moment at which any market has a bar (its begin), ascending, milliseconds. */
  readonly grid: Float64Array;
  /** The market moment at the end of each of them, six numbers each: `momentAt`. */
  readonly moments: Float64Array;
  /** Fits, in order of time: fit k rests on the bars up to index `start + k refit` of the grid and none after. */
  readonly models: readonly PooledModel[];
  /** A fit for a market alone, on the bars up to index `start` of the grid and never again: the form, not the numbers, of `pooledDefaults` as the daemon runs them. */
  readonly alone: PooledModel;
}

/** Bars of its own that a market has before it counts as a row. A bar after which the price was resting is none: its scale has no lowest score. */
const LEAST_BARS = 30;
/** Rows that are kept: beyond, every second, third, ... bar of the grid is one (each market's at once). Features take 150 bytes a row. */
const MOST_ROWS = 3_000_000;

/** The moment of all markets at index `i` of a pool's grid. */
export function momentAt({ moments }: Pick<PoolHistory, 'moments'>, i: number): MarketMoment {
  const at = (k: number): number => moments[6 * i + k] ?? NaN;
  return { ratios: [at(0), at(1), at(2), at(3)], volume: at(4), move: at(5) };
}

/**
 * Fits all markets at once, again and again as time goes on. Nothing in a model depends on a bar after it. Refused (asserted) are universes without a bar beyond the first fit. O(rows features^2), about 15 s for two
 * million rows. `progress` hears bars of the grid done.
 */
export function fitPool(universe: Universe, { start, refit }: PoolSchedule, progress: (done: number, of: number) => void = () => undefined): PoolHistory {
  const grid = gridOf(universe);
  assert(grid.length > start, `more than ${start} bars, got ${grid.length}`);
  const rows = universe.starts.at(-1) ?? 0;
  const stride = Math.ceil(rows / MOST_ROWS);
  const fit = poolOf([...ownFeatures, ...marketFeatures], Math.ceil(rows / stride) + universe.symbols.length);
  const moments = new Float64Array(6 * grid.length);
  const models: PooledModel[] = [];
  const first = poolOf(ownFeatures, Math.min(rows, universe.symbols.length * (start + 1)));
  let alone: PooledModel | undefined;
  walkPool(universe, grid, {
    moment: (i, { ratios, volume, move }) => moments.set([...ratios, volume, move], 6 * i),
    row: (i, x, following) => {
      if (i % stride !== 0) return;
      fit.add(x, following);
      if (i <= start) first.add(x, following);
    },
    end: (i) => {
      if (i >= start && (i - start) % refit === 0) models.push({ ...modelOf(fit), alone: null });
      if (i === start) alone = aloneOf(first);
      if (i % 48 === 0) progress(i, grid.length);
    },
  });
  assert(alone !== undefined, 'a first fit');
  return { grid, moments, models, alone };
}

/** Fits all markets of a whole universe once, for a market beside all others and for one alone; the laws are those of the latter. `pooledDefaults` was made with it. */
export function fitPoolOnce(universe: Universe): PooledModel {
  const grid = gridOf(universe);
  const rows = universe.starts.at(-1) ?? 0;
  const together = poolOf([...ownFeatures, ...marketFeatures], rows);
  const alone = poolOf(ownFeatures, rows);
  walkPool(universe, grid, {
    moment: () => undefined,
    row: (_, x, following) => {
      together.add(x, following);
      alone.add(x, following);
    },
    end: () => undefined,
  });
  return { ...aloneOf(alone), together: modelOf(together).together };
}

function poolOf(features: Parameters<typeof startOf>[0], capacity: number): PooledFit {
  return createPooledFit(features.length, capacity, startOf(features), new Set(features.flatMap((name, k) => (sidedFeatures.has(name) ? [k] : []))));
}

function modelOf(fit: PooledFit): { readonly together: TailCoefficients; readonly laws: PooledModel['laws'] } {
  const valueAtRisk = fit.coefficients(forecastTails.valueAtRisk);
  const shortfall = fit.coefficients(forecastTails.shortfall);
  return { together: { valueAtRisk, shortfall }, laws: { valueAtRisk: fit.law(valueAtRisk), shortfall: fit.law(shortfall) } };
}

function aloneOf(fit: PooledFit): PooledModel {
  const { together, laws } = modelOf(fit);
  return { together: null, alone: together, laws };
}

interface PoolVisitor {
  readonly moment: (i: number, moment: MarketMoment) => void;
  /** A row of the bar at index i of the grid: what was known before it, and its return. Follows the `end` of the bar before. */
  readonly row: (i: number, x: Float64Array, following: number) => void;
  /** Everything up to index i has been seen. */
  readonly end: (i: number) => void;
}

interface Market {
  readonly state: RangeState;
  /** Features of its next bar. */
  readonly x: Float64Array;
  next: number;
  readonly end: number;
}

/** The moment of the markets that move; of all where none does. */
function momentOf(present: readonly Market[]): MarketMoment {
  const moving = present.filter(({ state }) => !state.resting);
  const moment = marketMomentOf((moving.length > 0 ? moving : present).map(({ state }) => state.own()));
  assert(moment !== null, 'a moment of the grid has a bar');
  return moment;
}

/** Goes through a universe in the order of time, all markets side by side. */
function walkPool(universe: Universe, grid: Float64Array, visitor: PoolVisitor): void {
  const width = ownFeatures.length + marketFeatures.length;
  const markets = universe.symbols.map((_, k): Market => ({ state: createRangeState(), x: new Float64Array(width), next: universe.starts[k] ?? 0, end: universe.starts[k + 1] ?? 0 }));
  for (let i = 0; i < grid.length; i++) {
    const present: Market[] = [];
    for (const market of markets) {
      if (market.next >= market.end || universe.rows[6 * market.next] !== grid[i]) continue;
      const candle = candleAt(universe, market.next++);
      const known = market.state.bars >= LEAST_BARS && market.state.nextAt === candle.t && !market.state.resting;
      market.state.add(candle);
      if (known) visitor.row(i, market.x, market.state.lastReturn);
      present.push(market);
    }
    const moment = momentOf(present);
    visitor.moment(i, moment);
    for (const { state, x } of present) state.fill(x, 0, moment);
    visitor.end(i);
  }
}
