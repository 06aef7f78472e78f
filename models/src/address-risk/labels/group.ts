import { allSteps, PIECE, type Steps } from '../steps.ts';

/** What has the same key put together, in the order in which keys come first. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  return allSteps(groupSteps(items, keyOf));
}

/** The same in pieces. */
export function* groupSteps<T>(items: Iterable<T>, keyOf: (item: T) => string): Steps<ReadonlyMap<string, readonly T[]>> {
  const groups = new Map<string, T[]>();
  let done = 0;
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
    if (++done % PIECE === 0) yield;
  }
  return groups;
}
