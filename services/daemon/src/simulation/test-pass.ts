import { inCi, simulationSeeds } from '../../../../infra/dev/src/env.ts';
import { simulate, type Mode, type Outcome } from './test-run.ts';

/** The seeds asked for, if any. */
export const chosenSeeds: readonly number[] | undefined = simulationSeeds();
/** The seeds to run: those asked for, or as many as the place allows. */
export const seeds: readonly number[] = chosenSeeds ?? Array.from({ length: inCi ? 200 : 40 }, (_, i) => i + 1);
/** Seeds whose runs are compared with others: fewer, as each is another run. */
export const compared: readonly number[] = seeds.slice(0, inCi ? 20 : 8);
/** Far above what a test takes on a machine with nothing else to do. */
export const timeoutMs = 300_000;

/** Runs a seed and fails with every broken rule and how to run the seed alone. */
export async function pass(seed: number, mode: Mode): Promise<Outcome> {
  const outcome = await simulate(seed, { mode }).catch((error: unknown) => {
    throw new Error(`seed ${seed} (${mode}) did not end; alone: BREAKWATER_SEEDS=${seed} npm test -- pipeline`, { cause: error });
  });
  if (outcome.violations.length > 0) throw new Error(`seed ${seed} (${mode}); alone: BREAKWATER_SEEDS=${seed} npm test -- pipeline\n${outcome.violations.join('\n')}`);
  return outcome;
}
