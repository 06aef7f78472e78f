import { defined, normalQuantile, type Rng } from '../core/index.ts';
import { at } from '../market/index.ts';
import { ageWeight, type Evidence, type EvidenceBlock } from './evidence-blocks.ts';
import { fitWeights, type ClassPrior, type ExposureData, type FittedWeights } from './expectation-maximisation.ts';
import { gammaDraw } from './gamma-draw.ts';

/** What one side is fitted with. */
export interface SideTerms {
  /** 0 long, 1 short. */
  readonly side: 0 | 1;
  readonly flows: number;
  readonly classes: number;
  readonly prior: Float64Array;
  /** `untiltedPrior` of it. */
  readonly untilted: Float64Array;
  readonly distances: Float64Array;
  /** The prior counts as this many liquidated orders. */
  readonly concentration: number;
  readonly reporting: number;
  readonly halfLifeMs: number;
}

/** One side, fitted under every flow. */
export interface SideFit {
  readonly byFlow: readonly { readonly data: ExposureData; readonly fitted: FittedWeights; readonly objective: number }[];
  /** Expected counts under every flow. */
  readonly means: readonly Float64Array[];
  /** When each interval begins, milliseconds. */
  readonly from: Float64Array;
  /** What the model is wrong by beyond chance: variance = mean (1 + kappa mean). */
  readonly kappa: number;
  /** Effective orders all of it rests on, and what the orders were divided by for misfit, on average. */
  readonly evidence: number;
  readonly dispersion: number;
}

const sweeps = 150;
const sweepsOfDraw = 15;
/** Share of the mean count that no class need explain [A]: positions far from what their class says. */
const strayShare = 0.01;
/** Intervals within this many milliseconds are weighed together in the bootstrap [A]: what is wrong with one is wrong with the next. */
const togetherMs = 6 * 3_600_000;
/** Spread between markets of the appetite for leverage: standard deviation of t where a class of distance d has prior weight x d^t [A]. */
const tiltSpread = 0.35;

/**
 * Fits one side under every flow. Quantities become effective orders of size squares / volume (the variance over the mean of a compound Poisson sum). Where the model is wrong it is so in
 * proportion: variance = mean (1 + kappa mean), kappa by moments from the flow that fits best, the same for all so that their likelihoods can be compared; an interval counts 1 / (1 + kappa mean).
 */
export function fitSide(evidence: Evidence, now: number, terms: SideTerms): SideFit {
  const size = evidence.volume > 0 ? evidence.squares / evidence.volume : 1;
  const prior = priorOf(terms);
  const ages = Float64Array.from(evidence.blocks, (block) => ageWeight(block, now, terms.halfLifeMs));
  const plain = Array.from({ length: terms.flows }, (_, flow) => dataOf(evidence.blocks, terms, flow, size, ages));
  const start = terms.prior;
  const first = plain.map((data) => fitWeights(data, prior, start, sweeps));
  const means = first.map(({ weights }, flow) => meansOf(defined(plain[flow], 'data'), weights, terms.reporting));
  const kappas = means.map((mean, flow) => excess(defined(plain[flow], 'data'), mean));
  const best = kappas.indexOf(Math.min(...kappas));
  const kappa = defined(kappas[best], 'kappa');
  const mean = defined(means[best], 'means');
  const weights = ages.map((age, i) => age / (1 + kappa * at(mean, i)));
  let orders = 0;
  let counted = 0;
  for (let i = 0; i < weights.length; i++) {
    orders += at(ages, i) * at(defined(plain[0], 'data').counts, i);
    counted += at(weights, i) * at(defined(plain[0], 'data').counts, i);
  }
  const byFlow = plain.map((each, flow) => {
    const data = { ...each, weights };
    const fitted = fitWeights(data, prior, defined(first[flow], 'fit').weights, sweeps);
    return { data, fitted, objective: fitted.objective.at(-1) ?? 0 };
  });
  const fittedMeans = byFlow.map(({ data, fitted }) => meansOf(data, fitted.weights, terms.reporting));
  return { byFlow, means: fittedMeans, from: Float64Array.from(evidence.blocks, (block) => block.from), kappa, evidence: counted, dispersion: counted > 0 ? orders / counted : 1 };
}

/** Exponential weights of mean 1 for runs of neighbouring intervals: the Bayesian block bootstrap. */
export function bootstrapFactors({ from }: SideFit, rng: Rng): Float64Array {
  let factor = 1;
  let began = -Infinity;
  return from.map((at0) => {
    if (at0 - began >= togetherMs) {
      began = at0;
      factor = -Math.log(1 - rng.next());
    }
    return factor;
  });
}

