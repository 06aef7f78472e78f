import { describe, expect, it } from '@jest/globals';
import type { AssetTimeline } from '@breakwater/contracts';
import { assetId, defined, epochMs } from '@breakwater/models/core';
import type { SeriesPoint, SeriesStore } from '@breakwater/platform/store';
import { apiWorld } from '../../testing/api-world.ts';
import { sampleTime } from '../../testing/sample.ts';
import type { RouteContext } from './handler.ts';
import { timelineRoute } from './timeline.ts';

const om = assetId('OM');
const hour = 3_600_000;
const here: RouteContext = { caller: { name: 'r', role: 'reader' }, isGone: () => false };
const input = (hours: number, points: number) => ({ params: { asset: om }, query: { hours, points }, body: undefined });

async function ask(series: (real: SeriesStore) => SeriesStore, hours: number, points: number, context = here): Promise<AssetTimeline> {
  const world = await apiWorld();
  try {
    const answer = await timelineRoute({ view: world.view, journal: world.journal, series: series(world.series), clock: world.clock }).timeline(input(hours, points), context);
    if (!answer.ok) throw new Error(answer.error.code);
    return answer.value;
  } finally {
    await world.dispose();
  }
}

describe('the timeline', () => {
  it('reads long windows in stretches of at most six hours of one series, the whole window and nothing else', async () => {
    for (const [hours, points] of [[0.1, 10], [1, 500], [24, 500], [24 * 92, 2_000], [24 * 92, 10], [7.3, 33]] as const) {
      const calls: { readonly name: string; readonly from: number; readonly to: number; readonly spans: number }[] = [];
      const answer = await ask((real) => ({ ...real, extremes: async (name, _labels, from, to, spans) => { calls.push({ name, from, to, spans }); return []; } }), hours, points);
      expect(answer).toMatchObject({ from: sampleTime - hours * hour, to: sampleTime, points: [] });
      const price = calls.filter((c) => c.name === 'price');
      expect(calls).toHaveLength(4 * price.length);
      expect([price[0]?.from, price.at(-1)?.to]).toEqual([answer.from, answer.to]);
      expect(price.slice(1).map((c) => c.from)).toEqual(price.slice(0, -1).map((c) => c.to));
      expect(Math.max(...price.map((c) => c.to - c.from))).toBeLessThanOrEqual(6 * hour + 1);
      // Parts of equal length that divide the wished ones.
      const parts = price.reduce((sum, c) => sum + c.spans, 0);
      expect(parts % Math.floor(points / 2)).toBe(0);
      for (const call of price) expect((call.to - call.from) / call.spans).toBeCloseTo((answer.to - answer.from) / parts, 3);
    }
  });
  it('keeps the highest and the lowest of a long window, however few points are asked for', async () => {
    const points = Array.from({ length: 3_000 }, (_, i): SeriesPoint => ({ series: 'price', labels: { asset: 'OM' }, time: epochMs(sampleTime - i * 300_000), value: i === 1_234 ? 99 : i === 2_345 ? 0.5 : 5 + (i % 7) / 10 }));
    let stored: Promise<void> | undefined;
    const answer = await ask((real) => ({ ...real, extremes: async (...args) => { await (stored ??= real.append(points)); return real.extremes(...args); } }), 24 * 20, 10);
    expect(answer.points.length).toBeLessThanOrEqual(10);
    const prices = answer.points.map((p) => defined(p.price, 'a price'));
    expect([Math.max(...prices), Math.min(...prices)]).toEqual([99, 0.5]);
    expect(answer.points.every((p) => p.ignitionUsd === null)).toBe(true);
  });
  it('answers one at a time, a line of others waits, and who comes then is told to come again', async () => {
    const world = await apiWorld();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let running = 0;
    let most = 0;
    const series: SeriesStore = { ...world.series, extremes: async () => { most = Math.max(most, ++running); await gate; running--; return []; } };
    const { timeline } = timelineRoute({ view: world.view, journal: world.journal, series, clock: world.clock });
    const asked = Array.from({ length: 12 }, () => timeline(input(1, 10), here));
    expect((await Promise.all(asked.slice(9))).map((a) => (a.ok ? 'answered' : a.error.code))).toEqual(['busy', 'busy', 'busy']);
    open();
    expect((await Promise.all(asked.slice(0, 9))).map((a) => a.ok)).toEqual(Array(9).fill(true));
    expect(most).toBe(1);
    expect((await timeline(input(1, 10), here)).ok).toBe(true);
    await world.dispose();
  });
  it('stops reading for a caller that has gone', async () => {
    let calls = 0;
    await ask((real) => ({ ...real, extremes: async () => { calls++; return []; } }), 24 * 92, 2_000, { ...here, isGone: () => calls >= 3 });
    expect(calls).toBe(3);
  });
});
