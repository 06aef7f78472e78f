import { assert, normalCdf } from '../../core/index.ts';
import { crossEntropyMean } from './cross-entropy.ts';
import { findDesignPoints, type DesignPoint, type Severity } from './design-point.ts';
import { crudeProposal, drawFrom, mixtureAround, scenarioDraws, weightBound, type Proposal, type ScenarioDraws } from './proposal.ts';
import { effectiveSize, exactSum, plainProbability } from './weighted.ts';

/** How a rare event is looked for and estimated. Every field has a default. */
export interface RareEventOptions {
  /** Seed of every random number, a safe integer >= 0; default 1. */
  readonly seed?: number;
  /** Names of the factors, whose streams are then shared with other runs of the seed; default their numbers. */
  readonly factors?: readonly string[];
  /** Scenarios drawn, > 1; default 2,000. */
  readonly samples?: number;
  /** Share of N(0, I) among them, in [0, 1); default 0.1. */
  readonly defensive?: number;
  /** Of the interval; default 0.95. */
  readonly confidence?: number;
  /** Crude scenarios that the estimator is compared with where the event is not rare, default 1,000; 0 for none. */
  readonly crude?: number;
  /** Design points are looked for up to this distance; default 8. */
  readonly maxRadius?: number;
  /** Evaluations of that search at the most, default 1,500. */
  readonly maxEvaluations?: number;
}

/** How the proposal was found: the event is not rare; a design point; cross-entropy rounds, that reached the level or did not. */
export type ProposalMethod = 'not-rare' | 'design-point' | 'cross-entropy' | 'cross-entropy-short';

/** A proposal for one level and how it came about. */
export interface FoundProposal {
  readonly proposal: Proposal;
  readonly method: ProposalMethod;
  /** Design points, nearest first; empty without one. */
  readonly points: readonly DesignPoint[];
  readonly evaluations: number;
}

/** The probability of severity >= level and what it rests on. */
export interface RareEvent {
  readonly p: number;
  readonly se: number;
  readonly ci: { readonly low: number; readonly high: number };
  /** Effective number of scenarios among those that reach the level; all of them count alike where it equals `hits`. */
  readonly ess: number;
  readonly hits: number;
  /** The nearest design point, or the mean that cross-entropy came to. */
  readonly zstar: readonly number[];
  readonly found: FoundProposal;
  /** Variance of as many crude scenarios over that of these; NaN without a hit. */
  readonly varianceRatio: number;
  /** Mean weight, 1 in expectation: far from it the proposal leaves out what matters. */
  readonly meanWeight: { readonly value: number; readonly se: number };
  readonly overlap: Overlap | null;
}

/** The estimator against crude Monte Carlo at a level that a tenth of crude scenarios reach. */
export interface Overlap {
  readonly level: number;
  readonly crude: { readonly p: number; readonly se: number };
  readonly weighted: { readonly p: number; readonly se: number };
  /** Difference over its standard error: beyond 3 in absolute value one of the two is wrong. */
  readonly deviation: number;
}

/** The share of crude scenarios above the level of the overlap. */
const overlapShare = 0.1;
/** Fallback where no ray reaches the level: three rounds of 500, the best tenth of each. */
const fallback = { rounds: 3, evaluations: 500, elite: 0.1 } as const;
/** Design points whose first-order probability is less than this share of the nearest one's are left to the defensive component. */
const leastShare = 0.01;

/**
 * A proposal for severity >= level: N(z*, I) around each design point that matters, in proportion to Phi(-|z*|), with a defensive share of N(0, I);
 * around the cross-entropy mean where no design point is found. Some hundreds of evaluations in 8 dimensions.
 */
