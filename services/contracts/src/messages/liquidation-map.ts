import { z } from 'zod';
import { inputStatus, unit } from './common.ts';

const steps = z.array(unit.usd).readonly();
/** Ends of the 5-95 % band of the total of all venues in each step, US dollars. */
const bandOfSteps = z.object({ low: steps, high: steps }).readonly();

/** Positions of one venue by where they are liquidated, US dollars in each step. */
export const venueLiquidations = z
  .object({
    venue: unit.venue,
    /** `exact` only where every position of the venue is public. */
    status: inputStatus,
    /** Place i: longs that a fall of i to i + 1 steps liquidates, shorts that a rise of as much does. */
    long: steps, short: steps,
    /** The part of them that rests on the prior alone: no price has crossed the step since positions are followed. */
    longPrior: steps, shortPrior: steps,
  })
  .readonly();
export type VenueLiquidations = z.infer<typeof venueLiquidations>;

/**
 * Where open positions of an asset are liquidated, in steps away from the price. What positions are is seldom published, so it is inferred, and where no price ever
 * was it is no more than a first guess. In every `shapeSeriesEveryMs` one score of an asset has it; readers keep the last.
 */
export const liquidationMap = z
  .object({
    /** Width of a step, per cent of the price. */
    stepPercent: z.number().positive(),
    /** The price that steps are relative to, US dollars for one unit. */
    price: unit.price,
    venues: z.array(venueLiquidations).readonly(),
    long: bandOfSteps, short: bandOfSteps,
  })
  .readonly();
export type LiquidationMap = z.infer<typeof liquidationMap>;
