import { describe, expect, it } from '@jest/globals';
import { scoreMessage } from '@breakwater/contracts';
import { addressAbsence } from './address-absence.ts';
import { flowsChart } from './flows.ts';
import { lossTick } from './odds.ts';
import { readOption } from './testing/read-option.ts';
import { sampleAddresses, sampleScore } from './testing/sample.ts';

describe('what charts of owners have nothing to show of', () => {
  it('is told chart by chart, in the words that the chart itself would say', () => {
    const bare = scoreMessage.parse({ ...sampleScore, addresses: { ...sampleAddresses, flows: [], unlocks: [] } });
    const { holders, flows, unlocks } = addressAbsence(bare);
    expect(holders).toBeNull();
    expect(flows).toMatch(/no address of an exchange is labelled/);
    expect(unlocks).toMatch(/No unlock of OM is known/);
    const drawn = readOption(flowsChart(bare, { theme: 'light', width: 900, height: 420, target: 'page' }), ['']).texts.join(' ').replace(/\n/g, ' ');
    expect(drawn).toContain(flows ?? 'no reason');
    expect(addressAbsence({ ...bare, addresses: null })).toEqual({ holders: expect.stringContaining('No chain is read'), flows: expect.stringContaining('No chain is read'), unlocks: expect.stringContaining('No chain is read') });
  });
});

describe('a small loss', () => {
  it('is not written as nothing', () => {
    expect([5e-5, 1e-4, 2e-4, 1e-3, 0.02].map(lossTick)).toEqual(['0.005 %', '0.01 %', '0.02 %', '0.1 %', '2 %']);
  });
});
