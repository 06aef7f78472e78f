import type { EpochMs } from '@breakwater/models/core';

/** The venues that are simulated. */
export type SimulatedVenue = 'binance' | 'bybit' | 'okx' | 'hyperliquid';

/** One simulated market and the assumptions it is made from. */
export interface MarketSpec {
  readonly venue: SimulatedVenue;
  readonly marketType: 'spot' | 'usdm' | 'linear' | 'swap' | 'perp';
  /** As the venue prints it, e.g. `OMUSDT`, `OM-USDT-SWAP`, `OM`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly kind: 'spot' | 'linear';
  readonly tick: number;
  readonly lot: number;
  /** Base units for one unit of the venue's quantity. */
  readonly contractSize: number;
  readonly maxLeverage: number;
  /** Bids within 2 % of the touch at depth multiplier 1, in quote currency; asks likewise. */
  readonly depthUsd: number;
  readonly spreadBps: number;
  /** This market's price above the reference price, basis points. */
  readonly basisBps: number;
  /** Open interest at the scenario's start, quote currency, one side; 0 for spot. */
  readonly openInterestUsd: number;
  /** Trading in a quiet minute, quote currency. */
  readonly volumeUsdPerMinute: number;
}

/** Price in ticks, quantity in lots; quantity 0 removes the level in a change. */
export type Level = readonly [ticks: number, lots: number];

/** A whole book, best first. Never crossed, no empty side. */
export interface Book {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** A trade of the present step. `side` is the aggressor's. */
export interface SimulatedTrade {
  readonly id: number;
  readonly ticks: number;
  readonly lots: number;
  readonly side: 'buy' | 'sell';
}

/** A forced order of the present step; `sell` closes a long. */
export interface SimulatedLiquidation {
  readonly ticks: number;
  readonly lots: number;
  readonly side: 'buy' | 'sell';
}

/** An account with a position in a simulated market, where the venue shows accounts. */
export interface SimulatedAccount {
  /** 20 bytes that belong to nobody, in lower case. */
  readonly address: string;
  readonly side: 'long' | 'short';
  /** Whole lots, > 0. */
  readonly lots: number;
  readonly entryPrice: number;
  /** Margin over value at entry is one over this; at most the market's maximum. */
  readonly leverage: number;
  readonly margin: 'cross' | 'isolated';
  /** Its share of what accounts of its side hold, relative to the others'. */
  readonly weight: number;
}

/** A market at one step. */
export interface MarketState {
  readonly spec: MarketSpec;
  readonly time: EpochMs;
  /** Steps since the start; sequence numbers of every venue are functions of it. */
  readonly step: number;
  readonly book: Book;
  /** The book one step before; absent at the first. */
  readonly previous: Book | undefined;
  readonly trades: readonly SimulatedTrade[];
  readonly liquidations: readonly SimulatedLiquidation[];
  /** Where the venue shows accounts: those with a position; none elsewhere. */
  readonly accounts: readonly SimulatedAccount[];
  readonly lastTicks: number;
  readonly mark: number;
  readonly index: number;
  /** Lots of one side; 0 for spot. */
  readonly openInterestLots: number;
  /** Per eight hours. */
  readonly fundingRate: number;
  readonly day: { readonly open: number; readonly high: number; readonly low: number; readonly volume: number; readonly turnover: number };
}

/** Decimals of a tick or lot, e.g. 4 for 0.0001 and 0 for 10. */
export function decimalsOf(step: number): number {
  const [mantissa = '', exponent = '0'] = step.toString().split('e-');
  return (mantissa.split('.')[1]?.length ?? 0) + Number(exponent);
}

/** A price as the venue's tick prints it, zeros kept. */
export function printTicks(spec: MarketSpec, ticks: number): string {
  return (ticks * spec.tick).toFixed(decimalsOf(spec.tick));
}

/** A quantity as the venue's lot prints it, zeros kept. */
export function printLots(spec: MarketSpec, lots: number): string {
  return (lots * spec.lot).toFixed(decimalsOf(spec.lot));
}

/** Removes zeros after the point: `5.2500` becomes `5.25`. */
export function trimZeros(printed: string): string {
  return printed.includes('.') ? printed.replace(/\.?0+$/, '') : printed;
}
