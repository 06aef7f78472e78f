import type { EpochMs, SourceId } from '@breakwater/models/core';
import type { Activity } from './activity.ts';
import type { MarketState } from './asset-state.ts';
import type { Rates } from './rates.ts';

/**
 * The asset's price at a tick, US dollars: half of what was traded lately was in markets whose middle between best bid and ask is at or below it (the same share each where nothing was). Of books that
 * are current and in currencies with a rate; undefined of none. O(markets log markets).
 */
export function assetPrice(markets: Iterable<MarketState>, activity: Activity, rates: Rates, at: EpochMs, behind: ReadonlySet<SourceId>): number | undefined {
  const quotes: { readonly price: number; readonly weight: number }[] = [];
  for (const { definition, book, bookAt, bookHealth, source } of markets) {
    if (definition === undefined || bookAt === undefined || bookHealth !== 'ok' || behind.has(source)) continue;
    const [bid, ask] = [book.best('bids'), book.best('asks')];
    const rate = rates.at(definition.quote, at);
    if (rate !== undefined && bid < ask) quotes.push({ price: ((bid + ask) / 2 / definition.multiplier) * rate.usd, weight: activity.of(definition.instrument) });
  }
  quotes.sort((a, b) => a.price - b.price);
  const total = quotes.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  return quotes.find(({ weight }) => {
    below += total > 0 ? weight / total : 1 / quotes.length;
    return below >= 0.5 - 1e-12;
  })?.price;
}
