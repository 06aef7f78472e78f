import { describe, expect, it } from '@jest/globals';
import { assetTimeline, type AssetTimeline } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleTimeline, sampleWarning } from './testing/sample.ts';
import { timeCursorGroup, timelineChart } from './timeline.ts';
import { timelineTitle } from './titles.ts';
import { timelineTables } from './timeline-table.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const minute = 60_000;
const start = Date.UTC(2025, 3, 13, 12);

const point = (i: number, of: object = {}): object => ({ time: start + i * minute, price: 6 - i * 0.1, ignitionUsd: 10e6 - i * 1e6, ignitionLowUsd: 8e6 - i * 1e6, ignitionHighUsd: 12e6 - i * 1e6, ...of });
const transfer = (i: number, of: object = {}): object => ({ chain: 'eip155:1', tx: `0x0${String(i)}`, logIndex: 0, to: '0x91', toLabel: 'exchange:okx', units: 1e6, usd: 1e6, eventTime: start + i * minute, state: 'final', ...of });
const warning = (i: number, of: object = {}): object => ({ ...sampleWarning, eventTime: start + i * minute, onset: start + i * minute, ...of });
const timeline = (of: object): AssetTimeline => assetTimeline.parse({ asset: 'OM', from: start, to: start + 60 * minute, points: [], warnings: [], transfers: [], ...of });
const five = timeline({ points: [0, 1, 2, 3, 4].map((i) => point(i)) });

