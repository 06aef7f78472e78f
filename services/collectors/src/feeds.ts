import type { CollectorsConfig } from './config.ts';
import type { Venue, VenueEndpoints } from './venue.ts';
import { binanceCoinmEndpoints, binanceSpotEndpoints, binanceUsdmEndpoints } from './venues/binance/config.ts';
import { binanceCoinm, binanceSpot, binanceUsdm } from './venues/binance/feed.ts';
import { bitgetEndpoints } from './venues/bitget/config.ts';
import { bitgetCoin, bitgetSpot, bitgetUsdc, bitgetUsdt } from './venues/bitget/feed.ts';
import { bybitEndpoints } from './venues/bybit/config.ts';
import { bybitInverse, bybitLinear, bybitSpot } from './venues/bybit/feed.ts';
import { coinbaseEndpoints } from './venues/coinbase/config.ts';
import { coinbaseIntx, coinbaseSpot } from './venues/coinbase/feed.ts';
import { deribitEndpoints } from './venues/deribit/config.ts';
import { deribitInverse, deribitLinear, deribitOption } from './venues/deribit/feed.ts';
import { gateBtcEndpoints, gateSpotEndpoints, gateUsdtEndpoints } from './venues/gate/config.ts';
import { gateBtc, gateSpot, gateUsdt } from './venues/gate/feed.ts';
import { hyperliquidEndpoints } from './venues/hyperliquid/config.ts';
import { hyperliquidPerp, hyperliquidSpot } from './venues/hyperliquid/feed.ts';
import { krakenFuturesEndpoints, krakenSpotEndpoints } from './venues/kraken/config.ts';
import { krakenFutures, krakenSpot } from './venues/kraken/feed.ts';
import { kucoinFuturesEndpoints, kucoinSpotEndpoints } from './venues/kucoin/config.ts';
import { kucoinFutures, kucoinSpot } from './venues/kucoin/feed.ts';
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
 * Every built-in feed. Limits: Binance spot 6,000, USD-M and COIN-M 2,400 weight a minute each; Bybit 600 requests in 5 s, shared by its three feeds; OKX books 40 requests in 2 s, shared by its three feeds;
 * Hyperliquid 1,200 weight a minute, most of it for perpetuals; Deribit 20 requests a second, shared by its three feeds; Kraken spot about one a second, which it does not publish,
 * and derivatives 500 in 10 s; Bitget 20 requests a second to a path, that of futures' books shared by three feeds; Coinbase 10 requests a second;
 * Gate 200 requests in 10 s to a path, that of futures shared by two feeds; KuCoin 2,000 weight in 30 s, shared by its two feeds. Source: the venues' rate-limit pages, read 2026-11.
 */
export const nativeFeeds: readonly Feed[] = [
  { venue: binanceSpot, endpoints: binanceSpotEndpoints, weightPerMinute: 6_000 },
  { venue: binanceUsdm, endpoints: binanceUsdmEndpoints, weightPerMinute: 2_400 },
  { venue: binanceCoinm, endpoints: binanceCoinmEndpoints, weightPerMinute: 2_400 },
  { venue: bybitSpot, endpoints: bybitEndpoints, weightPerMinute: 2_400 },
  { venue: bybitLinear, endpoints: bybitEndpoints, weightPerMinute: 2_400 },
  { venue: bybitInverse, endpoints: bybitEndpoints, weightPerMinute: 2_400 },
  { venue: okxSpot, endpoints: okxEndpoints, weightPerMinute: 450 },
  { venue: okxSwap, endpoints: okxEndpoints, weightPerMinute: 450 },
  { venue: okxFutures, endpoints: okxEndpoints, weightPerMinute: 300 },
  { venue: hyperliquidPerp, endpoints: hyperliquidEndpoints, weightPerMinute: 800 },
  { venue: hyperliquidSpot, endpoints: hyperliquidEndpoints, weightPerMinute: 400 },
  { venue: deribitLinear, endpoints: deribitEndpoints, weightPerMinute: 400 },
  { venue: deribitInverse, endpoints: deribitEndpoints, weightPerMinute: 400 },
  { venue: deribitOption, endpoints: deribitEndpoints, weightPerMinute: 400 },
  { venue: krakenSpot, endpoints: krakenSpotEndpoints, weightPerMinute: 60 },
  { venue: krakenFutures, endpoints: krakenFuturesEndpoints, weightPerMinute: 3_000 },
  { venue: bitgetSpot, endpoints: bitgetEndpoints, weightPerMinute: 1_200 },
  { venue: bitgetUsdt, endpoints: bitgetEndpoints, weightPerMinute: 800 },
  { venue: bitgetUsdc, endpoints: bitgetEndpoints, weightPerMinute: 200 },
  { venue: bitgetCoin, endpoints: bitgetEndpoints, weightPerMinute: 200 },
  { venue: coinbaseSpot, endpoints: coinbaseEndpoints, weightPerMinute: 600 },
  { venue: gateSpot, endpoints: gateSpotEndpoints, weightPerMinute: 1_200 },
  { venue: gateUsdt, endpoints: gateUsdtEndpoints, weightPerMinute: 1_000 },
  { venue: gateBtc, endpoints: gateBtcEndpoints, weightPerMinute: 200 },
  { venue: kucoinSpot, endpoints: kucoinSpotEndpoints, weightPerMinute: 2_800 },
  { venue: kucoinFutures, endpoints: kucoinFuturesEndpoints, weightPerMinute: 1_200 },
];

/** Market types that are closed: recordings of them can be read, and nothing is collected. */
const closedVenues: readonly Venue[] = [coinbaseIntx];

/** Every market type whose frames can be read. */
export const allVenues: readonly Venue[] = [...nativeFeeds.map((f) => f.venue), ...closedVenues];

/** The addresses of a built-in feed: its own, or those that the config gives. */
export function endpointsOf(feed: Feed, config: CollectorsConfig): VenueEndpoints {
  const own = config.venues[feed.venue.venue]?.endpoints?.[feed.venue.marketType];
  return { rest: own?.rest ?? feed.endpoints.rest, ws: { ...feed.endpoints.ws, ...own?.ws } };
}
