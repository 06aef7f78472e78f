import type { EpochMs } from '@breakwater/models/core';
import type { VenueEvent } from '../venue.ts';

/** What was traded of each market lately: which of many books matters most. */
export interface Turnover {
  /** Hot path: one map look-up a trade. */
  heard(event: VenueEvent, at: EpochMs): void;
  /** Price times quantity traded lately, in the units of the market type; 0 where nothing was. Only for comparison within a market type. */
  of(symbol: string): number;
}

/** After this long a trade counts half (a design assumption: a mass break is mended by what traded in the hour before). */
const HALF_LIFE_MS = 1_800_000;

/** Makes a measure that has heard nothing. `contractSize` of a symbol brings contracts of one market type to one scale; 1 by default. O(1) a trade. */
export function createTurnover(contractSize: (symbol: string) => number = () => 1): Turnover {
  const held = new Map<string, { sum: number; at: number; readonly size: number }>();
  let latest = 0;
  const decay = (ms: number): number => 0.5 ** (Math.max(0, ms) / HALF_LIFE_MS);
  return {
    heard: (event, at) => {
      if (event.kind !== 'trade') return;
      const own = held.get(event.symbol) ?? { sum: 0, at, size: contractSize(event.symbol) };
      own.sum = own.sum * decay(at - own.at) + event.price * event.qty * own.size;
      own.at = at;
      latest = Math.max(latest, at);
      held.set(event.symbol, own);
    },
    of: (symbol) => {
      const own = held.get(symbol);
      return own === undefined ? 0 : own.sum * decay(latest - own.at);
    },
  };
}
