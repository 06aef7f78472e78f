import type { CurrencyCode } from '@breakwater/models/core';
import { bridgeCurrencies } from '@breakwater/models/market';
import type { RatePair, VenueInstrument } from './venue.ts';

/** Rates read from one venue at most: each is a request every few seconds [A]. A major coin has some 25 quote currencies at the largest venue, most of them of little volume. */
export const MOST_RATE_PAIRS = 16;

/** The part of a venue's list that can tell a rate: trading spot markets between a currency and one that has a dollar rate of its own. O(list). */
export function rateMarkets(list: readonly VenueInstrument[]): readonly VenueInstrument[] {
  return list.filter((i) => i.marketKind === 'spot' && i.trading && !i.dated && bridgeCurrencies.includes(i.base) !== bridgeCurrencies.includes(i.quote));
}

/**
 * The currencies that need a rate from a market, all but the ones with a dollar rate of their own: first those that reserves are held in, of which each is all that a floor's dollars are known by, then the quote currencies of
 * markets (one entry for each market), those of most markets first.
 */
export function wantedRates(quotes: Iterable<CurrencyCode>, reserves: Iterable<CurrencyCode> = []): readonly CurrencyCode[] {
  const markets = new Map<CurrencyCode, number>();
  for (const currency of reserves) if (!bridgeCurrencies.includes(currency)) markets.set(currency, Infinity);
  for (const quote of quotes) if (!bridgeCurrencies.includes(quote)) markets.set(quote, (markets.get(quote) ?? 0) + 1);
  return [...markets].sort(([a, n], [b, m]) => (n === m ? (a < b ? -1 : 1) : m - n)).map(([quote]) => quote);
}

/**
 * One market for each of the first `most` currencies wanted of which the venue has one, by symbol; `left` are the currencies beyond. Taken is the
 * market against the bridge that comes first, the currency as its base rather than as its quote. Pure: the order of the list changes nothing.
 * O(wanted x markets).
 */
export function chooseRatePairs(markets: readonly VenueInstrument[], wanted: readonly CurrencyCode[], most: number = MOST_RATE_PAIRS): { readonly pairs: readonly RatePair[]; readonly left: readonly CurrencyCode[] } {
  const found = wanted.flatMap((currency): RatePair[] => {
    const candidates = markets.filter((m) => m.base === currency || m.quote === currency).sort((a, b) => rank(a, currency) - rank(b, currency) || (a.symbol < b.symbol ? -1 : 1));
    const best = candidates[0];
    return best === undefined ? [] : [{ symbol: best.symbol, base: best.base, quote: best.quote, currency }];
  });
  return { pairs: found.slice(0, most).sort((a, b) => (a.symbol < b.symbol ? -1 : 1)), left: found.slice(most).map((pair) => pair.currency) };
}

function rank(market: VenueInstrument, currency: CurrencyCode): number {
  const isBase = market.base === currency;
  return 2 * bridgeCurrencies.indexOf(isBase ? market.quote : market.base) + (isBase ? 0 : 1);
}
