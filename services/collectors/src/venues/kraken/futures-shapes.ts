import type { FrameShapes } from '../../decoder/index.ts';

/**
 * The frequent frames of Kraken's derivatives socket: changes of books, each of one level, and trades but liquidations. Figures, which are printed with exponents, and
 * snapshots are left to the map. Sources: https://docs.kraken.com/api/docs/futures-api/websocket/book and /trade, read 2026-11-27; the key order of a change as on its page.
 */
export const krakenFuturesShapes: FrameShapes = {
  shapes: [
    { kind: 'book', frame: '{"feed":"book","product_id":"<symbol>","side":"<bid:buy|sell>","seq":<seq>,"price":<price>,"qty":<qty>,"timestamp":<time>}' },
    {
      kind: 'trade', frame: '{"feed":"trade",<fields>}',
      fields: { product_id: '"<symbol>"', uid: '"<id>"', side: '"<buy:buy|sell>"', type: '"<fill|block|assignment|termination>"', seq: '<*>', time: '<time>', qty: '<qty>', price: '<price>' },
      required: ['product_id', 'uid', 'side', 'type', 'time', 'qty', 'price'],
    },
  ],
};
