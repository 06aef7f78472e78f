import { assert, defined } from '../../core/index.ts';
import { FACTORS, type FactorModel } from './factors.ts';
import { proposalFor, type FoundProposal, type RareEventOptions } from './importance.ts';
import { createEvaluator, DIMENSION } from './outcome.ts';
import { crudeProposal, drawFrom, mixProposals, scenarioDraws, type Proposal } from './proposal.ts';
import type { ScenarioBase } from './scenario.ts';

/** Everything a scenario's result depends on besides its number. Plain data, unless a tail quantile is a function: it can be sent to another thread. */
export interface MonteCarloPlan {
  readonly base: ScenarioBase;
  readonly model: FactorModel;
  /** In (0, 1): `ScenarioOutcome.isIgnited`. */
  readonly ignitionGap: number;
  /** What scenarios are drawn from. */
  readonly proposal: Proposal;
  /** A safe integer >= 0. Plans that share it share every factor's numbers, scenario by scenario. */
  readonly seed: number;
}

/** Results of scenarios `from`, `from` + 1, ...: one entry each, and one for each market where said. */
export interface ScenarioSamples {
  readonly from: number;
  readonly markets: number;
  /** Density of N(0, I) over that of the proposal. */
  readonly weights: Float64Array;
  readonly moves: Float64Array;
  /** 1 or 0. */
  readonly ignited: Uint8Array;
  readonly exhausted: Uint8Array;
  /** Scenario after scenario, market after market. */
  readonly liquidatedUsd: Float64Array;
  readonly insolventUsd: Float64Array;
}

/** Half of the scenarios are drawn as they come and half around the design points of a rare fall: for the body of distributions and for their tail. */
const crudeShare = 0.5;

/** A plan whose scenarios also reach a fall of `level` (in (0, 1)), and how its proposal was found; `level` null for crude Monte Carlo. */
export function planMonteCarlo(plan: Omit<MonteCarloPlan, 'proposal'>, level: number | null, options: Pick<RareEventOptions, 'defensive' | 'maxRadius' | 'maxEvaluations'> = {}): { readonly plan: MonteCarloPlan; readonly found: FoundProposal | null } {
  const crude = crudeProposal(DIMENSION);
  if (level === null) return { plan: { ...plan, proposal: crude }, found: null };
  const found = proposalFor(createEvaluator(plan.base, plan.model, plan.ignitionGap).move, level, DIMENSION, { ...options, seed: plan.seed });
  return { plan: { ...plan, proposal: mixProposals([{ proposal: crude, share: crudeShare }, { proposal: found.proposal, share: 1 - crudeShare }]) }, found };
}

/** Results of `count` scenarios from number `from` on: those of any other split of the same numbers, bit for bit. About a millisecond each for six markets of thousands of levels. */
export function runScenarios(plan: MonteCarloPlan, from: number, count: number): ScenarioSamples {
  const markets = plan.base.system.markets.length;
  const evaluator = createEvaluator(plan.base, plan.model, plan.ignitionGap);
  const draws = scenarioDraws(plan.seed, FACTORS);
  const z = new Float64Array(DIMENSION);
  const samples = emptySamples(from, count, markets);
  for (let i = 0; i < count; i++) {
    samples.weights[i] = drawFrom(plan.proposal, draws, from + i, z);
    const { move, isIgnited, isExhausted, liquidatedUsd, insolventUsd } = evaluator.outcome(z);
    samples.moves[i] = move;
    samples.ignited[i] = isIgnited ? 1 : 0;
    samples.exhausted[i] = isExhausted ? 1 : 0;
    samples.liquidatedUsd.set(liquidatedUsd, i * markets);
    samples.insolventUsd.set(insolventUsd, i * markets);
  }
  return samples;
}

/** Samples of neighbouring scenarios as one, whatever the order they are given in; associative, and exact, as nothing is added up yet. Crashes on a gap, an overlap or nothing. */
export function mergeSamples(parts: readonly ScenarioSamples[]): ScenarioSamples {
  const ordered = parts.toSorted((a, b) => a.from - b.from || a.weights.length - b.weights.length);
  const first = defined(ordered[0], 'samples');
  const merged = emptySamples(first.from, ordered.reduce((sum, { weights }) => sum + weights.length, 0), first.markets);
  let done = 0;
  for (const part of ordered) {
    assert(part.from === first.from + done && part.markets === first.markets, `samples from ${part.from} do not follow on ${first.from + done}`);
    merged.weights.set(part.weights, done);
    merged.moves.set(part.moves, done);
    merged.ignited.set(part.ignited, done);
    merged.exhausted.set(part.exhausted, done);
    merged.liquidatedUsd.set(part.liquidatedUsd, done * first.markets);
    merged.insolventUsd.set(part.insolventUsd, done * first.markets);
    done += part.weights.length;
  }
  return merged;
}

function emptySamples(from: number, count: number, markets: number): ScenarioSamples {
  const [one, each] = [(): Float64Array => new Float64Array(count), (): Float64Array => new Float64Array(count * markets)];
  return { from, markets, weights: one(), moves: one(), ignited: new Uint8Array(count), exhausted: new Uint8Array(count), liquidatedUsd: each(), insolventUsd: each() };
}
