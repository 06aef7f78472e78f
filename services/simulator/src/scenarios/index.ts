import type { Scenario } from './scenario.ts';
import { om2025 } from './om-2025.ts';

export * from './scenario.ts';
export { om2025 } from './om-2025.ts';
export { randomScenario } from './random.ts';

/** Scenarios that a drill can play, by name. */
export const scenarios: Readonly<Record<string, (seed: number) => Scenario>> = { 'om-2025': (seed) => om2025(seed) };
