import type { VenueEndpoints } from '../../venue.ts';

/** Bybit's public addresses. Source: https://bybit-exchange.github.io/docs/v5/ws/connect, read 2026-11. */
export const bybitEndpoints: VenueEndpoints = {
  rest: 'https://api.bybit.com',
  ws: { spot: 'wss://stream.bybit.com/v5/public/spot', linear: 'wss://stream.bybit.com/v5/public/linear', inverse: 'wss://stream.bybit.com/v5/public/inverse' },
};
