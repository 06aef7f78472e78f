import { simulate, type Mode, type Outcome } from './test-run.ts';

/** Which seeds to run, and which of them are compared with other runs: fewer, as each is another run. */
export function planSeeds(chosen: readonly number[] | undefined, short: boolean): { readonly seeds: readonly number[]; readonly compared: readonly number[] } {
  const seeds = chosen ?? Array.from({ length: short ? 16 : 40 }, (_, i) => i + 1);
  return { seeds, compared: seeds.slice(0, short ? 2 : 8) };
}

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
