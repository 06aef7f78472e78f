import type { FigureFact, VenueFacts } from '../../venue.ts';
import type { OkxMarket } from './instruments.ts';

const DOCS = 'https://www.okx.com/docs-v5/en';
const BOOK = 'order-book-trading-market-data';

/**
 * What a market type of OKX discloses. Liquidations: at most one a second of each contract ("Liquidation orders channel", which does not say which one;
 * taken as the last).
 */
export function okxFacts(market: OkxMarket): VenueFacts {
  const stream = (name: string, anchor: string): FigureFact => ({ by: 'stream', name, source: `${DOCS}/#${anchor}` });
  const poll = (name: string, anchor: string): FigureFact => ({ by: 'poll', name, source: `${DOCS}/#${anchor}` });
  return {
    figures: {
      instruments: poll('/api/v5/public/instruments', 'public-data-rest-api-get-instruments'),
      book: stream('books', `${BOOK}-ws-order-book-channel`),
      'book.deep': poll('/api/v5/market/books-full', `${BOOK}-get-full-order-book`),
      trades: stream('trades', `${BOOK}-ws-trades-channel`),
      last: stream('tickers', `${BOOK}-ws-tickers-channel`),
      ...(market === 'spot' ? {} : {
        mark: stream('mark-price', 'public-data-websocket-mark-price-channel'),
        index: stream('index-tickers', 'public-data-websocket-index-tickers-channel'),
        openInterest: stream('open-interest', 'public-data-websocket-open-interest-channel'),
        // Of futures only X-Perps are funded.
        funding: stream('funding-rate', 'public-data-websocket-funding-rate-channel'),
        liquidations: stream('liquidation-orders', 'public-data-websocket-liquidation-orders-channel'),
      }),
    },
    liquidations: market === 'spot' ? { kind: 'none' } : { kind: 'sampled', windowMs: 1_000, which: 'last' },
    bookRule: 'sequence (prevSeqId = seqId before) over a snapshot',
    checked: '2026-11-21',
  };
}
