import { assert } from '../../core/index.ts';
import type { Candle } from './types.ts';
import { barMs } from './types.ts';

/** What one market's bars so far say of the volatility of its next bar; and what all markets of a moment share of it. */
export interface RangeState {
  /** Adds the next bar. A bar that does not follow the last one directly has no return across the gap: its own open stands for the close before. O(1). */
  add(candle: Candle): void;
  /** Bars added. */
  readonly bars: number;
  /** Begin of the bar that comes next, milliseconds; NaN before the first bar. */
  readonly nextAt: number;
  /** Log return of the last bar (from its open where it follows none), 0 before the first. */
  readonly lastReturn: number;
  /** Close of the last bar, 0 before the first. */
  readonly lastClose: number;
  /** Whether more than half of the returns of about the last day were 0: such a price moves by single ticks now and then, and says nothing of others. */
  readonly resting: boolean;
  /** Variance of a bar over about the last day, from ranges (half-life 288 bars), > 0. */
  readonly longVariance: number;
  /** Writes the features of the next bar into `x` from `offset`: those of this market (`ownFeatures`), then, when there is a market moment, those of all (`marketFeatures`). */
  fill(x: Float64Array | Float32Array, offset: number, market: MarketMoment | null): void;
  /** What this market adds to the moment of all. */
  own(): MarketMoment;
  save(): readonly number[];
}

/** Averages over all markets at the end of one bar. */
export interface MarketMoment {
  /** Log of short-run over long-run range variance at half-lives of 1, 3, 12 and 48 bars. */
  readonly ratios: readonly [number, number, number, number];
  /** Log of volume over the last bars over that of the last day. */
  readonly volume: number;
  /** Last return in units of the long-run volatility, each within +-6. */
  readonly move: number;
}

/** Half-lives in bars of the averages of range variance, of squared returns, and of volume. */
const rangeHalfLives = [1, 3, 12, 48] as const;
const squareHalfLives = [2, 8, 32] as const;
const [volumeHalfLife, day, fiveDays] = [3, 288, 1_440] as const;
/** Share of the long run that every short-run figure is lifted by: a quiet bar is not infinitely quiet in logs [A]. */
const LIFT = 0.05;
/** The variance of ln(high / low) of Brownian motion is this many times that of its end (Parkinson 1980, Journal of Business 53(1)). */
const PARKINSON = 4 * Math.LN2;
/** Variances below this (a standard deviation of a millionth) are no variance. */
const LEAST = 1e-12;
/** Log variance of a usual bar (sd 0.1 %): the level is measured from here, so that the constant is of ordinary size. */
const USUAL = -14;

/** Names of the features of one market, in the order of `fill`. */
export const ownFeatures = [
  'constant', 'level', 'range1', 'range3', 'range12', 'range48', 'fell', 'sin1', 'cos1', 'sin2', 'cos2', 'sin3', 'cos3', 'hour', 'quarterHour', 'halfHour', 'fourHours', 'midnight',
  'volume', 'range1Above0.7', 'range1Above1.8', 'range3Above1', 'level5d', 'square2', 'square8', 'square32', 'squareLevel',
  'side', 'sideFell', 'sideRose',
] as const;
/** Names of the features that all markets share, in the order of `fill`. */
export const marketFeatures = ['market1', 'market3', 'market12', 'market48', 'marketVolume', 'market1Above0.4', 'marketFell', 'marketRose', 'marketFellAbove1', 'sideMarketFell', 'sideMarketRose'] as const;
/** Those that make losses larger and gains smaller, or the other way: a market that follows others late goes on falling after they fell. */
export const sidedFeatures: ReadonlySet<string> = new Set(['side', 'sideFell', 'sideRose', 'sideMarketFell', 'sideMarketRose']);

const relu = (x: number): number => (x > 0 ? x : 0);
const decay = (halfLife: number): number => 0.5 ** (1 / halfLife);

/** Averages kept: of range variance at six half-lives, of squared returns at four, of volume at two, of whether the price rested at one. */
const halfLives = [...rangeHalfLives, day, fiveDays, ...squareHalfLives, day, volumeHalfLife, day, day];
const keeps = Float64Array.from(halfLives, decay);
const count = halfLives.length;
const DAY = rangeHalfLives.length;
const FIVE_DAYS = DAY + 1;
const SQUARE = FIVE_DAYS + 1;
const SQUARE_DAY = SQUARE + squareHalfLives.length;
const VOLUME = SQUARE_DAY + 1;
const VOLUME_DAY = VOLUME + 1;
const RESTED = VOLUME_DAY + 1;
/** Where the rest of the state is, after the averages and their weights. */
const BARS = 2 * count;
const NEXT = BARS + 1;
const CLOSE = BARS + 2;
const RETURN = BARS + 3;
const MOVE = BARS + 4;