describe('the timeline', () => {
  it('asks its question and names the unit of each axis', () => {
    const { texts } = readOption(timelineChart(five, page));
    expect(texts).toEqual(expect.arrayContaining(['How close did OM come to forced sales in these 60 min?', '{sub|2025-04-13 12:00 UTC to 2025-04-13 13:00 UTC}', 'price ($ for one OM)', 'threshold, deposits ($)', 'time (UTC)']));
    expect(timelineTitle(five)).toBe('How close did OM come to forced sales in these 60 min?');
  });
  it('draws the price on the left axis, the threshold with its band on the right one', () => {
    const option = timelineChart(five, page);
    const [price] = seriesNamed(option, 'Price');
    expect(price).toMatchObject({ type: 'line', yAxisIndex: 0, connectNulls: false });
    expect(pointsOf(price).slice(0, 2)).toEqual([[start, 6], [start + minute, 5.9]]);
    const [low, height, centre] = seriesNamed(option, 'Ignition threshold');
    for (const series of [low, height, centre]) expect(series).toMatchObject({ yAxisIndex: 1 });
    expect([low, height].map((series) => pointsOf(series)[1]?.[1])).toEqual([7e6, 4e6]);
    expect(height).toMatchObject({ stack: 'threshold', areaStyle: {} });
    expect(pointsOf(centre)[1]?.[1]).toBe(9e6);
    expect(option.xAxis).toMatchObject({ id: 'time', type: 'time', min: start, max: start + 60 * minute });
    expect(option.useUTC).toBe(true);
  });
  it('leaves a hole where a figure is not known, and where nothing was recorded', () => {
    const holes = timeline({ points: [point(0), point(1, { price: null }), point(2, { ignitionLowUsd: null }), point(3), point(30)] });
    const [price] = seriesNamed(timelineChart(holes, page), 'Price');
    expect(pointsOf(price)).toEqual([[start, 6], [start + minute, '-'], [start + 2 * minute, 5.8], [start + 3 * minute, 5.7], [start + 4 * minute, '-'], [start + 30 * minute, 3]]);
    const [low, height, centre] = seriesNamed(timelineChart(holes, page), 'Ignition threshold');
    expect([low, height, centre].map((series) => pointsOf(series)[2]?.[1])).toEqual(['-', '-', 8e6]);
  });
  it('leaves out what is outside its window', () => {
    const outside = timeline({ points: [point(-1), point(0), point(61, { price: 1 })], transfers: [transfer(-1), transfer(61)], warnings: [warning(-1), warning(61)] });
    const option = timelineChart(outside, page);
    expect(pointsOf(seriesNamed(option, 'Price')[0])).toEqual([[start, 6]]);
    expect([seriesNamed(option, 'Deposits to exchanges'), seriesNamed(option, 'critical')]).toEqual([[], []]);
  });
  it('puts deposits on a strip of their own as circles whose area is the amount, over the time axis and under the lines', () => {
    const option = timelineChart(timeline({ points: [point(0)], transfers: [transfer(1, { usd: 4e6 }), transfer(20), transfer(40, { usd: null })] }), page);
    const [circles] = seriesNamed(option, 'Deposits to exchanges');
    expect(circles).toMatchObject({ type: 'scatter', xAxisIndex: 1, yAxisIndex: 3, data: [{ symbolSize: 20 }, { symbolSize: 10 }, { symbolSize: 5 }] });
    expect(pointsOf(circles).map(([time]) => time)).toEqual([start + minute, start + 20 * minute, start + 40 * minute]);
    expect(readOption(circles).texts).toContain('$4 m');
    const [lines, strip] = option.grid as readonly { readonly top: number; readonly height: number }[];
    expect(strip?.top).toBe((lines?.top ?? 0) + (lines?.height ?? 0));
    // A circle of the strip stays inside it.
    expect(Number(pointsOf(circles)[0]?.[1]) - 10).toBeGreaterThanOrEqual(0);
    expect(option.xAxis).toMatchObject([{ id: 'time', axisLabel: { show: false } }, { id: 'time-deposits', gridIndex: 1, name: 'time (UTC)', min: start, max: start + 60 * minute }]);
    expect(option.dataZoom).toMatchObject([{ xAxisIndex: [0, 1] }, { xAxisIndex: [0, 1] }]);
  });
  it('stands each deposit as a needle on the axis of the threshold, unless it would be a dot', () => {
    const option = timelineChart(timeline({ points: [point(0)], transfers: [transfer(1, { usd: 4e6 }), transfer(20, { usd: 1e4 }), transfer(40, { usd: null })] }), page);
    const [, needles] = seriesNamed(option, 'Deposits to exchanges');
    expect(needles).toMatchObject({ type: 'line', yAxisIndex: 1 });
    expect(pointsOf(needles)).toEqual([[start + minute, 0], [start + minute, 4e6], [start + minute, '-']]);
  });
  it('joins deposits that would cover one another, with their count and sum', () => {
    const crowd = timeline({ points: [point(0)], transfers: Array.from({ length: 12 }, (_, i) => transfer(30 + i / 20, { usd: 1e5 })) });
    const [circles] = seriesNamed(timelineChart(crowd, page), 'Deposits to exchanges');
    expect(pointsOf(circles)).toHaveLength(1);
    expect(readOption(circles).texts).toContain('12 deposits, $1.2 m');
    expect(tooltipOf(circles, { dataIndex: 0 })).toBe(`12 deposits, $1.2 m<br>2025-04-13 12:30 UTC to 2025-04-13 12:30 UTC<br>${'$100 k to OKX<br>'.repeat(4)}and 8 more, listed in the table`);
  });
  it('labels the three largest groups at the most, and none that would touch', () => {
    const labelled = (of: AssetTimeline): readonly string[] => readOption(seriesNamed(timelineChart(of, page), 'Deposits to exchanges')[0], ['']).texts.filter((text) => /^\$[\d.]+ m$/.test(text));
    expect(labelled(timeline({ transfers: [1, 2, 3, 4, 5].map((i) => transfer(10 * i, { usd: i * 1e6 })) }))).toEqual(['$3 m', '$4 m', '$5 m']);
    expect(labelled(timeline({ transfers: [transfer(30, { usd: 5e6 }), transfer(31.5, { usd: 4e6 })] }))).toEqual(['$5 m']);
  });
  it('scales its dollars to the central threshold, and says how far the band runs out', () => {
    const wide = timeline({ points: [point(0, { ignitionHighUsd: 140e6 }), point(1)], transfers: [transfer(1)] });
    const option = timelineChart(wide, page);
    const dollars = (of: typeof option): number => (of.yAxis as readonly { readonly max: number }[])[1]?.max ?? NaN;
    expect(dollars(option)).toBeGreaterThan(1.6 * 10e6);
    expect(dollars(option)).toBeLessThan(1.8 * 10e6);
    const said = (of: typeof option): string => readOption(of.legend, ['Ignition threshold']).texts.join('\n');
    expect(said(option)).toContain('Ignition threshold, band to $140 m');
    expect(tooltipOf(option, [{ axisValue: start }])).toContain('Ignition threshold $10 m (8 to 140)');
    expect(said(timelineChart(five, page))).not.toContain('band to');
    // A deposit somewhat larger fits; one that is far larger runs out instead of flattening the threshold.
    expect(dollars(timelineChart(timeline({ points: [point(0)], transfers: [transfer(1, { usd: 20e6 })] }), page))).toBeGreaterThan(20e6);
    expect(dollars(timelineChart(timeline({ points: [point(0)], transfers: [transfer(1, { usd: 900e6 })] }), page))).toBeLessThan(27e6);
  });
  it('gives each severity its word, its shape and its colour', () => {
    const option = timelineChart(sampleTimeline, page);
    for (const [severity, symbol] of [['watch', 'diamond'], ['warning', 'rect'], ['critical', 'triangle']] as const) {
      const flags = seriesNamed(option, severity).find((series) => series['type'] === 'scatter');
      expect(flags).toMatchObject({ symbol });
      expect(readOption(flags).texts).toContain(severity);
    }
  });
  it('puts words that would touch into rows of their own, the worst on top', () => {
    const option = timelineChart(timeline({ warnings: [warning(30, { severity: 'watch', id: 'BW-OM-20250413-00000001' }), warning(31, { id: 'BW-OM-20250413-00000002' }), warning(32, { severity: 'warning', id: 'BW-OM-20250413-00000003' })] }), page);
    const height = (severity: string): number => Number(pointsOf(seriesNamed(option, severity).find((series) => series['type'] === 'scatter'))[0]?.[1]);
    expect(height('critical')).toBeGreaterThan(height('warning'));
    expect(height('warning')).toBeGreaterThan(height('watch'));
  });
  it('drops words that no row has room for, and keeps their shapes', () => {
    const crowd = timelineChart(timeline({ warnings: [0, 1, 2, 3, 4].map((i) => warning(30 + i / 10, { id: `BW-OM-20250413-0000000${String(i)}` })) }), page);
    const flags = seriesNamed(crowd, 'critical').find((series) => series['type'] === 'scatter');
    expect(pointsOf(flags)).toHaveLength(5);
    expect(flags).toMatchObject({ data: [true, true, true, false, false].map((show) => ({ label: { show } })) });
  });
  it('flags only what is new, and a retraction as loud as the warning, hollow and by its word', () => {
    const revisions = timeline({ warnings: [warning(20, { severity: 'watch' }), warning(25, { severity: 'watch', revision: 2 }), warning(30, { revision: 3 }), warning(40, { revision: 4, state: 'retracted' })] });
    const option = timelineChart(revisions, page);
    expect(pointsOf(seriesNamed(option, 'watch').find((series) => series['type'] === 'scatter'))).toHaveLength(1);
    const critical = seriesNamed(option, 'critical').find((series) => series['type'] === 'scatter');
    expect(pointsOf(critical).map(([time]) => time)).toEqual([start + 30 * minute, start + 40 * minute]);
    expect(critical).toMatchObject({ data: [{ itemStyle: { color: '#b0002f' } }, { itemStyle: { color: '#ffffff', borderColor: '#b0002f' } }] });
    expect(readOption(critical).texts).toContain('retracted');
  });
  it('zooms and pans in a page, with a slider where there is room, and not in a picture', () => {
    expect(timelineChart(five, page).dataZoom).toMatchObject([{ type: 'inside' }, { type: 'slider' }]);
    expect(timelineChart(five, { ...page, width: 360 }).dataZoom).toMatchObject([{ type: 'inside' }]);
    expect(timelineChart(five, { ...page, target: 'picture' })).not.toHaveProperty('dataZoom');
  });
  it('shares its cursor with other charts of the asset over time', () => {
    expect(timelineChart(five, page).axisPointer).toMatchObject({ link: [{ xAxisId: ['time', 'time-deposits'] }] });
    expect(timeCursorGroup('OM')).toBe('time:OM');
  });
  it('says why it is empty', () => {
    const option = timelineChart(timeline({}), page);
    expect(option.series).toEqual([]);
    expect(readOption(option).texts).toContain('Nothing of OM is recorded in this window yet: no score, no warning, no deposit.');
    expect(timelineChart(timeline({ points: [point(0, { price: null, ignitionUsd: null, ignitionLowUsd: null, ignitionHighUsd: null })] }), page).series).toEqual([]);
    expect(timelineTables(timeline({}))).toEqual([]);
  });
  it('shows warnings and deposits also before the first figures', () => {
    const option = timelineChart(timeline({ warnings: [warning(10)], transfers: [transfer(9)] }), page);
    expect(seriesNamed(option, 'critical')).not.toEqual([]);
    expect(seriesNamed(option, 'Deposits to exchanges')).not.toEqual([]);
  });
});

