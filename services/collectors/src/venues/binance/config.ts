import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of Binance spot; sockets under role `spot`.
 * Source: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams, read 2026-11-21.
 */
export const binanceSpotEndpoints: VenueEndpoints = { rest: 'https://api.binance.com', ws: { spot: 'wss://stream.binance.com:9443' } };

/**
 * Public addresses of Binance COIN-M futures; sockets under role `coinm`. Its streams are not routed: the split of 2026-04-23 is of USD-M (and options) alone.
 * Source: https://developers.binance.com/docs/derivatives/coin-margined-futures/websocket-market-streams, read 2026-11-27; ccxt#28091.
 */
export const binanceCoinmEndpoints: VenueEndpoints = { rest: 'https://dapi.binance.com', ws: { coinm: 'wss://dstream.binance.com' } };

/**
 * Public addresses of Binance USD-M futures. Since 2026-04-23 streams are routed: role `public` carries depth and book ticker, role `market`
 * the rest (aggTrade, markPrice, forceOrder). The unrouted address still acknowledges `market` streams and then sends nothing.
 * Source: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams, read 2026-11-21; binance-public-data#472.
 */
export const binanceUsdmEndpoints: VenueEndpoints = {
  rest: 'https://fapi.binance.com',
  ws: { public: 'wss://fstream.binance.com/public', market: 'wss://fstream.binance.com/market' },
};
