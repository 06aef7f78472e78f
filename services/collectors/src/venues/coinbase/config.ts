import type { VenueEndpoints } from '../../venue.ts';

/**
 * Public addresses of Coinbase, none of which needs a key for what is asked of it. Books come over the market data socket of Advanced Trade (`book`), which numbers
 * all its frames, so that a lost one is noticed. The public feed of Coinbase Exchange (`feed`) carries trades and tickers; its `level2`, `level3` and
 * `full` channels want a key since August 2023, and `level2_batch`, which does not, has no numbers. Sources:
 * https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels and https://docs.cdp.coinbase.com/exchange/websocket-feed/channels,
 * read 2026-11-27.
 */
export const coinbaseEndpoints: VenueEndpoints = {
  rest: 'https://api.coinbase.com',
  ws: { book: 'wss://advanced-trade-ws.coinbase.com', feed: 'wss://ws-feed.exchange.coinbase.com' },
};
