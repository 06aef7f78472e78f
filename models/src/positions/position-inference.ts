import { assert, createRng, defined } from '../core/index.ts';
import { at, type PositionSide } from '../market/index.ts';
import { classDistances, openingPrior } from './class-grid.ts';
import { addMinute, noEvidence } from './evidence-blocks.ts';
import { bootstrapFactors, bootstrapLikelihood, drawPrior, drawWeights, fitSide, untiltedPrior, type SideFit, type SideTerms } from './fit-side.ts';
import { emptyDensity, remix, rescale, seedDensity, stepDensity, type FlowTerms, type SignedMinute } from './flow-density.ts';
import { inferenceSettings, type GivenSettings } from './inference-settings.ts';
import type { InferenceState, SideIndex } from './inference-state.ts';
import type { FittedClass, ObservedMinute, PositionFit, PositionInference, SavedInference } from './inference-types.ts';
import { drawTriggers, inferredTriggers, stepProfile, type SidePosterior } from './inferred-triggers.ts';
import { restoreCounts, restoreFlows, saveInference } from './saved-inference.ts';
import { triggerMass } from './trigger-mass.ts';

const bothSides = [0, 1] as const;
const sides: readonly PositionSide[] = ['long', 'short'];
/** Price buckets of a side's density: at 25 basis points a factor of 13 from end to end. */
const buckets = 1024;

/**
 * An inference of one market, new or as `saved` left it (of the same settings; it is fitted anew at once). What is open is followed by entry price and class (`flow-density.ts`), class weights are fitted to what was liquidated
 * (`expectation-maximisation.ts`), and what cannot be known of the flow is carried as several guesses side by side, weighed by their likelihood.
 */
export function createPositionInference(given: GivenSettings, saved?: SavedInference): PositionInference {
  const settings = inferenceSettings(given);
  const { logStep, seed } = settings;
  const distances = classDistances(settings.classes, settings.nearest, settings.farthest);
  const offsets = distances.map((d) => (d === Infinity ? d : Math.max(1, Math.round(d / logStep))));
  const classes = distances.length;
  const priors = [openingPrior(distances, 'long'), openingPrior(distances, 'short')] as const;
  const sideTerms = bothSides.map((side): SideTerms => ({ side, flows: settings.flows.length, classes, prior: priors[side], untilted: untiltedPrior(priors[side], distances), distances, concentration: settings.concentration, reporting: settings.reporting, halfLifeMs: settings.halfLifeMs }));
  const [longTerms, shortTerms] = [defined(sideTerms[0], 'side'), defined(sideTerms[1], 'side')];
  const priorRng = createRng(seed).fork('prior');
  const flowTerms = settings.flows.map((flow): FlowTerms => ({ flow, logStep, offsets, distances, buckets }));
  const state: InferenceState = {
    ...(saved === undefined ? { evidence: noEvidence(), minutes: 0, last: null } : restoreCounts(saved)),
    flows: saved === undefined ? flowTerms.map((terms) => ({ terms, densities: [emptyDensity(terms, 0), emptyDensity(terms, 0)], weights: [priors[0].slice(), priors[1].slice()] })) : restoreFlows(saved, flowTerms),
    flowWeights: flowTerms.map(() => 1 / flowTerms.length), kappa: [0, 0], priorOnly: [Array.from(distances, () => true), Array.from(distances, () => true)],
    draws: Array.from({ length: settings.draws }, (_, i) => ({ flow: i % flowTerms.length, weights: [drawPrior(longTerms, priorRng), drawPrior(shortTerms, priorRng)] })),
  };
  const exposures = new Float64Array(state.flows.length * 2 * classes);
  const posteriors = new Map<PositionSide, SidePosterior>();

  const observe = (minute: ObservedMinute): void => {
    const { last } = state;
    assert(minute.close > 0 && minute.low > 0 && minute.openInterest >= 0 && minute.volume >= 0, 'a minute has prices > 0 and no negative quantity');
    assert(last === null || minute.at > last.at, 'minutes come in order');
    for (const [f, { terms, densities, weights }] of state.flows.entries()) {
      for (const side of bothSides) {
        const density = densities[side];
        const signed = signedMinute(minute, side === 0 ? 1 : -1, last?.openInterest ?? 0);
        if (last === null || last.openInterest === 0) {
          density.base = emptyDensity(terms, signed.close).base;
          seedDensity(density, terms, weights[side], signed.close, minute.openInterest);
          continue;
        }
        const from = (f * 2 + side) * classes;
        stepDensity(density, terms, weights[side], signed, exposures.subarray(from, from + classes));
      }
    }
    // What was liquidated in a gap nobody knows: what it crossed is no evidence.
    if (minute.liquidations !== null && last !== null && minute.at - last.at <= minuteMs && settings.practice.sampling !== 'none') addMinute(state.evidence, settings, minute.at, minute.liquidations, exposures);
    exposures.fill(0);
    state.last = { at: minute.at, close: minute.close, openInterest: minute.openInterest };
    state.minutes++;
    posteriors.clear();
  };

  const fit = (): PositionFit => {
    const now = state.last?.at ?? 0;
    const fits = [fitSide(state.evidence, now, longTerms), fitSide(state.evidence, now, shortTerms)] as const;
    for (const [f, { densities, weights }] of state.flows.entries()) {
      for (const side of bothSides) {
        weights[side] = defined(fits[side].byFlow[f], 'flow').fitted.weights;
        remix(densities[side], weights[side]);
        rescale(densities[side], state.last?.openInterest ?? 0);
      }
    }
    const rng = createRng(seed).fork(`weights ${now}`);
    state.draws = Array.from({ length: settings.draws }, () => {
      const factors = [bootstrapFactors(fits[0], rng), bootstrapFactors(fits[1], rng)] as const;
      const flow = flowAt(softmax(state.flows.map((_, f) => bootstrapLikelihood(fits[0], f, factors[0]) + bootstrapLikelihood(fits[1], f, factors[1]))), rng.next());
      return { flow, weights: [drawWeights(fits[0], flow, longTerms, factors[0], rng), drawWeights(fits[1], flow, shortTerms, factors[1], rng)] };
    });
    state.flowWeights = state.flows.map((_, f) => state.draws.filter((d) => d.flow === f).length / settings.draws);
    state.kappa = [fits[0].kappa, fits[1].kappa];
    const byClass = bothSides.map((side) => Array.from(distances, (_, k) => classOf(state, fits[side], side, k, at(distances, k), at(priors[side], k))));
    const [long, short] = [defined(byClass[0], 'side'), defined(byClass[1], 'side')];
    state.priorOnly = [long.map((c) => c.priorOnly), short.map((c) => c.priorOnly)];
    posteriors.clear();
    return { long, short, flowWeights: state.flowWeights, evidence: fits[0].evidence + fits[1].evidence, dispersion: Math.max(fits[0].dispersion, fits[1].dispersion) };
  };

  const posteriorOf = (side: PositionSide): SidePosterior | undefined => {
    const { last, evidence } = state;
    if (last === null) return undefined;
    const held = posteriors.get(side);
    if (held !== undefined) return held;
    const s = side === 'long' ? 0 : 1;
    const made: SidePosterior = {
      side, logStep, seed, openInterest: last.openInterest, flowWeights: state.flowWeights, weights: state.flows.map((f) => f.weights[s]),
      masses: state.flows.map(({ terms, densities }) => triggerMass(densities[s], terms, (s === 0 ? 1 : -1) * Math.log(last.close))),
      draws: state.draws.map(({ flow, weights }) => ({ flow, weights: weights[s] })), priorOnly: state.priorOnly[s],
      misfit: Math.max(assumedMisfit, state.kappa[s]), lump: evidence.volume > 0 ? evidence.squares / evidence.volume : assumedLump * last.openInterest,
    };
    posteriors.set(side, made);
    return made;
  };

  // Bands are not saved: they follow from what is.
  if (saved !== undefined && state.evidence.blocks.length > 0) fit();
  return {
    observe, fit, minutes: () => state.minutes,
    triggers: (terms) => {
      const posterior = posteriorOf(terms.side);
      return posterior === undefined ? undefined : inferredTriggers(posterior, terms);
    },
    steps: (side, markPrice, edges) => {
      const posterior = posteriorOf(side);
      return posterior === undefined ? undefined : stepProfile(posterior, (side === 'long' ? 1 : -1) * Math.log(markPrice), edges);
    },
    draws: (n, terms, stream) => {
      const [long, short] = sides.map((side) => {
        const posterior = posteriorOf(side);
        return posterior === undefined ? [] : drawTriggers(posterior, n, { ...terms, side }, stream);
      });
      return defined(long, 'longs').map((each, i) => ({ long: each, short: defined(short?.[i], 'short') }));
    },
    state: () => saveInference(state),
  };
}

