import { assert, defined, hash32 } from '@breakwater/models/core';

/** Which partition each asset's log is. */
export type PartitionTable = ReadonlyMap<string, number>;

/**
 * Spreads `assets` over `partitions` (> 0) so that no partition has more than one asset more than another. Assets that `previous` has stay where they are as far as that
 * allows: a new one goes to the emptiest partition and moves nobody, and when assets were taken away the fewest that restore the balance move. The order of the list does
 * not matter. Cost: n log n.
 *
 * Partition `i` of a new table has the assets at `i`, `i + partitions`, ... of the sorted list, so that readers that take every w-th partition (Kafka's round robin) have
 * shares within one asset too where w divides the partitions or there are no more assets than partitions.
 */
export function partitionTable(assets: readonly string[], partitions: number, previous: PartitionTable = new Map()): PartitionTable {
  assert(Number.isInteger(partitions) && partitions > 0, 'a topic has a partition');
  const held: string[][] = Array.from({ length: partitions }, () => []);
  const homeless: string[] = [];
  for (const asset of [...new Set(assets)].sort()) {
    const before = previous.get(asset);
    if (before === undefined || before >= partitions) homeless.push(asset);
    else defined(held[before], 'a partition').push(asset);
  }
  for (const asset of homeless) emptiest(held).push(asset);
  for (let [most, least] = [fullest(held), emptiest(held)]; most.length - least.length > 1; [most, least] = [fullest(held), emptiest(held)]) {
    least.push(defined(most.pop(), 'an asset of the fullest partition'));
  }
  return new Map(held.flatMap((list, partition) => list.map((asset) => [asset, partition] as const)));
}

/** The partition of a key: by the table, or by its hash where the table does not have it, so that a message nobody planned for is still in order with its like. */
export function partitionOf(key: string, partitions: number, table: PartitionTable): number {
  return table.get(key) ?? hash32(key) % partitions;
}

function emptiest(held: readonly string[][]): string[] {
  return held.reduce((best, list) => (list.length < best.length ? list : best));
}

function fullest(held: readonly string[][]): string[] {
  return held.reduce((best, list) => (list.length > best.length ? list : best));
}
