import { createRng } from '@breakwater/models/core';

/**
 * Which of `shards` (>= 1) collector processes reads which venue. All market types of a venue stay together, since their requests are counted together by the venue: so each
 * venue's limit is spent by one process. A pinned venue is where its pin says (0-based); the others are spread evenly, to within one venue, by their names: every process
 * computes the same table, and a venue more or less moves few others. O(venues x shards).
 * Source of the rule: rendezvous hashing (Thaler and Ravishankar, 1998) with a bound on each shard's share.
 */
export function assignVenues(venues: readonly string[], shards: number, pins: Readonly<Record<string, number>> = {}): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  const load = Array.from({ length: shards }, () => 0);
  const place = (venue: string, shard: number): void => {
    table.set(venue, shard);
    load[shard] = (load[shard] ?? 0) + 1;
  };
  const names = [...new Set(venues)].sort();
  const isPinned = (venue: string): boolean => (pins[venue] ?? shards) < shards;
  for (const venue of names) if (isPinned(venue)) place(venue, pins[venue] ?? 0);
  const most = Math.ceil(names.length / shards);
  for (const venue of names.filter((each) => !isPinned(each))) {
    const weight = (shard: number): number => createRng(shard).fork(venue).next();
    const open = load.flatMap((taken, shard) => (taken < most ? [shard] : []));
    place(venue, open.reduce((best, shard) => (weight(shard) > weight(best) ? shard : best), open[0] ?? 0));
  }
  return table;
}
