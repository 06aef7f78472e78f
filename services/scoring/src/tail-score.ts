import { mostObservedLosses, mostTailPoints, type InputStatus, type ResponseCurve, type TailBacktest, type TailLoss, type TailPoint, type TailScore } from '@breakwater/contracts';
import { ratio, z95 } from '@breakwater/models/core';
import { cascadeShortfall, covers, createLossResponse, defaultJumps, exceedanceCurve, fiveMinuteDynamics, fitPot, horizonLosses, jumpLoss, meanIsIdentified, oracleFreezeLoss, otcLoss, outageLoss, planHorizon, potQuantileBand, potShortfall, potShortfallBand, tailOfLosses, unlockLoss, type Banded, type HorizonPlan, type PotFit, type SaleCurves, type SaleStep } from '@breakwater/models/tail-risk';
import { barMs, type Bar } from './bars.ts';
import type { OfferedUnits } from './config.ts';
import { worst } from './input-status.ts';
import { volatilityOf } from './volatility.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** How far the figures look ahead. */
const horizonBars = hourMs / barMs;
/** Fewer bars than an hour's say nothing. */
const leastBars = horizonBars;
const levels = { valueAtRisk: 0.99, shortfall: 0.975 } as const;
/** A history with more holes than this share of its last day, or that ended longer ago, is stale [A]. */
const mostMissing = 0.05;
const oldestBarMs = 2 * barMs;
/** Discount of sales over the counter: that of OM, as it was reported [A]. */
const otcDiscount = 0.5;
/** Share of innovations that are cut where the error of volatility is reckoned [A]. */
const outlierShare = 0.01;
/** Independent returns that a forecast of volatility rests on at the most: as many as weigh much in it [A]. */
const mostReturns = 100;
const paths = 4_096;
/** Losses that are looked at one by one, and how many of the others stand together: the worst eighth is more than the tail that is asked for. */
const worstPaths = 512;
const groupOf = 16;

let plan: HorizonPlan | undefined;
/** The same paths for every asset and moment, made when they are first asked for: a tenth of a second. */
function planOnce(): HorizonPlan {
  return (plan ??= planHorizon({ seed: 20_251_010, paths, steps: horizonBars }));
}

/** What the history of prices says of the next hour, without the market's own answer. */
export interface HorizonTail {
  /** Losses with their weights: the worst one by one, the others in groups. */
  readonly losses: Float64Array;
  readonly weights: Float64Array;
  readonly valueAtRisk: Banded;
  /** Undefined while the mean of the tail is not identified. */
  readonly expectedShortfall: Banded | undefined;
  readonly index: TailScore['tailIndex'];
  readonly observed: readonly TailPoint[];
  readonly bars: readonly Bar[];
  /** Forecasts of single bars that came to be judged, and what came of them. */
  readonly forecasts: number;
  readonly backtest: TailBacktest | null;
  readonly sigmaDaily: number;
  /** Standard deviations of a fall that is one of the worst; undefined while the mean of the tail is not identified. */
  readonly multiple: number | undefined;
}

/** The same bars are looked at until the next one ends. */
const made = new WeakMap<readonly Bar[], HorizonTail | null>();

/**
 * Losses over the next hour by filtered historical simulation with a generalised Pareto tail of innovations; undefined below an hour of bars or where the price did not move. Bands hold the uncertainty of that tail and
 * of the volatility, not of the model. A function of the bars; some 20 ms for a week of them, nothing the second time.
 */
export function horizonTailOf(bars: readonly Bar[]): HorizonTail | undefined {
  const known = made.get(bars);
  if (known !== undefined) return known ?? undefined;
  const tail = makeTail(bars);
  made.set(bars, tail ?? null);
  return tail;
}

function makeTail(bars: readonly Bar[]): HorizonTail | undefined {
  const volatility = bars.length < leastBars ? undefined : volatilityOf(bars);
  if (volatility === undefined) return undefined;
  const { sigma, longRun, innovations, forecasts, backtest } = volatility;
  const fitted = fitPot(innovations.map((z) => -z));
  // Of a price that mostly rests fewer returns than asked for may be beyond any threshold.
  const pot = fitted.ok && covers(fitted.value, 1 - levels.shortfall) ? fitted.value : undefined;
  const losses = horizonLosses(planOnce(), { sigma, longRun, ...fiveMinuteDynamics, innovations, ...(pot === undefined ? {} : { tail: pot }) }).sort();
  const { valueAtRisk } = tailOfLosses({ losses }, levels.valueAtRisk);
  const { expectedShortfall } = tailOfLosses({ losses }, levels.shortfall);
  const isIdentified = pot === undefined || meanIsIdentified(pot.fit);
  const spread = spreadOf(innovations, bars.length);
  return {
    ...grouped(losses), bars, forecasts, backtest, sigmaDaily: sigma * Math.sqrt(dayMs / barMs), multiple: pot === undefined || !isIdentified ? undefined : potShortfall(pot, 1 - levels.shortfall), index: pot === undefined ? null : indexOf(pot), observed: observedOf(bars),
    valueAtRisk: banded(valueAtRisk, pot === undefined ? undefined : potQuantileBand(pot, 1 - levels.valueAtRisk), spread),
    expectedShortfall: isIdentified ? banded(expectedShortfall, pot === undefined ? undefined : potShortfallBand(pot, 1 - levels.shortfall), spread) : undefined,
  };
}

