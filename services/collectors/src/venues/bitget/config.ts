import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of Bitget; one socket address serves every market type. The third version of the API ("unified trading account") is read: its books
 * are numbered without holes (`pseq`) and it alone streams liquidations; public channels need no account. The second version, `/v2/ws/public`, is
 * served beside it and its frames are understood too. Source: https://www.bitget.com/api-doc/uta/guide, read 2026-11-27.
 */
export const bitgetEndpoints: VenueEndpoints = { rest: 'https://api.bitget.com', ws: { public: 'wss://ws.bitget.com/v3/ws/public' } };
