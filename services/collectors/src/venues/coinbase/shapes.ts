import type { FrameShape, FrameShapes } from '../../decoder/index.ts';
import { RATE_CURRENCY } from './read.ts';

/** How the frames of a channel of Advanced Trade begin: `sequence_num` counts all frames of the connection. */
const head = (channel: string): string => `{"channel":"${channel}","timestamp":"<iso>","sequence_num":<frameNumber>,`;

/** The frequent frames of the feed of Coinbase Exchange. Source: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels, read 2026-11-27; tickers as recorded in 2019, 2021 and 2022. */
const exchange: readonly FrameShape[] = [
  {
    kind: 'trade',
    frame: '{"type":"<match|last_match>","trade_id":<id>,"maker_order_id":"<*>","taker_order_id":"<*>","side":"<buy:sell|buy>","size":"<qty>","price":"<price>","product_id":"<symbol>","sequence":<*>,"time":"<iso>"}',
  },
  {
    kind: 'ticker', rates: Object.fromEntries(RATE_CURRENCY),
    frame: '{"type":"ticker","sequence":<*>,"product_id":"<symbol>",<fields>}',
    fields: {
      ...Object.fromEntries(['open_24h', 'volume_24h', 'low_24h', 'high_24h', 'volume_30d', 'best_bid_size', 'best_ask_size', 'side', 'last_size'].map((key) => [key, '"<*>"'])),
      trade_id: '<*>', price: '"<last>"', best_bid: '"<bestBid>"', best_ask: '"<bestAsk>"', time: '"<iso>"',
    },
    required: ['time'],
  },
];

/**
 * The frequent frames of both sockets, those of Advanced Trade's market data first. Source: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels,
 * read 2026-11-27; key orders as recorded in August 2026.
 */
export const coinbaseShapes: FrameShapes = {
  shapes: [
    {
      kind: 'book', timeIsSequence: true, level: '{"side":"<bid:bid|offer>","event_time":"<*>","price_level":"<price>","new_quantity":"<qty>"}',
      frame: `${head('l2_data')}"events":[{"type":"<snapshot:snapshot|update>","product_id":"<symbol>","updates":[<levels>]}]}`,
    },
    {
      kind: 'trade', row: '{"product_id":"<symbol>","trade_id":"<id>","price":"<price>","size":"<qty>","time":"<iso>","side":"<buy:SELL|BUY>"}',
      frame: `${head('market_trades')}"events":[{"type":"<snapshot|update>","trades":[<trades>]}]}`,
    },
    {
      kind: 'ticker', rates: Object.fromEntries(RATE_CURRENCY),
      frame: `${head('ticker')}"events":[{"type":"<snapshot|update>","tickers":[{"type":"ticker","product_id":"<symbol>","price":"<last>","volume_24_h":"<*>","low_24_h":"<*>","high_24_h":"<*>","low_52_w":"<*>","high_52_w":"<*>","price_percent_chg_24_h":"<*>","best_bid":"<bestBid>","best_ask":"<bestAsk>","best_bid_quantity":"<*>","best_ask_quantity":"<*>"}]}]}`,
    },
    { kind: 'ignored', channel: 'candles', frame: '{"channel":"candles","timestamp":"<*>","sequence_num":<frameNumber>,"events":[<rest>]}' },
    ...exchange,
  ],
};
