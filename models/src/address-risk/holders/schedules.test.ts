import { describe, expect, it } from '@jest/globals';
import { emissionDates, emittedUnits, loveChainEmission, unlockOverhang, vestedUnits, vestingDates, type Vesting } from './schedules.ts';

const DAY = 86_400_000;
const grant = (over: Partial<Vesting> = {}): Vesting => ({ units: 1200, startAt: 0, cliffAt: 365 * DAY, endAt: 4 * 365 * DAY, stepMs: 'straight', sellShare: 0.5, what: 'team', ...over });
const total = (dates: readonly { readonly units: number }[]): number => dates.reduce((sum, { units }) => sum + units, 0);

describe('vesting', () => {
  it('has nothing before the cliff, a quarter at it, and all at the end', () => {
    expect(vestedUnits(grant(), 365 * DAY - 1)).toBe(0);
    expect(vestedUnits(grant(), 365 * DAY)).toBeCloseTo(300, 9);
    expect(vestedUnits(grant(), 2.5 * 365 * DAY)).toBeCloseTo(750, 9);
    expect(vestedUnits(grant(), 4 * 365 * DAY)).toBe(1200);
  });

  it('a cliff of its own share, then months', () => {
    const steps = grant({ cliffAt: 0, cliffShare: 0.1, endAt: 300 * DAY, stepMs: 30 * DAY });
    expect(vestedUnits(steps, 0)).toBeCloseTo(120, 9);
    expect(vestedUnits(steps, 30 * DAY - 1)).toBeCloseTo(120, 9);
    expect(vestedUnits(steps, 30 * DAY)).toBeCloseTo(228, 9);
    expect(vestingDates(steps, -1, 400 * DAY).map(({ at }) => at / DAY)).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300]);
  });

  it('dates of any part of time sum to what becomes free in it', () => {
    for (const vesting of [grant(), grant({ stepMs: 91 * DAY }), grant({ cliffAt: 0, endAt: 10 * DAY, stepMs: 1000 }), grant({ cliffAt: 0, endAt: 0 })]) {
      for (const [from, until] of [[-1, 5000 * DAY], [3 * DAY, 800 * DAY], [400 * DAY, 401 * DAY], [366 * DAY, 366 * DAY]] as const) {
        expect(total(vestingDates(vesting, from, until))).toBeCloseTo(Math.max(0, vestedUnits(vesting, until) - vestedUnits(vesting, from)), 6);
      }
    }
  });
});

describe('emission', () => {
  const emission = { startAt: 0, ...loveChainEmission };

  it('makes 5 % a year, split 50/30/20 with a share of supernodes', () => {
    expect(emittedUnits(emission, 1_000_000, 365 * DAY)).toBeCloseTo(50_000, 6);
    expect(emittedUnits(emission, 1_000_000, 2 * 365 * DAY)).toBeCloseTo(102_500, 6);
    const year = emissionDates(emission, 1_000_000, 0, 365 * DAY);
    const to = (who: string): number => total(year.filter(({ what }) => what === `emission to ${who}`));
    expect([to('stakers'), to('supernodes'), to('treasury')].map(Math.round)).toEqual([25_000, 15_000, 10_000]);
    expect(year).toHaveLength(3 * 365);
  });

  it('dates of parts of time are those of the whole', () => {
    const whole = emissionDates(emission, 500, -1, 800 * DAY);
    expect([...emissionDates(emission, 500, -1, 123.5 * DAY), ...emissionDates(emission, 500, 123.5 * DAY, 800 * DAY)]).toEqual(whole);
  });
});

describe('unlock overhang', () => {
  it('is what is expected to be sold over a tenth of the volume of that time', () => {
    const dates = [{ at: 1 * DAY, units: 1000, sellShare: 0.5 }, { at: 20 * DAY, units: 2000, sellShare: 1 }, { at: 0, units: 9e9, sellShare: 1 }];
    expect(unlockOverhang(dates, 0, 7, 100)).toEqual({ days: 7, units: 500, overhang: 500 / 70 });
    expect(unlockOverhang(dates, 0, 30, 100)).toEqual({ days: 30, units: 2500, overhang: 2500 / 300 });
    expect(unlockOverhang(dates, 0, 30, null).overhang).toBeNull();
  });
});
