import type { FrameShapes } from '../../decoder/index.ts';

/**
 * The frequent frames of Hyperliquid's socket: every book is the whole visible one. Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions,
 * read 2026-11-21; members of trades and contexts in any order, since some were added later.
 */
export const hyperliquidShapes: FrameShapes = {
  shapes: [
    { kind: 'book', level: '{"px":"<price>","sz":"<qty>","n":<*>}', frame: '{"channel":"<snapshot:l2Book>","data":{"coin":"<symbol>","time":<time>,"levels":[[<bids>],[<asks>]]}}' },
    {
      kind: 'trade', frame: '{"channel":"trades","data":[<trades>]}', row: '{<fields>}',
      fields: { coin: '"<symbol>"', side: '"<buy:B|A>"', px: '"<price>"', sz: '"<qty>"', time: '<time>', tid: '<id>', hash: '"<*>"', users: '<*>' },
      required: ['coin', 'side', 'px', 'sz', 'time', 'tid'],
    },
    {
      kind: 'ticker', frame: '{"channel":"activeAssetCtx","data":{"coin":"<symbol>","ctx":{<fields>}}}',
      fields: {
        markPx: '"<mark>"', oraclePx: '"<index>"', openInterest: '"<openInterest>"', funding: '"<funding>"', prevDayPx: '<*>', dayNtlVlm: '<*>', dayBaseVlm: '<*>', premium: '<*>', midPx: '<*>', impactPxs: '<*>',
      },
      required: ['markPx', 'oraclePx', 'openInterest', 'funding'],
    },
  ],
};
