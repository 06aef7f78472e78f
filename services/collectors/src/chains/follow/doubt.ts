import type { Mismatch } from './follow.ts';

/** What is remembered of a mismatch (a chain that leaves the held one too early) until it is believed or gone. */
export interface Doubt {
  /**
   * Whether the mismatch is to be believed now; it is then forgotten. Two endpoints must name the same replacing block, or one must do so often enough
   * when no second confirms it. Blocks that were final are given up only when two endpoints or more say so and none of those asked disagrees.
   */
  believes(mismatch: Mismatch, endpoints: readonly number[], unanimous: boolean): boolean;
  clear(): void;
}

/** Remembers one mismatch at a time. */
export function createDoubt(repeatsNeeded: number): Doubt {
  let held: { readonly number: number; readonly hash: string; readonly by: Set<number>; repeats: number } | undefined;
  return {
    believes: (mismatch, endpoints, unanimous) => {
      if (held?.number !== mismatch.number || held.hash !== mismatch.hash) held = { number: mismatch.number, hash: mismatch.hash, by: new Set(), repeats: 0 };
      for (const endpoint of endpoints) held.by.add(endpoint);
      held.repeats++;
      const believed = mismatch.final ? held.by.size >= 2 && unanimous : held.by.size >= 2 || held.repeats >= repeatsNeeded;
      if (believed) held = undefined;
      return believed;
    },
    clear: () => {
      held = undefined;
    },
  };
}