/** Losses in rising order as fewer ones with weights. */
function grouped(losses: Float64Array): Pick<HorizonTail, 'losses' | 'weights'> {
  const groups = (losses.length - worstPaths) / groupOf;
  const mean = (from: number): number => losses.subarray(from, from + groupOf).reduce((sum, loss) => sum + loss, 0) / groupOf;
  return {
    losses: Float64Array.from({ length: groups + worstPaths }, (_, i) => (i < groups ? mean(i * groupOf) : (losses[losses.length - worstPaths + i - groups] ?? NaN))),
    weights: Float64Array.from({ length: groups + worstPaths }, (_, i) => (i < groups ? groupOf : 1)),
  };
}

function indexOf({ fit }: PotFit): TailScore['tailIndex'] {
  const half = z95 * fit.shapeError;
  return { value: ratio(fit.shape), low: ratio(fit.shape - half), high: ratio(fit.shape + half), meanIdentified: meanIsIdentified(fit) };
}

/**
 * How far off volatility may be, as a ratio in logs, two-sided 90 %: the error of a standard deviation of heavy-tailed returns, (kurtosis - 1) / 4n. Innovations are cut at the size that one in a hundred
 * passes: of a crash in the window the filter forgets the size in the next bars, and one outlier would else make any band as wide as can be.
 */
function spreadOf(innovations: Float64Array, bars: number): number {
  const n = innovations.length;
  const sizes = innovations.map(Math.abs).sort();
  const most = sizes[Math.ceil((1 - outlierShare) * n) - 1] ?? 0;
  let [second, fourth] = [0, 0];
  for (const size of sizes) {
    const square = Math.min(size, most) ** 2;
    second += square / n;
    fourth += (square * square) / n;
  }
  return second > 0 ? z95 * Math.sqrt(Math.max(0, fourth / (second * second) - 1) / (4 * Math.min(bars, mostReturns))) : 0;
}

/** A loss over the horizon with the relative band of the innovations' own tail and that of volatility, taken as independent. */
function banded(value: number, tail: Banded | undefined, spread: number): Banded {
  const side = (end: number | undefined): number => Math.exp(Math.hypot(tail === undefined || end === undefined ? 0 : Math.log(end / tail.value), spread));
  return { value, low: Math.max(0, value / side(tail?.low)), high: Math.min(1, value * side(tail?.high)) };
}

/** Losses from each whole hour to the next, the largest first, with the share of hours that lost more (i / (n + 1), Weibull 1939). */
function observedOf(bars: readonly Bar[]): readonly TailPoint[] {
  const closes = new Map(bars.map(({ at, close }) => [at + barMs, close]));
  const losses = [...closes].flatMap(([end, close]) => {
    const before = end % hourMs === 0 ? closes.get(end - hourMs) : undefined;
    return before === undefined ? [] : [1 - close / before];
  }).sort((a, b) => b - a);
  return losses.slice(0, mostObservedLosses).map((loss, i): TailPoint => [ratio(loss), (i + 1) / (losses.length + 1)]).filter(([loss]) => loss > 0).reverse();
}

/** How whole the history of the last day is. */
function statusOf(bars: readonly Bar[], at: number): InputStatus {
  const last = bars.at(-1)?.at ?? 0;
  const day = bars.filter((bar) => bar.at > last - dayMs);
  const expected = (last - (day[0]?.at ?? last)) / barMs + 1;
  return at - (last + barMs) > oldestBarMs || day.length < expected * (1 - mostMissing) ? 'stale' : 'inferred';
}

/** What a tail is joined with. */
export interface TailContext {
  readonly at: number;
  readonly response: ResponseCurve | null | undefined;
  /** Worst status among what the response was computed from. */
  readonly responseStatus: InputStatus;
  readonly offered: OfferedUnits | undefined;
}

