import { decimalsOf, type SimulatedVenue } from './market.ts';
import type { World } from './world.ts';

/** A spot market between USDT and a currency that the scenario's markets are quoted in: what a venue lists beside them, with its best quotes only. */
export interface CurrencyMarket {
  /** As the venue prints it. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** As the venue prints them; `bid` is below `ask`. */
  readonly bid: string;
  readonly ask: string;
  readonly tick: string;
}

/** Half of a market's spread, as a share of its price: a figure of quiet markets between currencies. */
const HALF_SPREAD = 0.0002;

/**
 * The markets between currencies that a venue lists. Binance has a currency worth more than half a dollar as the base (`EURUSDT`, `AUDUSDT`) and others as the
 * quote (`USDTTRY`); Bybit and OKX have them as the quote (`USDTEUR`, `USDT-EUR`). Source: the venues' own instrument lists, 2021 to 2026.
 */
export function currencyMarkets(world: World, venue: SimulatedVenue): readonly CurrencyMarket[] {
  if (venue === 'hyperliquid') return [];
  const { usdPer, usdtUsd } = world.conditions();
  return Object.entries(usdPer).map(([currency, usd]) => {
    const isBase = venue === 'binance' && usd > 0.5;
    const [base, quote, middle] = isBase ? [currency, 'USDT', usd / usdtUsd] : ['USDT', currency, usdtUsd / usd];
    const tick = middle < 10 ? 0.0001 : 0.01;
    const print = (ticks: number): string => (ticks * tick).toFixed(decimalsOf(tick));
    return {
      symbol: venue === 'okx' ? `${base}-${quote}` : `${base}${quote}`, base, quote, tick: String(tick),
      bid: print(Math.floor((middle * (1 - HALF_SPREAD)) / tick)), ask: print(Math.ceil((middle * (1 + HALF_SPREAD)) / tick)),
    };
  });
}
