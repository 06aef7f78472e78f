import { assert } from '../../core/index.ts';
import { pooledDefaults } from './pooled-defaults.ts';
import type { PooledModel } from './pooled-model.ts';
import { sampleOf } from './pooled-model.ts';
import type { MarketMoment } from './range-state.ts';
import { createRangeState, marketFeatures, ownFeatures } from './range-state.ts';
import { createRollingTail, type RollingTail } from './rolling-tail.ts';
import { createTickWatch } from './tick.ts';
import { forecastTails, type Candle, type TailForecast, type TailForecaster } from './types.ts';

/** Terms of the live model. */
export interface LiveOptions {
  /** What was fitted over all markets; `pooledDefaults` unless given. */
  readonly model?: PooledModel;
  /** Standardised losses that the law is made of, default 2,000: a week of bars. */
  readonly window?: number;
}

/**
 * The live model: a scale that one regression over all markets says of a market's ranges, returns and volume and of the hour, times the law of the market's own past losses in units of that scale (filtered historical simulation; Barone-Adesi, Giannopoulos and
 * Vosper 1999, Journal of Futures Markets 19(5)). Until there are enough of them, the pooled law fills the window: each own loss takes the place of one of its points, so that a market with an hour of history has a figure.
 */
export interface LiveForecaster extends TailForecaster {
  /** Adds the next bar. `market` is the moment of all markets at its end; without one the market is judged by itself. O(window) moves of memory. */
  add(candle: Candle, market?: MarketMoment | null): void;
  /** Null before twelve bars. */
  forecast(): TailForecast | null;
  /** What the model takes from now on, after another fit. Losses already counted stay as they were. */
  use(model: PooledModel): void;
  /** Scale of the next return: about the loss that it exceeds with probability 0.025, not a standard deviation. Null before twelve bars. */
  scale(): number | null;
  /** Standard deviation of the next return, > 0: the scale times the root mean square of the innovations. Null before twelve bars, and while the price rested for the whole window. */
  sigma(): number | null;
  /** Standard deviation of a bar's return over about the last day. Null before twelve bars. */
  longRun(): number | null;
  /** Returns in units of `scale`, ascending (falls are negative): `window` of them, the pooled ones among them. */
  innovations(): Float64Array;
  /** The same in units of `sigma`; null while the price rested for the whole window, which leaves no unit. */
  standardised(): Float64Array | null;
  /** What this market adds to a market moment; call it after `add`. Null before the first bar. */
  own(): MarketMoment | null;
  /** Everything kept, as plain JSON: `createLiveForecaster(options, saved)` goes on exactly. Some 80 kB. */
  save(): SavedLiveForecaster;
}

/** A live forecaster at rest. */
export interface SavedLiveForecaster {
  readonly state: readonly number[];
  readonly valueAtRisk: readonly number[];
  readonly shortfall: readonly number[];
  /** Scales of the return that comes next; null before there are any. */
  readonly scales: readonly [number, number] | null;
  /** Smallest difference of prices seen, null before any. */
  readonly tick: number | null;
}

/** An hour of bars: enough for a scale of some use. */
const LEAST_BARS = 12;
/** Innovations beyond this many times the scale count as that in the standard deviation [A]. */
const LARGEST = 8;
/** Prime to every usual window: the pooled law leaves the window evenly, not from one end. */
const STRIDE = 1_237;

/** Makes the live model of one market. */
export function createLiveForecaster({ model: given = pooledDefaults, window = 2_000 }: LiveOptions = {}, saved?: SavedLiveForecaster): LiveForecaster {
  assert(window % STRIDE !== 0, `a window that is no multiple of ${STRIDE}`);
  let model = given;
  const state = createRangeState(saved?.state);
  const tick = createTickWatch(saved?.tick ?? Infinity);
  const filled = (law: readonly number[]): Float64Array => {
    const sample = sampleOf(law, window);
    return sample.map((_, i) => sample[(i * STRIDE) % window] ?? NaN);
  };
  const tails = {
    valueAtRisk: createRollingTail(window, saved?.valueAtRisk ?? filled(given.laws.valueAtRisk)),
    shortfall: createRollingTail(window, saved?.shortfall ?? filled(given.laws.shortfall)),
  };
  const x = new Float64Array(ownFeatures.length + marketFeatures.length);
  let scales: readonly [number, number] | null = saved?.scales ?? null;

  const scaleOf = (coefficients: ArrayLike<number>, width: number): number => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (coefficients[k] ?? NaN) * (x[k] ?? 0);
    return Math.exp(sum);
  };
  const spread = (tail: RollingTail): number => Math.sqrt(tail.inOrder().reduce((sum, z) => sum + Math.min(LARGEST, Math.abs(z)) ** 2, 0) / tail.size);
  const scale = (): number | null => (state.bars < LEAST_BARS || scales === null ? null : scales[1]);
  const innovations = (): Float64Array => tails.shortfall.sorted().reverse().map((z) => -z);
  return {
    add: (candle, market = null) => {
      const follows = state.bars > 0 && candle.t === state.nextAt;
      assert(Number.isNaN(state.nextAt) || candle.t >= state.nextAt, 'bars in the order of time');
      tick.add(candle, state.bars > 0 ? state.lastClose : candle.open);
      state.add(candle);
      if (follows && scales !== null && state.bars > LEAST_BARS) {
        // Not minus the return: the loss of a price that rested is 0, which JSON keeps, and not -0.
        tails.valueAtRisk.add(0 - state.lastReturn / scales[0]);
        tails.shortfall.add(0 - state.lastReturn / scales[1]);
      }
      state.fill(x, 0, market);
      const coefficients = market === null ? model.alone : model.together;
      assert(coefficients !== null, `a model for a market ${market === null ? 'alone' : 'with all others beside it'}`);
      const { valueAtRisk, shortfall } = coefficients;
      const width = market === null ? ownFeatures.length : x.length;
      scales = [scaleOf(valueAtRisk, width), scaleOf(shortfall, width)];
    },
    forecast: () => {
      const now = scale();
      if (now === null || scales === null) return null;
      const shortfallQuantile = now * tails.shortfall.quantile(forecastTails.shortfall);
      return {
        scale: now,
        valueAtRisk: scales[0] * tails.valueAtRisk.quantile(forecastTails.valueAtRisk),
        shortfallQuantile,
        expectedShortfall: Math.max(now * tails.shortfall.shortfall(forecastTails.shortfall), shortfallQuantile, tick.floor(state.lastClose)),
      };
    },
    use: (next) => {
      model = next;
    },
    scale,
    sigma: () => {
      const now = scale();
      const unit = spread(tails.shortfall);
      return now === null || unit === 0 ? null : now * unit;
    },
    longRun: () => (state.bars < LEAST_BARS ? null : Math.sqrt(state.longVariance)),
    innovations,
    standardised: () => {
      const unit = spread(tails.shortfall);
      return unit === 0 ? null : innovations().map((z) => z / unit);
    },
    own: () => (state.bars === 0 ? null : state.own()),
    save: () => ({
      state: state.save(), valueAtRisk: Array.from(tails.valueAtRisk.inOrder()), shortfall: Array.from(tails.shortfall.inOrder()), scales, tick: tick.smallest === Infinity ? null : tick.smallest,
    }),
  };
}
