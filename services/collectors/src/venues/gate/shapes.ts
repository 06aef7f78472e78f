import type { BookShape, FrameShape, FrameShapes, TickerShape, TradeShape } from '../../decoder/index.ts';
import type { GateMarket } from './instruments.ts';

/**
 * The frequent frames of Gate's v4 sockets. Sources: https://www.gate.com/docs/developers/futures/ws/en/ and https://www.gate.com/docs/developers/apiv4/ws/en/, read 2026-11-27; key orders of
 * `order_book_update` as recorded in 2023 and as on the first of those pages, members of others in any order.
 */

const head = (channel: string): string => `{"time":<*>,"time_ms":<time>,"channel":"${channel}","event":"update","result":`;
const texts = (keys: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(keys.map((key) => [key, '"<*>"']));

function book(result: string): BookShape {
  return { kind: 'book', level: '{"p":"<price>","s":<qty>}', frame: `${head('futures.order_book_update')}{${result}}}` };
}

/** A change of the newer book channel, which leaves out a side without changes; whole books are rare, and left to the map. */
function change(frame: string): BookShape {
  return {
    kind: 'book', level: '["<price>","<qty>"]', frame,
    fields: { t: '<time>', s: '"ob.<symbol>.<400|100|50|20>"', U: '<firstSeq>', u: '<seq>', b: '[<bids>]', a: '[<asks>]' }, required: ['t', 's', 'U', 'u'],
  };
}

/** The forms of a frame of the newer book channel: as others, as recorded on spot in 2025, and as in the announcement. */
function changes(channel: string): readonly BookShape[] {
  const pushed = `{"channel":"${channel}","result":{<fields>},"time_ms":<*>`;
  return [change(`${head(channel)}{<fields>}}`), change(`${pushed},"event":"update"}`), change(`${pushed}}`)];
}

/** Takeovers by the fund and auto-deleveraging (`is_internal`) are left to the map. */
const futuresTrades: TradeShape = {
  kind: 'trade', row: '{<fields>}', frame: `${head('futures.trades')}[<trades>]}`,
  fields: { size: '<signedQty>', id: '<id>', create_time: '<*>', create_time_ms: '<decimalTime>', price: '"<price>"', contract: '"<symbol>"', is_internal: 'false' },
  required: ['size', 'id', 'create_time_ms', 'price', 'contract'],
};

const futuresTicker: TickerShape = {
  kind: 'ticker', frame: `${head('futures.tickers')}[{<fields>}]}`,
  fields: {
    ...texts([
      'change_percentage', 'volume_24h', 'volume_24h_base', 'volume_24h_quote', 'volume_24h_settle', 'volume_24h_usd', 'volume_24h_btc', 'quanto_base_rate', 'low_24h', 'high_24h', 'price_type',
      'change_from', 'change_price', 'highest_bid', 'highest_size', 'lowest_ask', 'lowest_size',
    ]),
    funding_interval: '<*>', contract: '"<symbol>"', last: '"<last>"', mark_price: '"<mark>"', index_price: '"<index>"', total_size: '"<openInterest>"', funding_rate: '"<funding>"',
    funding_rate_indicative: '"<nextFunding>"', funding_next_apply: '<fundingSeconds>',
  },
  required: ['contract'],
};

const spotTrade: TradeShape = {
  kind: 'trade', frame: `${head('spot.trades')}{<fields>}}`,
  fields: {
    ...texts(['range']), id: '<id>', id_market: '<*>', create_time: '<*>', create_time_ms: '"<decimalTime>"', side: '"<buy:buy|sell>"', currency_pair: '"<symbol>"', amount: '"<qty>"', price: '"<price>"',
  },
  required: ['id', 'create_time_ms', 'side', 'currency_pair', 'amount', 'price'],
};

const spotTicker: TickerShape = {
  kind: 'ticker', frame: `${head('spot.tickers')}{<fields>}}`,
  fields: { ...texts(['lowest_ask', 'highest_bid', 'change_percentage', 'base_volume', 'quote_volume', 'high_24h', 'low_24h']), currency_pair: '"<symbol>"', last: '"<last>"' },
  required: ['currency_pair'],
};

const futures: readonly FrameShape[] = [
  book('"U":<firstSeq>,"a":[<asks>],"b":[<bids>],"s":"<symbol>","t":<time>,"u":<seq>'),
  book('"t":<time>,"s":"<symbol>","U":<firstSeq>,"u":<seq>,"b":[<bids>],"a":[<asks>]'),
  ...changes('futures.obu'), futuresTrades, futuresTicker,
  { kind: 'ignored', channel: 'futures.book_ticker', frame: `${head('futures.book_ticker')}<rest>}` },
];

const spot: readonly FrameShape[] = [...changes('spot.obu'), spotTrade, spotTicker];

/** Shapes of a market type. */
export function gateShapes(market: GateMarket): { readonly shapes: FrameShapes } {
  // The other book channel of futures prints its depth with the symbol.
  return { shapes: { shapes: market === 'spot' ? spot : futures, symbols: /^(?!ob\.)/ } };
}
