import type { AddressesScore } from '@breakwater/contracts';
import { overhangDays } from '@breakwater/contracts';
import { emissionDates, emittedUnits, unlockOverhang, type Emission, type MarketFacts, type ReleaseDate } from '@breakwater/models/address-risk';
import { DAY, epochMs, ratio, usd, type EpochMs } from '@breakwater/models/core';
import type { ScoredAsset } from '../config.ts';

/** Dates that a score names. */
const mostDates = 24;
/** How far ahead overhang is told, days. */
const horizons = [7, overhangDays, 90, 365] as const;

/** What is scheduled to come to market after a moment, as far as the config says. */
export interface Ahead {
  /** Single dates, soonest first. */
  readonly unlocks: readonly ReleaseDate[];
  readonly emission: Emission | undefined;
}

/** What comes after `at`; undefined where the config says nothing. O(dates). */
export function aheadOf({ unlocks = [], emission }: Pick<ScoredAsset, 'unlocks' | 'emission'>, at: EpochMs): Ahead | undefined {
  if (unlocks.length === 0 && emission === undefined) return undefined;
  return { unlocks: unlocks.filter((date) => date.at > at).sort((a, b) => a.at - b.at), emission };
}

/** The next single date as the model of addresses takes it. */
export function nextUnlock(ahead: Ahead | undefined, at: EpochMs, volumeUnits: number | null): MarketFacts['unlock'] {
  if (ahead === undefined) return null;
  const [next] = ahead.unlocks;
  return next === undefined ? 'none' : { days: (next.at - at) / DAY, ofVolume: volumeUnits === null || !(volumeUnits > 0) ? null : next.units / volumeUnits };
}

/** New units of the year after `at`; the supply at the beginning of the emission is what there is now without what it has made since. */
function emittedAhead(emission: Emission, supplyUnits: number, at: EpochMs): readonly ReleaseDate[] {
  const atStart = supplyUnits / (1 + emittedUnits(emission, 1, at));
  return emissionDates(emission, atStart, at, at + 365 * DAY);
}

const monthAfter = (t: number): number => Date.UTC(new Date(t).getUTCFullYear(), new Date(t).getUTCMonth() + 1, 1);

/** New units by calendar month, dated at the end of each: a calendar of single days would say nothing. */
function byMonth(dates: readonly ReleaseDate[]): readonly Pick<ReleaseDate, 'at' | 'units' | 'what'>[] {
  const months = new Map<number, number>();
  for (const { at, units } of dates) months.set(monthAfter(at - 1), (months.get(monthAfter(at - 1)) ?? 0) + units);
  return [...months].map(([at, units]) => ({ at, units, what: 'emission' }));
}

/** What a calendar is told against. */
export interface CalendarTerms {
  readonly at: EpochMs;
  readonly supplyUnits: number;
  /** Units a day. */
  readonly volumeUnits: number | null;
  readonly unitPrice: number | null;
}

/** The calendar of a score, and what it weighs against the volume of the time to come. O(dates of a year). */
export function calendarOf(ahead: Ahead | undefined, { at, supplyUnits, volumeUnits, unitPrice }: CalendarTerms): Pick<AddressesScore, 'unlocks' | 'overhang'> {
  if (ahead === undefined) return { unlocks: [], overhang: [] };
  const emitted = ahead.emission === undefined ? [] : emittedAhead(ahead.emission, supplyUnits, at);
  const dates = [...ahead.unlocks, ...byMonth(emitted)].filter(({ units }) => units > 0).sort((a, b) => a.at - b.at).slice(0, mostDates);
  const all = [...ahead.unlocks, ...emitted];
  return {
    unlocks: dates.map(({ at: then, units, what }) => ({ at: epochMs(then), units, usd: unitPrice === null ? null : usd(units * unitPrice), ofVolume: volumeUnits === null || !(volumeUnits > 0) ? null : ratio(units / volumeUnits), what })),
    overhang: horizons.map((days) => {
      const { units, overhang } = unlockOverhang(all, at, days, volumeUnits);
      return { days, units, overhang: overhang === null ? null : ratio(overhang) };
    }),
  };
}
