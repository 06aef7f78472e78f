import type { NetworkSystem } from '../network-system.ts';
import { weightBound, type Proposal } from './proposal.ts';
import type { ScenarioSamples } from './run.ts';
import { effectiveSize, exactSum, plainProbability, selfNormalisedMean, weightedQuantiles, type Estimated } from './weighted.ts';

/** A quantile of a distribution and the share of weight at or below it. */
export interface QuantileEstimate extends Estimated {
  readonly p: number;
}

/** The probability of a fall of at least `level`. */
export interface FallEstimate extends Estimated {
  readonly level: number;
}

/**
 * What scenarios say of the asset, each figure with standard error and confidence interval. Distributions and means have normalised weights;
 * probabilities are unbiased. Money in US dollars. The uncertainty of positions themselves is not in these intervals: it is a run of its own under the ends of their band.
 */
export interface MonteCarloSummary {
  readonly scenarios: number;
  /** Equally weighted scenarios that would say as much of the whole distribution. */
  readonly ess: number;
  /** 1 in expectation. */
  readonly meanWeight: Estimated;
  /** Probability that the sale reaches the ignition threshold. */
  readonly ignition: Estimated;
  /** Probability that visible depth of some market ends: as far as that goes, falls and shortfalls are bounds from below. */
  readonly exhausted: Estimated;
  /** Fall (rise, for purchases) of the asset's price. */
  readonly move: { readonly mean: Estimated; readonly quantiles: readonly QuantileEstimate[]; readonly atLeast: readonly FallEstimate[] };
  readonly liquidatedUsd: { readonly mean: Estimated; readonly markets: readonly MarketLiquidated[] };
  /** Liquidations at risk: 95th percentile of the value liquidated in all markets (as Gauntlet's LaR, risk.gauntlet.network/faq). */
  readonly liquidationsAtRiskUsd: Estimated;
  /** Value at risk: 95th percentile of what liquidated positions are short of in all markets, their net insolvent value (as Gauntlet's VaR, ibid.). */
  readonly valueAtRiskUsd: Estimated;
  readonly insolventUsd: { readonly mean: Estimated };
}

/** The value liquidated in one market: mean, and 95th percentile. */
export interface MarketLiquidated {
  readonly id: string;
  readonly mean: Estimated;
  readonly high: Estimated;
}

/** What is read off the scenarios. */
export interface SummaryOptions {
  /** Of every interval, in (0, 1); default 0.95. */
  readonly confidence?: number;
  /** Quantiles of the fall, default 50, 90, 95 and 99 %. */
  readonly quantiles?: readonly number[];
  /** Falls whose probability is given, default 10, 30 and 50 %. */
  readonly levels?: readonly number[];
}

/** Percentile of value and liquidations at risk. */
const atRisk = 0.95;

/** Sums up the scenarios of a plan's system and proposal. The same samples give the same bits, however they were split before they were merged. O(n log n). */
export function summarise(system: NetworkSystem, proposal: Proposal, samples: ScenarioSamples, options: SummaryOptions = {}): MonteCarloSummary {
  const { confidence = 0.95, quantiles = [0.5, 0.9, 0.95, 0.99], levels = [0.1, 0.3, 0.5] } = options;
  const { weights, moves, ignited, exhausted, markets } = samples;
  const n = weights.length;
  const bound = weightBound(proposal);
  const probability = (isHit: (i: number) => boolean): Estimated => plainProbability(weights, isHit, confidence, bound);
  const mean = (values: Float64Array): Estimated => selfNormalisedMean(weights, (i) => values[i] ?? 0, confidence);
  const high = (values: Float64Array): Estimated => weightedQuantiles(weights, values).estimate(atRisk, confidence);
  const ofMarket = (all: Float64Array, m: number): Float64Array => Float64Array.from({ length: n }, (_, i) => all[i * markets + m] ?? 0);
  const total = (all: Float64Array): Float64Array => Float64Array.from({ length: n }, (_, i) => exactSum(markets, (m) => all[i * markets + m] ?? 0));
  const [liquidated, insolvent] = [total(samples.liquidatedUsd), total(samples.insolventUsd)];
  const fall = weightedQuantiles(weights, moves);
  return {
    scenarios: n, ess: effectiveSize(n, (i) => weights[i] ?? 0),
    meanWeight: selfNormalisedMean(new Float64Array(n).fill(1), (i) => weights[i] ?? 0, confidence),
    ignition: probability((i) => ignited[i] === 1), exhausted: probability((i) => exhausted[i] === 1),
    move: {
      mean: mean(moves), quantiles: quantiles.map((p) => ({ p, ...fall.estimate(p, confidence) })),
      atLeast: levels.map((level) => ({ level, ...probability((i) => (moves[i] ?? -Infinity) >= level) })),
    },
    liquidatedUsd: {
      mean: mean(liquidated),
      markets: system.markets.map(({ id }, m) => {
        const values = ofMarket(samples.liquidatedUsd, m);
        return { id, mean: mean(values), high: high(values) };
      }),
    },
    liquidationsAtRiskUsd: high(liquidated), valueAtRiskUsd: high(insolvent), insolventUsd: { mean: mean(insolvent) },
  };
}
