import { describe, expect, it } from '@jest/globals';
import { depositReading } from '@breakwater/contracts';
import fc from 'fast-check';
import { groupDeposits } from './deposit-groups.ts';
import type { Deposit } from './timeline-figures.ts';

const transfer = depositReading.parse({ chain: 'eip155:1', tx: '0x01', logIndex: 0, to: '0x91', toLabel: 'exchange:okx', units: 1, usd: 1, eventTime: 0, state: 'final' });
const deposit = (time: number, usd: number | undefined): Deposit => ({ time, usd, transfer });
const deposits = fc.array(fc.record({ time: fc.integer({ min: 0, max: 1_000 }), usd: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }) }), { maxLength: 60 })
  .map((all) => all.map(({ time, usd }) => deposit(time, usd)).sort((a, b) => a.time - b.time));

describe('groups of deposits', () => {
  it('hold every deposit once, in order, with the sum of what is known', () => {
    fc.assert(fc.property(deposits, fc.integer({ min: 1, max: 300 }), (all, apart) => {
      const groups = groupDeposits(all, apart);
      expect(groups.flatMap((group) => group.deposits)).toEqual(all);
      for (const { usd, deposits: own } of groups) {
        expect(usd === undefined).toBe(own.every((one) => one.usd === undefined));
        expect(usd ?? 0).toBe(own.reduce((sum, one) => sum + (one.usd ?? 0), 0));
      }
    }));
  });
  it('stand among their deposits and apart from one another', () => {
    fc.assert(fc.property(deposits, fc.integer({ min: 1, max: 300 }), (all, apart) => {
      const groups = groupDeposits(all, apart);
      groups.forEach(({ time, deposits: own }, i) => {
        expect(time).toBeGreaterThanOrEqual((own[0]?.time ?? 0) - 1e-6);
        expect(time).toBeLessThanOrEqual((own.at(-1)?.time ?? 0) + 1e-6);
        expect(time - (groups[i - 1]?.time ?? -Infinity)).toBeGreaterThanOrEqual(apart - 1e-6);
      });
    }));
  });
  it('stand where their money is', () => {
    expect(groupDeposits([deposit(0, 3), deposit(4, 1)], 10).map(({ time }) => time)).toEqual([1]);
    expect(groupDeposits([deposit(0, undefined), deposit(4, undefined)], 10).map(({ time, usd }) => ({ time, usd }))).toEqual([{ time: 2, usd: undefined }]);
  });
});
