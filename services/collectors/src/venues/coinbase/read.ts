import type { EpochMs, Price, UsdRate } from '@breakwater/models/core';
import { currencyCode, isPrice, usdRate } from '@breakwater/models/core';
import { parseNonNegative, parsePositive, readTime } from '../../numbers.ts';
import type { ParsedFrame, RateEvent, RejectReason, VenueEvent } from '../../venue.ts';

/** What Coinbase's several protocols share. */

/** Products whose price is the US dollars of a currency that markets are quoted in. There is no market of USDC: the venue takes it for a dollar. */
export const RATE_CURRENCY: ReadonlyMap<string, string> = new Map([['USDT-USD', 'USDT'], ['BTC-USD', 'BTC'], ['ETH-USD', 'ETH']]);

/** A frame that is not understood. */
export const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail: detail.slice(0, 200) });

/** Why one entry of a frame cannot be read; it rejects the whole frame. */
export interface Failure {
  readonly reason: RejectReason;
  readonly detail: string;
}
/** Makes a failure. */
export const failure = (reason: RejectReason, detail: string): Failure => ({ reason, detail });

/** Events of every entry, or the frame rejected for the first that cannot be read; undefined entries say nothing. O(entries). */
export function eventsOf(entries: readonly unknown[], read: (entry: unknown) => readonly VenueEvent[] | Failure): ParsedFrame {
  const events: VenueEvent[] = [];
  for (const entry of entries) {
    const one = read(entry);
    if ('reason' in one) return { kind: 'rejected', ...one };
    for (const event of one) events.push(event);
  }
  return { kind: 'events', events };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** A moment from a text like `2026-08-09T21:05:48.228568804Z`, rounded down to milliseconds; undefined unless between 2010 and 2100, so also for `0001-01-01T00:00:00Z`, which stands for none. */
export function readIso(v: unknown): EpochMs | undefined {
  if (typeof v !== 'string' || !ISO.test(v)) return undefined;
  return readTime(Math.floor(Date.parse(v.length > 24 ? `${v.slice(0, 23)}Z` : v)));
}

/** A price that may be absent: undefined when missing, empty or 0 (no price is 0), `bad` when it is no number. */
export function optionalPrice(v: unknown): Price | undefined | 'bad' {
  if (v === undefined || v === null || v === '') return undefined;
  const n = parseNonNegative(v);
  if (n === 0) return undefined;
  return isPrice(n) ? n : 'bad';
}

/** The rate that the best quotes of a product tell, at their middle; undefined for other products and where a side is missing or the quotes are crossed. */
export function readRate(symbol: string, bid: unknown, ask: unknown, eventTime: EpochMs): RateEvent | undefined {
  const currency = RATE_CURRENCY.get(symbol);
  if (currency === undefined) return undefined;
  const [b, a] = [parsePositive(bid), parsePositive(ask)];
  const usd: UsdRate | undefined = b <= a && isPrice((b + a) / 2) ? usdRate((b + a) / 2) : undefined;
  return usd === undefined ? undefined : { kind: 'rate', symbol, eventTime, currency: currencyCode(currency), usd };
}
