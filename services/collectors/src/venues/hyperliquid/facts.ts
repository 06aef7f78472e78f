import type { FigureFact, VenueFacts } from '../../venue.ts';

const DOCS = 'https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api';

/** What a market type of Hyperliquid discloses. Liquidations are told to the account concerned alone: no public channel has those of a market. */
export function hyperliquidFacts(market: 'perp' | 'spot'): VenueFacts {
  const stream = (name: string): FigureFact => ({ by: 'stream', name, source: `${DOCS}/websocket/subscriptions` });
  const info = (name: string, page: string): FigureFact => ({ by: 'poll', name: `info ${name}`, source: `${DOCS}/info-endpoint${page}` });
  const context = stream('activeAssetCtx');
  return {
    figures: {
      instruments: market === 'spot' ? info('spotMeta', '/spot') : info('metaAndAssetCtxs', '/perpetuals'),
      book: stream('l2Book'),
      'book.deep': info('l2Book', '#l2-book-snapshot'),
      trades: stream('trades'),
      ...(market === 'spot' ? {} : { mark: context, index: context, openInterest: context, funding: context, positions: info('clearinghouseState', '/perpetuals#retrieve-users-perpetuals-account-summary') }),
    },
    liquidations: { kind: 'none' },
    bookRule: 'every frame is the whole book (20 levels a side)',
    checked: '2026-11-27',
  };
}
