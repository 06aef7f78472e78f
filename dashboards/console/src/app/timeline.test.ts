import { describe, expect, it } from '@jest/globals';
import { cannedHistories, cannedNow, cannedScore, cannedTerms, cannedTimeline } from '../testing/canned.ts';
import { extendTimeline, warnTimeline } from './timeline.ts';

const [om] = cannedTerms;
if (om === undefined) throw new Error('no terms');
const day = 24 * 3_600_000;
const timeline = cannedTimeline(om, []);

describe('a timeline', () => {
  it('grows by a score, and its window moves along', () => {
    const score = cannedScore(om, cannedNow + 600_000);
    const longer = extendTimeline(timeline, score);
    expect([longer.to, longer.points.at(-1)?.time, longer.points.at(-1)?.price]).toEqual([cannedNow + 600_000, cannedNow + 600_000, 5.62]);
    expect(longer.from).toBeGreaterThanOrEqual(longer.to - day);
    expect(longer.points.every(({ time }) => time >= longer.to - day)).toBe(true);
  });
  it('keeps its number of points however often scores come', () => {
    let grown = timeline;
    const score = cannedScore({ ...om, deposits: 0 }, cannedNow);
    for (let i = 1; i <= 4_000; i++) grown = extendTimeline(grown, { ...score, eventTime: (cannedNow + i * 1_000) as typeof score.eventTime });
    expect(grown.points.length).toBeLessThan(700);
    expect(grown.points.at(-1)?.time).toBe(cannedNow + 4_000_000);
    const times = grown.points.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
  it('takes no score twice, none from before, and each transfer once', () => {
    const score = cannedScore(om, cannedNow + 1_000);
    const once = extendTimeline(timeline, score);
    expect(extendTimeline(once, score)).toBe(once);
    expect(extendTimeline(once, cannedScore(om, cannedNow - 900))).toBe(once);
    expect(once.transfers).toHaveLength(timeline.transfers.length);
    expect(extendTimeline({ ...timeline, transfers: [] }, score).transfers).toHaveLength(score.deposits.recent?.length ?? 0);
  });
  it('takes each revision of a warning once', () => {
    const revision = cannedHistories()[0]?.revisions[0];
    if (revision === undefined) throw new Error('no warning');
    const warned = warnTimeline(timeline, revision);
    expect(warned.warnings).toEqual([revision]);
    expect(warnTimeline(warned, revision)).toBe(warned);
  });
});
