import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { assetTimeline, scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import { Resvg } from '@resvg/resvg-js';
import { init } from 'echarts/core';
import type { ChartOption, ChartOptions } from './chart.ts';
import { flowsOfScore } from './flow-figures.ts';
import { flowsChart } from './flows.ts';
import { holdersOfScore } from './holder-figures.ts';
import { holdersChart } from './holders.ts';
import { liquidationMapChart } from './liquidation-map.ts';
import { mapOfScore } from './map-figures.ts';
import { networkOfScore } from './network-figures.ts';
import { renderPng, renderSvg, warningPicture } from './render.ts';
import { reserveChart, reserveOfScore } from './reserve.ts';
import { responseCurveChart } from './response-curve.ts';
import { responseOfScore, responseOfWarning } from './response-input.ts';
import { tailChart } from './tail.ts';
import { tailOfScore } from './tail-figures.ts';
import { clipped, overlaps, textBoxes } from './testing/text-boxes.ts';
import { sampleScore, sampleTimeline, sampleWarning } from './testing/sample.ts';
import { timelineChart } from './timeline.ts';
import { unlocksOfScore } from './unlock-figures.ts';
import { unlocksChart } from './unlocks.ts';
import { venueNetworkChart } from './venue-network.ts';

const picture: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'picture' };
const response = (options: ChartOptions = picture): ChartOption => responseCurveChart(responseOfScore(sampleScore), options);

/** Width and height of a PNG, from its first chunk (W3C PNG, 11.2.1). */
function pngSize(png: Uint8Array): readonly [number, number] {
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('an SVG', () => {
  it('is a document that a strict parser reads, with its size, its ground and its words', () => {
    const svg = renderSvg(response(), picture);
    // usvg is such a parser: a tag left open is an error.
    expect(() => new Resvg(svg.replace('</svg>', ''))).toThrow();
    expect([new Resvg(svg).width, new Resvg(svg).height]).toEqual([900, 420]);
    expect(svg).toContain('<rect width="900" height="420" x="0" y="0" fill="#ffffff">');
    const texts = textBoxes(svg).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['Where would the price end if this much were sold within 15 min?', 'Ignition threshold $4.1 m (3.2 to 5.6)', 'price ends at $0.92 (0.55 to 1.60, -84 %)', 'Largest deposit $5.6 m to OKX', '$0', '$12 m', '$6.00']));
    expect(renderSvg(response({ ...picture, theme: 'dark' }), { ...picture, theme: 'dark' })).toContain('fill="#15181c"');
  });
  it('shows each text once: nothing is drawn for pointers', () => {
    const svg = renderSvg(timelineChart(sampleTimeline, { ...picture, target: 'page' }), picture);
    expect(svg).not.toMatch(/<style|class=|ecmeta|pointer-events/);
  });
  it('is the same text for the same chart, whatever was drawn before', () => {
    const first = renderSvg(response(), picture);
    renderSvg(timelineChart(sampleTimeline, picture), picture);
    expect(renderSvg(response(), picture)).toBe(first);
  });
  it('has ids of its own, so that several can stand in one page', () => {
    const idsOf = (svg: string): readonly string[] => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
    const ids = idsOf(renderSvg(timelineChart(sampleTimeline, picture), { ...picture, idPrefix: 'a' }));
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id.startsWith('a-'))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const svg = renderSvg(timelineChart(sampleTimeline, picture), { ...picture, idPrefix: 'a' });
    for (const [, used = ''] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(used);
  });
  it('shows text from outside as text', () => {
    const nasty: ScoreMessage = scoreMessage.parse({ ...sampleScore, deposits: { ...sampleScore.deposits, largest: { ...sampleScore.deposits.largest, toLabel: 'exchange:<img src=x onerror=alert(1)>"&\u0001' } } });
    const svg = renderSvg(responseCurveChart(responseOfScore(nasty), picture), picture);
    expect(svg).not.toContain('<img');
    expect(() => new Resvg(svg)).not.toThrow();
    expect(textBoxes(svg).some(({ text }) => text.includes('<img src=x onerror=alert(1)>"&'))).toBe(true);
  });
  it('has no size it cannot have', () => {
    for (const width of [0, -1, 0.5, 4_097, NaN]) expect(() => renderSvg(response(), { ...picture, width })).toThrow(RangeError);
    expect(() => renderSvg(response(), { ...picture, idPrefix: '"><script>' })).toThrow(RangeError);
  });
});

