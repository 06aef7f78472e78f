import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { SeriesPoint } from '@breakwater/platform/store';
import fc from 'fast-check';
import { gather, thinned, timelineSeries } from './thin.ts';

const window = 1_000;
/** Points of one series, at different times in order. */
const points = fc.uniqueArray(fc.record({ time: fc.integer({ min: 0, max: window }), value: fc.integer({ min: 1, max: 50 }) }), { selector: (p) => p.time, maxLength: 60 })
  .map((list) => list.sort((a, b) => a.time - b.time).map(({ time, value }): SeriesPoint => ({ series: 'x', labels: {}, time: epochMs(time), value })));

describe('a thinned timeline', () => {
  it('keeps the extremes of every series in every part, in order of time, with at most two points a part', () => {
    fc.assert(fc.property(fc.array(points, { minLength: 4, maxLength: 4 }), fc.integer({ min: 1, max: 20 }), (series, parts) => {
      const line = thinned(series.map((each) => gather(each, epochMs(0), epochMs(window), parts)));
      expect(line.length).toBeLessThanOrEqual(2 * parts);
      expect(line.map((p) => p.time)).toEqual([...line.map((p) => p.time)].sort((a, b) => a - b));
      const partOf = (time: number): number => Math.min(parts - 1, Math.floor((time / window) * parts));
      for (const [i, each] of series.entries()) {
        for (let part = 0; part < parts; part++) {
          const there = each.filter((p) => partOf(p.time) === part).map((p) => p.value);
          const shown = line.filter((p) => partOf(p.time) === part).map((p) => [p.price, p.ignitionUsd, p.ignitionLowUsd, p.ignitionHighUsd][i]).filter((v) => v !== null && v !== undefined);
          expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...there), Math.max(...there)]);
        }
      }
    }));
  });
  it('keeps every point at its own time where there are few', () => {
    expect(timelineSeries).toHaveLength(4);
    const at = (time: number, value: number): SeriesPoint => ({ series: 'x', labels: {}, time: epochMs(time), value });
    const spans = gather([at(100, 5), at(500, 7)], epochMs(0), epochMs(1_000), 10);
    const none = gather([], epochMs(0), epochMs(1_000), 10);
    expect(thinned([spans, spans, none, none])).toEqual([{ time: 100, price: 5, ignitionUsd: 5, ignitionLowUsd: null, ignitionHighUsd: null }, { time: 500, price: 7, ignitionUsd: 7, ignitionLowUsd: null, ignitionHighUsd: null }]);
  });
});