describe('what the timeline says at the cursor', () => {
  it('are the figures of the nearest moment', () => {
    const option = timelineChart(five, page);
    expect(tooltipOf(option, [{ axisValue: start + 2 * minute + 5_000 }])).toBe('2025-04-13 12:02 UTC<br>Price $5.80<br>Ignition threshold $8 m (6 to 10)');
    for (const params of [undefined, [], [{ axisValue: 'x' }]]) expect(tooltipOf(option, params)).toBe('');
  });
  it('names what is not known', () => {
    const option = timelineChart(timeline({ points: [point(0, { price: null, ignitionUsd: null })], transfers: [transfer(1)] }), page);
    expect(tooltipOf(timelineChart(timeline({ points: [point(0, { ignitionUsd: null })] }), page), [{ axisValue: start }])).toContain('Ignition threshold not known');
    expect(tooltipOf(option, [{ axisValue: start }])).toContain('Price not known');
  });
  it('is the line every timeline has for a warning', () => {
    const option = timelineChart(timeline({ warnings: [warning(10)] }), page);
    const flags = seriesNamed(option, 'critical').find((series) => series['type'] === 'scatter');
    expect(tooltipOf(flags, { dataIndex: 0 })).toBe('critical · 2025-04-13 12:10:00 UTC<br>$5.6 m deposited, threshold $4.1 m: forced sales to about $0.92<br>BW-OM-20250413-7f3a9c21');
    expect(tooltipOf(flags, { dataIndex: 7 })).toBe('');
  });
  it('escapes what comes from outside', () => {
    const nasty = { toLabel: 'exchange:<img src=x onerror=alert(1)>', fromLabel: 'issuer:"><script>alert(1)</script>', tx: "0x'&\u0007" };
    const option = timelineChart(timeline({ transfers: [transfer(5, nasty)] }), page);
    const said = tooltipOf(seriesNamed(option, 'Deposits to exchanges')[0], { dataIndex: 0 });
    expect(said).toBe('$1 m to &lt;img src=x onerror=alert(1)&gt;, from &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;<br>2025-04-13 12:05:00 UTC<br>eip155:1 0x&#39;&amp;  final');
  });
});

