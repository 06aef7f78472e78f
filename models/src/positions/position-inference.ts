import { assert, createRng, defined } from '../core/index.ts';
import { at, type PositionSide } from '../market/index.ts';
import { classDistances, openingPrior } from './class-grid.ts';
import { addMinute, noEvidence, type Evidence } from './evidence-blocks.ts';
import { drawPrior, drawWeights, fitSide, type SideFit, type SideTerms } from './fit-side.ts';
import { emptyDensity, remix, rescale, seedDensity, stepDensity, type FlowDensity, type FlowTerms, type SignedMinute } from './flow-density.ts';
import { inferenceSettings, type GivenSettings } from './inference-settings.ts';
import type { FittedClass, ObservedMinute, PositionFit, PositionInference, SavedInference } from './inference-types.ts';
import { drawTriggers, inferredTriggers, stepProfile, type SidePosterior } from './inferred-triggers.ts';
import { restoreFlows, restoreInference, saveInference } from './saved-inference.ts';
import { triggerMass } from './trigger-mass.ts';

/** 0 long, 1 short. */
export type SideIndex = 0 | 1;
const bothSides = [0, 1] as const;
const sides: readonly PositionSide[] = ['long', 'short'];
/** Price buckets of a side's density: at 25 basis points a factor of 13 from end to end. */
const buckets = 1024;

/** One guess at the flow: both sides, and their class weights as of the last fit. */
export interface FlowState {
  readonly terms: FlowTerms;
  readonly densities: readonly [FlowDensity, FlowDensity];
  readonly weights: [Float64Array, Float64Array];
}

/** One posterior draw: a flow and the class weights of both sides. */
export interface WeightDraw {
  readonly flow: number;
  readonly weights: readonly [Float64Array, Float64Array];
}

/** Everything that changes. */
export interface InferenceState {
  readonly flows: readonly FlowState[];
  readonly evidence: Evidence;
  minutes: number;
  last: { readonly at: number; readonly close: number; readonly openInterest: number } | null;
  flowWeights: readonly number[];
  draws: readonly WeightDraw[];
  /** By side: classes no price crossed while somebody listened. */
  priorOnly: readonly [readonly boolean[], readonly boolean[]];
}

/**
 * An inference of one market, new or as `saved` left it (of the same settings). What is open is followed by entry price and class (`flow-density.ts`), class weights are fitted to what was liquidated
 * (`expectation-maximisation.ts`), and what cannot be known of the flow is carried as several guesses side by side, weighed by their likelihood.
 */
export function createPositionInference(given: GivenSettings, saved?: SavedInference): PositionInference {
  const settings = inferenceSettings(given);
  const { logStep, seed } = settings;
  const distances = classDistances(settings.classes, settings.nearest, settings.farthest);
  const offsets = distances.map((d) => (d === Infinity ? d : Math.max(1, Math.round(d / logStep))));
  const classes = distances.length;
  const priors = [openingPrior(distances, 'long'), openingPrior(distances, 'short')] as const;
  const sideTerms = bothSides.map((side): SideTerms => ({ side, flows: settings.flows.length, classes, prior: priors[side], concentration: settings.concentration, reporting: settings.reporting, halfLifeMs: settings.halfLifeMs }));
  const [longTerms, shortTerms] = [defined(sideTerms[0], 'side'), defined(sideTerms[1], 'side')];
  const state: InferenceState = saved === undefined ? {
    flows: settings.flows.map((flow) => {
      const terms = { flow, logStep, offsets, distances, buckets };
      return { terms, densities: [emptyDensity(terms, 0), emptyDensity(terms, 0)], weights: [priors[0].slice(), priors[1].slice()] };
    }),
    evidence: noEvidence(), minutes: 0, last: null, flowWeights: settings.flows.map(() => 1 / settings.flows.length),
    draws: Array.from({ length: settings.draws }, (_, i) => ({ flow: i % settings.flows.length, weights: [drawPrior(longTerms, seed + 2 * i), drawPrior(shortTerms, seed + 2 * i + 1)] })),
    priorOnly: [Array.from(distances, () => true), Array.from(distances, () => true)],
  } : restoreInference(saved, restoreFlows(saved, settings.flows.map((flow) => ({ flow, logStep, offsets, distances, buckets }))));
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
    if (minute.liquidations !== null && last !== null && settings.practice.sampling !== 'none') addMinute(state.evidence, settings, minute.at, minute.liquidations, exposures);
    exposures.fill(0);
    state.last = { at: minute.at, close: minute.close, openInterest: minute.openInterest };
    state.minutes++;
    posteriors.clear();
  };

  const fit = (): PositionFit => {
    const now = state.last?.at ?? 0;
    const fits = [fitSide(state.evidence, now, longTerms), fitSide(state.evidence, now, shortTerms)] as const;
    state.flowWeights = weighFlows(fits, state.flows.length);
    for (const [f, { densities, weights }] of state.flows.entries()) {
      for (const side of bothSides) {
        weights[side] = defined(fits[side].byFlow[f], 'flow').fitted.weights;
        remix(densities[side], weights[side]);
        rescale(densities[side], state.last?.openInterest ?? 0);
      }
    }
    const rng = createRng(seed).fork(`weights ${now}`);
    state.draws = Array.from({ length: settings.draws }, (_, i) => {
      const flow = flowAt(state.flowWeights, (i + 0.5) / settings.draws);
      return { flow, weights: [drawWeights(fits[0], flow, longTerms, rng), drawWeights(fits[1], flow, shortTerms, rng)] };
    });
    const byClass = bothSides.map((side) => Array.from(distances, (_, k) => classOf(state, fits[side], side, k, at(distances, k))));
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
      lump: evidence.volume > 0 ? evidence.squares / evidence.volume : assumedLump * last.openInterest,
    };
    posteriors.set(side, made);
    return made;
  };

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

/** A typical position, as a share of open interest, before any liquidation was seen [A]. */
const assumedLump = 0.002;

/** Posterior weights of the flows, equal ones before. */
function weighFlows(fits: readonly [SideFit, SideFit], flows: number): readonly number[] {
  const objectives = Array.from({ length: flows }, (_, f) => fits.reduce((sum, fit) => sum + defined(fit.byFlow[f], 'flow').objective, 0));
  const best = Math.max(...objectives);
  const raw = objectives.map((x) => Math.exp(x - best));
  const total = raw.reduce((a, b) => a + b, 0);
  return raw.map((x) => x / total);
}

/** The flow at share `place` of the distribution. */
function flowAt(weights: readonly number[], place: number): number {
  let flow = 0;
  for (let sum = weights[0] ?? 1; sum < place && flow + 1 < weights.length; sum += weights[flow] ?? 0) flow++;
  return flow;
}

function classOf({ draws, flows, flowWeights }: InferenceState, fit: SideFit, side: SideIndex, k: number, distance: number): FittedClass {
  const drawn = draws.map((d) => at(d.weights[side], k)).sort((a, b) => a - b);
  const weight = flows.reduce((sum, flow, f) => sum + (flowWeights[f] ?? 0) * at(flow.weights[side], k), 0);
  const crossed = Math.max(...fit.byFlow.map(({ fitted }) => at(fitted.exposure, k)));
  return { distance, weight, low: defined(drawn[Math.floor(0.05 * drawn.length)], 'draw'), high: defined(drawn[Math.ceil(0.95 * drawn.length) - 1], 'draw'), crossed, priorOnly: crossed === 0 };
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