/** Log-likelihood of a flow at its fitted weights when intervals count `factors` times as much. */
export function bootstrapLikelihood(fit: SideFit, flow: number, factors: Float64Array): number {
  const { counts, weights } = defined(fit.byFlow[flow], 'flow').data;
  const means = defined(fit.means[flow], 'means');
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += at(factors, i) * at(weights, i) * (at(counts, i) * Math.log(at(means, i)) - at(means, i));
  return sum;
}

/**
 * One draw of the weights of one flow: the weighted-likelihood bootstrap (Newton and Raftery 1994). Intervals get the bootstrap's weights, the prior's counts become gamma numbers, and the maximum is
 * found again: a Dirichlet draw where there are no data, a block bootstrap where there is no prior.
 */
export function drawWeights(fit: SideFit, flow: number, terms: SideTerms, factors: Float64Array, rng: Rng): Float64Array {
  const { data, fitted } = defined(fit.byFlow[flow], 'flow');
  const drawn = { ...data, weights: data.weights.map((w, i) => w * at(factors, i)) };
  return fitWeights(drawn, { ...priorOf(terms), counts: priorCounts(terms, rng) }, fitted.weights, sweepsOfDraw).weights;
}

/** A draw without any evidence. */
export function drawPrior(terms: SideTerms, rng: Rng): Float64Array {
  const counts = priorCounts(terms, rng);
  const total = counts.reduce((sum, x) => sum + x, 0);
  return counts.map((x) => x / total);
}

/** The prior's counts, drawn: a market's appetite for leverage tilts all classes together, and each varies by itself. Their shares have the prior as their mean. */
function priorCounts({ untilted, distances, concentration }: SideTerms, rng: Rng): Float64Array {
  return tiltedBy(untilted, distances, tiltSpread * rng.normal()).map((p) => gammaDraw(concentration * p, rng) + 1e-9);
}

function tiltedBy(shares: Float64Array, distances: Float64Array, tilt: number): Float64Array {
  const tilted = shares.map((p, k) => p * Math.min(at(distances, k), 1) ** tilt);
  const total = tilted.reduce((sum, p) => sum + p, 0);
  return tilted.map((p) => p / total);
}

/** Points of the standard normal with equal weight, the middles of 32 equal parts. */
const tilts = Array.from({ length: 32 }, (_, i) => tiltSpread * normalQuantile((i + 0.5) / 32));

/** The shares that tilts of both signs turn into `prior` on average: a fixed point, by scaling each class by what it is off. */
export function untiltedPrior(prior: Float64Array, distances: Float64Array): Float64Array {
  let shares = prior.slice();
  for (let i = 0; i < 60; i++) {
    const mean = new Float64Array(prior.length);
    for (const tilt of tilts) for (const [k, p] of tiltedBy(shares, distances, tilt).entries()) mean[k] = at(mean, k) + p / tilts.length;
    const scaled = shares.map((p, k) => (p * at(prior, k)) / at(mean, k));
    const total = scaled.reduce((sum, p) => sum + p, 0);
    shares = scaled.map((p) => p / total);
  }
  return shares;
}

function priorOf({ prior, concentration, reporting }: SideTerms): ClassPrior {
  return { counts: prior.map((p) => p * concentration), reporting };
}

function dataOf(blocks: readonly EvidenceBlock[], { side, classes }: SideTerms, flow: number, size: number, weights: Float64Array): ExposureData {
  const counts = Float64Array.from(blocks, (block) => block.liquidated[side] / size);
  const exposures = new Float64Array(blocks.length * classes);
  for (const [i, block] of blocks.entries()) for (let k = 0; k < classes; k++) exposures[i * classes + k] = at(block.exposures, (flow * 2 + side) * classes + k) / size;
  const mean = counts.reduce((sum, n) => sum + n, 0) / Math.max(1, blocks.length);
  return { counts, exposures, weights, classes, stray: strayShare * mean + 1e-6 };
}

function meansOf({ counts, exposures, classes, stray }: ExposureData, weights: Float64Array, reporting: number): Float64Array {
  return counts.map((_, i) => {
    let mean = stray;
    for (let k = 0; k < classes; k++) mean += reporting * at(weights, k) * at(exposures, i * classes + k);
    return mean;
  });
}

/** kappa >= 0 of variance = mean (1 + kappa mean), by moments. */
function excess({ counts, weights }: ExposureData, means: Float64Array): number {
  let over = 0;
  let squares = 0;
  for (let i = 0; i < counts.length; i++) {
    const mean = at(means, i);
    over += at(weights, i) * ((at(counts, i) - mean) ** 2 - mean);
    squares += at(weights, i) * mean * mean;
  }
  return squares > 0 ? Math.max(0, over / squares) : 0;
}
