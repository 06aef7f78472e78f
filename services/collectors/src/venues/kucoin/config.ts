import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of KuCoin. Those of its sockets are given out by the venue, with a token, by a request to the REST address of the same market type.
 * Source: https://www.kucoin.com/docs-new/introduction ("Base URL") and https://www.kucoin.com/docs-new/websocket-api/base-info/introduction, read 2026-11-27.
 */
export const kucoinSpotEndpoints: VenueEndpoints = { rest: 'https://api.kucoin.com', ws: {} };
/** As of spot, for futures. */
export const kucoinFuturesEndpoints: VenueEndpoints = { rest: 'https://api-futures.kucoin.com', ws: {} };
