import type { FigureFact, VenueFacts } from '../../venue.ts';

const DOCS = 'https://bybit-exchange.github.io/docs/v5';

/** What a market type of Bybit discloses. Liquidations: all of them, every 500 ms ("All Liquidation"). */
export function bybitFacts(category: 'spot' | 'linear' | 'inverse'): VenueFacts {
  const stream = (name: string, page: string): FigureFact => ({ by: 'stream', name: `${name}.<symbol>`, source: `${DOCS}/websocket/public/${page}` });
  const poll = (path: string, page: string): FigureFact => ({ by: 'poll', name: `/v5/market/${path}`, source: `${DOCS}/market/${page}` });
  const ticker = stream('tickers', 'ticker');
  return {
    figures: {
      instruments: poll('instruments-info', 'instrument'),
      book: stream('orderbook.1000', 'orderbook'),
      'book.deep': poll('orderbook', 'orderbook'),
      trades: stream('publicTrade', 'trade'),
      last: ticker,
      ...(category === 'spot' ? {} : { mark: ticker, index: ticker, openInterest: ticker, funding: ticker, liquidations: stream('allLiquidation', 'all-liquidation') }),
    },
    liquidations: { kind: category === 'spot' ? 'none' : 'complete' },
    bookRule: 'sequence (u = u before + 1), snapshots on the stream',
    checked: '2026-11-27',
  };
}
