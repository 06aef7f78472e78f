import { describe, expect, it } from '@jest/globals';
import { loveChainEmission } from '@breakwater/models/address-risk';
import { DAY, epochMs } from '@breakwater/models/core';
import { aheadOf, calendarOf, nextUnlock } from './schedule.ts';

const at = epochMs(Date.UTC(2025, 3, 13, 18));
const terms = { at, supplyUnits: 1.05e9, volumeUnits: 1e6, unitPrice: 5 };
const date = (days: number, units: number, what = 'team'): { at: number; units: number; sellShare: number; what: string } => ({ at: at + days * DAY, units, sellShare: 0.5, what });

describe('the calendar of unlocks', () => {
  it('says nothing where the config says nothing, and that nothing is ahead where it does', () => {
    expect(aheadOf({}, at)).toBeUndefined();
    expect(nextUnlock(undefined, at, 1e6)).toBeNull();
    expect(calendarOf(undefined, terms)).toEqual({ unlocks: [], overhang: [] });
    expect(nextUnlock(aheadOf({ unlocks: [date(-1, 5)] }, at), at, 1e6)).toBe('none');
  });
  it('names what is ahead, soonest first, with dollars and against volume, and adds up what is expected to be sold', () => {
    const ahead = aheadOf({ unlocks: [date(20, 4e6, 'seed'), date(-1, 9e9), date(3, 2e6), date(0, 9e9)] }, at);
    expect(nextUnlock(ahead, at, 1e6)).toEqual({ days: 3, ofVolume: 2 });
    expect(nextUnlock(ahead, at, null)).toEqual({ days: 3, ofVolume: null });
    const { unlocks, overhang } = calendarOf(ahead, terms);
    expect(unlocks).toEqual([{ at: at + 3 * DAY, units: 2e6, usd: 1e7, ofVolume: 2, what: 'team' }, { at: at + 20 * DAY, units: 4e6, usd: 2e7, ofVolume: 4, what: 'seed' }]);
    // U_h = units * 0.5 / (0.1 * ADV * h).
    expect(overhang.map((one) => [one.days, one.units, one.overhang === null ? null : Number(one.overhang.toFixed(6))])).toEqual([[7, 1e6, 1.428571], [30, 3e6, 1], [90, 3e6, 0.333333], [365, 3e6, 0.082192]]);
    expect(calendarOf(ahead, { ...terms, volumeUnits: null, unitPrice: null })).toMatchObject({ unlocks: [{ usd: null, ofVolume: null }, {}], overhang: [{ overhang: null }, {}, {}, {}] });
  });
  it('tells an emission of every day by month, a year of it being its rate of the supply', () => {
    // One year after its beginning: the supply of its start was a billion.
    const ahead = aheadOf({ emission: { ...loveChainEmission, startAt: at - 365 * DAY } }, at);
    const { unlocks, overhang } = calendarOf(ahead, terms);
    expect(unlocks).toHaveLength(13);
    expect(new Set(unlocks.map(({ what }) => what))).toEqual(new Set(['emission']));
    expect(unlocks[0]?.at).toBe(Date.UTC(2025, 4, 1));
    expect(Math.round(unlocks.reduce((sum, { units }) => sum + units, 0))).toBe(0.05 * 1.05e9);
    // 50 % of it sold at 0.3, 30 % at 0.7, 20 % at 0.5.
    expect(Math.round(overhang[3]?.units ?? 0)).toBe(Math.round(0.05 * 1.05e9 * (0.15 + 0.21 + 0.1)));
    expect(nextUnlock(ahead, at, 1e6)).toBe('none');
  });
});
