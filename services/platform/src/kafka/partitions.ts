import { assert, defined, hash32 } from '@breakwater/models/core';

/** Which partition each asset's log is. */
export type PartitionTable = ReadonlyMap<string, number>;

/**
 * Gives every asset of `assets` that has no place in `table` one in the emptiest partition (of equals the first), in the order of their names. Who has a place keeps it for good: its log
 * is there. Assets that were given up still count where they were. Cost: n log n + n x partitions.
 *
 * So partition `i` of a new table has the assets at `i`, `i + partitions`, ... of the sorted list, no partition has more than one asset more than another, and readers that take every
 * w-th partition (Kafka's round robin) have shares within one asset too where w divides the partitions or there are no more assets than partitions.
 */
export function extendTable(table: PartitionTable, assets: readonly string[], partitions: number): PartitionTable {
  assert(Number.isInteger(partitions) && partitions > 0, 'a topic has a partition');
  const load = Array.from({ length: partitions }, () => 0);
  for (const place of table.values()) load[place % partitions] = defined(load[place % partitions], 'a partition') + 1;
  const extended = new Map(table);
  for (const asset of [...new Set(assets)].sort()) {
    if (extended.has(asset)) continue;
    const emptiest = load.indexOf(Math.min(...load));
    extended.set(asset, emptiest);
    load[emptiest] = defined(load[emptiest], 'a partition') + 1;
  }
  return extended;
}

/** Assets that were given places, and how many partitions there were then. */
export interface Extension {
  readonly assets: readonly string[];
  readonly partitions: number;
}

/** The table that extensions make in the order in which they were written: the same for everybody who has read them, also when partitions were added in between. */
export function tableOf(extensions: readonly Extension[]): PartitionTable {
  return extensions.reduce<PartitionTable>((table, { assets, partitions }) => extendTable(table, assets, partitions), new Map());
}

/** The partition of a key: by the table, or by its hash where the table does not have it, so that a message nobody planned for is still in order with its like. */
export function partitionOf(key: string, partitions: number, table: PartitionTable): number {
  return (table.get(key) ?? hash32(key)) % partitions;
}
