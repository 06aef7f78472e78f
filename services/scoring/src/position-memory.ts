import type { InstrumentMessage, LiquidationMessage } from '@breakwater/contracts';
import { hash32, type EpochMs, type InstrumentId, type VenueId } from '@breakwater/models/core';
import { liquidationPractice, type LiquidationBlock, type LiquidationPractice, type PositionSide } from '@breakwater/models/market';
import { createPositionInference, DEFAULT_FLOWS, type InferredTriggers, type ObservedMinute, type PositionInference, type SavedInference } from '@breakwater/models/positions';
import { bucketTicksOf, marginRulesOf } from './margin-rules.ts';

const minuteMs = 60_000;
/** Minutes between two fits: each takes a tenth of a second, and what liquidations say changes over days. */
const fitEvery = 60;
/** Of an inference that was saved with other guesses at the flow nothing can be made. */
const settingsHash = hash32(JSON.stringify(DEFAULT_FLOWS));
/** While so few minutes are watched the prior alone counts, and from so many on what was inferred alone [A]: positions that were opened before are then mostly closed. Between them each has its share. */
const firstMinutes = 6 * 60;
const allMinutes = 48 * 60;
/** What is not known of a venue is taken for the least: that it shows one order a second, and not which. */
const unknownPractice: LiquidationPractice = { sampling: 'largest', windowMs: 1_000 };

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
  /** The mark at the end of the last minute; null before the first. */
  readonly close: number | null;
}

/** What a market shows at a tick. */
export interface MarketNow {
  readonly at: EpochMs;
  /** Undefined where it is not known or too old. */
  readonly openInterest: number | undefined;
  /** Whether its liquidations are heard. */
  readonly hears: boolean;
}

/** What was inferred of a market's positions, as of the last minute. */
export interface InferredPositions {
  /** How much of the whole it stands for beside the prior, 0 to 1. */
  readonly share: number;
  /** Ticks and lots of the venue's own price and quantity. */
  triggers(side: PositionSide, definition: InstrumentMessage): InferredTriggers | undefined;
}

/** Follows the trading, open interest and liquidations of one derivative market by minutes, and infers its positions from them. */
export interface PositionMemory {
  mark(price: number): void;
  trade(qty: number): void;
  liquidation(message: Pick<LiquidationMessage, 'qty' | 'side'>): void;
  /** In order of time, after what was said up to then: ends the minute if it is over. A tenth of a second where it fits, else a fraction of a millisecond. */
  tick(now: MarketNow): void;
  inferred(): InferredPositions | undefined;
  /** Counts minutes taken in and fits, so that what is kept elsewhere can be told to be old. */
  versions(): { readonly minutes: number; readonly fits: number };
  save(): SavedPositions;
  saveOpen(): OpenMinute | null;
}

/** How much what was inferred counts beside the prior after so many minutes, 0 to 1. */
export function inferredShare(minutes: number): number {
  return Math.min(1, Math.max(0, (minutes - firstMinutes) / (allMinutes - firstMinutes)));
}

