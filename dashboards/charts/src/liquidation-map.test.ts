import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { liquidationMapChart } from './liquidation-map.ts';
import { mapFigures, mapOfScore, type MapDrawing } from './map-figures.ts';
import { liquidationMapTables } from './map-table.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleScore } from './testing/sample.ts';
import { liquidationMapTitle } from './titles.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
/** Two venues, price 100, steps of 10 %: small numbers that can be added up by hand. */
const small = {
  stepPercent: 10, price: 100,
  venues: [
    { venue: 'okx', status: 'inferred', long: [1, 2, 3], short: [4], longPrior: [0, 0, 3], shortPrior: [0] },
    { venue: 'binance', status: 'exact', long: [10, 0, 5], short: [0, 6], longPrior: [0, 0, 0], shortPrior: [0, 0] },
  ],
  long: { low: [8, 1, 4], high: [14, 3, 12] }, short: { low: [3, 6], high: [5, 6] },
};
const score = (liquidationMap: unknown): ScoreMessage => scoreMessage.parse({ ...sampleScore, liquidationMap });
const drawn = (of: unknown, options: ChartOptions = page) => liquidationMapChart(mapOfScore(score(of)), options);
const figures = (of: unknown = small): MapDrawing => {
  const found = mapFigures(mapOfScore(score(of)), 'en');
  if (found.kind === 'empty') throw new Error(found.why);
  return found;
};
const textsOf = (of: unknown, options: ChartOptions = page): string => readOption(drawn(of, options), ['']).texts.join('\n');

describe('the figures of a liquidation map', () => {
  it('put longs below the mark and shorts above it, and add them up from the mark on', () => {
    const { venues, steps } = figures();
    expect(venues.map(({ name }) => name)).toEqual(['Binance', 'OKX']);
    const told = steps.map(({ side, priceFrom, priceTo, total, cumulative }) => [side, Math.round(priceFrom), Math.round(priceTo), total, cumulative]);
    // As far to either side as there is anything, at least four steps.
    expect(told).toEqual([
      ['long', 60, 70, 0, 21], ['long', 70, 80, 8, 21], ['long', 80, 90, 2, 13], ['long', 90, 100, 11, 11],
      ['short', 100, 110, 4, 4], ['short', 110, 120, 6, 10], ['short', 120, 130, 0, 10], ['short', 130, 140, 0, 10],
    ]);
    expect(steps[1]).toMatchObject({ all: [5, 3], prior: [0, 3], low: 4, high: 12 });
  });
  it('end at a price of nothing', () => {
    const { steps } = figures({ ...small, stepPercent: 30 });
    expect(steps.filter(({ side }) => side === 'long').map(({ priceFrom }) => Math.round(priceFrom))).toEqual([10, 40, 70]);
  });
  it('keep every dollar of the venues', () => {
    const { steps, venues } = figures(sampleScore.liquidationMap);
    const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
    expect(sum(steps.map(({ total }) => total))).toBeCloseTo(sum(venues.map(({ long, short }) => long + short)), 3);
  });
});

