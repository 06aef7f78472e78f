import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of OKX; one socket address serves every market type.
 * Source: https://www.okx.com/docs-v5/en/#overview-production-trading-services, read 2026-11-21.
 */
export const okxEndpoints: VenueEndpoints = { rest: 'https://www.okx.com', ws: { public: 'wss://ws.okx.com:8443/ws/v5/public' } };
