import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { oddsText } from './odds.ts';
import { renderSvg } from './render.ts';
import { riskWordsOf } from './risk-words.ts';
import { tailChart } from './tail.ts';
import { probabilityAt, tailOfScore } from './tail-figures.ts';
import { tailTitle } from './titles.ts';
import { tailTables } from './tail-table.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleScore, sampleTail } from './testing/sample.ts';
import { textBoxes } from './testing/text-boxes.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const score = (change: object | null | undefined): ScoreMessage => scoreMessage.parse({ ...sampleScore, tail: change === null || change === undefined ? change : { ...sampleTail, ...change } });
const drawn = (change: object | null | undefined, options: ChartOptions = page) => tailChart(tailOfScore(score(change)), options);
const textsOf = (change: object | null | undefined): string => readOption(drawn(change), [0, '']).texts.join(' ').replace(/\s*\n\s*|\{note\||\}/g, ' ');

describe('a curve of a tail', () => {
  it('is straight between its points on logarithmic axes, and ends where it ends', () => {
    const curve = [{ loss: 0.01, probability: 0.1 }, { loss: 0.1, probability: 0.001 }];
    expect(probabilityAt(curve, 0.01 * Math.sqrt(10))).toBeCloseTo(0.01, 12);
    expect([probabilityAt(curve, 0.001), probabilityAt(curve, 0.2)]).toEqual([0.1, undefined]);
    expect(probabilityAt(curve, 0.1)).toBeCloseTo(0.001, 12);
  });
  it('has odds that people can read', () => {
    const words = riskWordsOf('en');
    expect([0.5, 0.01, 0.034, 0.4, 1, 1e-5, 0.000123].map((p) => oddsText(p, words))).toEqual(['1 in 2', '1 in 100', '1 in 29', '1 in 2.5', '1 in 1', '1 in 100,000', '1 in 8,100']);
  });
});

describe('the tail', () => {
  it('asks its question and says what it rests on', () => {
    expect(tailTitle(sampleScore)).toBe('How much could OM fall within 60 min, and how likely is that?');
    for (const part of ['How much could OM fall within 60 min', 'from 4,032 bars of 5 min', 'probability of a larger fall', 'fall of the price within 60 min (%)']) expect(textsOf({})).toContain(part);
  });
  it('marks value at risk at its level, the means where their curves have them, each with its name, value and band', () => {
    const option = drawn({});
    const markOf = (name: string) => seriesNamed(option, name);
    const [band, shape, label] = markOf('VaR');
    expect(pointsOf(shape)).toEqual([[Math.log10(0.0245), Math.log10(1 - 0.99)]]);
    expect(pointsOf(band).map(([x]) => x)).toEqual([Math.log10(0.0202), Math.log10(0.031)]);
    expect(readOption(label, ['']).texts).toContain('VaR 2.5 %');
    const [, cascade] = markOf('Cascade ES');
    // It stands on the curve with forced sales, which at its loss is above the one without.
    const [x, y] = (pointsOf(cascade)[0] ?? []).map(Number);
    const calm = probabilityAt(sampleTail.curve.map(([loss, probability]) => ({ loss, probability })), 10 ** (x ?? 0));
    expect(10 ** (y ?? 0)).toBeGreaterThan((calm ?? 1) * 1.2);
    expect(readOption(markOf('ES'), ['']).texts).toContain('ES 2.8 %');
  });
  it('has its axes where they belong when a loss of all is within reach, whose logarithm is zero', () => {
    const texts = textBoxes(renderSvg(drawn({ valueAtRisk: { ...sampleTail.valueAtRisk, high: 1 } }, { ...page, target: 'picture' }), { theme: 'light', width: 900, height: 420, idPrefix: 'tail' }));
    const name = texts.find(({ text }) => text === 'probability of a larger fall');
    expect(name?.left).toBeLessThan(60);
    expect(Math.max(...texts.map(({ right }) => right))).toBeLessThanOrEqual(900);
  });
  it('has a legend in which every series is', () => {
    const option = drawn({});
    const names = (option.legend as { readonly data: readonly { readonly name: string }[] }).data.map(({ name }) => name);
    expect(names).toEqual(['From past prices', 'With forced sales', 'Largest falls seen', 'VaR', 'ES', 'Cascade ES']);
    for (const name of names) expect(seriesNamed(option, name).length).toBeGreaterThan(0);
  });
  it('says at the pointer how probable a larger fall is, with and without forced sales', () => {
    expect(tooltipOf(drawn({}), [{ axisValue: Math.log10(0.0245) }])).toMatch(/^A fall of more than 2\.5 %<br>From past prices: 1 in \d+<br>With forced sales: 1 in \d+$/);
    expect(tooltipOf(drawn({}), [{ axisValue: Math.log10(0.85) }])).toContain('From past prices: beyond what is known');
  });
  it('says that a tail has no mean, and that forced sales are not known', () => {
    const said = textsOf({ tailIndex: { value: 0.8, low: 0.5, high: 1.1, meanIdentified: false }, forcedCurve: null, cascadeExpectedShortfall: null, expectedShortfall: null });
    expect(said).toContain('The mean of the tail is not identified: expected shortfall is not to be relied on. Forced sales are not known now');
    expect(said).not.toContain('Cascade ES ');
    expect(textsOf({})).not.toContain('not identified');
  });
  it('says why there is nothing', () => {
    expect(textsOf(undefined)).toContain('is not known yet: it comes with the scores of every half minute');
    expect(textsOf(null)).toContain('Too little of the price of OM is known');
    expect(textsOf({ curve: [] })).toContain('Too little of the price of OM is known');
  });
});

describe('the numbers of a tail', () => {
  it('are its figures, its curves, what was seen, the scenarios and the backtest', () => {
    const tables = tailTables(tailOfScore(score({})));
    expect(tables.map(({ caption }) => caption)).toEqual([tailTitle(sampleScore), 'From past prices', 'With forced sales', 'Largest falls seen', 'Falls that no history holds', 'Its own forecasts against what came']);
    expect(tables.at(-1)?.rows).toEqual([
      ['Bars beyond VaR 99 %', '23 / 2004', '20.0 expected', ''], ['how many (Kupiec)', '0.510', '0.05', 'not rejected'], ['one after another (Christoffersen)', '0.030', '0.05', 'rejected'],
      ['how large (Acerbi and Szekely)', '-0.050', '-0.240', 'not rejected'],
    ]);
    expect(tailTables(tailOfScore(score({ backtest: null })), { only: ['scenarios', 'backtest'] }).map(({ caption }) => caption)).toEqual(['Falls that no history holds']);
    expect(tables[0]?.rows).toEqual([
      ['VaR', '99 %', '2.5 %', '2 %', '3.1 %'], ['ES', '97.5 %', '2.8 %', '2.2 %', '4 %'], ['Cascade ES', '97.5 %', '6.1 %', '3.3 %', '14 %'], ['Tail index', '–', '0.3', '0.12', '0.48'],
    ]);
    expect(tables[4]?.rows[0]).toEqual(['a sudden jump of the price', '12 %', '85 %']);
    expect(tables[4]?.rows[2]?.[2]).toBe('not known');
    expect(tailTables(tailOfScore(score(null)))).toEqual([]);
  });
});
