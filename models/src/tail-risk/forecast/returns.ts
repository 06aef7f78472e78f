import { barMs, type Candle } from './types.ts';

/** Log returns from close to close. */
export interface Returns {
  /** Return of a bar; null for the first one and after a gap: what happened between is not one bar's return. */
  next(candle: Candle): number | null;
}

/** Begins a series of returns. */
export function createReturns(): Returns {
  let last: Candle | undefined;
  return {
    next: (candle) => {
      const before = last;
      last = candle;
      return before !== undefined && candle.t === before.t + barMs ? Math.log(candle.close / before.close) : null;
    },
  };
}
