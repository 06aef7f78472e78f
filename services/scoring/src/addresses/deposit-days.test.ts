import { describe, expect, it } from '@jest/globals';
import { DAY } from '@breakwater/models/core';
import { createDeposits } from '../deposits.ts';
import { transfer } from '../testing/messages.ts';
import { createDepositDays, mostDepositDays, type DepositDays } from './deposit-days.ts';

const day0 = Date.UTC(2025, 3, 7);
const told = (days: DepositDays): readonly (readonly number[])[] => days.days().map(({ day, units, issuerUnits }) => [(day - day0) / DAY, units, issuerUnits]);

describe('deposits by day', () => {
  it('add up by day of UTC, the issuer’s apart, and leave with what is undone', () => {
    const days = createDepositDays();
    days.add(transfer('0x1', day0, 5, { block: 1 }));
    days.add(transfer('0x2', day0 + DAY - 1, 7, { block: 2, fromLabel: 'fund:a' }));
    days.add(transfer('0x3', day0 + DAY, 11, { block: 3 }));
    expect(told(days)).toEqual([[0, 12, 5], [1, 11, 11]]);
    days.remove(transfer('0x2', day0 + DAY - 1, 7, { block: 2, fromLabel: 'fund:a' }));
    expect(told(days)).toEqual([[0, 5, 5], [1, 11, 11]]);
  });
  it('keep thirty days', () => {
    const days = createDepositDays();
    for (let i = 0; i < 40; i++) days.add(transfer(`0x${String(i)}`, day0 + i * DAY, 1, { block: i }));
    expect(days.days()).toHaveLength(mostDepositDays);
    expect(told(days)[0]).toEqual([10, 1, 1]);
  });
  it('count once what comes again after it was forgotten, and everything that is new, however old', () => {
    let days = createDepositDays();
    const [early, late] = [transfer('0x1', day0, 5, { block: 10, logIndex: 3 }), transfer('0x2', day0 + 100, 7, { block: 11 })];
    for (const t of [early, late]) days.add(t);
    days.forget(day0 + 50);
    days = createDepositDays(JSON.parse(JSON.stringify(days.save())) as ReturnType<DepositDays['save']>);
    days.add(early);
    expect(told(days)).toEqual([[0, 12, 12]]);
    // The chain is read on from before the daemon began: old by its time, new by its place.
    days.add(transfer('0x3', day0 + 20, 1, { block: 11, logIndex: 1 }));
    days.add(transfer('0x4', day0 + 20, 1, { block: 5, chain: 'eip155:10' as typeof early.chain }));
    expect(told(days)).toEqual([[0, 14, 14]]);
  });
  it('follow what counts as a deposit: reverted, and mined again in a lower block', () => {
    const [deposits, days] = [createDeposits(), createDepositDays()];
    const fold = (...of: Parameters<typeof transfer>): void => {
      const { added, removed } = deposits.fold(transfer(...of));
      if (removed !== undefined) days.remove(removed);
      if (added !== undefined) days.add(added);
    };
    fold('0x1', day0, 5, { block: 10 });
    fold('0x2', day0 + 10, 7, { block: 12 });
    fold('0x1', day0 + 20, 5, { block: 10, state: 'final' });
    fold('0x2', day0 + 30, 7, { block: 12, state: 'reverted' });
    fold('0x2', day0 + 30, 7, { block: 12, state: 'reverted' });
    expect(told(days)).toEqual([[0, 5, 5]]);
    fold('0x2', day0 + 5, 7, { block: 9 });
    fold('0x2', day0 + 5, 7, { block: 9 });
    expect(told(days)).toEqual([[0, 12, 12]]);
  });
});
