/** Units that become free at a moment. */
export interface ReleaseDate {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly units: number;
  /** Share of them that is expected to be sold, 0 to 1. */
  readonly sellShare: number;
  readonly what: string;
}

/** How a grant becomes free: nothing before the cliff, a part at it, the rest in equal steps until the end. Times are milliseconds. */
export interface Vesting {
  readonly units: number;
  readonly startAt: number;
  /** First moment at which anything is free; not before the start. */
  readonly cliffAt: number;
  /** Share of the units that is free at the cliff; by default what a straight line from the start has reached there. */
  readonly cliffShare?: number;
  /** When everything is free; not before the cliff. */
  readonly endAt: number;
  /** Length of a step after the cliff; `straight` for a line without steps. */
  readonly stepMs: number | 'straight';
  readonly sellShare: number;
  readonly what: string;
}

/** Units of a grant that are free at a moment, 0 to `units`. Linear between the cliff and the end, held back to the last whole step. */
export function vestedUnits(vesting: Vesting, at: number): number {
  const { units, startAt, cliffAt, endAt, stepMs } = vesting;
  if (at < cliffAt) return 0;
  if (at >= endAt) return units;
  const atCliff = vesting.cliffShare ?? (endAt > startAt ? (cliffAt - startAt) / (endAt - startAt) : 1);
  const since = stepMs === 'straight' ? at - cliffAt : Math.floor((at - cliffAt) / stepMs) * stepMs;
  return units * (atCliff + (1 - atCliff) * (since / (endAt - cliffAt)));
}

/** A straight line is told in days. */
const DAY_MS = 86_400_000;
/** Most dates of one schedule: a step a day for 20 years. A schedule with more is told in longer steps. */
const MAX_DATES = 7_305;

/** The dates of a grant in (from, until], each with what becomes free at it; together what `vestedUnits` gains between the two. */
export function vestingDates(vesting: Vesting, from: number, until: number): readonly ReleaseDate[] {
  const { cliffAt, endAt, sellShare, what } = vesting;
  const wanted = vesting.stepMs === 'straight' ? DAY_MS : vesting.stepMs;
  const step = wanted * Math.max(1, Math.ceil((endAt - cliffAt) / wanted / MAX_DATES));
  const dates: ReleaseDate[] = [];
  let free = vestedUnits(vesting, from);
  const tell = (at: number): void => {
    const now = vestedUnits(vesting, at);
    if (at > from && at <= until && now > free) {
      dates.push({ at, units: now - free, sellShare, what });
      free = now;
    }
  };
  const first = Math.max(0, Math.floor((from - cliffAt) / step));
  for (let at = cliffAt + first * step; at < Math.min(endAt, until + step); at += step) tell(at);
  if (endAt <= until) tell(endAt);
  else if (vesting.stepMs === 'straight') tell(until);
  return dates;
}

/** New units by a rate of the supply, handed out to several. */
export interface Emission {
  readonly startAt: number;
  /** New units a year as a share of the supply that year began with: 0.05 is 5 %. */
  readonly ratePerYear: number;
  /** How often they are handed out, days. */
  readonly everyDays: number;
  /** Who gets what is new; shares sum to 1. */
  readonly split: readonly { readonly to: string; readonly share: number; readonly sellShare: number }[];
}

/** A year of 365 days. */
const YEAR_MS = 365 * DAY_MS;

/**
 * Emission of 5 % a year, half to those who stake, 30 % to supernodes and 20 % to the treasury: the form of the LoveChain white paper (5 %, 50/30/20). Which part goes to whom, and how much of it is
 * sold, is an assumption [A].
 */
export const loveChainEmission: Omit<Emission, 'startAt'> = {
  ratePerYear: 0.05, everyDays: 1,
  split: [{ to: 'stakers', share: 0.5, sellShare: 0.3 }, { to: 'supernodes', share: 0.3, sellShare: 0.7 }, { to: 'treasury', share: 0.2, sellShare: 0.5 }],
};

/** Units that an emission has made from its start to a moment, with `supply` units at the start: linear within a year, compounded from year to year. */
export function emittedUnits(emission: Pick<Emission, 'startAt' | 'ratePerYear'>, supply: number, at: number): number {
  const years = Math.max(0, at - emission.startAt) / YEAR_MS;
  const whole = Math.floor(years);
  return supply * ((1 + emission.ratePerYear) ** whole * (1 + emission.ratePerYear * (years - whole)) - 1);
}

/** What an emission hands out in (from, until], a date and receiver each; `supply` is that of its start. At most `MAX_DATES` dates, the first ones. */
export function emissionDates(emission: Emission, supply: number, from: number, until: number): readonly ReleaseDate[] {
  const every = emission.everyDays * DAY_MS;
  const dates: ReleaseDate[] = [];
  const first = Math.max(1, Math.floor((from - emission.startAt) / every) + 1);
  for (let n = first; emission.startAt + n * every <= until && n - first < MAX_DATES; n++) {
    const at = emission.startAt + n * every;
    const made = emittedUnits(emission, supply, at) - emittedUnits(emission, supply, at - every);
    for (const { to, share, sellShare } of emission.split) if (share > 0) dates.push({ at, units: made * share, sellShare, what: `emission to ${to}` });
  }
  return dates;
}

/** What part of a day's volume a seller can be without moving the price by itself. [A] */
const PARTICIPATION = 0.1;

/** What is scheduled to be sold by a horizon. */
export interface Overhang {
  readonly days: number;
  /** Units that become free by then and are expected to be sold. */
  readonly units: number;
  /** Those over a tenth of the volume of the time: 1 takes all that can be sold quietly. Null where the volume is not known. */
  readonly overhang: number | null;
}

/** Unlock overhang U_h = sum over dates in (now, now + h] of units * sellShare / (0.1 * ADV * h). `dailyUnits` is average daily volume in units of the token, null where it is not known; `days` > 0. */
export function unlockOverhang(dates: readonly Pick<ReleaseDate, 'at' | 'units' | 'sellShare'>[], now: number, days: number, dailyUnits: number | null): Overhang {
  const until = now + days * DAY_MS;
  const units = dates.reduce((sum, date) => (date.at > now && date.at <= until ? sum + date.units * date.sellShare : sum), 0);
  return { days, units, overhang: dailyUnits !== null && dailyUnits > 0 ? units / (PARTICIPATION * dailyUnits * days) : null };
}
