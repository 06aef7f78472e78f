import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { holdersFigures, holdersOfScore, ownerKind } from './holder-figures.ts';
import { holdersChart, holdersTables } from './holders.ts';
import { plainGrey } from './row-bars.ts';
import { contrast, difference, visions } from './testing/colour.ts';
import { pointsOf, readOption, seriesNamed, tooltipOf } from './testing/read-option.ts';
import { sampleAddresses, sampleScore } from './testing/sample.ts';
import { themes } from './theme.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 520, target: 'page' };
const score = (addresses: unknown): ScoreMessage => scoreMessage.parse({ ...sampleScore, addresses });
const drawn = (change: object = {}, options: ChartOptions = page) => holdersChart(holdersOfScore(score({ ...sampleAddresses, ...change })), options);
const said = (addresses: unknown): string => readOption(holdersChart(holdersOfScore(score(addresses)), page), ['']).texts.join('\n').replace(/\} ?\n\{note\||\n/g, ' ');

describe('the figures of who holds it', () => {
  it('count owners first, each by its share, and what nobody decides over apart', () => {
    const figures = holdersFigures(holdersOfScore(score(sampleAddresses)), 'en');
    if (figures.kind === 'empty') throw new Error(figures.why);
    expect(figures.rows.map(({ name, kind }) => [name, kind]).filter(([, kind], i) => i < 2 || kind === 'apart')).toEqual([['Mantra (issuer)', 'issuer'], ['Harbour (fund)', 'owner'], ['Vesting (locked)', 'apart'], ['Binance', 'apart']]);
    expect(figures.apartShare).toBeCloseTo(1 - 400 / 888, 9);
  });
  it('take what the issuer funded for the issuer’s', () => {
    expect(['fund:x', 'exchange:x', 'issuer:x', '0xaa'].map((cluster) => ownerKind({ cluster, label: cluster === '0xaa' ? null : cluster, issuerScore: 0 as never }))).toEqual(['owner', 'apart', 'issuer', 'owner']);
    expect(ownerKind({ cluster: '0xaa', label: null, issuerScore: 0.6 as never })).toBe('issuer');
  });
});

describe('the chart of who holds it', () => {
  it('asks its question, says how uneven it is in plain words and what is no part of the float', () => {
    const text = said(sampleAddresses);
    for (const part of ['Who holds it?', 'shares of the effective float of 400 m OM', '4 owners hold half (Nakamoto coefficient), as uneven as 12 owners of equal size (HHI 0.08); Gini 0.93, where 0 is even and 1 one owner.', '55 % of supply is no part of the float']) expect(text).toContain(part);
    expect(text).not.toContain('Partial history');
    expect(said({ ...sampleAddresses, complete: false })).toContain('Partial history: who never moved since the first block read is not seen.');
  });
  it('draws a bar for each owner in the colour of its kind, apart ones hatched and at the bottom', () => {
    const option = drawn();
    expect(pointsOf(seriesNamed(option, 'Issuer and near it')[0])).toEqual([[0, 0], [0.21, 0], [null, 0]]);
    expect(pointsOf(seriesNamed(option, 'Owners')[0]).filter(([x]) => Number(x) > 0).map(([x]) => x)).toEqual([0.11, 0.06, 0.03, 0.02, 0.015, 0.012, 0.01, 0.06 / 7, 0.0075, 0.06 / 9]);
    const apart = seriesNamed(option, 'Stands apart')[0];
    expect(pointsOf(apart).filter(([x]) => Number(x) > 0)).toEqual([[0.34, 11], [0.28, 12]]);
    expect(readOption(apart?.['lineStyle']).texts).toContain('path');
  });
  it('cuts what stands apart where it would flatten the owners, with an arrow', () => {
    const option = drawn({ clusters: sampleAddresses.clusters.map((one) => (one.cluster === 'locked:vesting' ? { ...one, floatShare: 40 } : one)) });
    expect(pointsOf(seriesNamed(option, 'Stands apart')[0]).filter(([x]) => Number(x) > 0)).toEqual([[0.42, 11], [0.28, 12]]);
    expect(readOption(option, [0]).texts.some((text) => text.startsWith('→ 4000 %'))).toBe(true);
  });
  it('counts owners that have no room, and shows what stands apart all the same', () => {
    const small: ChartOptions = { ...page, width: 360, height: 300, target: 'picture' };
    const texts = readOption(drawn({}, small), [0]).texts;
    expect(texts.some((text) => /^\d+ more in the table$/.test(text))).toBe(true);
    expect(pointsOf(seriesNamed(drawn({}, small), 'Stands apart')[0]).length).toBeGreaterThan(0);
  });
  it('says at the pointer what an owner is, how sure its label is, and that it is disputed', () => {
    const touch = (drawn().series as readonly { readonly tooltip?: unknown }[]).find(({ tooltip }) => tooltip !== undefined);
    expect(tooltipOf(touch, { dataIndex: 1 })).toBe('Harbour (fund)<br>owner, 3 addresses, label 45 % sure, label disputed<br>44 m OM, $247 m: 11 %<br>to exchanges: 0 in 24 h, 0 in 7 d');
  });
  it('writes what a label holds as text, in one direction', () => {
    const nasty = drawn({ clusters: [{ ...sampleAddresses.clusters[3], cluster: 'fund:<b>\u202egnp{x|y}', label: 'fund:<b>\u202egnp{x|y}' }] });
    const texts = readOption(nasty, [0, { dataIndex: 0 }]).texts.join('\n');
    expect(texts).not.toMatch(/\u202e|\{x/);
    expect(texts).toContain('&lt;b&gt;');
  });
  it('says why there is nothing, and what to configure', () => {
    expect(said(undefined)).toContain('is not known yet: it comes with the scores of every half minute');
    expect(said(null)).toContain('name its contracts under assets.OM.tokens');
    expect(said({ ...sampleAddresses, clusters: [] })).toContain('No owner of OM was seen yet');
  });
  it('has colours that anybody can tell apart, on both grounds', () => {
    for (const theme of Object.values(themes)) {
      expect(contrast(plainGrey, theme.background)).toBeGreaterThan(3);
      for (const vision of Object.keys(visions)) expect(difference(theme.accent, plainGrey, vision as keyof typeof visions)).toBeGreaterThan(10);
    }
  });
});

describe('the numbers of who holds it', () => {
  it('are every owner with what is known of it, and each figure with its meaning', () => {
    const [owners, evenness] = holdersTables(holdersOfScore(score(sampleAddresses)));
    expect(owners?.rows).toHaveLength(13);
    expect(owners?.rows[1]).toEqual(['Harbour (fund)', 'owner', '11 %', '5 %', '44 m', '$247 m', '3', '45 %, label disputed', '0', '0']);
    expect(evenness?.rows.map(([name, value]) => [name, value])).toEqual([['Gini', '0.93'], ['HHI', '0.08'], ['Nakamoto coefficient', '4']]);
    expect(holdersTables(holdersOfScore(score(null)))).toEqual([]);
  });
});