/** Least share squared by which a region's positions differ from what the model says of it [A]. */
const assumedMisfit = 0.05;
/** A class of which fewer liquidated orders than this were to be expected is not identified: what is known of it is the prior [A]. */
const fewOrders = 1;
const minuteMs = 60_000;
/** A typical position, as a share of open interest, before any liquidation was seen [A]. */
const assumedLump = 0.002;

/** Weights in proportion to exp(x), sum 1. */
function softmax(logs: readonly number[]): readonly number[] {
  const best = Math.max(...logs);
  const raw = logs.map((x) => Math.exp(x - best));
  const total = raw.reduce((a, b) => a + b, 0);
  return raw.map((x) => x / total);
}

/** The flow at share `place` of the distribution. */
function flowAt(weights: readonly number[], place: number): number {
  let flow = 0;
  for (let sum = weights[0] ?? 1; sum < place && flow + 1 < weights.length; sum += weights[flow] ?? 0) flow++;
  return flow;
}

function classOf({ draws, flows, flowWeights }: InferenceState, fit: SideFit, side: SideIndex, k: number, distance: number, prior: number): FittedClass {
  const drawn = draws.map((d) => at(d.weights[side], k)).sort((a, b) => a - b);
  const weight = flows.reduce((sum, flow, f) => sum + (flowWeights[f] ?? 0) * at(flow.weights[side], k), 0);
  const crossed = Math.max(...fit.byFlow.map(({ fitted }) => at(fitted.exposure, k)));
  return { distance, weight, low: defined(drawn[Math.floor(0.05 * drawn.length)], 'draw'), high: defined(drawn[Math.ceil(0.95 * drawn.length) - 1], 'draw'), crossed, priorOnly: crossed * prior < fewOrders };
}

/** The minute as longs see it, or shorts: with the sign of the side low is where its positions are liquidated. */
function signedMinute(minute: ObservedMinute, sign: 1 | -1, previousOpenInterest: number): SignedMinute {
  const low = Math.log(Math.min(minute.low, minute.open, minute.close));
  const high = Math.log(Math.max(minute.high, minute.open, minute.close));
  return {
    low: sign === 1 ? low : -high, high: sign === 1 ? high : -low, close: sign * Math.log(minute.close),
    openInterest: minute.openInterest, previousOpenInterest, volume: minute.volume,
  };
}
