import type { EpochMs, InstrumentId, SourceId } from '@breakwater/models/core';
import type { MarketState } from './asset-state.ts';
import type { Rates } from './rates.ts';

/** How much each market trades, in units of the asset: what decides whose price is the asset's. */
export interface Activity {
  trade(instrument: InstrumentId, units: number): void;
  of(instrument: InstrumentId): number;
  /** A bar is over: what was traded counts for a little less from now on. */
  age(): void;
  save(): readonly (readonly [InstrumentId, number])[];
}

/** What one bar of five minutes takes off: half of what was traded a day ago counts [A]. */
const keptPerBar = 0.5 ** (1 / 288);

/** Restores what `save` gave. */
export function createActivity(saved: readonly (readonly [InstrumentId, number])[] = []): Activity {
  const traded = new Map<InstrumentId, number>(saved);
  return {
    trade: (instrument, units) => void traded.set(instrument, (traded.get(instrument) ?? 0) + units),
    of: (instrument) => traded.get(instrument) ?? 0,
    age: () => {
      for (const [instrument, units] of traded) {
        // Of a market that is gone nothing is left after some weeks.
        if (units < 1e-9) traded.delete(instrument);
        else traded.set(instrument, units * keptPerBar);
      }
    },
    save: () => [...traded],
  };
}

/** Units of the asset in a trade of `qty` at `price`, both as the venue prints them; undefined while the market is not defined. */
export function tradedUnits({ definition }: Pick<MarketState, 'definition'>, price: number, qty: number): number | undefined {
  if (definition === undefined) return undefined;
  const { marketKind, contractSize, multiplier } = definition;
  // Contracts of an inverse market are of a fixed amount of the quote currency.
  return marketKind === 'inverse' ? (qty * contractSize * multiplier) / price : qty * contractSize * multiplier;
}

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