export function proposalFor(severity: Severity, level: number, dimension: number, options: RareEventOptions = {}): FoundProposal {
  const { seed = 1, defensive = 0.1, maxRadius = 8, maxEvaluations = 1_500 } = options;
  assert(dimension > 0 && defensive >= 0 && defensive < 1, 'a proposal needs a dimension and a defensive share below 1');
  let evaluations = 0;
  const counted: Severity = (z) => (evaluations++, severity(z));
  const points = findDesignPoints(counted, level, dimension, { maxRadius, maxEvaluations });
  const nearest = points[0];
  if (nearest?.beta === 0) return { proposal: crudeProposal(dimension), method: 'not-rare', points, evaluations };
  if (nearest !== undefined) {
    const counting = points.filter(({ beta }) => normalCdf(-beta) >= leastShare * normalCdf(-nearest.beta));
    return { proposal: mixtureAround(counting.map(({ z }) => z), counting.map(({ beta }) => normalCdf(-beta)), defensive), method: 'design-point', points: counting, evaluations };
  }
  const { mean, reached } = crossEntropyMean(counted, level, dimension, fallback, seed);
  return { proposal: mixtureAround([mean], [1], defensive), method: reached ? 'cross-entropy' : 'cross-entropy-short', points, evaluations };
}

/**
 * P(severity(Z) >= level) for Z ~ N(0, I) of `dimension`, by importance sampling: exact in expectation whatever the proposal, with a standard error that
 * says how good it is. `severity` must be pure and finite. Evaluations: those of `proposalFor`, `samples` and `crude`. Assumes nothing of the severity,
 * but a part of the event that neither the search nor a defensive scenario meets is not in the standard error either.
 */
export function rareEvent(severity: Severity, level: number, dimension: number, options: RareEventOptions = {}): RareEvent {
  const { seed = 1, samples = 2_000, confidence = 0.95, crude = 1_000, factors = Array.from({ length: dimension }, (_, j) => String(j)) } = options;
  assert(samples > 1 && factors.length === dimension, 'at least two samples, and a name a factor');
  const found = proposalFor(severity, level, dimension, options);
  const drawn = evaluated(severity, found.proposal, scenarioDraws(seed, factors), dimension, samples);
  const isHit = (i: number): boolean => (drawn.severities[i] ?? -Infinity) >= level;
  const { value: p, se, low, high } = plainProbability(drawn.weights, isHit, confidence, weightBound(found.proposal));
  const weight = (i: number): number => drawn.weights[i] ?? 0;
  const mean = exactSum(samples, weight) / samples;
  return {
    p, se, ci: { low, high }, found,
    ess: effectiveSize(samples, (i) => (isHit(i) ? weight(i) : 0)), hits: exactSum(samples, (i) => (isHit(i) ? 1 : 0)),
    zstar: zstarOf(found), varianceRatio: (p * (1 - p)) / samples / se ** 2,
    meanWeight: { value: mean, se: Math.sqrt(exactSum(samples, (i) => (weight(i) - mean) ** 2) / (samples - 1) / samples) },
    overlap: crude > 0 ? overlapOf(drawn, evaluated(severity, crudeProposal(dimension), scenarioDraws(seed, factors, 'crude'), dimension, crude)) : null,
  };
}

interface Drawn {
  readonly weights: Float64Array;
  readonly severities: Float64Array;
}

function evaluated(severity: Severity, proposal: Proposal, draws: ScenarioDraws, dimension: number, samples: number): Drawn {
  const z = new Float64Array(dimension);
  const weights = new Float64Array(samples);
  const severities = weights.map((_, i) => {
    weights[i] = drawFrom(proposal, draws, i, z);
    return severity(z);
  });
  return { weights, severities };
}

/** Both estimators at the level that the upper tenth of crude scenarios reaches. */
function overlapOf(drawn: Drawn, crude: Drawn): Overlap {
  const n = crude.severities.length;
  const level = crude.severities.toSorted()[Math.max(0, n - Math.ceil(overlapShare * n))] ?? NaN;
  const at = ({ weights, severities }: Drawn): { readonly p: number; readonly se: number } => {
    const { value, se } = plainProbability(weights, (i) => (severities[i] ?? -Infinity) >= level, 0.95, 1);
    return { p: value, se };
  };
  const [plain, weighted] = [at(crude), at(drawn)];
  const se = Math.sqrt(plain.se ** 2 + weighted.se ** 2);
  return { level, crude: plain, weighted, deviation: se === 0 ? 0 : (weighted.p - plain.p) / se };
}

function zstarOf({ points, proposal }: FoundProposal): readonly number[] {
  return points[0]?.z ?? proposal.components.at(-1)?.mean ?? [];
}