describe('the liquidation map', () => {
  it('asks its question, says its step and what the positions rest on', () => {
    const said = textsOf(sampleScore.liquidationMap);
    expect(liquidationMapTitle()).toBe('Where are open positions liquidated?');
    for (const part of ['Where are open positions liquidated?', '$ liquidated in each 2.5 % of the price; hatched: prior only', '9.2 % exact, from public accounts', 'mark $5.62', 'liquidated ($)', 'cumulative ($)', 'price ($ for one OM): longs below the mark, shorts above it']) expect(said.replace(/\n\{/g, '{')).toContain(part);
  });
  it('stacks venues in their colours, what is prior only hatched in the same', () => {
    const [known, prior] = seriesNamed(drawn(small), 'OKX');
    expect(known).toMatchObject({ stack: 'map', step: 'end', areaStyle: { color: '#56b4e9' } });
    expect(readOption(prior?.['areaStyle']).texts).toEqual(expect.arrayContaining(['path', '#56b4e9']));
    expect(pointsOf(known).map(([, usd]) => usd)).toEqual([0, 0, 2, 1, 4, 0, 0, 0, 0]);
    expect(pointsOf(prior).map(([, usd]) => usd)).toEqual([0, 3, 0, 0, 0, 0, 0, 0, 0]);
  });
  it('has a legend that toggles a venue whole, and every series in it', () => {
    const option = drawn(small);
    const names = (option.legend as { readonly data: readonly { readonly name: string }[] }).data.map(({ name }) => name);
    expect(names).toEqual(['Binance', 'OKX', 'Band of the total', 'Cumulative from the mark']);
    for (const name of names) expect(seriesNamed(option, name).length).toBeGreaterThan(0);
  });
  it('draws the band of each step, and cuts one that would flatten the steps', () => {
    const upright = pointsOf(seriesNamed(drawn(small), 'Band of the total')[0]).map(([, usd]) => usd);
    expect(upright).toEqual([4, 12, null, 1, 3, null, 8, 14, null, 3, 5, null]);
    const cut = drawn({ ...small, long: { ...small.long, high: [1e9, 3, 12] } });
    expect(readOption(cut.legend, ['Band of the total']).texts).toContain('Band of the total, to $1 bn');
    expect(Math.max(...pointsOf(seriesNamed(cut, 'Band of the total')[0]).map(([, usd]) => Number(usd)))).toBeLessThan(30);
    expect(seriesNamed(drawn({ ...small, long: { low: [], high: [] }, short: { low: [], high: [] } }), 'Band of the total')).toEqual([]);
  });
  it('runs the cumulative line from nothing at the mark', () => {
    const line = seriesNamed(drawn(small), 'Cumulative from the mark')[0];
    expect(line).toMatchObject({ yAxisIndex: 1 });
    expect(pointsOf(line).map(([times, usd]) => [Math.round(Number(times) * 100), usd])).toEqual([[60, 21], [70, 21], [80, 13], [90, 11], [100, 0], [110, 4], [120, 10], [130, 10], [140, 10]]);
  });
  it('says at the pointer what a step holds, venue by venue with its share', () => {
    const option = drawn({ ...small, venues: small.venues.map((venue) => ({ ...venue, long: venue.long.map((usd) => usd * 1e6), longPrior: venue.longPrior.map((usd) => usd * 1e6) })), long: { low: [], high: [] } });
    expect(tooltipOf(option, [{ axisValue: 0.75 }])).toBe('Longs closed by a fall of 20 % to 30 % (70.00 to 80.00)<br>$8 m in this step<br>Binance $5 m, 63 %<br>OKX $3 m, 38 %, of it $3 m prior only<br>$21 m liquidated by a fall that reaches its end');
    expect(tooltipOf(option, [{ axisValue: 1.35 }])).toContain('No position is known or inferred here.');
  });
  it('joins the smallest of many venues', () => {
    const many = { ...small, venues: Array.from({ length: 11 }, (_, i) => ({ venue: `venue${String(i)}`, status: 'inferred', long: [i + 1], short: [], longPrior: [], shortPrior: [] })), long: { low: [], high: [] }, short: { low: [], high: [] } };
    const [rest] = seriesNamed(drawn(many), '4 more venues');
    expect(Math.max(...pointsOf(rest).map(([, usd]) => Number(usd)))).toBe(1 + 2 + 3 + 4);
  });
  it('says why there is nothing', () => {
    expect(textsOf(undefined).replace(/\n/g, ' ')).toContain('is not known yet: it comes with the scores of every half minute');
    for (const none of [null, { ...small, venues: [] }, { ...small, venues: small.venues.map((venue) => ({ ...venue, long: [], short: [] })) }]) expect(textsOf(none).replace(/\n/g, ' ')).toContain('No market of OM has positions');
  });
});

describe('the numbers of a liquidation map', () => {
  it('are its venues with what they rest on, and its steps', () => {
    const [venues, steps] = liquidationMapTables(mapOfScore(score(small)));
    expect(venues?.caption).toContain('prior only, where no price has been.');
    expect(venues?.rows).toEqual([['Binance', 'exact', '$15', '$6', '$0'], ['OKX', 'inferred', '$6', '$4', '$3']]);
    expect(steps?.rows).toHaveLength(8);
    expect(steps?.rows[6]).toEqual(['$70.00', '$80.00', '-30 %', 'longs', '$8', '$4', '$12', '$3', '$21']);
    expect(liquidationMapTables(mapOfScore(score(null)))).toEqual([]);
  });
});
