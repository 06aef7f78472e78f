import { z } from 'zod';
import { leastTailForecasts } from '../tail-terms.ts';
import { inputStatus, unit } from './common.ts';

/** Points of a curve of a tail, and of the losses observed, at most. */
export const mostTailPoints = 48;
export const mostObservedLosses = 24;

/** A loss as a share of the price, 0 to 1. */
const loss = unit.ratio;

/** A loss that is exceeded with a stated probability, or the mean beyond it: a share of the price, 0 to 1, with its 5-95 % band. `low <= value <= high`. */
export const tailLoss = z
  .object({
    /** Confidence level: .99 of a value at risk is exceeded once in a hundred horizons. */
    level: z.number().gt(0).lt(1),
    value: loss, low: loss, high: loss, status: inputStatus,
  })
  .readonly();
export type TailLoss = z.infer<typeof tailLoss>;

/** One point of a tail: the probability, 0 to 1, that the loss within the horizon is more than `loss`, a share of the price. */
export const tailPoint = z.tuple([loss, z.number().min(0).max(1)]).readonly();
export type TailPoint = z.infer<typeof tailPoint>;

/** Falls that no history of the asset holds: a jump, trading while an exchange is away, a frozen oracle, a stablecoin that loses its peg, unlocked supply sold, a discounted sale over the counter that comes to market. */
export const gapScenarioName = z.enum(['jump', 'outage', 'oracle-freeze', 'depeg', 'unlock', 'otc']);
export type GapScenarioName = z.infer<typeof gapScenarioName>;

/** What one gap scenario costs: a share of the price, alone, and with what it forces where the market's response is known. */
export const gapScenario = z.object({ name: gapScenarioName, loss, forcedLoss: loss.nullable() }).readonly();
export type GapScenario = z.infer<typeof gapScenario>;

const probability = z.number().min(0).max(1);

/** What came of the forecasts of single bars that the model makes of the history that is kept: value at risk at 99 %, expected shortfall at 97.5 %. */
export const tailBacktest = z
  .object({
    forecasts: z.number().int().min(leastTailForecasts),
    /** Losses beyond the value at risk, and how many there should be. */
    exceedances: z.number().int().nonnegative(), expected: z.number().positive(),
    /** Probability of as odd a number of exceedances from a right model (Kupiec), and of as odd a succession of them (Christoffersen). */
    coverage: probability, independence: probability,
    /** Losses beyond the shortfall's own value at risk over what they should be, as 1 less that ratio: 0 for a right model, below 0 where losses are worse (Acerbi and Szekely, Z2); failed below `z2Critical`, its 5 % value for as many forecasts. */
    z2: z.number(), z2Critical: z.number().negative(),
  })
  .readonly();
export type TailBacktest = z.infer<typeof tailBacktest>;

/**
 * How much an asset may lose within a horizon, from the history of its own price: value at risk, expected shortfall, and the expected shortfall once forced sales
 * are added. In every `shapeSeriesEveryMs` one score of an asset has it; readers keep the last.
 */
export const tailScore = z
  .object({
    /** How far the figures look ahead, and the bars they were fitted to, seconds. */
    horizonSeconds: z.number().positive(), barSeconds: z.number().positive(),
    /** Bars of the asset that are known. */
    observations: z.number().int().nonnegative(),
    /** Of the history of prices: `stale` where bars are missing. */
    status: inputStatus,
    valueAtRisk: tailLoss,
    /** Mean of the losses beyond its level; null while the mean of the tail is not identified (`tailIndex.meanIdentified`): then the scenarios say what there is to say. */
    expectedShortfall: tailLoss.nullable(),
    /** The same of losses with the forced sales they set off; null while there is no response curve. */
    cascadeExpectedShortfall: tailLoss.nullable(),
    /** Shape of the tail (xi of the peaks over threshold), with its 5-95 % band; null while too few losses exceed a threshold. From 1 on the tail has no mean: `meanIdentified` is false where the band does not exclude that. */
    tailIndex: z.object({ value: unit.ratio, low: unit.ratio, high: unit.ratio, meanIdentified: z.boolean() }).readonly().nullable(),
    /** The tail without forced sales: losses rise, probabilities fall. */
    curve: z.array(tailPoint).max(mostTailPoints).readonly(),
    /** The tail with forced sales; null while there is no response curve. */
    forcedCurve: z.array(tailPoint).max(mostTailPoints).readonly().nullable(),
    /** The largest losses of the history over the horizon, each with the share of the history that lost more (plotting position). */
    observed: z.array(tailPoint).max(mostObservedLosses).readonly(),
    scenarios: z.array(gapScenario).readonly(),
    /** Forecasts of single bars that came to be judged: fewer than `observations`, as the first bars and those behind a gap bring none. */
    forecasts: z.number().int().nonnegative().optional(),
    /** Null while there are fewer than `leastTailForecasts`. */
    backtest: tailBacktest.nullable().optional(),
  })
  .readonly();
export type TailScore = z.infer<typeof tailScore>;
