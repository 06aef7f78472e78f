import type { BookShape, FrameShape, FrameShapes, IgnoredShape, TickerShape, TradeShape } from '../../decoder/index.ts';
import type { BitgetMarket } from './instruments.ts';

/**
 * The frequent frames of Bitget's public sockets. Sources: https://www.bitget.com/api-doc/contract/websocket/public/Order-Book-Channel and
 * https://www.bitget.com/api-doc/uta/websocket/public, read 2026-11-27; key orders as recorded in 2022 (first version), 2024 (second) and 2026 (third).
 */

const LEVEL = '["<price>","<qty>"]';

function book(type: string, tail: string): BookShape {
  return { kind: 'book', level: LEVEL, frame: `{"action":"<snapshot:snapshot|update>","arg":{"instType":"${type}","channel":"books","instId":"<symbol>"},"data":[{"asks":[<asks>],"bids":[<bids>],${tail}}` };
}

/** Names of a market type in the first version and in the second, and the symbols that are its: the first version names all futures alike. */
const TYPES: Readonly<Record<BitgetMarket, { readonly old: string; readonly now: string; readonly symbols: RegExp }>> = {
  spot: { old: 'sp', now: 'SPOT', symbols: /^[A-Z0-9]+$/ },
  usdt: { old: 'mc', now: 'USDT-FUTURES', symbols: /^[A-Z0-9]*USDT[A-Z0-9]*$/ },
  usdc: { old: 'mc', now: 'USDC-FUTURES', symbols: /^(?![A-Z0-9]*USDT)[A-Z0-9]*PERP[A-Z0-9]*$/ },
  coin: { old: 'mc', now: 'COIN-FUTURES', symbols: /^(?![A-Z0-9]*(?:USDT|PERP))[A-Z0-9]+$/ },
};

/** Its first frame holds some hundred candles, and is as long as all others of a minute. */
function candles(type: string): IgnoredShape {
  return { kind: 'ignored', channel: 'candle1m', frame: `{"action":"<snapshot:snapshot|update>","arg":{"instType":"${type}","channel":"candle1m","instId":"<symbol>"},"data":[<rest>]}` };
}

const texts = (keys: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(keys.map((key) => [key, '"<*>"']));

/** How frames of a channel of the third version begin. */
const head = (type: string, topic: string): string => `{"action":"<snapshot:snapshot|update>","arg":{"instType":"${type.toLowerCase()}","topic":"${topic}","symbol":"<symbol>"},"data":[`;

/** Books and tickers of the third version, which is the one subscribed, and trades but those whose sizes are values (`map.ts`). */
function third(market: BitgetMarket, type: string): readonly FrameShape[] {
  const book: BookShape = { kind: 'book', level: LEVEL, frame: `${head(type, 'books')}{"a":[<asks>],"b":[<bids>],"checksum":<checksum>,"seq":<seq>,"pseq":<unsignedPreviousSeq>,"ts":"<time>"}],"ts":<*>}` };
  const trades: TradeShape = {
    kind: 'trade', frame: `${head(type, 'publicTrade')}<trades>],"ts":<*>}`, row: '{<fields>}',
    fields: { ...texts(['L', 'isRPI']), i: '"<id>"', p: '"<price>"', v: '"<qty>"', S: '"<buy:buy|sell>"', T: '"<time>"' },
    required: ['i', 'p', 'v', 'S', 'T'],
  };
  const ticker: TickerShape = {
    kind: 'ticker', frame: `${head(type, 'ticker')}{<fields>}],"ts":<time>}`,
    fields: {
      ...texts(['highPrice24h', 'lowPrice24h', 'openPrice24h', 'turnover24h', 'volume24h', 'bid1Price', 'ask1Price', 'bid1Size', 'ask1Size', 'price24hPcnt', 'deliveryStartTime', 'deliveryStatus']),
      lastPrice: '"<last>"',
      // What is delivered pays no funding, and its figures are read elsewhere.
      ...(market === 'spot' ? {} : { indexPrice: '"<index>"', markPrice: '"<mark>"', fundingRate: '"<funding>"', openInterest: '"<openInterest>"', nextFundingTime: '"<fundingTime>"', deliveryTime: '""' }),
    },
  };
  return market === 'coin' ? [book, ticker] : [book, ticker, trades];
}

/** Trades of the second version. */
function trades(type: string): TradeShape {
  return {
    kind: 'trade', frame: `{"action":"<snapshot:snapshot|update>","arg":{"instType":"${type}","channel":"trade","instId":"<symbol>"},"data":[<trades>],"ts":<*>}`,
    row: '{"ts":"<time>","price":"<price>","size":"<qty>","side":"<buy:buy|sell>","tradeId":"<id>"}',
  };
}

/** Shapes of a market type. */
export function bitgetShapes(market: BitgetMarket): FrameShapes {
  const { old, now, symbols } = TYPES[market];
  return {
    symbols,
    shapes: [
      candles(old), book(old, '"checksum":<checksum>,"ts":"<time>"}]'),
      book(now, '"checksum":<checksum>,"seq":<seq>,"pseq":<unsignedPreviousSeq>,"ts":"<time>"}],"ts":<*>'), book(now, '"checksum":<checksum>,"ts":"<time>"}],"ts":<*>'), trades(now),
      ...third(market, now),
    ],
  };
}