describe('texts', () => {
  const score = (of: object): ScoreMessage => scoreMessage.parse({ ...sampleScore, ...of });
  const deposit = (usd: number): object => ({ deposits: { ...sampleScore.deposits, largest: { ...sampleScore.deposits.largest, usd } } });
  const crowd = assetTimeline.parse({
    ...sampleTimeline, points: sampleTimeline.points.map((point) => ({ ...point, ignitionHighUsd: 140e6 })),
    transfers: Array.from({ length: 90 }, (_, i) => ({ ...sampleTimeline.transfers[0], usd: 2e5 + 1e5 * (i % 7), eventTime: sampleTimeline.from + i * 900_000 })),
  });
  const venues = ['binance', 'okx', 'bybit', 'hyperliquid', 'kraken', 'coinbase', 'gate', 'kucoin', 'bitget', 'mexc'];
  const many = score({
    network: {
      reproduction: { value: 1.4, low: 0.9, high: 2.4, status: 'inferred' }, markets: venues.map((venue, i) => ({ instrument: `${venue}:perp:OM`, venue, share: 0.1, reproduction: 3, triggerUsd: 1e6 * (10 - i) })),
      links: venues.flatMap((_, from) => venues.map((__, to) => ({ from, to, reproduction: ((from * 7 + to * 5) % 11) / 20 }))),
    },
  });
  const charts: readonly (readonly [string, (options: ChartOptions) => ChartOption])[] = [
    ['the response curve', response],
    ['one whose deposit is beyond', (options) => responseCurveChart(responseOfScore(score(deposit(560e6))), options)],
    ['one whose deposit is at the cliff', (options) => responseCurveChart(responseOfScore(score(deposit(4.2e6))), options)],
    ['one without a threshold', (options) => responseCurveChart(responseOfScore(score({ ignitionUsd: null, landingPrice: null })), options)],
    ['one without a price', (options) => responseCurveChart(responseOfScore(score({ price: null })), options)],
    ['that of a warning', (options) => responseCurveChart(responseOfWarning(sampleWarning), { ...options, audience: 'community' })],
    ['the timeline', (options) => timelineChart(sampleTimeline, options)],
    ['a timeline crowded with deposits under a wide band', (options) => timelineChart(crowd, options)],
    ['the network of venues', (options) => venueNetworkChart(networkOfScore(sampleScore), options)],
    ['one of very many venues', (options) => venueNetworkChart(networkOfScore(many), options)],
    ['one that is not known', (options) => venueNetworkChart(networkOfScore(score({ network: null })), options)],
    ['the liquidation map', (options) => liquidationMapChart(mapOfScore(sampleScore), options)],
    ['one of a coin of tiny price', (options) => liquidationMapChart(mapOfScore(score({ liquidationMap: { ...sampleScore.liquidationMap, price: 0.0000123 } })), options)],
    ['one that is not known', (options) => liquidationMapChart(mapOfScore(score({ liquidationMap: undefined })), options)],
    ['the tail', (options) => tailChart(tailOfScore(sampleScore), options)],
    ['one whose figures stand close together', (options) => tailChart(tailOfScore(score({ tail: { ...sampleScore.tail, cascadeExpectedShortfall: { ...sampleScore.tail?.cascadeExpectedShortfall, value: 0.0285, low: 0.02, high: 0.9 } } })), options)],
    ['one without a mean or a response', (options) => tailChart(tailOfScore(score({ tail: { ...sampleScore.tail, tailIndex: { value: 0.9, low: 0.6, high: 1.2, meanIdentified: false }, forcedCurve: null, cascadeExpectedShortfall: null } })), options)],
    ['one of too little history', (options) => tailChart(tailOfScore(score({ tail: null })), options)],
    ['who holds it', (options) => holdersChart(holdersOfScore(sampleScore), options)],
    ['one of long names and a history in part', (options) => holdersChart(holdersOfScore(score({ addresses: { ...sampleScore.addresses, complete: false, concentration: null, clusters: sampleScore.addresses?.clusters.map((one) => ({ ...one, cluster: `fund:${'very long name '.repeat(5)}`, floatShare: one.floatShare * 1e3 })) } })), options)],
    ['one of no chain', (options) => holdersChart(holdersOfScore(score({ addresses: null })), options)],
    ['what went to exchanges', (options) => flowsChart(flowsOfScore(score({ ignitionUsd: { value: 2e6, low: 1.4e6, high: 3e6, status: 'inferred' } })), options)],
    ['one under a threshold far above', (options) => flowsChart(flowsOfScore(score({ ignitionUsd: { value: 310e6, low: 200e6, high: 400e6, status: 'inferred' } })), options)],
    ['one without a price', (options) => flowsChart(flowsOfScore(score({ price: null, addresses: { ...sampleScore.addresses, flows: sampleScore.addresses?.flows.map((day) => ({ ...day, usd: null })) } })), options)],
    ['one of a single day', (options) => flowsChart(flowsOfScore(score({ ignitionUsd: null, addresses: { ...sampleScore.addresses, flows: sampleScore.addresses?.flows.slice(-1) } })), options)],
    ['the calendar of unlocks', (options) => unlocksChart(unlocksOfScore(sampleScore), options)],
    ['one of many dates without a volume', (options) => unlocksChart(unlocksOfScore(score({ addresses: { ...sampleScore.addresses, unlocks: Array.from({ length: 24 }, (_, i) => ({ at: sampleScore.eventTime + i * 86_400_000 * 30, units: 1e6 * (i + 1), usd: null, ofVolume: null, what: 'team' })) } })), options)],
    ['one without a date', (options) => unlocksChart(unlocksOfScore(score({ addresses: { ...sampleScore.addresses, unlocks: [] } })), options)],
    ['the floor of a reserve', (options) => reserveChart(reserveOfScore(score({ price: { value: 1.34, low: 1.33, high: 1.35, status: 'exact' } })), options)],
    ['one without a rate', (options) => reserveChart(reserveOfScore(score({ reserve: { ...sampleScore.reserve, floorUsd: null, effectiveFloorUsd: null, worstFloorUsd: null, premium: null } })), options)],
    ['one of a tiny price', (options) => reserveChart(reserveOfScore(score({ price: { value: 0.0000134, low: 0.0000133, high: 0.0000135, status: 'exact' }, reserve: { ...sampleScore.reserve, floorUsd: 0.00001, effectiveFloorUsd: 0.0000093, worstFloorUsd: 0.0000042 } })), options)],
    ['one that is not watched', (options) => reserveChart(reserveOfScore(score({ reserve: undefined })), options)],
    ['an empty timeline', (options) => timelineChart({ ...sampleTimeline, points: [], warnings: [], transfers: [] }, options)],
  ];
  const sizes = [[900, 420], [600, 280], [480, 300], [360, 300], [320, 320]] as const;
  it.each(charts)('of %s neither cover one another nor leave the picture, on a desk and on a phone', (_, chart) => {
    for (const [width, height] of sizes) {
      for (const target of ['picture', 'page'] as const) {
        const options: ChartOptions = { ...picture, width, height, target };
        const boxes = textBoxes(renderSvg(chart(options), options));
        expect(boxes.length).toBeGreaterThan(2);
        expect({ width, target, overlaps: overlaps(boxes), clipped: clipped(boxes, width, height) }).toEqual({ width, target, overlaps: [], clipped: [] });
      }
    }
  });
});

