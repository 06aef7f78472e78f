import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createHistory, type HistoryPoint } from './history.ts';

const hour = 3_600_000;
const t0 = 1_700_000_100_000; // a multiple of five minutes
const point = (at: number, over: Partial<HistoryPoint> = {}): HistoryPoint => ({ at: epochMs(at), price: 6, ignitionUsd: 1e6, depth2pctUsd: 2e6, complete: true, ...over });

describe('history', () => {
  it('keeps the first moment of every five minutes and 26 hours of them', () => {
    const history = createHistory();
    for (let at = t0; at < t0 + 30 * hour; at += 60_000) history.add(point(at));
    const saved = history.save();
    expect(saved.at(-1)?.at).toBe(t0 + 30 * hour - 300_000);
    expect(saved).toHaveLength((26 * hour) / 300_000);
    expect(saved.every((p, i) => i === 0 || p.at - (saved[i - 1]?.at ?? 0) === 300_000)).toBe(true);
  });
  it('finds the complete moment closest to a day ago, at most a quarter of an hour off', () => {
    const history = createHistory([point(t0 - 900_000, { price: 1 }), point(t0 - 300_000, { price: 2, complete: false }), point(t0 + 600_000, { price: 3 })]);
    const ago = (offset: number): number | null | undefined => history.ago(epochMs(t0 + 24 * hour + offset), 24 * hour)?.price;
    expect(ago(0)).toBe(3);
    expect(ago(-300_000)).toBe(1);
    expect(ago(-1_800_000)).toBe(1);
    expect(ago(-1_800_001)).toBeUndefined();
    expect(ago(1_500_001)).toBeUndefined();
  });
  it('has the highest depth of complete moments of the last day', () => {
    const history = createHistory([
      point(t0, { depth2pctUsd: 9 }), point(t0 + hour, { depth2pctUsd: 5 }), point(t0 + 2 * hour, { depth2pctUsd: 7, complete: false }), point(t0 + 3 * hour, { depth2pctUsd: null }),
    ]);
    expect(history.depthHigh(epochMs(t0 + 4 * hour))).toBe(9);
    expect(history.depthHigh(epochMs(t0 + 24 * hour))).toBe(5);
    expect(history.depthHigh(epochMs(t0 + 30 * hour))).toBeNull();
  });
  it('takes entries from hourly prices, each hour lighter, the present price first', () => {
    // Half-life of 24 hours: an hour ago weighs 2^(-1/24).
    const history = createHistory([point(t0 - 2 * hour, { price: null }), point(t0 - hour, { price: 5 })]);
    expect(history.entryPrices(epochMs(t0), 6)).toEqual([{ price: 6, weight: 1 }, { price: 5, weight: 0.5 ** (1 / 24) }]);
  });
  it('is restored from what was saved', () => {
    const history = createHistory([point(t0)]);
    history.add(point(t0 + 300_000));
    expect(createHistory(history.save()).save()).toEqual(history.save());
  });
});
