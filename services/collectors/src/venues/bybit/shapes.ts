import type { BookShape, FrameShapes, IgnoredShape, TickerShape, TradeShape } from '../../decoder/index.ts';

/**
 * The frequent frames of Bybit's public v5 streams. Spot orders its keys differently from the contracts: `ts` before `type`, and trades in another order.
 * Source: https://bybit-exchange.github.io/docs/v5/websocket/public, read 2026-11; key orders as recorded in August 2026.
 */

const LEVEL = '["<price>","<qty>"]';

function book(head: string): BookShape {
  return { kind: 'book', level: LEVEL, frame: `{"topic":"orderbook.<50|200|1000>.<symbol>",${head},"data":{"s":"<symbol>","b":[<bids>],"a":[<asks>],"u":<seq>,"seq":<*>},"cts":<*>}` };
}

function trades(head: string, row: string): TradeShape {
  return { kind: 'trade', row, frame: `{"topic":"publicTrade.<symbol>",${head},"data":[<trades>]}` };
}

/** Members of a ticker that are not carried, and those that are. */
const FIELDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([
    'bid1Price', 'bid1Size', 'ask1Price', 'ask1Size', 'tickDirection', 'price24hPcnt', 'turnover24h', 'volume24h', 'openInterestValue', 'singleOpenInterestValue', 'highPrice24h', 'lowPrice24h',
    'prevPrice24h', 'prevPrice1h', 'fundingIntervalHour', 'fundingCap', 'preOpenPrice', 'preQty', 'curPreListingPhase',
  ].map((key) => [key, '"<*>"'])),
  lastPrice: '"<last>"', markPrice: '"<mark>"', indexPrice: '"<index>"', openInterest: '"<bothSides>"', singleOpenInterest: '"<openInterest>"', fundingRate: '"<funding>"', nextFundingTime: '"<fundingTime>"',
  usdIndexPrice: '"<usdIndex>"',
};

function ticker(frame: string): TickerShape {
  return { kind: 'ticker', fields: FIELDS, ignoredWithoutFigures: 'tickers.quotes', rates: { BTCUSDT: 'USDT', BTCUSDC: 'USDC' }, frame };
}

function kline(head: string): IgnoredShape {
  return { kind: 'ignored', channel: 'kline', frame: `{${head}"topic":"kline.1.<*>","data":<rest>}` };
}

/** Shapes of every market type: they share one protocol. */
export const bybitShapes: FrameShapes = {
  shapes: [
    book('"type":"<snapshot:snapshot|delta>","ts":<time>'),
    book('"ts":<time>,"type":"<snapshot:snapshot|delta>"'),
    ticker('{"topic":"tickers.<symbol>","type":"<snapshot|delta>","data":{"symbol":"<symbol>",<fields>},"cs":<*>,"ts":<time>}'),
    ticker('{"topic":"tickers.<symbol>","ts":<time>,"type":"<snapshot|delta>","cs":<*>,"data":{"symbol":"<symbol>",<fields>}}'),
    trades('"type":"snapshot","ts":<*>', '{"T":<time>,"s":"<symbol>","S":"<buy:Buy|Sell>","v":"<qty>","p":"<price>","L":"<*>","i":"<id>","BT":<*>,"RPI":<*>,"seq":<*>}'),
    trades('"ts":<*>,"type":"snapshot"', '{"i":"<id>","T":<time>,"p":"<price>","v":"<qty>","S":"<buy:Buy|Sell>","seq":<*>,"s":"<symbol>","BT":<*>,"RPI":<*>}'),
    kline(''),
    kline('"type":"snapshot",'),
  ],
};
