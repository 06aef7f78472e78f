import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { flowsFigures, flowsOfScore, type FlowsDrawing } from './flow-figures.ts';
import { flowsChart, flowsTables } from './flows.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleAddresses, sampleScore } from './testing/sample.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const day = (date: number): number => Date.UTC(2025, 3, date);
/** Three days, the second without a deposit and not told. */
const flows = [{ day: day(11), units: 10, issuerUnits: 0, usd: 50 }, { day: day(13), units: 40, issuerUnits: 10, usd: 200 }];
const score = (change: object): ScoreMessage => scoreMessage.parse({ ...sampleScore, ignitionUsd: { value: 100, low: 80, high: 150, status: 'inferred' }, addresses: { ...sampleAddresses, flows }, ...change });
const figures = (change: object = {}): FlowsDrawing => {
  const found = flowsFigures(flowsOfScore(score(change)), 'en');
  if (found.kind === 'empty') throw new Error(found.why);
  return found;
};
const drawn = (change: object = {}) => flowsChart(flowsOfScore(score(change)), page);
const said = (change: object): string => readOption(drawn(change), ['', 'Ignition threshold']).texts.join(' ').replace(/\n/g, ' ');

describe('the figures of what went to exchanges', () => {
  it('have every day from the first to the last, the issuer’s part in dollars, and know that the last is not over', () => {
    expect(figures().days).toEqual([{ day: day(11), issuer: 0, others: 50, soFar: false }, { day: day(12), issuer: 0, others: 0, soFar: false }, { day: day(13), issuer: 50, others: 150, soFar: true }]);
    expect(figures().threshold).toEqual({ value: 100, low: 80, high: 150 });
  });
  it('take the present price where a day has none, and tokens where there is no price', () => {
    const bare = { ...sampleAddresses, flows: flows.map((one) => ({ ...one, usd: null })) };
    const third = figures({ addresses: bare }).days[2];
    expect([third?.issuer.toFixed(6), third?.others.toFixed(6)]).toEqual(['56.200000', '168.600000']);
    const tokens = figures({ addresses: bare, price: null });
    expect([tokens.unit, tokens.threshold, tokens.days[2]?.others]).toEqual(['tokens', undefined, 30]);
  });
  it('leave out days longer ago than a month', () => {
    expect(figures({ addresses: { ...sampleAddresses, flows: [{ day: 0, units: 5, issuerUnits: 0, usd: 5 }, ...flows] } }).days).toHaveLength(3);
  });
});

describe('the chart of what went to exchanges', () => {
  it('stacks issuer and others by day against the threshold with its band', () => {
    const option = drawn();
    expect(pointsOf(seriesNamed(option, 'From the issuer')[0])).toEqual([[0, 0], [1, 0], [2, 50], [3, 50]]);
    expect(pointsOf(seriesNamed(option, 'From others')[0])).toEqual([[0, 50], [1, 0], [2, 150], [3, 150]]);
    expect(seriesNamed(option, 'From others')[0]).toMatchObject({ stack: 'flows', step: 'end' });
    expect(pointsOf(seriesNamed(option, 'Ignition threshold')[0])).toEqual([[0, 100], [3, 100]]);
    expect(seriesNamed(option, 'Band of the threshold').map((one) => pointsOf(one)[0])).toEqual([[0, 80], [0, 70]]);
    // Behind the days: over them it would make other colours of theirs, that the legend does not know.
    const depth = (name: string): number => Math.max(...seriesNamed(option, name).map((one) => (one as { readonly z: number }).z));
    expect(depth('Band of the threshold')).toBeLessThan(depth('From the issuer'));
    expect(depth('Ignition threshold')).toBeGreaterThan(depth('From others'));
  });
  it('says in words how days stand to the threshold, also to one far above the plot', () => {
    expect(said({})).toContain('On one day more went to exchanges than the sale within 15 min that would now set forced sales off: at most 2 times as much.');
    expect(said({})).toContain('at the present price, by day of UTC');
    const far = said({ ignitionUsd: { value: 310e6, low: 3e8, high: 4e8, status: 'inferred' } });
    expect(far).toContain('On no day did as much go to exchanges');
    expect(far).toContain('Ignition threshold $310 m, above the plot');
    expect(said({ ignitionUsd: null })).toContain('there is no threshold to hold days against');
    expect(said({ price: null, addresses: { ...sampleAddresses, flows: flows.map((one) => ({ ...one, usd: null })) } })).toContain('No price is known, so days are in tokens');
  });
  it('says at the pointer what a day was', () => {
    const touch = (drawn().series as readonly { readonly tooltip?: unknown }[]).find(({ tooltip }) => tooltip !== undefined);
    expect(tooltipOf(touch, { dataIndex: 2 })).toBe('2025-04-13, so far<br>$200<br>From the issuer: $50<br>From others: $150<br>2 times the ignition threshold');
  });
  it('says why there is nothing, and what to do', () => {
    expect(said({ addresses: { ...sampleAddresses, flows: [] } })).toContain('no address of an exchange is labelled (labels import)');
    expect(said({ addresses: undefined })).toContain('comes with the scores of every half minute');
    expect(said({ addresses: null })).toContain('assets.OM.tokens');
  });
});

describe('the numbers of what went to exchanges', () => {
  it('are a row a day, the newest first', () => {
    expect(flowsTables(flowsOfScore(score({})))[0]?.rows).toEqual([['2025-04-13, so far', '$200', '$50', '$150', '2'], ['2025-04-12', '$0', '$0', '$0', '0'], ['2025-04-11', '$50', '$0', '$50', '0.5']]);
    expect(flowsTables(flowsOfScore(score({ addresses: null })))).toEqual([]);
  });
});
