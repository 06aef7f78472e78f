import type { FrameShapes } from '../../decoder/index.ts';
import type { KucoinMarket } from './instruments.ts';

/**
 * The frequent frames of KuCoin's spot socket. Sources: https://www.kucoin.com/docs-new/ (spot 3470063w0 and 3470069w0), read 2026-11-27; key orders as recorded in 2021
 * and as on those pages.
 */

const level = '["<priceOrNone>","<qty>","<rising>"]';

const spot: FrameShapes = {
  shapes: [
    {
      kind: 'book', level,
      frame: '{"data":{"sequenceStart":<firstSeq>,"symbol":"<symbol>","changes":{"asks":[<asks>],"bids":[<bids>]},"sequenceEnd":<seq>},"subject":"trade.l2update","topic":"/market/level2:<symbol>","type":"message"}',
    },
    {
      kind: 'book', level,
      frame: '{"topic":"/market/level2:<symbol>","type":"message","subject":"trade.l2update","data":{"changes":{"asks":[<asks>],"bids":[<bids>]},"sequenceEnd":<seq>,"sequenceStart":<firstSeq>,"symbol":"<symbol>","time":<time>}}',
    },
    {
      kind: 'ticker',
      frame: '{"data":{"sequence":"<*>","bestAsk":"<*>","size":"<*>","bestBidSize":"<*>","price":"<last>","time":<time>,"bestAskSize":"<*>","bestBid":"<*>"},"subject":"trade.ticker","topic":"/market/ticker:<symbol>","type":"message"}',
    },
  ],
  // The ticker of all markets names each by its subject.
  symbols: /^(?!all$)/,
};

/** Shapes of a market type, where there are any. */
export function kucoinShapes(market: KucoinMarket): { readonly shapes?: FrameShapes } {
  return market === 'spot' ? { shapes: spot } : {};
}
