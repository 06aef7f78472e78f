import type { FigureFact, VenueFacts } from '../../venue.ts';
import type { BinanceRule } from './sync.ts';

const SPOT = 'https://developers.binance.com/docs/binance-spot-api-docs';
const FUTURES = { usdm: 'https://developers.binance.com/docs/derivatives/usds-margined-futures', coinm: 'https://developers.binance.com/docs/derivatives/coin-margined-futures' } as const;
const REST = { usdm: '/fapi/v1', coinm: '/dapi/v1' } as const;

/** What a market type of Binance discloses. Liquidations: of each contract the latest of every 1,000 ms ("Liquidation Order Streams"). */
export function binanceFacts(market: BinanceRule): VenueFacts {
  return market === 'spot' ? SPOT_FACTS : futuresFacts(market);
}

const SPOT_FACTS: VenueFacts = {
  figures: {
    instruments: { by: 'poll', name: '/api/v3/exchangeInfo', source: `${SPOT}/rest-api/general-endpoints#exchange-information` },
    book: { by: 'stream', name: '<symbol>@depth@100ms', source: `${SPOT}/web-socket-streams#diff-depth-stream` },
    'book.deep': { by: 'poll', name: '/api/v3/depth', source: `${SPOT}/rest-api/market-data-endpoints#order-book` },
    trades: { by: 'stream', name: '<symbol>@aggTrade', source: `${SPOT}/web-socket-streams#aggregate-trade-streams` },
  },
  liquidations: { kind: 'none' },
  bookRule: 'sequence (U <= u before + 1) over a polled snapshot',
  checked: '2026-11-21',
};

function futuresFacts(market: 'usdm' | 'coinm'): VenueFacts {
  const docs = FUTURES[market];
  const stream = (name: string, page: string): FigureFact => ({ by: 'stream', name: `<symbol>@${name}`, source: `${docs}/websocket-market-streams/${page}` });
  const poll = (path: string, page: string): FigureFact => ({ by: 'poll', name: `${REST[market]}${path}`, source: `${docs}/market-data/rest-api/${page}` });
  const mark = stream('markPrice@1s', 'Mark-Price-Stream');
  return {
    figures: {
      instruments: poll('/exchangeInfo', 'Exchange-Information'),
      book: stream('depth@100ms', 'Diff-Book-Depth-Streams'),
      'book.deep': poll('/depth', 'Order-Book'),
      trades: stream('aggTrade', 'Aggregate-Trade-Streams'),
      mark, index: mark, funding: mark,
      openInterest: poll('/openInterest', 'Open-Interest'),
      liquidations: stream('forceOrder', 'Liquidation-Order-Streams'),
    },
    liquidations: { kind: 'sampled', windowMs: 1_000, which: 'last' },
    bookRule: 'sequence (pu = u before) over a polled snapshot',
    checked: '2026-11-27',
  };
}