describe('the tables of a timeline', () => {
  it('have warnings, deposits and figures, newest first', () => {
    const [warnings, deposits, figures] = timelineTables(timeline({ points: [point(0), point(1, { price: null })], warnings: [warning(1, { severity: 'watch' }), warning(2, { revision: 2, state: 'resolved' })], transfers: [transfer(3), transfer(4, { usd: null, fromLabel: 'issuer:mantra' })] }));
    expect(warnings?.rows).toEqual([
      ['2025-04-13 12:02:00 UTC', 'resolved (was critical)', 'resolved: $5.6 m deposited, threshold $4.1 m'],
      ['2025-04-13 12:01:00 UTC', 'watch', '$5.6 m deposited, threshold $4.1 m: forced sales to about $0.92'],
    ]);
    expect(deposits?.rows).toEqual([['2025-04-13 12:04:00 UTC', 'not known', 'OKX', 'Mantra', 'final'], ['2025-04-13 12:03:00 UTC', '$1 m', 'OKX', 'not known', 'final']]);
    expect(figures?.rows).toEqual([['2025-04-13 12:01 UTC', 'not known', '$9 m', '7 to 11'], ['2025-04-13 12:00 UTC', '$6.00', '$10 m', '8 to 12']]);
    for (const table of [warnings, deposits, figures]) for (const row of table?.rows ?? []) expect(row).toHaveLength(table?.columns.length ?? 0);
  });
});
