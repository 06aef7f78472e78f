import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extendTable, partitionOf, tableOf, type PartitionTable } from './partitions.ts';

const partitionTable = (list: readonly string[], count: number): PartitionTable => extendTable(new Map(), list, count);

const assets = fc.uniqueArray(fc.stringMatching(/^[A-Z0-9]{1,6}$/), { maxLength: 80 });
const partitions = fc.integer({ min: 1, max: 30 });

function loads(table: PartitionTable, count: number): readonly number[] {
  const load = Array.from({ length: count }, () => 0);
  for (const partition of table.values()) load[partition] = (load[partition] ?? 0) + 1;
  return load;
}

describe('table of partitions', () => {
  it('property: has every asset once and is balanced to within one, whatever the order of the list', () => {
    fc.assert(fc.property(assets, partitions, (list, count) => {
      const table = partitionTable(list, count);
      expect([...table.keys()].sort()).toEqual([...list].sort());
      const load = loads(table, count);
      expect(load).toHaveLength(count);
      expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(1);
      expect(new Map([...partitionTable([...list].reverse(), count)].sort())).toEqual(new Map([...table].sort()));
    }));
  });

  it('property: moves nobody, and stays balanced, whatever assets and partitions are added', () => {
    fc.assert(fc.property(fc.oneof(fc.array(fc.record({ assets, partitions }), { maxLength: 5 }), fc.tuple(partitions, fc.array(assets, { maxLength: 5 })).map(([count, lists]) => lists.map((list) => ({ assets: list, partitions: count })))), (steps) => {
      let before: PartitionTable = new Map();
      let most = 0;
      for (const { assets: step, partitions: count } of steps) {
        const after = extendTable(before, step, count);
        for (const [asset, partition] of before) expect([asset, after.get(asset)]).toEqual([asset, partition]);
        for (const asset of step) expect(after.get(asset)).toBeLessThan(Math.max(most, count));
        // Once partitions were added, those that are there stay fuller.
        if (steps.every((other) => other.partitions === count)) {
          const load = loads(after, count);
          expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(1);
        }
        most = Math.max(most, count);
        before = after;
      }
      expect([...tableOf(steps)]).toEqual([...before]);
    }));
  });

  it('property: round robin over workers gives shares within one asset where that is possible', () => {
    const workers = fc.constantFrom(1, 2, 3, 4, 6, 8, 12);
    fc.assert(fc.property(assets, workers, (list, count) => {
      const shares = Array.from({ length: count }, () => 0);
      for (const partition of partitionTable(list, 24).values()) shares[partition % count] = (shares[partition % count] ?? 0) + 1;
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }));
  });

  it('finds a place for a key that nobody planned for, always the same', () => {
    const table = partitionTable(['OM', 'ARB'], 4);
    expect(partitionOf('OM', 4, table)).toBe(1);
    expect(partitionOf('ARB', 4, table)).toBe(0);
    const place = partitionOf('SOL', 4, table);
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(4);
    expect(partitionOf('SOL', 4, table)).toBe(place);
  });
});