/** The tail as a score has it: the next hour's losses, and what they become once they force others to sell. About a millisecond. */
export function tailScoreOf(tail: HorizonTail, context: TailContext): TailScore {
  const { losses, weights, bars } = tail;
  const curves = fallingCurves(context.response);
  const status = statusOf(bars, context.at);
  const lossOf = (level: number, { value, low, high }: Banded, of: InputStatus): TailLoss => ({ level, value: ratio(value), low: ratio(low), high: ratio(high), status: of });
  const cascade = curves === undefined ? undefined : cascadeShortfall({ losses, weights, ...curves, level: levels.shortfall, points: mostTailPoints });
  return {
    horizonSeconds: hourMs / 1_000, barSeconds: barMs / 1_000, observations: bars.length, status,
    valueAtRisk: lossOf(levels.valueAtRisk, tail.valueAtRisk, status), expectedShortfall: tail.expectedShortfall === undefined ? null : lossOf(levels.shortfall, tail.expectedShortfall, status),
    cascadeExpectedShortfall: cascade === undefined ? null : lossOf(levels.shortfall, widened(cascade.expectedShortfall, tail.expectedShortfall), worst([status, context.responseStatus])),
    tailIndex: tail.index, observed: tail.observed, curve: pointsOf(cascade?.curve ?? exceedanceCurve({ losses, weights }, mostTailPoints)), forcedCurve: cascade === undefined ? null : pointsOf(cascade.forcedCurve),
    scenarios: scenariosOf(tail, curves, context.offered), forecasts: tail.forecasts, backtest: tail.backtest,
  };
}

/** The curves of a response as they are asked about. */
interface FallingCurves extends SaleCurves {
  readonly pessimistic: readonly SaleStep[];
  readonly optimistic: readonly SaleStep[];
}

/** Curves of a score are thinned each for itself, and their ends are quantiles of draws on a coarser grid: where they rise by a rounding they stay level here. */
function fallingCurves(response: ResponseCurve | null | undefined): FallingCurves | undefined {
  if (response === null || response === undefined) return undefined;
  const falling = (steps: readonly SaleStep[]): readonly SaleStep[] => {
    let [lowest, reached] = [Number(response.price), 0];
    return steps.flatMap(({ saleUsd, price }) => {
      lowest = Math.min(lowest, price);
      if (saleUsd < reached) return [];
      reached = saleUsd;
      return [{ saleUsd, price: lowest }];
    });
  };
  return { price: response.price, withoutForced: falling(response.withoutForced), withForced: falling(response.central), pessimistic: falling(response.pessimistic), optimistic: falling(response.optimistic) };
}

const pointsOf = (points: readonly (readonly [number, number])[]): readonly TailPoint[] => points.map(([loss, probability]): TailPoint => [ratio(loss), probability]);

/** The band of the response, and on top of it that of the losses that come to it, as ratios. */
function widened({ value, low, high }: Banded, losses: Banded | undefined): Banded {
  if (losses === undefined || !(losses.value > 0)) return { value, low, high };
  return { value, low: low * (losses.low / losses.value), high: Math.max(value, Math.min(1, high * (losses.high / losses.value))) };
}

/** Falls that the history does not hold: those that need no more than volatility, and sales that the config names. */
function scenariosOf({ bars, sigmaDaily, multiple }: HorizonTail, curves: FallingCurves | undefined, offered: OfferedUnits | undefined): TailScore['scenarios'] {
  const market = curves === undefined ? undefined : createLossResponse(curves);
  const shock = (name: TailScore['scenarios'][number]['name'], loss: number): TailScore['scenarios'] => [{ name, loss: ratio(loss), forcedLoss: market === undefined ? null : ratio(market.forced(loss).loss) }];
  const still = { sigmaDaily, ...(multiple === undefined ? {} : { multiple }) };
  const price = bars.at(-1)?.close ?? 0;
  const day = bars.slice(-dayMs / barMs);
  const dailyVolumeUsd = (day.reduce((sum, { volume, close }) => sum + volume * close, 0) * (dayMs / barMs)) / day.length;
  const sales = { dailyVolumeUsd, sigmaDaily };
  const sale = (name: 'unlock' | 'otc', units: number | undefined): TailScore['scenarios'] => {
    if (units === undefined || !(dailyVolumeUsd > 0)) return [];
    const gap = name === 'unlock' ? unlockLoss({ unlockedUsd: units * price }, sales) : otcLoss(units * price, sales, otcDiscount);
    const alone = market?.withoutForced(gap.saleUsd?.value ?? 0);
    // The market's own answer as far as it is known, the law of impact beyond; who bought at a discount sells no lower than that.
    if (market === undefined || alone === undefined || alone.beyond || (name === 'otc' && alone.loss > otcDiscount)) return shock(name, gap.value);
    return [{ name, loss: ratio(alone.loss), forcedLoss: ratio(market.withForced(gap.saleUsd?.value ?? 0).loss) }];
  };
  return [
    ...shock('jump', jumpLoss(defaultJumps, hourMs / dayMs).value), ...shock('outage', outageLoss(still).value), ...shock('oracle-freeze', oracleFreezeLoss({ ...still, margin: 0 }).loss.value),
    ...sale('unlock', offered?.unlockUnits), ...sale('otc', offered?.otcUnits),
  ];
}
