import { describe, expect, it } from '@jest/globals';
import { scoreMessage, type ScoreMessage } from '@breakwater/contracts';
import type { ChartOptions } from './chart.ts';
import { reserveChart, reserveOfScore, reserveTables } from './reserve.ts';
import { pointsOf, readOption, seriesNamed } from './testing/read-option.ts';
import { sampleReserve, sampleScore } from './testing/sample.ts';

const page: ChartOptions = { theme: 'light', width: 900, height: 420, target: 'page' };
const price = { value: 1.34, low: 1.33, high: 1.35, status: 'exact' };
const score = (reserve: unknown): ScoreMessage => scoreMessage.parse({ ...sampleScore, price, reserve });
const drawn = (change: object = {}) => reserveChart(reserveOfScore(score({ ...sampleReserve, ...change })), page);
const said = (reserve: unknown): string => readOption(reserveChart(reserveOfScore(score(reserve)), page), [0]).texts.join(' ').replace(/\n/g, ' ');

describe('the floor of a reserve', () => {
  it('stands beside the market’s price, with what it would be after a mint hatched', () => {
    const ends = (name: string): readonly unknown[] => pointsOf(seriesNamed(drawn(), name)[0]).filter(([x]) => Number(x) > 0).map(([x]) => Number(Number(x).toFixed(4)));
    expect([ends('Market price'), ends('What the reserve pays'), ends('If the owner mints to the cap')]).toEqual([[1.34], [1, 0.98, 0.93, 1.0417], [0.42]]);
    expect(readOption(seriesNamed(drawn(), 'If the owner mints to the cap')[0]?.['lineStyle']).texts).toContain('path');
  });
  it('says how far the market is from it', () => {
    expect(said(sampleReserve)).toContain('The market pays 34 % more than the floor: a fall of 25 % would reach it.');
    expect(said({ ...sampleReserve, premium: -0.05 })).toContain('The market pays 5 % less than the floor.');
    expect(said({ ...sampleReserve, premium: 0 })).toContain('just what the reserve does');
  });
  it('is in the vault’s currency where that has no rate', () => {
    const text = said({ ...sampleReserve, floorUsd: null, trustedFloorUsd: null, effectiveFloorUsd: null, worstFloorUsd: null, premium: null });
    expect(text).toContain('No rate of BTC is known');
    expect(text).toContain('BTC for one OM');
    expect(text).not.toContain('Market price');
  });
  it('says why there is nothing, and what to configure', () => {
    expect(said(undefined)).toContain('assets.OM.reserve');
    expect(said(null)).toContain('was not read yet');
  });
  it('has its numbers as a table', () => {
    expect(reserveTables(reserveOfScore(score(sampleReserve)))[0]?.rows).toEqual([['Market price', '$1.34'], ['Reserve floor', '$1.00'], ['Floor less custody', '$0.98'], ['Effective floor', '$0.93'], ['Floor a day ago', '$1.04'], ['Floor after a mint', '$0.42']]);
    expect(reserveTables(reserveOfScore(score(undefined)))).toEqual([]);
  });
});
