import type { EpochMs } from '@breakwater/models/core';
import { pairRate } from '@breakwater/models/market';
import { parseNonNegative } from './numbers.ts';
import type { ParsedFrame, RatePair } from './venue.ts';

/**
 * The best bid and ask that a venue printed for a pair's market as the rate of its currency; the part that every venue's map shares. An empty side
 * is printed as 0 or as an empty text. Rejected are a side that is absent or no number, and with its own reason what is no rate: an empty
 * side, crossed or too wide quotes, a rate out of range.
 */
export function readCrossQuote(pair: RatePair, bid: unknown, ask: unknown, eventTime: EpochMs): ParsedFrame {
  if (bid === undefined || ask === undefined) return { kind: 'rejected', reason: 'missing-field', detail: `best bid and ask of ${pair.symbol}` };
  const [b, a] = [bid, ask].map((side) => (side === '' ? 0 : parseNonNegative(side)));
  if (b === undefined || a === undefined || Number.isNaN(b) || Number.isNaN(a)) return { kind: 'rejected', reason: 'bad-number', detail: `best bid and ask of ${pair.symbol}` };
  const rate = pairRate(pair, pair.currency, b, a);
  if (!rate.ok) return { kind: 'rejected', reason: rate.error, detail: `${pair.symbol} ${b} ${a}` };
  return { kind: 'events', events: [{ kind: 'rate.cross', symbol: pair.symbol, eventTime, rate: rate.value }] };
}
