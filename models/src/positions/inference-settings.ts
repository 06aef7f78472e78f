import { assert } from '../core/index.ts';
import type { LiquidationPractice } from '../market/index.ts';
import type { FlowModel, InferenceSettings } from './inference-types.ts';
import { PRIOR_CONCENTRATION } from './leverage-prior.ts';

/** Quick and slow traders [A]: two thirds of what is opened is closed eight times as fast as the rest. */
const groups: FlowModel['groups'] = [{ share: 0.67, pace: 8 }, { share: 0.33, pace: 1 }];

/** Guesses at the flow that are weighed against each other [A]: from volume that hardly changes positions to volume that is mostly new ones, losers closed like winners or half as readily. */
export const DEFAULT_FLOWS: readonly FlowModel[] = [
  { churn: 0.1, holdLosers: 0.3, groups }, { churn: 0.3, holdLosers: 0.3, groups }, { churn: 0.7, holdLosers: 0.3, groups },
];

const dayMs = 86_400_000;

/** What must be said of a market, and what may be said otherwise than by default. */
export type GivenSettings = Partial<InferenceSettings> & { readonly practice: LiquidationPractice };

/** The defaults of `InferenceSettings`, with what is given instead. */
export function inferenceSettings(given: GivenSettings): InferenceSettings {
  const settings: InferenceSettings = {
    reporting: 1, logStep: 0.0025, classes: 24, nearest: 0.003, farthest: 0.95, concentration: PRIOR_CONCENTRATION, halfLifeMs: 14 * dayMs, blockMinutes: 10, maxBlocks: 288,
    flows: DEFAULT_FLOWS, draws: 100, seed: 1, ...given,
  };
  assert(settings.logStep > 0 && settings.reporting > 0 && settings.reporting <= 1 && settings.flows.length > 0 && settings.draws >= 20, 'settings of an inference out of range');
  return settings;
}
