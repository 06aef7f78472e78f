import { mergeSamples, type FoundProposal, type MonteCarloPlan, type ScenarioSamples } from '@breakwater/models/cascade';
import { assert } from '@breakwater/models/core';
import type { Compute } from '@breakwater/platform/compute';
import { planTask, rangeTask, type PlanRequest } from './tasks.ts';

/** What parallel runs stand on. */
export interface ParallelRunsDeps {
  readonly compute: Compute;
  /** Scenarios a task, > 0; default 100. It changes nothing in the result. */
  readonly chunk?: number;
  /** Tasks given to `compute` at a time, > 0, default 8: at least its threads, and no more than it queues. */
  readonly inFlight?: number;
  /** Where workers find the tasks: the module `tasks` as compiled. Default: the one beside this file. */
  readonly module?: string;
}

/** Monte Carlo over the threads of a `Compute`. */
export interface ParallelRuns {
  /** A plan that reaches falls of `level`, found in one task. */
  plan(request: PlanRequest, signal?: AbortSignal): Promise<{ readonly plan: MonteCarloPlan; readonly found: FoundProposal | null }>;
  /** Scenarios 0 to `count` - 1 (`count` > 0) of a plan, which must be plain data for threads other than this one. */
  run(plan: MonteCarloPlan, count: number, signal?: AbortSignal): Promise<ScenarioSamples>;
}

/**
 * Splits scenario numbers over the workers of `compute` and puts their samples together in order of number: the same bits on one thread and on many, whichever
 * ends first. The first task that fails stops the others and is what `run` rejects with: what the task threw, or a `BreakwaterError` of `compute`.
 */
export function createParallelRuns({ compute, chunk = 100, inFlight = 8, module }: ParallelRunsDeps): ParallelRuns {
  assert(chunk > 0 && inFlight > 0, 'a chunk and a number of tasks above 0');
  return {
    plan: (request, signal) => compute.run(planTask(module), request, signal),
    run: async (plan, count, signal) => {
      assert(Number.isSafeInteger(count) && count > 0, `a number of scenarios > 0, got ${count}`);
      const stop = new AbortController();
      const given = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
      const parts: ScenarioSamples[] = [];
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < count) {
          const from = next;
          next = Math.min(count, from + chunk);
          parts.push(await compute.run(rangeTask(module), { plan, from, count: next - from }, given));
        }
      };
      try {
        await Promise.all(Array.from({ length: Math.min(inFlight, Math.ceil(count / chunk)) }, lane));
      } catch (error) {
        stop.abort();
        throw error;
      }
      return mergeSamples(parts);
    },
  };
}
