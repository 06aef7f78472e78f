import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { createMemoryStore } from '../simulated/memory-store.ts';
import type { SeriesPoint, SeriesStore } from '../store/index.ts';

/** An open series store and how to be rid of it. */
export interface SeriesPlace {
  readonly series: SeriesStore;
  dispose(): void | Promise<void>;
}

const point = (series: string, asset: string, time: number, value: number): SeriesPoint => ({ series, labels: { asset, venue: 'okx' }, time: epochMs(time), value });
const values = (points: readonly SeriesPoint[]): readonly (readonly [number, number])[] => points.map((each) => [each.time, each.value] as const);

/** Tests that every series store passes. `make` gives a new, empty one. */
export function describeSeries(name: string, make: () => SeriesPlace | Promise<SeriesPlace>): void {
  describe(`series: ${name}`, () => {
    let place: SeriesPlace;
    let series: SeriesStore;
    beforeEach(async () => {
      place = await make();
      series = place.series;
    });
    afterEach(() => place.dispose());

    it('gives points back by time, ends included, oldest first', async () => {
      await series.append([point('depth', 'OM', 3_000, 3), point('depth', 'OM', 1_000, 1), point('depth', 'OM', 2_000, 2), point('depth', 'OM', 4_000, 4)]);
      expect(await series.range('depth', { asset: 'OM', venue: 'okx' }, epochMs(1_000), epochMs(3_000))).toEqual([point('depth', 'OM', 1_000, 1), point('depth', 'OM', 2_000, 2), point('depth', 'OM', 3_000, 3)]);
      expect(values(await series.range('depth', { asset: 'OM', venue: 'okx' }, epochMs(0), epochMs(9_000), 2))).toEqual([[1_000, 1], [2_000, 2]]);
    });

    it('tells series apart by name and labels, not by the order of labels', async () => {
      await series.append([point('depth', 'OM', 1_000, 1), point('depth', 'ARB', 1_000, 2), point('price', 'OM', 1_000, 3)]);
      expect(values(await series.range('depth', { venue: 'okx', asset: 'OM' }, epochMs(0), epochMs(2_000)))).toEqual([[1_000, 1]]);
      expect(await series.range('depth', { asset: 'OM' }, epochMs(0), epochMs(2_000))).toEqual([]);
    });

    it('replaces a point of the same series and time', async () => {
      await series.append([point('depth', 'OM', 1_000, 1)]);
      await series.append([point('depth', 'OM', 1_000, -7.25), point('depth', 'OM', 2_000, 1e-300)]);
      expect(values(await series.range('depth', { asset: 'OM', venue: 'okx' }, epochMs(0), epochMs(2_000)))).toEqual([[1_000, -7.25], [2_000, 1e-300]]);
    });

    it('gives the lowest and the highest of each part of a window, ends included, each point once', async () => {
      const heights = [5, 1, 9, 2, 2, 2, 7, -3, 8];
      await series.append(heights.map((value, i) => point('depth', 'OM', i * 1_000, value)));
      const of = async (from: number, to: number, spans: number): Promise<readonly (readonly [number, number])[]> => values(await series.extremes('depth', { asset: 'OM', venue: 'okx' }, epochMs(from), epochMs(to), spans));
      // Parts of three seconds: 5 1 9 | 2 2 2 | 7 -3 8.
      expect(await of(0, 9_000, 3)).toEqual([[1_000, 1], [2_000, 9], [3_000, 2], [7_000, -3], [8_000, 8]]);
      expect(await of(0, 8_000, 1)).toEqual([[2_000, 9], [7_000, -3]]);
      expect(await of(1_000, 1_000, 1)).toEqual([[1_000, 1]]);
      expect(await of(0, 8_000, 800)).toEqual(heights.map((value, i) => [i * 1_000, value]));
      expect([await of(20_000, 30_000, 5), await of(2_000, 1_000, 5)]).toEqual([[], []]);
      expect(await series.extremes('depth', { asset: 'ARB' }, epochMs(0), epochMs(9_000), 3)).toEqual([]);
    });

    it('deletes what is older and says how much', async () => {
      await series.append([1, 2, 3, 4].flatMap((i) => [point('depth', 'OM', i * 1_000, i), point('depth', 'ARB', i * 1_000, i)]));
      expect(await series.prune(epochMs(3_000))).toBe(4);
      expect(await series.prune(epochMs(3_000))).toBe(0);
      expect(values(await series.range('depth', { asset: 'ARB', venue: 'okx' }, epochMs(0), epochMs(9_000)))).toEqual([[3_000, 3], [4_000, 4]]);
    });

    it('takes a series up again after all its points were deleted', async () => {
      await series.append([point('depth', 'OM', 1_000, 1)]);
      expect(await series.prune(epochMs(2_000))).toBe(1);
      await series.append([point('depth', 'OM', 3_000, 3)]);
      expect(values(await series.range('depth', { asset: 'OM', venue: 'okx' }, epochMs(0), epochMs(9_000)))).toEqual([[3_000, 3]]);
    });

    it('crashes on a value that is not finite and stores nothing of its batch', async () => {
      await expect(series.append([point('depth', 'OM', 1_000, 1), point('depth', 'OM', 2_000, Number.NaN)])).rejects.toThrow('not a finite number');
      expect(await series.range('depth', { asset: 'OM', venue: 'okx' }, epochMs(0), epochMs(9_000))).toEqual([]);
    });

    it('property: any sequence of appends and prunes gives what the plain rules give', async () => {
      const one = fc.record({ asset: fc.constantFrom('OM', 'ARB'), time: fc.integer({ min: 0, max: 20 }), value: fc.double({ noNaN: true, noDefaultInfinity: true }) });
      const step = fc.oneof(fc.array(one, { maxLength: 6 }), fc.integer({ min: 0, max: 20 }));
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const own = await make();
          const rules = createMemoryStore().series;
          try {
            for (const each of steps) {
              if (typeof each === 'number') expect(await own.series.prune(epochMs(each))).toBe(rules.prune(epochMs(each)));
              else {
                const points = each.map(({ asset, time, value }) => point('depth', asset, time, value + 0));
                await own.series.append(points);
                rules.append(points);
              }
            }
            for (const asset of ['OM', 'ARB']) {
              const labels = { asset, venue: 'okx' };
              expect(await own.series.range('depth', labels, epochMs(3), epochMs(18))).toEqual(rules.range('depth', labels, epochMs(3), epochMs(18)));
              for (const spans of [1, 4, 40]) expect(await own.series.extremes('depth', labels, epochMs(3), epochMs(18), spans)).toEqual(rules.extremes('depth', labels, epochMs(3), epochMs(18), spans));
            }
          } finally {
            await own.dispose();
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}
