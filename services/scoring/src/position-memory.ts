import type { InstrumentMessage, LiquidationMessage } from '@breakwater/contracts';
import { hash32, type EpochMs, type InstrumentId, type VenueId } from '@breakwater/models/core';
import { liquidationPractice, type LiquidationBlock, type LiquidationPractice, type PositionSide } from '@breakwater/models/market';
import { createPositionInference, DEFAULT_FLOWS, type InferredTriggers, type ObservedMinute, type PositionInference, type SavedInference } from '@breakwater/models/positions';
import { bucketTicksOf, marginRulesOf } from './margin-rules.ts';

const minuteMs = 60_000;
/** Open interest said longer ago than this is not that of a minute, milliseconds; venues say it at least once a minute or when it changes [A]. */
const oldestMs = 300_000;
/** Minutes of a silence longer than this are left out, milliseconds. */
const longestGapMs = 600_000;
/** Minutes between two fits: each takes tens of milliseconds, and what liquidations say changes over days. */
const fitEvery = 60;
/** Minutes between two looks at where positions are liquidated, which take some 40 ms: prices move faster than positions, and what the mark passes meanwhile is left out. */
const lookEvery = 5;
/** Draws behind a band: each takes half a millisecond of a look, and a band is as wide with few [A]. */
const draws = 24;
/** How long a market is watched, in minutes, before what was inferred counts beside the prior, and before it alone counts; in between its share grows evenly. */
export interface Patience {
  readonly first: number;
  readonly all: number;
}
/** Two days and seven [A]: positions that were open when watching began, of which nothing was seen, are then mostly closed. */
const usualPatience: Patience = { first: 2 * 1_440, all: 7 * 1_440 };
/** What is not known of a venue is taken for the least: that it shows one order a second, and not which. */
const unknownPractice: LiquidationPractice = { sampling: 'largest', windowMs: 1_000 };

let settings: number | undefined;
/** Of an inference that was saved with other classes, priors or guesses at the flow nothing can be made: what a new one holds tells them apart. */
function settingsHash(): number {
  return (settings ??= hash32(JSON.stringify([DEFAULT_FLOWS, createPositionInference({ practice: unknownPractice, draws }).state()])));
}

/** Forced orders of one side: how many, their sizes and the squares of them. */
type Forced = readonly [count: number, volume: number, squares: number];
const nothing: Forced = [0, 0, 0];

/** The minute that is not over. Marks are in the market's own quotation, null while there was none; quantities in the venue's unit. */
export interface OpenMinute {
  readonly end: number;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly volume: number;
  readonly long: Forced;
  readonly short: Forced;
  /** As it was said last, and when; null before. */
  readonly openInterest: readonly [value: number, at: number] | null;
  /** Whether liquidations are heard. */
  readonly hears: boolean;
}

/** What a memory holds but the minute that is not over: the inference as it was after its last fit, and every minute since. */
export interface SavedPositions {
  readonly venue: string;
  /** Of the settings it was made with. */
  readonly settings: number;
  /** The inference as text; null before its first fit. */
  readonly state: string | null;
  /** Which hour of the market's own the last fit was in. */
  readonly hour: number | null;
  readonly minutes: readonly ObservedMinute[];
  /** How many minutes were taken in, ever. */
  readonly count: number;
  /** The mark at the last fit; null before the first. */
  readonly close: number | null;
}

/** What was inferred of a market's positions, as of the last few minutes. */
export interface InferredPositions {
  /** How much of the whole it stands for beside the prior, 0 to 1. */
  readonly share: number;
  /** Ticks and lots of the venue's own price and quantity. */
  triggers(side: PositionSide, definition: InstrumentMessage): InferredTriggers | undefined;
}

/**
 * Follows the trading, open interest and liquidations of one derivative market by minutes of event time, and infers its positions from them. Everything is said in order of time; a minute ends before
 * what comes after it counts, whatever ticks there were.
 */
export interface PositionMemory {
  mark(at: EpochMs, price: number): void;
  openInterest(at: EpochMs, qty: number): void;
  trade(at: EpochMs, qty: number): void;
  liquidation(message: Pick<LiquidationMessage, 'eventTime' | 'qty' | 'side'>): void;
  /** Everything up to `at` was said; `hears`: liquidations are heard. Where it fits it takes tens of milliseconds, else a millisecond a minute. */
  tick(at: EpochMs, hears: boolean): void;
  inferred(): InferredPositions | undefined;
  /** Counts minutes taken in and fits, so that what is kept elsewhere can be told to be old. */
  versions(): { readonly minutes: number; readonly fits: number };
  save(): SavedPositions;
  saveOpen(): OpenMinute | null;
}

/** How much what was inferred counts beside the prior after so many minutes, 0 to 1. */
export function inferredShare(minutes: number, { first, all }: Patience = usualPatience): number {
  return Math.min(1, Math.max(0, (minutes - first) / (all - first)));
}

