import { benchCascade, benchCase, simulate, typicalDynamicCase } from '@breakwater/models/cascade';
import { createRng } from '@breakwater/models/core';
import { createWorkerCompute } from '@breakwater/platform/compute/workers';
import { createParallelRuns } from '@breakwater/scoring';
import { printJson, type CommandContext } from './context.ts';
import { startProgress } from './progress.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
/** Passes of each variant of the exact engines, interleaved. */
const passes = 9;
const hour = { markets: 6, levels: 2_000, positions: 500, seconds: 3_600 };
const tenfold = 10;
const dynamicPasses = 5;
const scenarioCount = 600;
const parts = 3;

/** `breakwater bench cascade`: what the cascade engine costs, all of it measured in one run. */
export async function benchCascadeCommand(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const progress = startProgress(context, 'measuring', parts, 'engines', nowMs);
  const exact = benchCascade({ now: nowMs, passes });
  progress.update(1);
  const dynamic = benchDynamic();
  progress.update(2);
  const scenariosPerSecond = await benchScenarios(2);
  progress.stop();
  const figures = { bench: 'cascade', ...exact, ...dynamic, scenariosPerSecond };
  if (options.json) {
    printJson(context, figures);
    return;
  }
  context.stdout.write([
    `static profile      ${figures.staticProfileUs} us for 20,000 levels and 2,000 buckets: ${figures.memoryRatio} reads of the same arrays; ${figures.staticProfileGrowth} times at tenfold size`,
    `withdrawal table    ${figures.withdrawalTableUs} us`,
    `network of six      ${figures.networkSolveUs} us: ${figures.networkProfiles} profiles, through ${(100 * figures.networkWalked).toFixed(0)} % of the levels; ${figures.networkLevelsGrowth} times at tenfold levels, ${figures.networkMarketsGrowth} times at tenfold markets`,
    `one at a time       ${(figures.bruteForceUs / 1_000).toFixed(0)} ms for 100,000 positions and one sale: ${figures.bruteForceRatio} profiles`,
    `dynamic engine      ${figures.dynamicHourMs} ms an hour of six markets; ${figures.dynamicTimeGrowth} times for ten hours`,
    `Monte Carlo         ${figures.scenariosPerSecond} scenarios a second on two threads`, '',
  ].join('\n'));
}

function benchDynamic(): { readonly dynamicHourMs: number; readonly dynamicTimeGrowth: number } {
  const best = [Infinity, Infinity];
  const cases = [hour.seconds, tenfold * hour.seconds].map((seconds) => typicalDynamicCase(createRng(7), { ...hour, seconds }));
  for (let pass = 0; pass <= dynamicPasses; pass++) {
    for (const [i, { system, state, scenario, policy }] of cases.entries()) {
      const began = nowMs();
      simulate(system, state, scenario, policy, createRng(11));
      // The first pass warms up.
      if (pass > 0) best[i] = Math.min(best[i] ?? Infinity, nowMs() - began);
    }
  }
  const [one = Number.NaN, ten = Number.NaN] = best;
  return { dynamicHourMs: Number(one.toPrecision(4)), dynamicTimeGrowth: Number((ten / one).toPrecision(4)) };
}

/** Scenarios a second over worker threads, each screened and answered whole, from the first task to the last result. */
async function benchScenarios(threads: number): Promise<number> {
  const compute = createWorkerCompute({ size: threads });
  try {
    const { base, model, ignitionGap } = benchCase(3);
    const runs = createParallelRuns({ compute, chunk: 50, inFlight: 2 * threads });
    const { plan } = await runs.plan({ terms: { base, model, ignitionGap, seed: 9 }, level: null });
    await runs.run(plan, 100);
    const began = nowMs();
    await runs.run(plan, scenarioCount);
    return Math.round((scenarioCount * 1_000) / (nowMs() - began));
  } finally {
    await compute.close();
  }
}
