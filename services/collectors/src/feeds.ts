import type { Venue, VenueEndpoints } from './venue.ts';
import { binanceSpotEndpoints, binanceUsdmEndpoints } from './venues/binance/config.ts';
import { binanceSpot, binanceUsdm } from './venues/binance/feed.ts';
import { bybitEndpoints } from './venues/bybit/config.ts';
import { bybitLinear, bybitSpot } from './venues/bybit/feed.ts';
import { hyperliquidEndpoints } from './venues/hyperliquid/config.ts';
import { hyperliquidPerp } from './venues/hyperliquid/feed.ts';
import { okxEndpoints } from './venues/okx/config.ts';
import { okxFutures, okxSpot, okxSwap } from './venues/okx/feed.ts';

/** A market type with its public addresses and its request limit. */
export interface Feed {
  readonly venue: Venue;
  readonly endpoints: VenueEndpoints;
  /** Request weight a minute that one address may spend, in the units of the polls' weights; we spend half of it at most, and little more on rates. */
  readonly weightPerMinute: number;
}

/**
 * Every built-in feed. Limits: Binance spot 6,000 and USD-M 2,400 weight a minute; Bybit 600 requests in 5 s; OKX books 40 requests in 2 s, shared by its three feeds;
 * Hyperliquid 1,200 weight a minute. Source: the venues' rate-limit pages, read 2026-11.
 */
export const nativeFeeds: readonly Feed[] = [
  { venue: binanceSpot, endpoints: binanceSpotEndpoints, weightPerMinute: 6_000 },
  { venue: binanceUsdm, endpoints: binanceUsdmEndpoints, weightPerMinute: 2_400 },
  { venue: bybitSpot, endpoints: bybitEndpoints, weightPerMinute: 3_600 },
  { venue: bybitLinear, endpoints: bybitEndpoints, weightPerMinute: 3_600 },
  { venue: okxSpot, endpoints: okxEndpoints, weightPerMinute: 450 },
  { venue: okxSwap, endpoints: okxEndpoints, weightPerMinute: 450 },
  { venue: okxFutures, endpoints: okxEndpoints, weightPerMinute: 300 },
  { venue: hyperliquidPerp, endpoints: hyperliquidEndpoints, weightPerMinute: 1_200 },
];

/** Every market type with a built-in feed. */
export const allVenues: readonly Venue[] = nativeFeeds.map((f) => f.venue);