/** An empty state, or one that goes on exactly where `save` left off. */
export function createRangeState(saved?: readonly number[]): RangeState {
  assert(saved === undefined || saved.length === MOVE + 1, `a saved state of ${MOVE + 1} numbers`);
  const s = Float64Array.from(saved ?? new Array<number>(MOVE + 1).fill(0));
  if (s[BARS] === 0) s[NEXT] = NaN;
  const at = (i: number): number => s[i] ?? NaN;
  /** Each average is over its weight so far: no first value to forget. */
  const mean = (i: number): number => at(i) / at(count + i);
  const update = (i: number, value: number): void => {
    const keep = keeps[i] ?? NaN;
    s[i] = keep * at(i) + (1 - keep) * value;
    s[count + i] = keep * at(count + i) + 1 - keep;
  };
  const long = (): number => Math.max(LEAST, mean(DAY));
  const lifted = (value: number, base: number): number => Math.log((value + LIFT * base) / (base * (1 + LIFT)));
  const range = (i: number): number => lifted(mean(i), long());
  const volume = (): number => {
    const usual = mean(VOLUME_DAY);
    return usual > 0 ? lifted(mean(VOLUME), usual) : 0;
  };
  return {
    add: ({ t, open, high, low, close, volume: traded }) => {
      const before = at(BARS) > 0 && t === at(NEXT) ? at(CLOSE) : open;
      const r = Math.log(close / before);
      s[MOVE] = at(BARS) > 0 ? Math.max(-6, Math.min(6, r / Math.sqrt(long()))) : 0;
      const span = Math.log(Math.max(high, before) / Math.min(low, before));
      for (let i = 0; i <= FIVE_DAYS; i++) update(i, (span * span) / PARKINSON);
      for (let i = SQUARE; i <= SQUARE_DAY; i++) update(i, r * r);
      update(VOLUME, traded);
      update(VOLUME_DAY, traded);
      update(RESTED, Number(r === 0));
      s[BARS] = at(BARS) + 1;
      s[NEXT] = t + barMs;
      s[CLOSE] = close;
      s[RETURN] = r;
    },
    get bars() {
      return at(BARS);
    },
    get nextAt() {
      return at(NEXT);
    },
    get lastReturn() {
      return at(RETURN);
    },
    get lastClose() {
      return at(CLOSE);
    },
    get resting() {
      return mean(RESTED) > 0.5;
    },
    get longVariance() {
      return long();
    },
    fill: (x, offset, market) => {
      const variance = long();
      const [r1, r3] = [range(0), range(1)];
      const minute = Math.floor(at(NEXT) / 60_000) % 1_440;
      const angle = (minute / 1_440) * 2 * Math.PI;
      const squares = mean(SQUARE_DAY) + 1e-14;
      let k = offset;
      x[k++] = 1;
      x[k++] = Math.log(variance) - USUAL;
      x[k++] = r1;
      x[k++] = r3;
      x[k++] = range(2);
      x[k++] = range(3);
      x[k++] = Number(at(RETURN) < 0);
      for (let wave = 1; wave <= 3; wave++) {
        x[k++] = Math.sin(wave * angle);
        x[k++] = Math.cos(wave * angle);
      }
      x[k++] = Number(minute % 60 === 0);
      x[k++] = Number(minute % 15 === 0 && minute % 60 !== 0);
      x[k++] = Number(minute % 60 === 30);
      x[k++] = Number(minute % 240 === 0);
      x[k++] = Number(minute === 0);
      x[k++] = volume();
      x[k++] = relu(r1 - 0.7);
      x[k++] = relu(r1 - 1.8);
      x[k++] = relu(r3 - 1);
      x[k++] = Math.log(Math.max(LEAST, mean(FIVE_DAYS)) / variance);
      for (let i = SQUARE; i < SQUARE_DAY; i++) x[k++] = lifted(mean(i), squares);
      x[k++] = Math.max(-4, Math.log(squares / variance));
      x[k++] = 1;
      x[k++] = Math.log1p(relu(-at(MOVE)));
      x[k++] = Math.log1p(relu(at(MOVE)));
      if (market === null) return;
      const { ratios, move } = market;
      for (const ratio of ratios) x[k++] = ratio;
      x[k++] = market.volume;
      x[k++] = relu(ratios[0] - 0.4);
      x[k++] = relu(-move);
      x[k++] = relu(move);
      x[k++] = relu(-move - 1);
      x[k++] = relu(-move);
      x[k++] = relu(move);
    },
    own: () => ({ ratios: [range(0), range(1), range(2), range(3)], volume: volume(), move: at(MOVE) }),
    save: () => Array.from(s, (value, i) => (i === NEXT && Number.isNaN(value) ? 0 : value)),
  };
}

/** The moment of a whole market from what each of its members adds; null of none. */
export function marketMomentOf(members: readonly MarketMoment[]): MarketMoment | null {
  const n = members.length;
  if (n === 0) return null;
  const average = (of: (member: MarketMoment) => number): number => members.reduce((sum, member) => sum + of(member), 0) / n;
  return { ratios: [average((m) => m.ratios[0]), average((m) => m.ratios[1]), average((m) => m.ratios[2]), average((m) => m.ratios[3])], volume: average((m) => m.volume), move: average((m) => m.move) };
}
