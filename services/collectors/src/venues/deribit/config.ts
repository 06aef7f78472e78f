import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of Deribit; one socket address serves every market type.
 * Source: https://docs.deribit.com/articles/deribit-quickstart, read 2026-11-27.
 */
export const deribitEndpoints: VenueEndpoints = { rest: 'https://www.deribit.com', ws: { public: 'wss://www.deribit.com/ws/api/v2' } };
