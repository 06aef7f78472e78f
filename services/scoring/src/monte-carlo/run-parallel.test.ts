import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { benchCase, runScenarios, summarise, type MonteCarloPlan } from '@breakwater/models/cascade';
import type { Compute, ComputeTask } from '@breakwater/platform/compute';
import { createInlineCompute } from '@breakwater/platform/compute/inline';
import { createWorkerCompute } from '@breakwater/platform/compute/workers';
import { createParallelRuns } from './run-parallel.ts';

/** Threads load what was compiled, not the sources. */
function builtTasks(): string {
  const built = new URL('../../dist/monte-carlo/tasks.js', import.meta.url);
  if (!existsSync(fileURLToPath(built))) throw new Error(`${fileURLToPath(built)} is missing: run \`npm run build\`; \`npm test\` does so first.`);
  return built.href;
}

const { base, model, ignitionGap } = benchCase(3);
const terms: Omit<MonteCarloPlan, 'proposal'> = { base, model, ignitionGap, seed: 9 };
const count = 60;

describe('scenarios over threads', () => {
  let compute: Compute | undefined;
  afterEach(() => compute?.close());

  it('inline, on two threads and in one go, in chunks of any size: the same bits', async () => {
    const inline = createInlineCompute();
    const { plan, found } = await createParallelRuns({ compute: inline }).plan({ terms, level: null });
    expect(found).toBeNull();
    const want = runScenarios(plan, 0, count);
    expect(await createParallelRuns({ compute: inline, chunk: 7 }).run(plan, count)).toEqual(want);
    const workers = createWorkerCompute({ size: 2 });
    compute = workers;
    for (const chunk of [5, 13, 60]) {
      const got = await createParallelRuns({ compute: workers, chunk, module: builtTasks() }).run(plan, count);
      expect(got).toEqual(want);
      expect(summarise(base.system, plan.proposal, got)).toEqual(summarise(base.system, plan.proposal, want));
    }
    expect(workers.stats()).toMatchObject({ threads: 2, died: 0, refused: 0 });
  });
  it('a plan found on a thread is the one found here', async () => {
    const small = { ...terms, base: { ...base, system: { ...base.system, edges: [], hedges: [] } } };
    compute = createWorkerCompute({ size: 1 });
    const there = await createParallelRuns({ compute, module: builtTasks() }).plan({ terms: small, level: 0.05 });
    const here = await createParallelRuns({ compute: createInlineCompute() }).plan({ terms: small, level: 0.05 });
    expect(there).toEqual(here);
    expect(there.found?.method).toBe('design-point');
  });
  it('stops at the first task that fails, and when its caller stops', async () => {
    const { plan } = await createParallelRuns({ compute: createInlineCompute() }).plan({ terms, level: null });
    let begun = 0;
    const failing: Compute = {
      run: async <Input, Output>(_task: ComputeTask<Input, Output>, _input: Input, signal?: AbortSignal): Promise<Output> => {
        if (++begun === 3) throw new RangeError('third');
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        throw new RangeError('stopped');
      },
      close: () => Promise.resolve(),
    };
    await expect(createParallelRuns({ compute: failing, chunk: 1, inFlight: 4 }).run(plan, count)).rejects.toThrow('third');
    expect(begun).toBe(4);
    await expect(createParallelRuns({ compute: createInlineCompute(), chunk: 1 }).run(plan, count, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });
  it('a tail quantile that is a function runs on this thread only', async () => {
    const { plan } = await createParallelRuns({ compute: createInlineCompute() }).plan({ terms: { ...terms, model: { ...model, shock: { kind: 'function', of: () => 1_000 } } }, level: null });
    expect((await createParallelRuns({ compute: createInlineCompute() }).run(plan, 3)).moves.length).toBe(3);
    compute = createWorkerCompute({ size: 1 });
    await expect(createParallelRuns({ compute, module: builtTasks() }).run(plan, 3)).rejects.toMatchObject({ name: 'DataCloneError' });
  });
});
