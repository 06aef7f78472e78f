import type { BookShape, FrameShapes, TickerShape, TradeShape } from '../../decoder/index.ts';

/** The frequent frames of Deribit's JSON-RPC sockets, as the venue orders their keys. Source: https://docs.deribit.com/articles/notifications and the pages of the channels, read 2026-11-27; key orders of books as recorded in 2021. */

const head = '{"jsonrpc":"2.0","method":"subscription","params":{"channel":';

/** A book by its instrument and interval: channels with a group and a depth have more parts. */
function book(type: string): BookShape {
  return {
    kind: 'book', level: '["<gone:delete|new|change>",<price>,<qty>]',
    frame: `${head}"book.<symbol>.<raw|100ms|agg2>","data":{"type":"${type},"instrument_name":"<symbol>","change_id":<seq>,"bids":[<bids>],"asks":[<asks>]}}}`,
  };
}

const any = (keys: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(keys.map((key) => [key, '<*>']));

/** Figures of futures and perpetuals, in whatever order: it has changed over the years. */
const ticker: TickerShape = {
  kind: 'ticker', symbols: /^[^-]+-(?:PERPETUAL|\d{1,2}[A-Z]{3}\d{2})$/,
  frame: `${head}"ticker.<symbol>.<raw|100ms|agg2>","data":{<fields>}}}`,
  fields: {
    ...any([
      'stats', 'state', 'settlement_price', 'min_price', 'max_price', 'funding_8h', 'interest_value', 'estimated_delivery_price', 'delivery_price', 'best_bid_price', 'best_bid_amount', 'best_ask_price',
      'best_ask_amount',
    ]),
    timestamp: '<time>', instrument_name: '"<symbol>"', last_price: '<last>', mark_price: '<mark>', index_price: '<index>', open_interest: '<openInterest>', current_funding: '<funding>',
  },
  required: ['timestamp', 'instrument_name'],
};

/** Trades without a liquidation among them; those of options and of several legs have further members. */
const trades: TradeShape = {
  kind: 'trade', frame: `${head}"trades.<symbol>.<raw|100ms|agg2>","data":[<trades>]}}`, row: '{<fields>}',
  fields: {
    ...any(['trade_seq', 'tick_direction', 'mark_price', 'index_price', 'contracts', 'iv', 'block_trade_id', 'block_trade_leg_count', 'block_rfq_id', 'combo_id', 'combo_trade_id']),
    trade_id: '"<id>"', timestamp: '<time>', instrument_name: '"<symbol>"', price: '<price>', amount: '<qty>', direction: '"<buy:buy|sell>"',
  },
  required: ['trade_id', 'timestamp', 'instrument_name', 'price', 'amount', 'direction'],
};

/** Shapes of every market type: they share one protocol. */
export const deribitShapes: FrameShapes = {
  shapes: [
    book('change","timestamp":<time>,"prev_change_id":<previousSeq>'),
    book('<snapshot:snapshot|whole>","timestamp":<time>'),
    trades,
    ticker,
    {
      kind: 'ignored', channel: 'ticker.option', symbols: /^[^-]+-\d{1,2}[A-Z]{3}\d{2}-[^-]+/,
      frame: `${head}"ticker.<symbol>.<raw|100ms|agg2>","data":{"underlying_price":<rest>}}}`,
    },
  ],
};