/** Makes the memory of a market of `venue`, empty or as `save` and `saveOpen` left it: it goes on to the last bit. */
export function createPositionMemory(instrument: InstrumentId, venue: VenueId, saved?: SavedPositions, savedOpen: OpenMinute | null = null): PositionMemory {
  const practice = liquidationPractice(venue) ?? unknownPractice;
  // Markets end their minutes, and fit, at moments of their own: all at once would make one tick wait for all.
  const second = (hash32(instrument) % 60) * 1_000;
  const minuteOfHour = hash32(instrument, 1) % fitEvery;
  const known = saved?.settings === settingsHash ? saved : undefined;
  let state = known?.state ?? null;
  let hour = known?.hour ?? null;
  let minutes: readonly ObservedMinute[] = known?.minutes ?? [];
  let lastClose = known?.close ?? null;
  let count = known?.count ?? 0;
  let fits = 0;
  /** Some megabytes: made when the first minute is over, or when it is asked after a restart. */
  let made: PositionInference | undefined;
  const inference = (): PositionInference => (made ??= restored(practice, state, minutes));
  let open: { -readonly [K in keyof OpenMinute]: OpenMinute[K] } | null = savedOpen === null ? null : { ...savedOpen };
  /** By side, of the minute that was taken in last. */
  const held = new Map<PositionSide, InferredTriggers | undefined>();

  const fit = (): void => {
    fits++;
    // What is written is rounded: whoever is restored from it and whoever wrote it go on from the same figures, which are fitted as they are read.
    state = JSON.stringify(inference().state());
    minutes = [];
    made = undefined;
  };
  const take = ({ end, open: from, high, low, close, volume, long, short }: OpenMinute, { openInterest, hears }: MarketNow): void => {
    if (from === null || high === null || low === null || close === null || openInterest === undefined) return;
    const windows = Math.round(minuteMs / practice.windowMs);
    const block = ([count, total, squares]: Forced): LiquidationBlock => ({ windows: Math.max(windows, count), count, volume: total, squares });
    const minute: ObservedMinute = { at: end - minuteMs, open: from, high, low, close, openInterest, volume, liquidations: hears && practice.sampling !== 'none' ? { long: block(long), short: block(short) } : null };
    inference().observe(minute);
    count++;
    lastClose = close;
    held.clear();
    minutes = [...minutes, minute];
    const now = Math.floor((Math.floor(end / minuteMs) - minuteOfHour) / fitEvery);
    if (hour !== null && now > hour) fit();
    hour = now;
  };
  const begin = (at: number, price: number | null): OpenMinute => ({
    end: (Math.floor((at - second) / minuteMs) + 1) * minuteMs + second, open: price, high: price, low: price, close: price, volume: 0, long: nothing, short: nothing,
  });
  /** Before the first tick there is no minute: what is said then is of the first one, whose end that tick sets. */
  const current = (): { -readonly [K in keyof OpenMinute]: OpenMinute[K] } => (open ??= { ...begin(0, null), end: 0 });
  return {
    mark: (price) => {
      const minute = current();
      minute.open ??= price;
      minute.high = Math.max(minute.high ?? price, price);
      minute.low = Math.min(minute.low ?? price, price);
      minute.close = price;
    },
    trade: (qty) => {
      current().volume += qty;
    },
    liquidation: ({ qty, side }) => {
      const minute = current();
      const which = side === 'sell' ? 'long' : 'short';
      const [count, volume, squares] = minute[which];
      minute[which] = [count + 1, volume + qty, squares + qty * qty];
    },
    tick: (now) => {
      const minute = current();
      if (minute.end === 0) minute.end = begin(now.at, null).end;
      if (now.at < minute.end) return;
      take(minute, now);
      // The mark stays where it was until it is said anew.
      open = { ...begin(now.at, minute.close) };
    },
    inferred: () => {
      const share = inferredShare(count);
      const close = lastClose;
      if (share === 0 || close === null) return undefined;
      return {
        share,
        triggers: (side, definition) => {
          if (!held.has(side)) {
            held.set(side, inference().triggers({ side, markPrice: close, tickSize: definition.tickSize, lotSize: definition.lotSize, bucketTicks: bucketTicksOf(close, definition.tickSize), rules: marginRulesOf(definition) }));
          }
          return held.get(side);
        },
      };
    },
    versions: () => ({ minutes: count, fits }),
    save: () => ({ venue, settings: settingsHash, state, hour, minutes, count, close: lastClose }),
    saveOpen: () => open,
  };
}

function restored(practice: LiquidationPractice, state: string | null, minutes: readonly ObservedMinute[]): PositionInference {
  const inference = createPositionInference({ practice }, state === null ? undefined : (JSON.parse(state) as SavedInference));
  for (const minute of minutes) inference.observe(minute);
  return inference;
}
