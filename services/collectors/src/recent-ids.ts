/** Remembers ids seen lately, in bounded memory. */
export interface RecentIds {
  /** Whether `id` is new; it is remembered then. Amortised constant cost. */
  add(id: string): boolean;
}

/**
 * Makes an empty memory of at least the last `keep` (> 0) ids and at most twice as many: ids are kept in two generations, and the older one is
 * forgotten as a whole, which costs less than forgetting one by one.
 */
export function createRecentIds(keep: number): RecentIds {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    add: (id) => {
      if (young.size >= keep && !young.has(id) && !old.has(id)) {
        old = young;
        young = new Set([id]);
        return true;
      }
      // Whether the set grew says whether the id is new, without looking it up before.
      const held = young.size;
      young.add(id);
      if (young.size === held) return false;
      if (old.size === 0 || !old.has(id)) return true;
      young.delete(id);
      return false;
    },
  };
}
