import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';

/** Width of a bar, milliseconds. */
export const barMs = 300_000;
/** Bars that are kept: seven days. */
export const mostBars = 2_016;

/** Five minutes of an asset's price, US dollars for one unit, as it was at ticks. */
export interface Bar {
  /** When it began; the ticks in it are those of (at, at + barMs]. */
  readonly at: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Units of the asset traded, over all its markets. */
  readonly volume: number;
}

/** Bars by column, so that a week of them is some 80 kB of JSON; `n` counts bars since the epoch. */
export interface SavedBars {
  readonly n: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

/** The bar that is not over; `close` is null while no tick in it had a price. */
export interface OpenBar {
  readonly at: number;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly volume: number;
}

/** The price and the trading of an asset over the last week, in bars of five minutes. A bar in which no tick had a price is left out. */
export interface Bars {
  /** Adds units that were traded, to the bar of the next tick. */
  trade(units: number): void;
  /** The asset's price at a tick, in order of time; undefined where nobody says it. Ends every bar that is over by then. */
  sample(at: EpochMs, price: number | undefined): void;
  /** Bars that are over, oldest first; the same list until another one is. */
  closed(): readonly Bar[];
  save(): SavedBars;
  saveOpen(): OpenBar | null;
}

/** More digits than venues print, and half the text of a double. */
const short = (x: number): number => Number(x.toPrecision(9));

/** Restores bars from what `save` and `saveOpen` gave. Calls are O(1), but `save` and a `sample` that ends a bar: O(bars). */
export function createBars(saved?: SavedBars, savedOpen: OpenBar | null = null): Bars {
  let closed: readonly Bar[] = saved === undefined ? [] : barsOf(saved);
  let current: { -readonly [K in keyof OpenBar]: OpenBar[K] } | null = savedOpen === null ? null : { ...savedOpen };
  /** Of trades that no tick has followed yet. */
  let traded = 0;
  const end = (): void => {
    if (current === null) return;
    const { at, open, high, low, close, volume } = current;
    current = null;
    if (open === null || high === null || low === null || close === null) return;
    closed = [...closed.slice(Math.max(0, closed.length - mostBars + 1)), { at: epochMs(at), open: short(open), high: short(high), low: short(low), close: short(close), volume: short(volume) }];
  };
  return {
    trade: (units) => {
      traded += units;
    },
    sample: (at, price) => {
      // A tick on the edge belongs to the bar that ends there.
      const start = (Math.ceil(at / barMs) - 1) * barMs;
      if (current !== null && start > current.at) end();
      current ??= { at: start, open: null, high: null, low: null, close: null, volume: 0 };
      current.volume += traded;
      traded = 0;
      if (price !== undefined) {
        current.open ??= price;
        current.high = Math.max(current.high ?? price, price);
        current.low = Math.min(current.low ?? price, price);
        current.close = price;
      }
      if (at === start + barMs) end();
    },
    closed: () => closed,
    save: () => ({
      n: closed.map((bar) => bar.at / barMs), open: closed.map((bar) => bar.open), high: closed.map((bar) => bar.high), low: closed.map((bar) => bar.low), close: closed.map((bar) => bar.close),
      volume: closed.map((bar) => bar.volume),
    }),
    saveOpen: () => current,
  };
}

function barsOf({ n, open, high, low, close, volume }: SavedBars): readonly Bar[] {
  return n.map((count, i): Bar => ({ at: epochMs(count * barMs), open: open[i] ?? NaN, high: high[i] ?? NaN, low: low[i] ?? NaN, close: close[i] ?? NaN, volume: volume[i] ?? NaN }));
}
