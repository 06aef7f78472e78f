import type { BookShape, FrameShapes, TickerShape, TradeShape } from '../../decoder/index.ts';
import type { KucoinMarket } from './instruments.ts';

/**
 * The frequent frames of KuCoin's sockets. Sources: https://www.kucoin.com/docs-new/ (spot 3470063w0 and 3470069w0, futures 3470080w0 to 3470097w0), read 2026-11-27; key orders as recorded
 * from 2021 to 2024 and as on those pages.
 */

const changes = '"changes":{"asks":[<asks>],"bids":[<bids>]}';
/** What a change of a book says, with a time since 2023. */
const book = {
  old: `"data":{"sequenceStart":<firstSeq>,"symbol":"<symbol>",${changes},"sequenceEnd":<seq>}`,
  now: `"data":{${changes},"sequenceEnd":<seq>,"sequenceStart":<firstSeq>,"symbol":"<symbol>","time":<time>}`,
};

function bookShape(frame: string): BookShape {
  return { kind: 'book', level: '["<priceOrNone>","<qty>","<rising>"]', frame };
}

const texts = (keys: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(keys.map((key) => [key, '"<*>"']));

/** A match, whose members are printed in many orders. */
function match(frame: string): TradeShape {
  return {
    kind: 'trade', frame,
    fields: {
      ...texts(['type', 'sequence', 'takerOrderId', 'makerOrderId']),
      symbol: '"<symbol>"', side: '"<buy:buy|sell>"', size: '"<qty>"', price: '"<price>"', time: '"<nanos>"', tradeId: '"<id>"',
    },
    required: ['symbol', 'side', 'size', 'price', 'time', 'tradeId'],
  };
}

const ticker: TickerShape = {
  kind: 'ticker', frame: '{"type":"message","topic":"/market/ticker:<symbol>","subject":"trade.ticker","data":{<fields>}}',
  fields: { ...texts(['sequence', 'size', 'bestAsk', 'bestAskSize', 'bestBid', 'bestBidSize']), price: '"<last>"', time: '<time>' },
  required: ['time'],
};

const spot: FrameShapes = {
  shapes: [
    bookShape(`{${book.old},"subject":"trade.l2update","topic":"/market/level2:<symbol>","type":"message"}`),
    bookShape(`{"topic":"/market/level2:<symbol>","type":"message","subject":"trade.l2update",${book.now}}`),
    bookShape(`{"type":"message","topic":"/market/level2:<symbol>","subject":"trade.l2update",${book.old}}`),
    bookShape(`{"type":"message","topic":"/market/level2:<symbol>","subject":"trade.l2update",${book.now}}`),
    {
      kind: 'ticker',
      frame: '{"data":{"sequence":"<*>","bestAsk":"<*>","size":"<*>","bestBidSize":"<*>","price":"<last>","time":<time>,"bestAskSize":"<*>","bestBid":"<*>"},"subject":"trade.ticker","topic":"/market/ticker:<symbol>","type":"message"}',
    },
    ticker,
    match('{"data":{<fields>},"subject":"trade.l3match","topic":"/market/match:<symbol>","type":"message"}'),
    match('{"type":"message","topic":"/market/match:<symbol>","subject":"trade.l3match","data":{<fields>}}'),
    match('{"topic":"/market/match:<symbol>","type":"message","subject":"trade.l3match","data":{<fields>}}'),
  ],
  // The ticker of all markets names each by its subject.
  symbols: /^(?!all$)/,
};

const figures = '{"topic":"/contract/instrument:<symbol>","type":"message","subject":';

const futures: FrameShapes = {
  shapes: [
    // One change a frame, as one text.
    { kind: 'book', seqIsRange: true, frame: '{"topic":"/contractMarket/level2:<symbol>","type":"message","subject":"level2","sn":<*>,"data":{"sequence":<seq>,"change":"<priceOrNone>,<bid:buy|sell>,<qty>","timestamp":<time>}}' },
    {
      kind: 'trade', frame: '{"topic":"/contractMarket/execution:<symbol>","type":"message","subject":"match","sn":<*>,"data":{<fields>}}',
      fields: {
        ...texts(['makerUserId', 'takerUserId', 'takerOrderId', 'makerOrderId']), sequence: '<*>',
        symbol: '"<symbol>"', side: '"<buy:buy|sell>"', size: '<qty>', price: '"<price>"', ts: '<nanos>', tradeId: '"<id>"',
      },
      required: ['symbol', 'side', 'size', 'price', 'ts', 'tradeId'],
    },
    { kind: 'ticker', frame: `${figures}"funding.rate","data":{"granularity":<*>,"fundingRate":<funding>,"timestamp":<time>}}` },
    { kind: 'ticker', frame: `${figures}"mark.index.price","data":{"markPrice":<mark>,"indexPrice":<index>,"granularity":<*>,"timestamp":<time>}}` },
  ],
};

/** Shapes of a market type. */
export function kucoinShapes(market: KucoinMarket): FrameShapes {
  return market === 'spot' ? spot : futures;
}
