import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of Hyperliquid's main network.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api (info endpoint, websocket), read 2026-11-21.
 */
export const hyperliquidEndpoints: VenueEndpoints = { rest: 'https://api.hyperliquid.xyz', ws: { public: 'wss://api.hyperliquid.xyz/ws' } };
