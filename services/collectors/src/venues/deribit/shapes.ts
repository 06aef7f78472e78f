import type { BookShape, FrameShapes } from '../../decoder/index.ts';

/** The frequent frames of Deribit's JSON-RPC sockets, as the venue orders their keys. Source: https://docs.deribit.com/articles/notifications and the pages of the channels, read 2026-11-27; key orders as recorded in 2021. */

const head = '{"jsonrpc":"2.0","method":"subscription","params":{"channel":';

/** A book by its instrument and interval: channels with a group and a depth have more parts. */
function book(type: string): BookShape {
  return {
    kind: 'book', level: '["<gone:delete|new|change>",<price>,<qty>]',
    frame: `${head}"book.<symbol>.<raw|100ms|agg2>","data":{"type":"${type},"instrument_name":"<symbol>","change_id":<seq>,"bids":[<bids>],"asks":[<asks>]}}}`,
  };
}

/** Shapes of every market type: they share one protocol. */
export const deribitShapes: FrameShapes = {
  shapes: [
    book('change","timestamp":<time>,"prev_change_id":<previousSeq>'),
    book('<snapshot:snapshot|whole>","timestamp":<time>'),
    {
      kind: 'ignored', channel: 'ticker.option', symbols: /^[^-]+-\d{1,2}[A-Z]{3}\d{2}-[^-]+/,
      frame: `${head}"ticker.<*>","data":{"underlying_price":<*>,"underlying_index":<*>,"timestamp":<*>,"stats":<*>,"state":<*>,"settlement_price":<*>,"open_interest":<*>,"min_price":<*>,"max_price":<*>,"mark_price":<*>,"mark_iv":<*>,"last_price":<*>,"interest_rate":<*>,"instrument_name":"<symbol>","index_price":<*>,"greeks":<*>,"estimated_delivery_price":<*>,"bid_iv":<*>,"best_bid_price":<*>,"best_bid_amount":<*>,"best_ask_price":<*>,"best_ask_amount":<*>,"ask_iv":<*>}}}`,
    },
  ],
};
