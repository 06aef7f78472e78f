import { assert } from '../core/index.ts';
import type { LiquidationPractice } from '../market/index.ts';
import type { FlowModel, InferenceSettings } from './inference-types.ts';
import { PRIOR_CONCENTRATION } from './leverage-prior.ts';

/** Two thirds of what is opened is closed so many times as fast as the rest [A]. */
const groupsOf = (pace: number): FlowModel['groups'] => [{ share: 0.67, pace }, { share: 0.33, pace: 1 }];

/**
 * Guesses at the flow that are weighed against each other [A]: from volume of which a fifth changes positions to volume that is all new ones and closed ones, and quick traders four or forty
 * times as quick as the rest. Losers are closed a little less readily than winners (Odean 1998 found them about 1.5 times less likely to be realised).
 */
export const DEFAULT_FLOWS: readonly FlowModel[] = [0.2, 0.45, 1].flatMap((churn) => [4, 40].map((pace) => ({ churn, holdLosers: 0.3, groups: groupsOf(pace) })));

const dayMs = 86_400_000;

/** What must be said of a market, and what may be said otherwise than by default. */
export type GivenSettings = Partial<InferenceSettings> & { readonly practice: LiquidationPractice };

/** The defaults of `InferenceSettings`, with what is given instead. */
export function inferenceSettings(given: GivenSettings): InferenceSettings {
  const settings: InferenceSettings = {
    reporting: 1, logStep: 0.0025, classes: 24, nearest: 0.003, farthest: 0.95, concentration: PRIOR_CONCENTRATION, halfLifeMs: 14 * dayMs, blockMinutes: 10, maxBlocks: 96,
    flows: DEFAULT_FLOWS, draws: 200, seed: 1, ...given,
  };
  assert(settings.logStep > 0 && settings.reporting > 0 && settings.reporting <= 1 && settings.flows.length > 0 && settings.draws >= 20, 'settings of an inference out of range');
  return settings;
}
