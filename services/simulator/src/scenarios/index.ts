import type { Scenario } from './scenario.ts';
import { om2025 } from './om-2025.ts';
import { randomScenario } from './random.ts';

export * from './scenario.ts';
export { om2025 } from './om-2025.ts';
export { randomScenario } from './random.ts';

/**
 * Scenarios that a drill can play, by name: `om-2025`, and `random`, a short invented day for tests. With `comparable` no feed falls silent, so
 * that a run whose daemon is killed on the way can be compared with one that is not: what a restart finds silent is missing to it, not stale.
 */
export const scenarios: Readonly<Record<string, (seed: number, comparable: boolean) => Scenario>> = {
  'om-2025': (seed, comparable) => om2025(seed, { silence: !comparable }),
  random: (seed, comparable) => (comparable ? { ...randomScenario(seed), silences: [] } : randomScenario(seed)),
};
