import { planMonteCarlo, runScenarios, type FoundProposal, type MonteCarloPlan, type ScenarioSamples } from '@breakwater/models/cascade';
import type { ComputeTask } from '@breakwater/platform/compute';

/** Scenarios `from` to `from + count - 1` of a plan. */
export interface ScenarioRange {
  readonly plan: MonteCarloPlan;
  readonly from: number;
  readonly count: number;
}

/** What a plan is looked for with: `level` is the fall, in (0, 1), whose neighbourhood it must reach; null for crude Monte Carlo. */
export interface PlanRequest {
  readonly terms: Omit<MonteCarloPlan, 'proposal'>;
  readonly level: number | null;
}

/** Runs a range of scenarios. Pure; about a millisecond a scenario for six markets of thousands of levels. */
export function runRange({ plan, from, count }: ScenarioRange): ScenarioSamples {
  return runScenarios(plan, from, count);
}

/** Finds the proposal of a plan. Pure; some hundreds of scenarios. */
export function findPlan({ terms, level }: PlanRequest): { readonly plan: MonteCarloPlan; readonly found: FoundProposal | null } {
  return planMonteCarlo(terms, level);
}

/** `runRange` as a task; `module` is where a worker finds it, by default this file. */
export function rangeTask(module: string = import.meta.url): ComputeTask<ScenarioRange, ScenarioSamples> {
  return { module, name: 'runRange', fn: runRange };
}

/** `findPlan` as a task. */
export function planTask(module: string = import.meta.url): ComputeTask<PlanRequest, ReturnType<typeof findPlan>> {
  return { module, name: 'findPlan', fn: findPlan };
}
