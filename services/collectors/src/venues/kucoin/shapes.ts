import type { BookShape, FrameShapes } from '../../decoder/index.ts';
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
  ],
  // The ticker of all markets names each by its subject.
  symbols: /^(?!all$)/,
};

const futures: FrameShapes = {
  shapes: [
    {
      kind: 'ticker',
      frame: '{"topic":"/contract/instrument:<symbol>","type":"message","subject":"mark.index.price","data":{"markPrice":<mark>,"indexPrice":<index>,"granularity":<*>,"timestamp":<time>}}',
    },
  ],
};

/** Shapes of a market type. */
export function kucoinShapes(market: KucoinMarket): FrameShapes {
  return market === 'spot' ? spot : futures;
}
