import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partitionOf, partitionTable, type PartitionTable } from './partitions.ts';

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

  it('property: moves nobody for new assets, and as few as restore the balance when assets go', () => {
    fc.assert(fc.property(assets, assets, partitions, fc.nat(79), (list, added, count, gone) => {
      const before = partitionTable(list, count);
      const more = partitionTable([...list, ...added], count, before);
      for (const asset of list) expect([asset, more.get(asset)]).toEqual([asset, before.get(asset)]);
      const fewer = list.slice(gone);
      const after = partitionTable(fewer, count, before);
      const load = loads(after, count);
      expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(1);
      const kept = loads(new Map(fewer.map((asset) => [asset, before.get(asset) ?? -1])), count);
      const [low, over] = [Math.floor(fewer.length / count), fewer.length % count];
      // The least that must move: what is above the ceiling, where as many partitions as may hold one more are the fullest ones.
      const sorted = [...kept].sort((a, b) => b - a);
      const least = sorted.reduce((sum, has, i) => sum + Math.max(0, has - low - (i < over ? 1 : 0)), 0);
      expect(fewer.filter((asset) => after.get(asset) !== before.get(asset))).toHaveLength(least);
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
