import type { VenueEndpoints } from '../../venue.ts';

/** Public addresses of Gate's spot markets. Source: https://www.gate.com/docs/developers/apiv4/ws/en/ ("Server URL"), read 2026-11-27. */
export const gateSpotEndpoints: VenueEndpoints = { rest: 'https://api.gateio.ws', ws: { spot: 'wss://api.gateio.ws/ws/v4' } };

/**
 * Public addresses of Gate's USDT-margined perpetuals. Each settlement currency has a socket of its own: a market of another one is acknowledged there
 * and never delivers. Source: https://www.gate.com/docs/developers/futures/ws/en/ ("Server URL"), read 2026-11-27.
 */
export const gateUsdtEndpoints: VenueEndpoints = { rest: 'https://api.gateio.ws', ws: { futures: 'wss://fx-ws.gateio.ws/v4/ws/usdt' } };

/** Public addresses of Gate's BTC-margined perpetual. Source as for USDT. */
export const gateBtcEndpoints: VenueEndpoints = { rest: 'https://api.gateio.ws', ws: { futures: 'wss://fx-ws.gateio.ws/v4/ws/btc' } };
