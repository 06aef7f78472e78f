import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleAddresses, sampleScore, sampleTime } from './testing/sample.ts';
import { unlocksOfScore } from './unlock-figures.ts';
import { unlocksChart, unlocksTables } from './unlocks.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const dayMs = 86_400_000;
const score = (addresses: unknown): ScoreMessage => scoreMessage.parse({ ...sampleScore, addresses });
const drawn = (change: object = {}, options: ChartOptions = page) => unlocksChart(unlocksOfScore(score({ ...sampleAddresses, ...change })), options);
const said = (addresses: unknown): string => readOption(unlocksChart(unlocksOfScore(score(addresses)), page), [0, { dataIndex: 0 }]).texts.join(' ').replace(/\n/g, ' ');

describe('the calendar of unlocks', () => {
  it('has a bar for each date, over it how many days’ volume that is, and what is expected to be sold in words', () => {
    const bars = pointsOf(seriesNamed(drawn({}, { ...page, width: 1_200 }), 'Become free')[0]).filter(([, value]) => Number(value) > 0);
    expect(bars.map(([at, value]) => [Math.round((Number(at) - sampleTime) / dayMs), Math.round(Number(value) / 1e5)])).toEqual([[6, 450], [36, 450], [68, 618], [190, 1349]]);
    const text = said(sampleAddresses);
    for (const part of ['When do locked tokens come free?', '1.8 ×', '5.5 ×', 'times an average day’s volume', 'Expected sales over a tenth of the volume of that time (unlock overhang): 0.6 within 7 d, 0.3 within 30 d.', 'become free ($)']) expect(text).toContain(part);
  });
  it('is in tokens where a date has no value, and says that volume is not known', () => {
    const bare = { ...sampleAddresses, unlocks: sampleAddresses.unlocks.map((one) => ({ ...one, usd: null, ofVolume: null })) };
    const text = said(bare);
    expect(text).toContain('become free (OM)');
    expect(text).toContain('Daily volume is not known');
    expect(text).not.toMatch(/\d ×/);
  });
  it('joins dates too near to tell apart, and lists them at the pointer', () => {
    const near = { unlocks: [0, 1, 2, 3, 4, 200].map((days) => ({ at: sampleTime + days * dayMs, units: 100, usd: 500, ofVolume: 0.1, what: 'team' })) };
    const touch = (drawn(near).series as readonly { readonly tooltip?: unknown; readonly data?: readonly unknown[] }[]).find(({ tooltip }) => tooltip !== undefined);
    expect(touch?.data).toHaveLength(2);
    expect(tooltipOf(touch, { dataIndex: 0 })).toMatch(/^2025-04-13<br>100 OM, \$500, 0.1 ×<br>team<br>2025-04-14.*1 more in the table$/);
  });
  it('labels first days of months, weeks where it is short, years where it is long', () => {
    const labels = (days: number): readonly string[] => {
      const option = drawn({ unlocks: [{ at: sampleTime + days * dayMs, units: 1, usd: 1, ofVolume: null, what: '' }] });
      const axis = option.xAxis as unknown as { readonly axisLabel: { readonly customValues: readonly number[]; readonly formatter: (at: number) => string } };
      return axis.axisLabel.customValues.map((at) => axis.axisLabel.formatter(at));
    };
    expect(labels(20).map((text) => new Date(text).getUTCDay())).toEqual([1, 1, 1, 1, 1]);
    expect(labels(190).every((text) => text.endsWith('-01'))).toBe(true);
    expect(labels(10_000).every((text) => text.endsWith('-01-01'))).toBe(true);
    for (const days of [20, 60, 190, 900, 10_000]) expect(labels(days).length).toBeGreaterThan(1);
  });
  it('says why there is nothing, and what to configure', () => {
    expect(said({ ...sampleAddresses, unlocks: [] })).toContain('assets.OM.unlocks or assets.OM.emission');
    expect(said(undefined)).toContain('every half minute');
    expect(said(null)).toContain('assets.OM.tokens');
  });
});

describe('the numbers of unlocks', () => {
  it('are every date, and what is expected to be sold by when', () => {
    const [dates, overhang] = unlocksTables(unlocksOfScore(score(sampleAddresses)));
    expect(dates?.rows[3]).toEqual(['2025-06-22', '3 m', '$16.9 m', '0.7', 'investors, second tranche']);
    expect(overhang?.rows).toEqual([['7 d', '2 m', '0.6'], ['30 d', '4 m', '0.3'], ['90 d', '10 m', 'not known']]);
    expect(unlocksTables(unlocksOfScore(score(null)))).toEqual([]);
  });
});