describe('a PNG', () => {
  it('has the size asked for, and the same bytes each time', () => {
    const png = renderPng(response(), picture);
    expect(pngSize(png)).toEqual([900, 420]);
    expect(Buffer.compare(png, renderPng(response(), picture))).toBe(0);
    expect(pngSize(renderPng(response(), { ...picture, scale: 2 }))).toEqual([1800, 840]);
  });
  it('is drawn with the fonts that come along', () => {
    const words = renderPng({ title: { text: 'Where', textStyle: { fontFamily: 'DejaVu Sans' } }, series: [] }, { theme: 'light', width: 100, height: 40 });
    const nothing = renderPng({ series: [] }, { theme: 'light', width: 100, height: 40 });
    expect(Buffer.compare(words, nothing)).not.toBe(0);
  });
});

describe('the picture of a warning', () => {
  it('is its response curve, 900 by 420, the same bytes each time', () => {
    const png = warningPicture(sampleWarning);
    expect(png === undefined ? undefined : pngSize(png)).toEqual([900, 420]);
    expect(Buffer.compare(png ?? Buffer.alloc(0), warningPicture(sampleWarning) ?? Buffer.alloc(0))).toBe(0);
  });
  it('is none where the warning carries no curve', () => {
    expect(warningPicture({ ...sampleWarning, response: null })).toBeUndefined();
    expect(warningPicture({ ...sampleWarning, response: undefined })).toBeUndefined();
  });
});

describe('a chart that was drawn', () => {
  afterEach(() => {
    jest.useRealTimers();
  });
  it('leaves no timer behind that would keep the process', () => {
    jest.useFakeTimers();
    renderSvg(response(), picture);
    jest.runOnlyPendingTimers();
    expect(jest.getTimerCount()).toBe(0);
    // One that is not disposed does.
    const kept = init(null, null, { renderer: 'svg', ssr: true, width: 100, height: 100 });
    kept.setOption(response());
    jest.runOnlyPendingTimers();
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    kept.dispose();
  });
});
