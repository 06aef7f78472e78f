import type { EpochMs } from '@breakwater/models/core';
import type { MarketSpec, SimulatedVenue } from '../world/market.ts';

/** The course of a market and a chain: everything a run needs, as data and pure functions of event time. */
export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly markets: readonly MarketSpec[];
  /** Levels a side: at least `near` within 1 % of the touch and `far` beyond it (fewer where the tick is too coarse), never twice as many. */
  readonly book: { readonly near: number; readonly far: number };
  /** Share of the open interest of each side that accounts make up where a venue shows them, 0 to 1; 0.8 by default. */
  readonly accountShare?: number;
  /** Event times in order; the first is `start`, the last `end`. */
  steps(): readonly EpochMs[];
  /** The state of the outside world at `t`. Pure. */
  conditions(t: EpochMs): Conditions;
  /** Transfers in order of time; those before `start` are history of the chain. */
  transfers: readonly ScheduledTransfer[];
  /** Token balances at genesis, in token units. */
  readonly holders: readonly { readonly address: string; readonly units: number }[];
  /** Feeds that acknowledge and stay silent for a while. */
  readonly silences: readonly Silence[];
  /** What was made up, in sentences for the reader of a drill. */
  readonly assumptions: readonly string[];
  /** What a daemon's config needs to watch this scenario. */
  readonly config: ScenarioConfig;
}

/** The outside world at one moment. */
export interface Conditions {
  /** Price of the asset in USDT. > 0. */
  readonly price: number;
  /** US dollars for one USDT, one USDC and one BTC. */
  readonly usdtUsd: number;
  readonly usdcUsd: number;
  readonly btcUsd: number;
  /** US dollars for one unit of every other currency that a market is quoted in; the venues list spot markets of them. */
  readonly usdPer: Readonly<Record<string, number>>;
  /** Multiplier of each venue's stated depth, > 0; 1 is the depth in `MarketSpec.depthUsd`. */
  readonly depth: Readonly<Record<SimulatedVenue, number>>;
  /** Open interest as a share of the stated one, >= 0. */
  readonly openInterest: number;
  /** Funding per eight hours, as a ratio of notional; positive means longs pay. */
  readonly fundingRate: number;
}

/** A token transfer to be mined at the first step at or after `at`. */
export interface ScheduledTransfer {
  readonly at: EpochMs;
  readonly from: string;
  readonly to: string;
  /** Token units; whole numbers, so that the amount on the chain is exact. */
  readonly units: number;
}

/** From `from` to `until` the venue's `channel` acknowledges subscriptions and sends nothing. Only OKX order books can be silenced. */
export interface Silence {
  readonly venue: 'okx';
  readonly channel: 'books';
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** What a daemon must be told. */
export interface ScenarioConfig {
  /** Asset id, also the base coin on every venue. */
  readonly asset: string;
  readonly name: string;
  readonly venues: readonly SimulatedVenue[];
  /** CAIP-2 id of the chain, e.g. `eip155:31337`. */
  readonly chain: string;
  readonly token: { readonly name: string; readonly symbol: string; readonly decimals: number };
  /** Units in free circulation. */
  readonly floatUnits: number;
  /** Whose the addresses are: `exchange:<venue>` or `issuer:<name>`. Lower-case addresses. */
  readonly labels: readonly { readonly address: string; readonly label: string }[];
}
