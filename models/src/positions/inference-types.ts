import type { Stream } from '../core/index.ts';
import type { LiquidationBlock, LiquidationPractice, MarginRules, PositionSide, Triggers } from '../market/index.ts';
import type { PriorTriggers } from './prior-density.ts';

/**
 * Everything about one derivative market is counted in one unit of quantity: base units (linear) or contracts (inverse), open interest of one side.
 * Prices are the mark, quote per base.
 */

/** What a market showed in one minute. Minutes come in order; missing ones are allowed: a gap is stepped over at once, and what it crossed counts as no evidence. */
export interface ObservedMinute {
  /** Milliseconds since the epoch at which it begins. */
  readonly at: number;
  /** The mark, all > 0; `low` and `high` are widened where open and close lie outside them. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** At its end, one side, >= 0. */
  readonly openInterest: number;
  /** Traded in it, >= 0. */
  readonly volume: number;
  /** What was published of forced orders that closed positions of each side, in the unit of `volume`; null where nobody listened. */
  readonly liquidations: { readonly long: LiquidationBlock; readonly short: LiquidationBlock } | null;
}

/** One guess at what the feeds do not say of how positions are opened and closed; several are run side by side and weighed by how well they explain liquidations. */
export interface FlowModel {
  /** Share of the volume, beyond what open interest needs, that opens and closes positions; 0 to 1. */
  readonly churn: number;
  /** How much less likely a position that is losing is to be closed: hazard x (1 - this), 0 to 1 (exclusive). */
  readonly holdLosers: number;
  /** Kinds of traders: `share` of what is opened (sums to 1), closed at a hazard in proportion to `pace` (> 0). */
  readonly groups: readonly { readonly share: number; readonly pace: number }[];
}

/** What an inference is told. */
export interface InferenceSettings {
  /** How the venue publishes forced orders. */
  readonly practice: LiquidationPractice;
  /** Share of forced orders that reaches the feed beyond what its sampling leaves out, 0 to 1; 1 for the documented feeds. */
  readonly reporting: number;
  /** Width of a price bucket in log-price. */
  readonly logStep: number;
  /** Classes of effective log-distance to liquidation at opening, log-spaced from `nearest` to `farthest`; one more is never liquidated. */
  readonly classes: number;
  readonly nearest: number;
  readonly farthest: number;
  /** Prior weight in liquidated orders: how little markets differ. */
  readonly concentration: number;
  /** Half-life of what liquidations said, milliseconds. */
  readonly halfLifeMs: number;
  /** Minutes are added up in blocks of this many; beyond `maxBlocks` old ones are joined. */
  readonly blockMinutes: number;
  readonly maxBlocks: number;
  readonly flows: readonly FlowModel[];
  /** Draws behind every band. */
  readonly draws: number;
  readonly seed: number;
}

/** One class of one side after a fit. */
export interface FittedClass {
  /** Log-distance from opening to liquidation; Infinity for positions that are never liquidated. */
  readonly distance: number;
  /** Share of what is opened. */
  readonly weight: number;
  readonly low: number;
  readonly high: number;
  /** Sum over the observed minutes of what would have been liquidated had all openings been of this class (older minutes count less). */
  readonly crossed: number;
  /** No price ever crossed it while somebody listened: its weight is the prior's and is to be said to be. */
  readonly priorOnly: boolean;
}

/** What was fitted. */
export interface PositionFit {
  readonly long: readonly FittedClass[];
  readonly short: readonly FittedClass[];
  /** Weights of `flows`, sum 1. */
  readonly flowWeights: readonly number[];
  /** Effective number of liquidated orders the fit rests on. */
  readonly evidence: number;
  /** How many times larger than chance alone the misfit is: what evidence was divided by, >= 1. */
  readonly dispersion: number;
}

/** How quantities become ticks, lots and bankruptcy prices. */
export interface TriggerTerms {
  readonly side: PositionSide;
  /** Mark price, > 0: what would already be liquidated there is left out. */
  readonly markPrice: number;
  readonly tickSize: number;
  /** Quantity in one lot. */
  readonly lotSize: number;
  /** Width of a bucket in whole ticks, >= 1. */
  readonly bucketTicks: number;
  readonly rules: MarginRules;
  /** Open interest now, in lots; what the last minute said when absent. */
  readonly openInterestLots?: number;
  /** Of a typical position, in the unit of the tier table; default 10,000 [A]. */
  readonly typicalNotional?: number;
}

/** Inferred triggers: `lots` of all + `unreachableLots` = open interest, whole lots. A superset of what `priorTriggers` gives. */
export interface InferredTriggers extends PriorTriggers {
  /** Of each bucket's lots: those of classes no price ever crossed. */
  readonly priorOnlyLots: Float64Array;
}

/** Quantity by step of log-distance: expected, the part of it in classes no price ever crossed, and posterior draws of what is really there (`draws` of the settings of them). */
export interface StepProfile {
  readonly value: Float64Array;
  readonly priorOnly: Float64Array;
  readonly draws: readonly Float64Array[];
}

/** One joint draw of where positions are. */
export interface PositionDraw {
  readonly long: Triggers;
  readonly short: Triggers;
}

/** Long and short positions by price, inferred minute by minute from what everybody sees. Deterministic; a function of settings and minutes. */
export interface PositionInference {
  /** One more minute, later than all before. O(price buckets + classes) a flow. */
  observe(minute: ObservedMinute): void;
  /** Minutes taken in so far. */
  minutes(): number;
  /** Fits the class weights to what was liquidated. Milliseconds; hourly is often enough. */
  fit(): PositionFit;
  /** Triggers of one side with bands, from the last fit; the prior's before the first. Undefined before the first minute. */
  triggers(terms: TriggerTerms): InferredTriggers | undefined;
  /**
   * Quantity of one side between consecutive `edges`, log-distances from `markPrice` on the side where it is liquidated, ascending from 0: for maps. Sums of several venues add up their draws,
   * one by one. Undefined before the first minute.
   */
  steps(side: PositionSide, markPrice: number, edges: readonly number[]): StepProfile | undefined;
  /** `n` joint draws of both sides, number (scenario) i from the stream. */
  draws(n: number, terms: Omit<TriggerTerms, 'side'>, stream: Stream): readonly PositionDraw[];
  /**
   * Everything it holds as plain JSON of some 100 kB, rounded. Whoever must go on exactly like one that is restored goes on from what is restored, too: save hourly, and observe the minutes since then again.
   */
  state(): SavedInference;
}

/** What `state` gives and `createPositionInference` takes back. */
export interface SavedInference {
  readonly version: 1;
  readonly [field: string]: unknown;
}
