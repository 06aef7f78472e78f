import type { BookShape, FrameShapes, IgnoredShape, TickerShape, TradeShape } from '../../decoder/index.ts';

/**
 * The frequent frames of Binance's combined streams, as the venue orders their keys. Streams that are not carried are told by their event's name.
 * Sources: developers.binance.com, spot "WebSocket Streams" and USDS-margined futures "Websocket Market Streams", read 2026-11-21, and the same of COIN-margined
 * futures, read 2026-11-27; key orders as recorded.
 */

const LEVEL = '["<price>","<qty>"]';

function depth(head: string): BookShape {
  return { kind: 'book', level: LEVEL, frame: `{"stream":"<*>@depth@100ms","data":{"e":"depthUpdate","E":<time>,${head},"b":[<bids>],"a":[<asks>]}}` };
}

function trade(tail: string): TradeShape {
  return { kind: 'trade', frame: `{"stream":"<*>@aggTrade","data":{"e":"aggTrade","E":<*>,${tail}}}` };
}

const kline: IgnoredShape = { kind: 'ignored', channel: 'kline', frame: '{"stream":"<*>@kline_<*>","data":{"e":"kline",<rest>}}' };

/** Shapes of the spot streams. */
export const binanceSpotShapes: FrameShapes = {
  shapes: [
    depth('"s":"<symbol>","U":<firstSeq>,"u":<seq>'),
    { kind: 'ignored', channel: 'bookTicker', frame: '{"stream":"<*>@bookTicker","data":{"u":<rest>}}' },
    trade('"s":"<symbol>","a":<id>,"p":"<price>","q":"<qty>","f":<*>,"l":<*>,"T":<time>,"m":<buy:false|true>,"M":<*>'),
    kline,
  ],
};

const markPrice: TickerShape = {
  kind: 'ticker',
  frame: '{"stream":"<*>@markPrice@1s","data":{"e":"markPriceUpdate","E":<time>,"s":"<symbol>","p":"<mark>","P":"<*>","i":"<index>","r":"<funding>","T":<fundingTime>}}',
};

/** Shapes of the USD-margined futures' streams. */
export const binanceFuturesShapes: FrameShapes = {
  shapes: [
    depth('"T":<*>,"s":"<symbol>","U":<firstSeq>,"u":<seq>,"pu":<previousSeq>'),
    { kind: 'ignored', channel: 'bookTicker', frame: '{"stream":"<*>@bookTicker","data":{"e":"bookTicker",<rest>}}' },
    trade('"a":<id>,"s":"<symbol>","p":"<price>","q":"<qty>","f":<*>,"l":<*>,"T":<time>,"m":<buy:false|true>'),
    markPrice,
    kline,
  ],
};

/** A mark price of a dated contract, which has no funding. */
const markPriceOfDated: TickerShape = {
  kind: 'ticker',
  frame: '{"stream":"<*>@markPrice@1s","data":{"e":"markPriceUpdate","E":<time>,"s":"<symbol>","p":"<mark>","P":"<*>","i":"<index>","r":"","T":0}}',
};

/** Shapes of the COIN-margined futures' streams: books and book tickers name the pair too. */
export const binanceCoinmShapes: FrameShapes = {
  shapes: [
    depth('"T":<*>,"s":"<symbol>","ps":"<*>","U":<firstSeq>,"u":<seq>,"pu":<previousSeq>'),
    { kind: 'ignored', channel: 'bookTicker', frame: '{"stream":"<*>@bookTicker","data":{"u":<*>,"e":"bookTicker",<rest>}}' },
    trade('"a":<id>,"s":"<symbol>","p":"<price>","q":"<qty>","f":<*>,"l":<*>,"T":<time>,"m":<buy:false|true>'),
    markPrice,
    markPriceOfDated,
    kline,
  ],
};
