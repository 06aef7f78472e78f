import type { FrameShapes } from '../../decoder/index.ts';

/**
 * The frequent frames of Advanced Trade's market data socket. Source: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels,
 * read 2026-11-27; key orders as recorded in August 2026.
 */
export const coinbaseShapes: FrameShapes = {
  shapes: [
    {
      kind: 'book', timeIsSequence: true, level: '{"side":"<bid:bid|offer>","event_time":"<*>","price_level":"<price>","new_quantity":"<qty>"}',
      frame: '{"channel":"l2_data","timestamp":"<iso>","sequence_num":<frameNumber>,"events":[{"type":"<snapshot:snapshot|update>","product_id":"<symbol>","updates":[<levels>]}]}',
    },
    {
      kind: 'trade', row: '{"product_id":"<symbol>","trade_id":"<id>","price":"<price>","size":"<qty>","time":"<iso>","side":"<buy:SELL|BUY>"}',
      frame: '{"channel":"market_trades","timestamp":"<iso>","sequence_num":<frameNumber>,"events":[{"type":"<snapshot|update>","trades":[<trades>]}]}',
    },
  ],
};
