import type { Candle } from './types.ts';

/** Share of a tick that an expected shortfall is never below [A]: a price that can move at all moves by a tick, and one that rested for a week still can. */
const LEAST_TICKS = 0.5;
/** Prices closer than this, as a share, are one price written twice. */
const SAME = 1e-9;

/** The price's tick as far as it has shown. */
export interface TickWatch {
  /** Looks at the differences between the prices of a bar, and to the close before it. */
  add(candle: Candle, before: number): void;
  /** The least that an expected shortfall may be, as a log return at `price`: half a tick; a millionth before any two prices differed. */
  floor(price: number): number;
  /** Smallest difference seen, in the unit of the price; Infinity before any. */
  readonly smallest: number;
}

/** Watches for the smallest difference between prices; `smallest` goes on from an earlier watch. */
export function createTickWatch(smallest: number = Infinity): TickWatch {
  let tick = smallest;
  return {
    add: ({ open, high, low, close }, before) => {
      for (const difference of [high - low, close - open, high - close, close - low, high - open, open - low, close - before]) {
        const size = Math.abs(difference);
        if (size > SAME * close && size < tick) tick = size;
      }
    },
    floor: (price) => (tick === Infinity ? 1e-6 : Math.max(1e-9, (LEAST_TICKS * tick) / price)),
    get smallest() {
      return tick;
    },
  };
}