/** Makes the memory of a market of `venue`, empty or as `save` and `saveOpen` left it: it goes on to the last bit. */
export function createPositionMemory(instrument: InstrumentId, venue: VenueId, saved?: SavedPositions, savedOpen: OpenMinute | null = null, patience: Patience = usualPatience): PositionMemory {
  const practice = liquidationPractice(venue) ?? unknownPractice;
  // Markets end their minutes, and fit, at moments of their own: all at once would make one tick wait for all.
  const second = (hash32(instrument) % 60) * 1_000;
  const minuteOfHour = hash32(instrument, 1) % fitEvery;
  const known = saved?.settings === settingsHash() ? saved : undefined;
  let state = known?.state ?? null;
  let hour = known?.hour ?? null;
  let minutes: readonly ObservedMinute[] = known?.minutes ?? [];
  let fitClose = known?.close ?? null;
  let count = known?.count ?? 0;
  let fits = 0;
  /** Some megabytes: made when the first minute is over, or when it is asked after a restart. */
  let made: PositionInference | undefined;
  const inference = (): PositionInference => (made ??= restored(practice, state, minutes));
  let open: { -readonly [K in keyof OpenMinute]: OpenMinute[K] } | null = savedOpen === null ? null : { ...savedOpen };
  /** By side, as of the last look: after how many of the minutes since which fit it was. */
  const held = new Map<PositionSide, { readonly place: string; readonly triggers: InferredTriggers | undefined }>();
  /** How many of the minutes had been taken in when the last look was due; 0 right after a fit. */
  const lookedAfter = (): number => minutes.findLastIndex(({ at }) => Math.floor(at / minuteMs) % lookEvery === minuteOfHour % lookEvery) + 1;
  /** The inference as it was then, which is as it is now, or made again: after a restart, or where nobody asked in time. */
  const look = (after: number, side: PositionSide, definition: InstrumentMessage): InferredTriggers | undefined => {
    const close = after === 0 ? fitClose : minutes[after - 1]?.close;
    if (close === null || close === undefined) return undefined;
    const then = after === minutes.length ? inference() : restored(practice, state, minutes.slice(0, after));
    return then.triggers({ side, markPrice: close, tickSize: definition.tickSize, lotSize: definition.lotSize, bucketTicks: bucketTicksOf(close, definition.tickSize), rules: marginRulesOf(definition) });
  };

  const fit = (): void => {
    fits++;
    // What is written is rounded: whoever is restored from it and whoever wrote it go on from the same figures, which are fitted as they are read.
    state = JSON.stringify(inference().state());
    fitClose = minutes.at(-1)?.close ?? fitClose;
    minutes = [];
    made = undefined;
  };
  const take = ({ end, open: from, high, low, close, volume, long, short, openInterest, hears }: OpenMinute): void => {
    if (from === null || high === null || low === null || close === null || openInterest === null || end - openInterest[1] > oldestMs) return;
    const windows = Math.round(minuteMs / practice.windowMs);
    const block = ([n, total, squares]: Forced): LiquidationBlock => ({ windows: Math.max(windows, n), count: n, volume: total, squares });
    const minute: ObservedMinute = {
      at: end - minuteMs, open: from, high, low, close, openInterest: openInterest[0], volume, liquidations: hears && practice.sampling !== 'none' ? { long: block(long), short: block(short) } : null,
    };
    inference().observe(minute);
    count++;
    minutes = [...minutes, minute];
    const now = Math.floor((Math.floor(end / minuteMs) - minuteOfHour) / fitEvery);
    if (hour !== null && now > hour) fit();
    hour = now;
  };
  /** The mark and open interest stay what they were until they are said anew. */
  const begin = (end: number, { close: price, openInterest, hears }: Pick<OpenMinute, 'close' | 'openInterest' | 'hears'>): OpenMinute => ({ end, open: price, high: price, low: price, close: price, volume: 0, long: nothing, short: nothing, openInterest, hears });
  const endAfter = (at: number): number => (Math.floor((at - second) / minuteMs) + 1) * minuteMs + second;
  /** The minute of something said at `at`; those before it are over. */
  const minuteOf = (at: number): { -readonly [K in keyof OpenMinute]: OpenMinute[K] } => {
    // An end belongs to the minute it ends.
    open ??= { ...begin(endAfter(at - 1), { close: null, openInterest: null, hears: true }) };
    while (open.end < at) {
      take(open);
      // Of a long silence nothing is made up.
      const next: number = at - open.end > longestGapMs ? endAfter(at - 1) : open.end + minuteMs;
      open = { ...begin(next, open) };
    }
    return open;
  };
  return {
    mark: (at, price) => {
      const minute = minuteOf(at);
      minute.open ??= price;
      minute.high = Math.max(minute.high ?? price, price);
      minute.low = Math.min(minute.low ?? price, price);
      minute.close = price;
    },
    openInterest: (at, qty) => {
      minuteOf(at).openInterest = [qty, at];
    },
    trade: (at, qty) => {
      minuteOf(at).volume += qty;
    },
    liquidation: ({ eventTime, qty, side }) => {
      const minute = minuteOf(eventTime);
      const which = side === 'sell' ? 'long' : 'short';
      const [n, volume, squares] = minute[which];
      minute[which] = [n + 1, volume + qty, squares + qty * qty];
    },
    tick: (at, isHeard) => {
      if (open === null) return;
      // A minute that ends with the tick is over: what was said up to its end is in it.
      minuteOf(at + 1).hears = isHeard;
    },
    inferred: () => {
      const share = inferredShare(count, patience);
      if (share === 0) return undefined;
      return {
        share,
        triggers: (side, definition) => {
          const after = lookedAfter();
          const place = `${String(hour)} ${String(after)}`;
          const known = held.get(side);
          if (known?.place === place) return known.triggers;
          const triggers = look(after, side, definition);
          held.set(side, { place, triggers });
          return triggers;
        },
      };
    },
    versions: () => ({ minutes: count, fits }),
    save: () => ({ venue, settings: settingsHash(), state, hour, minutes, count, close: fitClose }),
    saveOpen: () => open,
  };
}

function restored(practice: LiquidationPractice, state: string | null, minutes: readonly ObservedMinute[]): PositionInference {
  const inference = createPositionInference({ practice, draws }, state === null ? undefined : (JSON.parse(state) as SavedInference));
  for (const minute of minutes) inference.observe(minute);
  return inference;
}
