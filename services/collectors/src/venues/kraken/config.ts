import type { VenueEndpoints } from '../../venue.ts';

/** Public addresses of Kraken's spot markets. Source: https://docs.kraken.com/exchange/api-reference/spot-websocket, read 2026-11-27. */
export const krakenSpotEndpoints: VenueEndpoints = { rest: 'https://api.kraken.com', ws: { public: 'wss://ws.kraken.com/v2' } };
/** Public addresses of Kraken's derivatives. Source: https://docs.kraken.com/exchange/guides/futures/websockets, read 2026-11-27. */
export const krakenFuturesEndpoints: VenueEndpoints = { rest: 'https://futures.kraken.com', ws: { public: 'wss://futures.kraken.com/ws/v1' } };
