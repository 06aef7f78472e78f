import { createRng, defined, type Rng } from '../core/index.ts';
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
  /** The prior counts as this many liquidated orders. */
  readonly concentration: number;
  readonly reporting: number;
  readonly halfLifeMs: number;
}

/** One side, fitted under every flow. */
export interface SideFit {
  readonly byFlow: readonly { readonly data: ExposureData; readonly fitted: FittedWeights; readonly objective: number }[];
  /** Effective orders all of it rests on, and what the orders were divided by for misfit, on average. */
  readonly evidence: number;
  readonly dispersion: number;
}

const sweeps = 150;
const sweepsOfDraw = 25;
/** Share of the mean count that no class need explain [A]: positions far from what their class says. */
const strayShare = 0.01;
/** Neighbouring blocks that are weighed together in the bootstrap: what is wrong with one is wrong with the next. */
const blocksTogether = 6;

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
  return { byFlow, evidence: counted, dispersion: counted > 0 ? orders / counted : 1 };
}

/**
 * One draw of the weights of one flow: the weighted-likelihood bootstrap (Newton and Raftery 1994). Runs of neighbouring intervals get exponential weights of mean 1, the prior's counts
 * become gamma numbers of that mean, and the maximum is found again: a Dirichlet draw where there are no data, a block bootstrap where there is no prior.
 */
export function drawWeights(fit: SideFit, flow: number, terms: SideTerms, rng: Rng): Float64Array {
  const { data, fitted } = defined(fit.byFlow[flow], 'flow');
  const factors = new Float64Array(data.counts.length);
  let factor = 1;
  for (let i = 0; i < factors.length; i++) {
    if (i % blocksTogether === 0) factor = -Math.log(1 - rng.next());
    factors[i] = factor;
  }
  const counts = terms.prior.map((p) => gammaDraw(terms.concentration * p, rng) + 1e-9);
  const drawn = { ...data, weights: data.weights.map((w, i) => w * at(factors, i)) };
  return fitWeights(drawn, { ...priorOf(terms), counts }, fitted.weights, sweepsOfDraw).weights;
}

/** A draw without any evidence. */
export function drawPrior(terms: SideTerms, seed: number): Float64Array {
  const rng = createRng(seed);
  const counts = terms.prior.map((p) => gammaDraw(terms.concentration * p, rng) + 1e-9);
  const total = counts.reduce((sum, x) => sum + x, 0);
  return counts.map((x) => x / total);
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
