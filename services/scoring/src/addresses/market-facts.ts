import type { ScoreMessage } from '@breakwater/contracts';
import type { MarketFacts } from '@breakwater/models/address-risk';
import { DAY, HOUR, type EpochMs } from '@breakwater/models/core';
import type { AssetState } from '../asset-state.ts';
import { barMs, type Bar } from '../bars.ts';

/** What an asset's own bars say of its trading. */
export interface TradingFacts {
  /** Units a day, over the bars that are kept; null before an hour of them. */
  readonly volumeUnits: number | null;
  /** Standard deviation of daily log-returns; null before an hour of them. */
  readonly dailyVolatility: number | null;
  /** By hour of the day what is traded in it, over the mean of all hours; null where it was not seen on two days. */
  readonly hours: readonly (number | null)[];
}

const barsOfHour = HOUR / barMs;
const barsOfDay = DAY / barMs;

function hoursOf(bars: readonly Bar[], mean: number): TradingFacts['hours'] {
  const sums = Array.from({ length: 24 }, () => ({ volume: 0, bars: 0, days: new Set<number>() }));
  for (const { at, volume } of bars) {
    const sum = sums[Math.floor(at / HOUR) % 24];
    if (sum === undefined) continue;
    sum.volume += volume;
    sum.bars++;
    sum.days.add(Math.floor(at / DAY));
  }
  return sums.map(({ volume, bars: count, days }) => (days.size < 2 || !(mean > 0) ? null : volume / count / mean));
}

function computed(bars: readonly Bar[]): TradingFacts {
  if (bars.length < barsOfHour) return { volumeUnits: null, dailyVolatility: null, hours: hoursOf([], 0) };
  const mean = bars.reduce((sum, { volume }) => sum + volume, 0) / bars.length;
  let [squares, returns] = [0, 0];
  for (const [i, { at, close }] of bars.entries()) {
    const before = bars[i - 1];
    if (before === undefined || at !== before.at + barMs) continue;
    squares += Math.log(close / before.close) ** 2;
    returns++;
  }
  return { volumeUnits: mean * barsOfDay, dailyVolatility: returns === 0 ? null : Math.sqrt((squares / returns) * barsOfDay), hours: hoursOf(bars, mean) };
}

const known = new WeakMap<readonly Bar[], TradingFacts>();

/** Trading as bars tell it; a function of the bars, computed once for each list of them. O(bars) when one has ended, else O(1). */
export function tradingOf(bars: readonly Bar[]): TradingFacts {
  const held = known.get(bars);
  if (held !== undefined) return held;
  const facts = computed(bars);
  known.set(bars, facts);
  return facts;
}

/** Hours of a funding period: one at Hyperliquid, eight for nearly every perpetual elsewhere (venues' pages, read 2026-11); those of the few others are taken for eight [A]. */
const fundingHours: Readonly<Record<string, number>> = { hyperliquid: 1 };

/** The figures of a score that say how much a sale weighs. */
export type SaleFigures = Pick<ScoreMessage, 'ignitionUsd' | 'ignitedAtZero' | 'depth2pctUsd' | 'openInterestUsd' | 'network' | 'markets'>;

/** Funding for eight hours, over the derivative markets by open interest; null where none says both. */
function fundingPer8h(state: AssetState, { markets }: SaleFigures): number | null {
  let [weighted, weight] = [0, 0];
  for (const { instrument, venue, openInterestUsd } of markets) {
    const funding = state.markets.get(instrument)?.funding;
    if (funding === undefined || openInterestUsd === null) continue;
    weighted += openInterestUsd * funding.value * (8 / (fundingHours[venue] ?? 8));
    weight += openInterestUsd;
  }
  return weight > 0 ? weighted / weight : null;
}

/** The threshold as the model of addresses takes it: a market that is measured and has none is not ignited by anything. */
function thresholdOf({ ignitionUsd, ignitedAtZero, depth2pctUsd, openInterestUsd }: SaleFigures): MarketFacts['thresholdUsd'] {
  // Any sale at all is beyond it.
  if (ignitedAtZero) return 1;
  if (ignitionUsd !== null) return ignitionUsd.value;
  return depth2pctUsd === null || openInterestUsd === null ? null : 'none';
}

/** What the market is like at a tick, as the model of addresses asks it. Depth at this hour is stood in for by what is traded in it, on the days that are kept [A]. */
export function marketFacts(state: AssetState, at: EpochMs, figures: SaleFigures, unitPrice: number | null, of: { readonly unlock: MarketFacts['unlock']; readonly hhi: number | null }): MarketFacts {
  const { volumeUnits, dailyVolatility, hours } = tradingOf(state.bars.closed());
  return {
    advUsd: volumeUnits === null || unitPrice === null ? null : volumeUnits * unitPrice, depthUsd: figures.depth2pctUsd, dailyVolatility, thresholdUsd: thresholdOf(figures), unlock: of.unlock,
    hourLiquidity: hours[Math.floor(at / HOUR) % 24] ?? null, fundingPer8h: fundingPer8h(state, figures), reproduction: figures.network?.reproduction.value ?? null, hhi: of.hhi,
  };
}
